/**
 * <mp-table-rows>: a table of thousands of rows of one height, of which only those near the view
 * are in the page. One row is in the tab order; the arrow keys go from row to row.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { define, emit, LightElement } from './element.ts';
import { tableStyles } from './table.css.ts';

/** Of a row and of the head, in pixels; table.css.ts says the same. */
const ROW = 24;
/** Rows kept ready on either side of what is seen. */
const AHEAD = 12;

export interface Column {
  readonly title: string;
  /** Class that gives its width and how its text stands. */
  readonly name: string;
  /** Instead of the title, in the head. */
  readonly head?: TemplateResult;
  /** How the rows are sorted by it. */
  readonly sort?: 'ascending' | 'descending';
}

/** Draws the cells of a row; `tab` is the tab index of what can be focused in it. */
export type DrawCells = (index: number, tab: 0 | -1) => TemplateResult;

class RowsElement extends LightElement {
  static override styles = [tableStyles];
  static override properties = {
    count: { attribute: false },
    columns: { attribute: false },
    label: { attribute: false },
    cells: { attribute: false },
    keyOf: { attribute: false },
  };

  declare count: number;
  declare columns: readonly Column[];
  /** Name of the table for screen readers. */
  declare label: string;
  declare cells: DrawCells;
  declare keyOf: (index: number) => string;
  #first = 0;
  #last = 2 * AHEAD;
  #active = 0;
  readonly #resized = new ResizeObserver(() => this.#look());

  constructor() {
    super();
    this.count = 0;
    this.columns = [];
    this.label = '';
    this.cells = () => html``;
    this.keyOf = String;
    this.addEventListener('scroll', () => this.#look(), { passive: true });
    this.addEventListener('keydown', (event) => this.#onKey(event));
    this.addEventListener('focusin', ({ target }) => this.#onFocus(target));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  override willUpdate(): void {
    this.#active = Math.max(0, Math.min(this.#active, this.count - 1));
    this.#first = Math.max(0, Math.min(this.#first, this.count - 1));
    this.#last = Math.min(this.#last, this.count);
    if (this.#last - this.#first < 2 * AHEAD) {
      this.#last = Math.min(this.count, this.#first + 2 * AHEAD);
    }
  }

  override render(): TemplateResult {
    const rows = Array.from({ length: this.#last - this.#first }, (_, at) => this.#first + at);
    // Where the active row was scrolled away, the tab key reaches the nearest one that is here.
    const stop = Math.max(this.#first, Math.min(this.#active, this.#last - 1));
    return html`<table aria-label=${this.label} aria-rowcount=${this.count + 1}>
      <thead>
        <tr aria-rowindex="1">
          ${this.columns.map(
            ({ title, name, head, sort }) =>
              html`<th scope="col" class="mp-${name}" aria-sort=${sort ?? nothing}>
                ${head ?? title}
              </th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${this.#spacer('before')}
        ${repeat(
          rows,
          (index) => this.keyOf(index),
          (index) =>
            html`<tr data-index=${index} aria-rowindex=${index + 2}>
              ${this.cells(index, index === stop ? 0 : -1)}
            </tr>`,
        )}
        ${this.#spacer('after')}
      </tbody>
    </table>`;
  }

  #spacer(side: 'before' | 'after'): TemplateResult | typeof nothing {
    const rows = side === 'before' ? this.#first : this.count - this.#last;
    return rows === 0
      ? nothing
      : html`<tr class="mp-spacer" aria-hidden="true" data-rows=${rows}>
          <td></td>
        </tr>`;
  }

  override updated(): void {
    // By property: the page's policy refuses style attributes.
    for (const spacer of this.querySelectorAll<HTMLElement>('.mp-spacer')) {
      spacer.style.height = `${Number(spacer.dataset['rows']) * ROW}px`;
    }
  }

  /** Draws what came into view. */
  #look(): void {
    const first = Math.max(0, Math.floor(this.scrollTop / ROW) - AHEAD);
    const seen = Math.ceil(this.clientHeight / ROW) + 2 * AHEAD;
    const last = Math.min(this.count, first + seen);
    if (last === this.count && this.scrollTop > 0) emit(this, 'mp-at-end', null);
    if (first === this.#first && last === this.#last) return;
    this.#first = first;
    this.#last = last;
    this.requestUpdate();
  }

  #onFocus(target: EventTarget | null): void {
    const index = indexOf(target);
    if (index === undefined || index === this.#active) return;
    this.#active = index;
    this.requestUpdate();
  }

  #onKey(event: KeyboardEvent): void {
    const index = indexOf(event.target);
    if (index === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.clientHeight / ROW) - 2);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: this.count - 1,
    };
    const wanted = steps[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    void this.#goTo(Math.max(0, Math.min(wanted, this.count - 1)), event.target);
  }

  /** Moves the focus to the same thing of another row. */
  async #goTo(index: number, from: EventTarget | null): Promise<void> {
    const kind = from instanceof HTMLInputElement ? 'input' : 'button';
    const top = index * ROW;
    const room = this.clientHeight - 2 * ROW;
    if (top < this.scrollTop) this.scrollTop = top;
    else if (top > this.scrollTop + room) this.scrollTop = top - room;
    this.#active = index;
    this.#look();
    this.requestUpdate();
    await this.updateComplete;
    const row = this.querySelector(`tr[data-index="${index}"]`);
    const same = row?.querySelector<HTMLElement>(`${kind}:not([disabled])`);
    const other = row?.querySelector<HTMLElement>('input:not([disabled]), button:not([disabled])');
    (same ?? other)?.focus({ preventScroll: true });
  }
}
define('mp-table-rows', RowsElement);

function indexOf(target: EventTarget | null): number | undefined {
  if (!(target instanceof Element)) return undefined;
  const index = target.closest<HTMLElement>('tr[data-index]')?.dataset['index'];
  return index === undefined ? undefined : Number(index);
}
