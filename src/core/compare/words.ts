/**
 * Word-level changes between two texts, line-level ones in their fenced code. Invariant: the runs of
 * each side, joined, are that side's text. Time is bounded; where it runs out, a passage (or all of
 * it) counts as replaced, and the answer says so.
 */
import { diffLines, diffWordsWithSpace } from 'diff';
import type { TextRun } from '../comparison.ts';
import { diffLine, pairLines } from './codeLines.ts';
import { partsOf, type OpenFence } from './fences.ts';

export interface TextDifference {
  /** `same` and `removed` runs. */
  readonly left: readonly TextRun[];
  /** `same` and `added` runs. */
  readonly right: readonly TextRun[];
  /** True when time ran out, so that some passages count as replaced that may have words in common. */
  readonly gaveUp?: true;
}

export interface DiffLimits {
  /** Milliseconds for the whole. */
  readonly timeoutMs?: number;
}

/** Milliseconds. Measured: 3,000 words take 29, 10,000 half changed 345. */
const DEFAULT_TIMEOUT = 300;
const HUNK_TIMEOUT = 50;

/** A stretch that stands on both sides, or what stands on each of them in its place. */
type Segment = { readonly same: string } | Hunk;

interface Hunk {
  readonly same?: never;
  readonly removed: string;
  readonly added: string;
}

/** Lines first, then words within changed lines. `undefined`: time ran out before anything was known. */
export function diffTexts(
  a: string,
  b: string,
  { timeoutMs = DEFAULT_TIMEOUT }: DiffLimits = {},
): TextDifference | undefined {
  const deadline = performance.now() + timeoutMs;
  const lines = segmentsOf(a === b ? [same(a)] : diffLines(a, b, { timeout: timeoutMs }));
  if (!lines) return undefined;
  const hunks = new Hunks(deadline);
  const segments = lines.flatMap((segment) => hunks.segmentsOf(segment));
  return {
    left: runsOf(segments, 'removed'),
    right: runsOf(segments, 'added'),
    ...(hunks.gaveUp && { gaveUp: true }),
  };
}

/** Goes through changed stretches in order, knowing on which side code stands open. */
class Hunks {
  readonly #deadline: number;
  #left: OpenFence;
  #right: OpenFence;
  gaveUp = false;

  constructor(deadline: number) {
    this.#deadline = deadline;
  }

  segmentsOf(segment: Segment): readonly Segment[] {
    const left = partsOf(segment.same ?? segment.removed, this.#left);
    const right = partsOf(segment.same ?? segment.added, this.#right);
    this.#left = left.open;
    this.#right = right.open;
    if (segment.same !== undefined || segment.removed === '' || segment.added === '') {
      return [segment];
    }
    const alike =
      left.parts.length === right.parts.length &&
      left.parts.every(({ kind }, at) => kind === right.parts[at]?.kind);
    if (!alike) return this.#words(segment);
    return left.parts.flatMap(({ kind, text }, at) => {
      const hunk = { removed: text, added: right.parts[at]?.text ?? '' };
      return kind === 'code' ? this.#lines(hunk) : this.#words(hunk);
    });
  }

  #words(hunk: Hunk): readonly Segment[] {
    const timeout = Math.min(HUNK_TIMEOUT, this.#deadline - performance.now());
    const words =
      timeout <= 0
        ? undefined
        : segmentsOf(diffWordsWithSpace(hunk.removed, hunk.added, { timeout }));
    if (words) return withoutConfetti(words);
    this.gaveUp = true;
    return [hunk];
  }

  #lines(hunk: Hunk): readonly Segment[] {
    return pairLines(hunk.removed, hunk.added).flatMap((pair): readonly Segment[] => {
      if (pair.removed === '' || pair.added === '') return [pair];
      const words = performance.now() >= this.#deadline ? undefined : segmentsOf(diffLine(pair));
      if (words) return words;
      this.gaveUp = true;
      return [pair];
    });
  }
}

interface Change {
  readonly value: string;
  readonly added: boolean;
  readonly removed: boolean;
}

function same(value: string): Change {
  return { value, added: false, removed: false };
}

function segmentsOf(changes: readonly Change[] | undefined): Segment[] | undefined {
  if (!changes) return undefined;
  const segments: Segment[] = [];
  let removed = '';
  let added = '';
  const flush = (): void => {
    if (removed !== '' || added !== '') segments.push({ removed, added });
    removed = '';
    added = '';
  };
  for (const change of changes) {
    if (change.removed) removed += change.value;
    else if (change.added) added += change.value;
    else {
      flush();
      segments.push({ same: change.value });
    }
  }
  flush();
  return segments;
}

/**
 * Joins changes that only a few words in common keep apart: a rewritten sentence still shares its
 * "the" and "a" with the old one, rewritten code its braces, and showing them as unchanged makes
 * both unreadable.
 */
function withoutConfetti(segments: readonly Segment[]): Segment[] {
  const out: Segment[] = [];
  for (const segment of segments) {
    let current = segment;
    while (current.same === undefined) {
      const between = out.at(-1);
      const before = out.at(-2);
      if (between?.same === undefined || !before || before.same !== undefined) break;
      const letters = between.same.replace(/[^\p{L}\p{N}]/gu, '').length;
      if (letters > 0 && between.same.includes('\n')) break;
      if (letters > Math.min(sizeOf(before), sizeOf(current))) break;
      out.length -= 2;
      current = {
        removed: before.removed + between.same + current.removed,
        added: before.added + between.same + current.added,
      };
    }
    out.push(current);
  }
  return out;
}

function sizeOf(segment: { readonly removed: string; readonly added: string }): number {
  return Math.max(segment.removed.length, segment.added.length);
}

function runsOf(segments: readonly Segment[], side: 'removed' | 'added'): readonly TextRun[] {
  const runs: { kind: TextRun['kind']; text: string }[] = [];
  for (const segment of segments) {
    const kind = segment.same === undefined ? side : 'same';
    const text = segment.same ?? segment[side];
    const last = runs.at(-1);
    if (last?.kind === kind) last.text += text;
    else if (text !== '') runs.push({ kind, text });
  }
  return runs;
}
