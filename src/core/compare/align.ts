/**
 * Aligns the messages of branches. Invariant: every message stands in exactly one row, rows keep
 * the order of every branch, and only messages of one role share a row.
 *
 * Two branches are aligned by dynamic programming over how alike their messages are. That takes
 * n * m steps, so long branches are first cut at places that surely belong together: messages that
 * stand once and identical in both, else prompts. What is still too long is cut in the middle.
 */
import type { RowOutline } from '../comparison.ts';
import { bestPairs, type Pair } from './bestPairs.ts';
import { likeness, type Signature } from './signature.ts';

/** Cells of one table. Bounds time and memory of a step: 4 MB and some 20 ms. */
const CELL_LIMIT = 250_000;

/** What a piecewise work comes to, without pauses. */
function finished<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** A row while branches are still being added to it. */
interface OpenRow {
  readonly indexes: (number | undefined)[];
  /** Of its first message: what later branches are held against. */
  readonly first: Signature;
  changed: boolean;
}

/**
 * Rows for 2 or more branches. They are aligned one after the other: each against the rows that are
 * there, so that what two later branches have in common stands in one row too, where the first has
 * nothing. Indexes count from 0 at the first message given.
 */
export function alignBranches(
  branches: readonly (readonly Signature[])[],
  cellLimit: number = CELL_LIMIT,
): readonly RowOutline[] {
  return finished(alignSteps(branches, cellLimit));
}

/** The same piece by piece: each of some 20 ms at most, however long the branches are. */
export function* alignSteps(
  branches: readonly (readonly Signature[])[],
  cellLimit: number = CELL_LIMIT,
): Generator<void, readonly RowOutline[]> {
  const count = branches.length;
  let rows: readonly OpenRow[] = [];
  for (const [branch, messages] of branches.entries()) {
    rows = yield* withBranch(rows, messages, branch, count, cellLimit);
  }
  return rows.map(({ indexes, first, changed }) => ({
    indexes,
    role: first.role,
    changed: changed || indexes.includes(undefined),
  }));
}

/** The rows with one more branch; what belongs to no row gets one of its own. */
function* withBranch(
  rows: readonly OpenRow[],
  messages: readonly Signature[],
  branch: number,
  count: number,
  cellLimit: number,
): Generator<void, readonly OpenRow[]> {
  const out: OpenRow[] = [];
  let next = 0;
  const flushUntil = (limit: number): void => {
    for (const [at, first] of messages.slice(next, limit).entries()) {
      const indexes = Array<number | undefined>(count).fill(undefined);
      indexes[branch] = next + at;
      out.push({ indexes, first, changed: false });
    }
    next = Math.max(next, limit);
  };
  const firsts = rows.map((row) => row.first);
  const partners = new Map(branch === 0 ? [] : yield* pairSteps(firsts, messages, cellLimit));
  for (const [at, row] of rows.entries()) {
    const partner = partners.get(at);
    if (partner !== undefined) {
      flushUntil(partner);
      row.indexes[branch] = partner;
      if (messages[partner]?.hash !== row.first.hash) row.changed = true;
      next = partner + 1;
    }
    out.push(row);
  }
  flushUntil(messages.length);
  return out;
}

/**
 * Pairs of positions that belong together, ascending in both. The answer for (b, a) is that for
 * (a, b) with its sides exchanged.
 */
export function alignPair(
  a: readonly Signature[],
  b: readonly Signature[],
  cellLimit: number = CELL_LIMIT,
): readonly Pair[] {
  return finished(pairSteps(a, b, cellLimit));
}

function* pairSteps(
  a: readonly Signature[],
  b: readonly Signature[],
  cellLimit: number,
): Generator<void, readonly Pair[]> {
  const pairs: [number, number][] = [];
  if (comesFirst(a, b)) {
    yield* alignSpan(a, b, 0, 0, cellLimit, pairs);
    return pairs;
  }
  yield* alignSpan(b, a, 0, 0, cellLimit, pairs);
  return pairs.map(([right, left]) => [left, right]);
}

/** Any fixed order will do: ties are then broken alike from both sides. */
function comesFirst(a: readonly Signature[], b: readonly Signature[]): boolean {
  if (a.length !== b.length) return a.length < b.length;
  for (const [at, { hash }] of a.entries()) {
    const other = b[at]?.hash ?? 0;
    if (hash !== other) return hash < other;
  }
  return true;
}

/** Appends the pairs of `a` and `b`, which begin at `offsetA` and `offsetB` of the whole. */
function* alignSpan(
  a: readonly Signature[],
  b: readonly Signature[],
  offsetA: number,
  offsetB: number,
  cellLimit: number,
  out: [number, number][],
): Generator<void, void> {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head]?.hash === b[head]?.hash) {
    out.push([offsetA + head, offsetB + head]);
    head++;
  }
  let tail = 0;
  while (tail < shorter - head && a.at(-1 - tail)?.hash === b.at(-1 - tail)?.hash) tail++;

  const middleA = a.slice(head, a.length - tail);
  const middleB = b.slice(head, b.length - tail);
  yield* alignMiddle(middleA, middleB, offsetA + head, offsetB + head, cellLimit, out);
  for (let at = tail; at > 0; at--) {
    out.push([offsetA + a.length - at, offsetB + b.length - at]);
  }
}

function* alignMiddle(
  a: readonly Signature[],
  b: readonly Signature[],
  offsetA: number,
  offsetB: number,
  cellLimit: number,
  out: [number, number][],
): Generator<void, void> {
  if (a.length === 0 || b.length === 0) return;
  if (a.length * b.length <= cellLimit) {
    for (const [i, j] of bestPairs(a.length, b.length, (i, j) => worthOf(a[i], b[j])))
      out.push([offsetA + i, offsetB + j]);
    yield;
    return;
  }
  const anchors = uniqueIdentical(a, b);
  const fixed = anchors.length > 0 ? anchors : yield* alignPrompts(a, b, cellLimit);
  if (fixed.length === 0) {
    const [halfA, halfB] = [a.length >>> 1, b.length >>> 1];
    yield* alignSpan(a.slice(0, halfA), b.slice(0, halfB), offsetA, offsetB, cellLimit, out);
    yield* alignSpan(
      a.slice(halfA),
      b.slice(halfB),
      offsetA + halfA,
      offsetB + halfB,
      cellLimit,
      out,
    );
    return;
  }
  let fromA = 0;
  let fromB = 0;
  for (const [i, j] of fixed) {
    yield* alignSpan(
      a.slice(fromA, i),
      b.slice(fromB, j),
      offsetA + fromA,
      offsetB + fromB,
      cellLimit,
      out,
    );
    out.push([offsetA + i, offsetB + j]);
    fromA = i + 1;
    fromB = j + 1;
  }
  yield* alignSpan(
    a.slice(fromA),
    b.slice(fromB),
    offsetA + fromA,
    offsetB + fromB,
    cellLimit,
    out,
  );
}

/** The prompts of two branches, aligned among themselves. None when there is little else. */
function* alignPrompts(
  a: readonly Signature[],
  b: readonly Signature[],
  cellLimit: number,
): Generator<void, readonly Pair[]> {
  const promptsA = promptPositions(a);
  const promptsB = promptPositions(b);
  if (promptsA.length * 3 > a.length * 2 || promptsB.length * 3 > b.length * 2) return [];
  const pick = (from: readonly Signature[], at: readonly number[]): readonly Signature[] =>
    at.flatMap((position) => from[position] ?? []);
  const pairs = yield* pairSteps(pick(a, promptsA), pick(b, promptsB), cellLimit);
  return pairs.flatMap(([i, j]) => {
    const pair: Pair = [promptsA[i] ?? 0, promptsB[j] ?? 0];
    return [pair];
  });
}

function promptPositions(messages: readonly Signature[]): readonly number[] {
  return messages.flatMap((message, at) => (message.role === 'user' ? [at] : []));
}

/** Longest ascending run of messages that stand exactly once, and identical, in both. */
function uniqueIdentical(a: readonly Signature[], b: readonly Signature[]): readonly Pair[] {
  const inB = uniquePositions(b);
  const candidates: Pair[] = [];
  for (const [hash, i] of uniquePositions(a)) {
    const j = inB.get(hash);
    if (j !== undefined) candidates.push([i, j]);
  }
  candidates.sort(([left], [right]) => left - right);
  return longestAscending(candidates);
}

function uniquePositions(messages: readonly Signature[]): ReadonlyMap<number, number> {
  const positions = new Map<number, number>();
  const repeated = new Set<number>();
  for (const [at, { hash }] of messages.entries()) {
    if (positions.has(hash)) repeated.add(hash);
    positions.set(hash, at);
  }
  for (const hash of repeated) positions.delete(hash);
  return positions;
}

/** Longest run of pairs, given ascending on the left, that ascends on the right too. */
function longestAscending(pairs: readonly Pair[]): readonly Pair[] {
  /** `ends[k]`: the pair with the smallest right side that ends a run of k + 1. */
  const ends: number[] = [];
  const previous: number[] = [];
  for (const [at, [, right]] of pairs.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < right) low = middle + 1;
      else high = middle;
    }
    previous[at] = low === 0 ? -1 : (ends[low - 1] ?? -1);
    ends[low] = at;
  }
  const run: Pair[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) {
    const pair = pairs[at];
    if (pair) run.push(pair);
  }
  return run.reverse();
}

/**
 * What pairing two messages is worth: whole numbers, so that sums are exact. 0: they may not pair.
 * Unlike messages of one role pair too, for little, so that attempts stand side by side; prompts
 * for more, because they give a conversation its shape.
 */
function worthOf(a: Signature | undefined, b: Signature | undefined): number {
  if (!a || a.role !== b?.role) return 0;
  const floor = a.role === 'user' ? 500 : 100;
  if (a.hash === b.hash) return floor + 1_200;
  return floor + Math.round(1_000 * likeness(a.words, b.words));
}
