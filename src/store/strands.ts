/**
 * The messages of a branch as numbers, for comparing the copies of a conversation: a family of
 * forty is compared in more than a thousand pairs at every import, and the outlines would be read
 * from their text each time. Equal numbers mean equal ids; 0 means none.
 */
import type { Outlines } from './outlines.ts';

export interface Strand {
  readonly length: number;
  readonly nativeIds: Int32Array;
  /** Where a message was first written; the same as its native id unless it is a copy. */
  readonly lineageIds: Int32Array;
  /** Milliseconds since the epoch, NaN where none is known. */
  readonly times: Float64Array;
}

/** Bounds of what is kept: some 30 MB each, reached by no family that was seen yet. */
const MAX_IDS = 200_000;
const MAX_MESSAGES = 2_000_000;

export class Strands {
  readonly #outlines: Outlines;
  readonly #kept = new Map<string, { readonly revision: string; readonly strand: Strand }>();
  readonly #numbers = new Map<string, number>();
  #messages = 0;

  constructor(outlines: Outlines) {
    this.#outlines = outlines;
  }

  /** Two strands that are compared must be asked for together: numbers do not outlive the bounds. */
  pair(log: number, branch: number, otherLog: number, otherBranch: number): [Strand, Strand] {
    if (this.#numbers.size > MAX_IDS || this.#messages > MAX_MESSAGES) {
      this.#kept.clear();
      this.#numbers.clear();
      this.#messages = 0;
    }
    return [this.#of(log, branch), this.#of(otherLog, otherBranch)];
  }

  #of(log: number, branch: number): Strand {
    const key = `${log}:${branch}`;
    const revision = this.#outlines.revision(log, branch);
    const known = this.#kept.get(key);
    if (known?.revision === revision) return known.strand;
    const placed = this.#outlines.entries(log, branch, 0, Infinity);
    const strand: Strand = {
      length: placed.length,
      nativeIds: Int32Array.from(placed, ({ entry }) => this.#numberOf(entry.nativeId)),
      lineageIds: Int32Array.from(placed, ({ entry }) => this.#numberOf(entry.lineageId)),
      times: Float64Array.from(placed, ({ entry }) => entry.timestamp ?? NaN),
    };
    this.#messages += strand.length - (known?.strand.length ?? 0);
    this.#kept.set(key, { revision, strand });
    return strand;
  }

  #numberOf(id: string | undefined): number {
    if (id === undefined) return 0;
    let number = this.#numbers.get(id);
    if (number === undefined) {
      number = this.#numbers.size + 1;
      this.#numbers.set(id, number);
    }
    return number;
  }
}

/** The first known time from a message on. */
export function firstTime({ length, times }: Strand, from: number): number | undefined {
  for (let index = from; index < length; index++) {
    const time = times[index];
    if (time !== undefined && !Number.isNaN(time)) return time;
  }
  return undefined;
}
