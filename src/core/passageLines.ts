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
/** Characters of both sides likewise: cutting them into lines takes time that is not bounded. */
const MOST_CHARACTERS = 1_000_000;

export function linesOfPassage(passage: Pick<Passage, 'old' | 'now'>): readonly PassageLine[] {
  const { old, now } = passage;
  return changedLines(passage) ?? [...signed('-', old), ...signed('+', now)];
}

/** `undefined` where the passage counts as replaced. */
export function changedLines(
  { old, now }: Pick<Passage, 'old' | 'now'>,
  timeout: number = TIMEOUT,
): readonly PassageLine[] | undefined {
  if (timeout <= 0 || old.length + now.length > MOST_CHARACTERS) return undefined;
  const changes = diffLines(ended(old), ended(now), { timeout: Math.min(timeout, TIMEOUT) });
  return changes?.flatMap(({ added, removed, value }) =>
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
