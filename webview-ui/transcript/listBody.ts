/** What stands in a list: the rows that are in the page, and spacers for all others. */
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import { t } from '../shared/strings.ts';

export interface ListBody {
  /** Messages whose rows are in the page. */
  readonly indexes: readonly number[];
  /** Messages of the session. */
  readonly total: number;
  readonly label: string;
  /** Pages are awaited. */
  readonly busy: boolean;
  /** What stands for the messages before the fork point. */
  readonly earlier: unknown;
  readonly row: (index: number) => unknown;
  /** Rows after the last message. */
  readonly growing: unknown;
}

export function renderList(body: ListBody): TemplateResult {
  const { indexes, total, label, busy, earlier, row, growing } = body;
  const isEmpty = indexes.length === 0;
  return html`${earlier}
    <div class="mp-list-body">
      <div class="mp-spacer" role="presentation"></div>
      <div
        class="mp-rows"
        role=${isEmpty ? nothing : 'feed'}
        aria-label=${isEmpty ? nothing : t('Messages of {0}', label)}
        aria-busy=${isEmpty ? nothing : String(busy)}
      >
        ${repeat(indexes, (index) => index, row)}${growing}
      </div>
      <div class="mp-spacer" role="presentation"></div>
    </div>
    ${
      isEmpty && total > 0
        ? html`<div class="mp-loading"><vscode-progress-ring></vscode-progress-ring></div>`
        : nothing
    }`;
}

/** Gives the spacers around the rows the height of what they stand for, in pixels. */
export function spaceRows(rows: HTMLElement | null, above: number, below: number): void {
  const [first, , last] = rows?.parentElement?.children ?? [];
  if (first instanceof HTMLElement) first.style.height = `${above}px`;
  if (last instanceof HTMLElement) last.style.height = `${below}px`;
}
