/**
 * Which rows of a long list are in the page. The range follows what is in view, grows a few rows
 * at a time towards some more on either side, and drops those far away, so it stays bounded.
 */

import type { Heights } from './heights.ts';
import type { Goal } from './place.ts';

/** Rows kept ready on each side of what is seen, and how many more may stay before they go. */
const AHEAD = 40;
const SLACK = 20;
/** Rows added at once, to begin with and at most; adapted to how long they take. */
const FIRST_STEP = 4;
const LONGEST_STEP = 24;
/** Milliseconds a step should take. */
const STEP_TIME = 10;

/** Rows in view, both ends included. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** What the viewport shows. */
interface Sight {
  /** The first and the last row that may be in it. */
  readonly first: number;
  readonly last: number;
  /** Pixels between the top of `first` and the viewport's. */
  readonly top: number;
  readonly height: number;
}

/** First and last row in view, by measure, or where the goal is. */
export function viewAt(
  heights: Heights,
  { first, last, top, height }: Sight,
  goal: Goal | undefined,
): View {
  if (goal !== undefined) {
    const start = heights.top(goal.index) - (goal.offset === 'end' ? height : goal.offset);
    const from = Math.max(first, Math.min(heights.at(start), goal.index));
    return { from, to: Math.max(goal.index, heights.at(start + height)) };
  }
  const start = top + heights.top(first);
  return {
    from: Math.max(first, Math.min(heights.at(start), last)),
    to: Math.max(first, heights.at(start + height)),
  };
}

export class RowRange {
  start = 0;
  /** Past the last row. */
  end = 0;
  #step = FIRST_STEP;

  get key(): string {
    return `${this.start} ${this.end}`;
  }

  has(row: number | undefined): boolean {
    return row !== undefined && row >= this.start && row < this.end;
  }

  /** Keeps the range inside a list that became shorter. */
  clamp(first: number, total: number): void {
    this.end = Math.min(this.end, total);
    this.start = Math.min(Math.max(this.start, first), this.end);
  }

  /** What should be in the page for a view of the rows `first` to `total`. */
  wanted({ from, to }: View, first: number, total: number): { start: number; end: number } {
    return { start: Math.max(first, from - AHEAD), end: Math.min(total, to + 1 + AHEAD) };
  }

  /**
   * One step towards what is wanted; `isHere` tells which rows can be shown at all.
   * @returns false when nothing changed
   */
  move(view: View, first: number, total: number, isHere: (row: number) => boolean): boolean {
    const before = this.key;
    const { from, to } = view;
    const wanted = this.wanted(view, first, total);
    if (from >= this.end || to < this.start || this.start < first) {
      this.start = from;
      this.end = from;
    }
    const below = this.end <= to || wanted.start >= this.start || this.end - to < from - this.start;
    // Where one side is complete or waits for its messages, the other may go on.
    if (!this.#grow(below, wanted, isHere)) this.#grow(!below, wanted, isHere);
    if (this.start < wanted.start - SLACK) this.start = wanted.start;
    if (this.end > wanted.end + SLACK) this.end = wanted.end;
    return before !== this.key;
  }

  /** Adapts how many rows a step adds to the milliseconds the last one took. */
  took(milliseconds: number): void {
    if (milliseconds < STEP_TIME / 2) this.#step = Math.min(this.#step * 2, LONGEST_STEP);
    else if (milliseconds > STEP_TIME) this.#step = Math.max(1, this.#step >> 1);
  }

  #grow(
    below: boolean,
    wanted: { start: number; end: number },
    isHere: (row: number) => boolean,
  ): boolean {
    const before = this.key;
    for (let added = 0; added < this.#step; added++) {
      if (below && this.end < wanted.end && isHere(this.end)) this.end++;
      else if (!below && this.start > wanted.start && isHere(this.start - 1)) this.start--;
      else break;
    }
    return before !== this.key;
  }
}
