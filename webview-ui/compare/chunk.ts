/**
 * <mp-compare-chunk>: some rows that are drawn together while they are near the view and replaced
 * by their height while they are not, so that thousands of rows stay a page of a few dozen.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { BranchSummary, ComparisonCell, RowOutline } from '../../src/core/comparison.ts';
import { comparedWith, counterpartOf } from '../../src/core/compare/reference.ts';
import { define, LightElement } from '../shared/element.ts';
import { tell } from '../shared/events.ts';
import { formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { roleName } from '../shared/message.ts';
import { t } from '../shared/strings.ts';
import { renderCell } from './cell.ts';
import { rowsOf, type Item } from './rowItems.ts';
import type { RowLoader } from './rowLoader.ts';

/** Guess for a row that was never drawn, in pixels. */
const ROW_HEIGHT = 120;
const GAP_HEIGHT = 30;

/** What all chunks of a comparison share. */
export interface ChunkContext {
  readonly rows: readonly RowOutline[];
  readonly branches: readonly BranchSummary[];
  readonly loader: RowLoader;
  /** Place of the branch that the others are compared with. */
  readonly reference: number;
  readonly folds: Set<string>;
}

export class ChunkElement extends LightElement {
  static override properties = {
    items: { attribute: false },
    context: { attribute: false },
    active: { attribute: false },
    near: { attribute: false },
    version: { attribute: false },
  };

  declare items: readonly Item[];
  declare context: ChunkContext | undefined;
  /** Row that is in the tab order, when it is one of these. */
  declare active: number | undefined;
  /** True while the chunk is close enough to the view to be drawn. */
  declare near: boolean;
  /** Changes when rows have arrived. */
  declare version: number;
  #height: number | undefined;

  constructor() {
    super();
    this.items = [];
    this.near = false;
    this.version = 0;
  }

  get #isDrawn(): boolean {
    return this.near || this.#hasActive;
  }

  get #hasActive(): boolean {
    return this.items.some((item) => item.kind === 'row' && item.row === this.active);
  }

  override shouldUpdate(changed: PropertyValues<this>): boolean {
    // A chunk that is away has nothing to draw of what arrived for others.
    return this.#isDrawn || changed.has('near') || changed.has('items') || changed.has('active');
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('items')) this.#height = undefined;
    if (changed.get('near') === true && !this.#isDrawn) this.#height = this.offsetHeight;
    if (this.#isDrawn) {
      this.context?.loader.want(rowsOf(this.items));
    }
  }

  override updated(): void {
    // Through the style object: the page's policy forbids style attributes.
    this.style.height = this.#isDrawn ? '' : `${String(this.#height ?? this.#estimate())}px`;
  }

  #estimate(): number {
    return this.items.reduce(
      (sum, item) => sum + (item.kind === 'row' ? ROW_HEIGHT : GAP_HEIGHT),
      0,
    );
  }

  override render(): TemplateResult | typeof nothing {
    const { context } = this;
    if (!context || !this.#isDrawn) return nothing;
    return html`${repeat(
      this.items,
      (item) => (item.kind === 'row' ? item.row : `gap ${String(item.rows[0])}`),
      (item) => (item.kind === 'row' ? this.#renderRow(item.row, context) : this.#renderGap(item)),
    )}`;
  }

  #renderGap({ rows }: Extract<Item, { kind: 'gap' }>): TemplateResult {
    const label =
      rows.length === 1
        ? t('1 unchanged message')
        : t('{0} unchanged messages', formatCount(rows.length));
    return html`<div class="mp-gap">
      <button type="button" class="mp-gap-button" @click=${() => tell(this, 'mp-unfold', { rows })}>
        ${icon('unfold')} ${label}
      </button>
    </div>`;
  }

  #renderRow(row: number, context: ChunkContext): TemplateResult | typeof nothing {
    const outline = context.rows[row];
    if (!outline) return nothing;
    const number = (outline.indexes.find((index) => index !== undefined) ?? 0) + 1;
    const label = outline.changed
      ? t('Message {0}, {1}, changed', number, roleName(outline.role))
      : t('Message {0}, {1}, unchanged', number, roleName(outline.role));
    return html`<article
      class="mp-row ${outline.changed ? 'mp-row-changed' : ''}"
      data-row=${row}
      tabindex=${row === this.active ? 0 : -1}
      aria-label=${label}
      aria-posinset=${row + 1}
      aria-setsize=${context.rows.length}
    >
      <div class="mp-lane" aria-hidden="true"><span>${formatCount(number)}</span></div>
      ${this.#renderCells(row, outline, number, context)}
    </article>`;
  }

  #renderCells(
    row: number,
    outline: RowOutline,
    rowNumber: number,
    context: ChunkContext,
  ): TemplateResult | TemplateResult[] {
    const state = context.loader.get(row);
    if (state.kind === 'failed') {
      return html`<div class="mp-cell mp-cell-none mp-cell-failed">
        <span>${t('These messages could not be read: {0}', state.message)}</span>
        <button type="button" class="mp-button" @click=${() => this.#retry(context)}>
          ${t('Retry')}
        </button>
      </div>`;
    }
    return outline.indexes.map((index, at) => {
      if (index === undefined) {
        return html`<div class="mp-cell mp-cell-none">${t('no counterpart')}</div>`;
      }
      const cell = state.kind === 'loaded' ? state.row.cells[at] : undefined;
      const cells = state.kind === 'loaded' ? state.row.cells : [];
      if (!cell) {
        return html`<div class="mp-cell mp-cell-loading mp-side-${at + 1}" aria-busy="true">
          <span class="mp-hidden">${t('Loading…')}</span>
        </div>`;
      }
      return this.#renderCell(row, cell, at, rowNumber, cells, context);
    });
  }

  #renderCell(
    row: number,
    cell: ComparisonCell,
    at: number,
    rowNumber: number,
    cells: readonly (ComparisonCell | undefined)[],
    { branches, folds, reference }: ChunkContext,
  ): TemplateResult {
    const branch = branches[at];
    const counterpart = cells[counterpartOf(cells, at, reference) ?? -1];
    return renderCell(cell, {
      title: branch?.title ?? '',
      branch: at + 1,
      isBase: at === comparedWith(cells, reference),
      ...(counterpart && { counterpart: counterpart.message }),
      rowNumber,
      isOpen: (key) => folds.has(`${String(at)}:${key}`),
      toggle: (key, open) => {
        if (open) folds.add(`${String(at)}:${key}`);
        else folds.delete(`${String(at)}:${key}`);
        this.requestUpdate();
      },
      openFull: () => tell(this, 'mp-open-pair', { row, branch: at }),
      ...(counterpart &&
        branches.length > 2 && {
          openPair: () => tell(this, 'mp-open-pair', { row, branch: at }),
        }),
      openTranscript: (index) =>
        tell(this, 'mp-open-session', { sessionId: branch?.sessionId ?? '', reveal: index }),
    });
  }

  #retry({ loader }: ChunkContext): void {
    loader.retry(rowsOf(this.items));
    this.requestUpdate();
  }
}
define('mp-compare-chunk', ChunkElement);
