/**
 * Changes between two stretches of code that have no line in common: lines that became one another
 * are paired and compared by words, the others are gone or new as a whole. Code is read by lines, so
 * a changed line is never joined with its neighbours.
 */
import { diffWordsWithSpace, type ChangeObject } from 'diff';
import { bestPairs, type Pair } from './bestPairs.ts';

export interface LinePair {
  readonly removed: string;
  readonly added: string;
}

/** Lines times lines; longer stretches are shown line by line without pairing. */
const MOST_PAIRS = 10_000;
/** Share of a line that must be the same at its ends for two lines to be one that changed. */
const ALIKE = 0.5;
const LINE_TIMEOUT = 10;

/** Lines in their order on both sides; one side is empty where a line has no partner. */
export function pairLines(removed: string, added: string): readonly LinePair[] {
  const a = linesOf(removed);
  const b = linesOf(added);
  const pairs: LinePair[] = [];
  let i = 0;
  let j = 0;
  for (const [x, y] of a.length * b.length > MOST_PAIRS ? [] : alikeLines(a, b)) {
    pairs.push(...loneLines(a, b, i, x, j, y), { removed: a[x] ?? '', added: b[y] ?? '' });
    i = x + 1;
    j = y + 1;
  }
  pairs.push(...loneLines(a, b, i, a.length, j, b.length));
  return pairs;
}

/** The words of two lines that became one another. `undefined` when time ran out. */
export function diffLine({ removed, added }: LinePair): ChangeObject<string>[] | undefined {
  return diffWordsWithSpace(removed, added, { timeout: LINE_TIMEOUT });
}

function loneLines(
  a: readonly string[],
  b: readonly string[],
  fromA: number,
  toA: number,
  fromB: number,
  toB: number,
): readonly LinePair[] {
  const lone: LinePair = {
    removed: a.slice(fromA, toA).join(''),
    added: b.slice(fromB, toB).join(''),
  };
  return [
    ...(lone.removed === '' ? [] : [{ removed: lone.removed, added: '' }]),
    ...(lone.added === '' ? [] : [{ removed: '', added: lone.added }]),
  ];
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Pairs of alike lines, ascending on both sides, that are alike the most in sum. */
function alikeLines(a: readonly string[], b: readonly string[]): readonly Pair[] {
  return bestPairs(a.length, b.length, (i, j) => likenessOf(a[i] ?? '', b[j] ?? ''));
}

/** Share of the longer line that stands at both lines' ends, without indentation; 0 for too little. */
function likenessOf(a: string, b: string): number {
  const [left, right] = [a.trim(), b.trim()];
  const shorter = Math.min(left.length, right.length);
  const longer = Math.max(left.length, right.length);
  if (longer === 0) return 0;
  let start = 0;
  while (start < shorter && left[start] === right[start]) start++;
  let end = 0;
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  const share = (start + end) / longer;
  return share >= ALIKE ? share : 0;
}
