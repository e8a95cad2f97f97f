/** Where in a transcript the viewport is, and where it is to go. */
import type { ItemElement } from './item.ts';

/** A place in the transcript: a row and where its top stands, in pixels below the viewport's. */
export interface Place {
  readonly index: number;
  readonly offset: number;
}

/** A place that is being gone to. */
export interface Goal {
  readonly index: number;
  /** Pixels from the viewport's top to the row's, or to stand at the end of the list. */
  readonly offset: number | 'end';
  readonly focus: boolean;
}

/** The first message in view; `top` is the viewport's. */
export function placeIn(rows: readonly ItemElement[], top: number): Place | undefined {
  for (const row of rows) {
    const box = row.getBoundingClientRect();
    // A row of which less than a pixel shows is not what is read.
    if (box.bottom > top + 1 && row.message !== undefined) {
      return { index: row.message.index, offset: box.top - top };
    }
  }
  return undefined;
}

export function isInView(row: Element, viewport: Element): boolean {
  const { top, bottom } = viewport.getBoundingClientRect();
  const box = row.getBoundingClientRect();
  return box.bottom > top && box.top < bottom;
}
