/**
 * The rows after the last message: what was asked, and answers that are coming. One gives way to its message in the
 * very frame in which that is drawn, and whoever was reading it reads on at the same place.
 */
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Answered, renderGrowing, type Growing } from './growing.ts';
import type { ItemElement } from './item.ts';
import type { Pages } from './pages.ts';

/** New messages that such a row may stand before, until they are in the page. */
const NEW_ROWS = 4;

/** A row as it is before its message may take its place. */
export interface GrowingRow {
  readonly key: string;
  readonly row: ItemElement;
  /** Pixels from the top of the viewport. */
  readonly top: number;
  readonly hadFocus: boolean;
}

export class Tail {
  readonly #answered = new Answered();
  #shown: readonly Growing[] = [];
  /** By key, in pixels. */
  readonly #heights = new Map<string, number>();

  /** Rows that are in the page. */
  get count(): number {
    return this.#shown.length;
  }

  /** Pixels to leave free for rows that are not in the page. */
  get room(): number {
    return this.#shown.length > 0 ? 0 : [...this.#heights.values()].reduce((a, b) => a + b, 0);
  }

  /** Settles what is shown beside the messages `start` to `end` of `total`. */
  update(
    growing: readonly Growing[],
    { start, end }: { readonly start: number; readonly end: number },
    total: number,
    pages: Pages,
  ): void {
    const messages = Array.from({ length: growing.length > 0 ? end - start : 0 }, (_, i) =>
      pages.message(start + i),
    );
    const open = this.#answered.without(growing, messages);
    const keys = new Set(open.map(({ key }) => key));
    for (const key of this.#heights.keys()) if (!keys.has(key)) this.#heights.delete(key);
    this.#shown = end > start && total - end <= NEW_ROWS ? open : [];
  }

  measured(key: string, height: number): void {
    this.#heights.set(key, height);
  }

  render(total: number, folds: Set<string>): unknown {
    return repeat(
      this.#shown,
      ({ key }) => key,
      (one, nth): TemplateResult =>
        renderGrowing(one, { index: total + nth, count: total + this.count, folds }),
    );
  }

  /** Index of the message that stands now where a row stood; `undefined` while the row stands. */
  successorOf({ key, row }: GrowingRow): number | undefined {
    return row.isConnected ? undefined : this.#answered.indexOf(key);
  }
}

/** The one that the person is at: by the keyboard, else by the eye. */
export function growingRow(
  items: readonly ItemElement[],
  viewport: DOMRect,
): GrowingRow | undefined {
  const rows = items.flatMap((row): (GrowingRow & { readonly bottom: number })[] => {
    if (row.growing === undefined) return [];
    const hadFocus = row.contains(document.activeElement);
    const { top, bottom } = row.getBoundingClientRect();
    return [{ key: row.growing, row, top: top - viewport.top, bottom, hadFocus }];
  });
  return (
    rows.find(({ hadFocus }) => hadFocus) ??
    rows.find(({ bottom }) => bottom > viewport.top) ??
    rows[0]
  );
}
