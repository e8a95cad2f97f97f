/** The lines of a changed passage, each with what happened to it; in bounded time. */
import { diffLines } from 'diff';
import type { Passage } from './fileEdits.ts';

export interface PassageLine {
  readonly sign: '+' | '-' | ' ';
  /** Without its line break. */
  readonly text: string;
}

/** Milliseconds for one passage; beyond that it counts as replaced. */
const TIMEOUT = 50;

export function linesOfPassage({ old, now }: Pick<Passage, 'old' | 'now'>): readonly PassageLine[] {
  const changes = diffLines(ended(old), ended(now), { timeout: TIMEOUT });
  if (!changes) return [...signed('-', old), ...signed('+', now)];
  return changes.flatMap(({ added, removed, value }) =>
    signed(added ? '+' : removed ? '-' : ' ', value),
  );
}

/** All lines of a text under one sign. */
export function signed(sign: PassageLine['sign'], text: string): readonly PassageLine[] {
  return ended(text)
    .split('\n')
    .slice(0, -1)
    .map((line) => ({ sign, text: line }));
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
