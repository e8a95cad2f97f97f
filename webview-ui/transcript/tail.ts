/**
 * The rows after the last message: answers that are coming. One gives way to its message in the
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
  #height = 0;

  /** Rows that are in the page. */
  get count(): number {
    return this.#shown.length;
  }

  /** Pixels to leave free for rows that are not in the page. */
  get room(): number {
    return this.#shown.length > 0 ? 0 : this.#height;
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
    if (open.length === 0) this.#height = 0;
    this.#shown = end > start && total - end <= NEW_ROWS ? open : [];
  }

  measured(height: number): void {
    this.#height = height;
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

export function growingRow(
  items: readonly ItemElement[],
  viewport: DOMRect,
): GrowingRow | undefined {
  for (const row of items) {
    if (row.growing === undefined) continue;
    const hadFocus = row.contains(document.activeElement);
    const top = row.getBoundingClientRect().top - viewport.top;
    return { key: row.growing, row, top, hadFocus };
  }
  return undefined;
}
