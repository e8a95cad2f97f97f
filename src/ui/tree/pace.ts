/**
 * When rows of the tree may move. An import brings changes all the time, and a row that moves under
 * the pointer makes a click hit its neighbour. Where the pointer is VS Code tells nobody; what it
 * tells is that the person selected, unfolded or scrolled to something, and then the rows hold still.
 * Rows that stay where they are are drawn anew sooner, yet not between two clicks: a click on a row
 * that is being drawn, or below one, hits nothing.
 */

/** The least time between two draws: VS Code puts a refresh off while the next comes within 200 ms. */
export const PAUSE_MS = 1_000;
/** Between two moves of rows while an import runs. */
const IMPORT_PAUSE_MS = 5_000;
/** After the person touched the tree: the next click of several comes within this time. */
const TOUCH_MS = 1_000;
/** While an import runs, which goes on changing what is shown. */
const IMPORT_TOUCH_MS = 3_000;
/** Nobody waits longer than this for what is new. */
const LONGEST_MS = 15_000;
/** The same for rows that stay where they are. */
const DRAW_TOUCH_MS = 600;
const LONGEST_DRAW_MS = 3_000;

/** All times in milliseconds since the epoch. */
export interface Pace {
  readonly now: number;
  /** When rows moved last. */
  readonly movedAt: number;
  /** When the person last did something in the tree. */
  readonly touchedAt: number;
  /** Since when there is something to move. */
  readonly waitingSince: number;
  readonly isImporting: boolean;
  /** There is nothing on show that could move. */
  readonly isEmpty: boolean;
}

/** The earliest moment for rows to move. */
export function earliestMove(pace: Pace): number {
  const { now, movedAt, touchedAt, waitingSince, isImporting, isEmpty } = pace;
  if (isEmpty) return Math.max(now, movedAt + PAUSE_MS);
  const calm = isImporting
    ? Math.max(movedAt + IMPORT_PAUSE_MS, touchedAt + IMPORT_TOUCH_MS)
    : Math.max(movedAt + PAUSE_MS, touchedAt + TOUCH_MS);
  return Math.max(now, Math.min(calm, waitingSince + LONGEST_MS));
}

/** The earliest moment to draw rows anew that stay where they are. */
export function earliestDraw(pace: Pick<Pace, 'now' | 'touchedAt' | 'waitingSince'>): number {
  const { now, touchedAt, waitingSince } = pace;
  return Math.max(now, Math.min(touchedAt + DRAW_TOUCH_MS, waitingSince + LONGEST_DRAW_MS));
}
