/**
 * <mp-list>: a session's messages, however many. Only those around the viewport are in the page,
 * put there a few per frame so that no task grows long; spacers stand for the rest. The browser's
 * scroll anchoring keeps what is read in place when rows above it come, go or change height.
 *
 * It tells `mp-focus {index}`, `mp-moved` (the scroll position), and `mp-expand {open}`.
 */
import type { PropertyValues, TemplateResult } from 'lit';
import { define, LightElement } from '../shared/element.ts';
import { tell } from '../shared/events.ts';
import { renderEarlier } from './earlier.ts';
import { Heights } from './heights.ts';
import { ItemElement } from './item.ts';
import { renderItem, type ItemSource } from './itemRow.ts';
import { nextTarget } from './keys.ts';
import { renderList } from './listBody.ts';
import type { Pages } from './pages.ts';
import type { Goal, Place } from './place.ts';
import { RowRange } from './rowRange.ts';

/** Height of a row that was not seen, until some were. In pixels. */
const ROW_ESTIMATE = 110;
/** Rows measured before the estimate of the others is taken from them. */
const CALIBRATE_AFTER = 30;

export class ListElement extends LightElement implements ItemSource {
  static override properties = {
    pages: { attribute: false },
    label: { attribute: false },
    folds: { attribute: false },
    sessionId: { attribute: false },
    inherited: { attribute: false },
    parentTitle: { attribute: false },
    expanded: { attribute: false },
    bare: { attribute: false },
    focused: { attribute: false },
    revision: { state: true },
  };

  declare pages: Pages;
  declare label: string;
  declare folds: Set<string>;
  declare sessionId: string;
  /** Messages shared with the parent. */
  declare inherited: number;
  declare parentTitle: string;
  /** Whether the shared messages are shown. */
  declare expanded: boolean;
  /** Rows have no actions. */
  declare bare: boolean;
  /** The message the cursor is on. */
  declare focused: number | undefined;
  declare revision: number;

  readonly #heights = new Heights(0, ROW_ESTIMATE);
  readonly #range = new RowRange();
  #goal: Goal | undefined;
  #atEnd = false;
  #lastTop = 0;
  #measured = 0;
  #scheduled = false;
  #hadFocus = false;
  #stepping = false;
  readonly #resized = new ResizeObserver((entries) => this.#onResize(entries));

  constructor() {
    super();
    this.label = '';
    this.folds = new Set();
    this.sessionId = '';
    this.inherited = 0;
    this.parentTitle = '';
    this.expanded = false;
    this.bare = false;
    this.focused = undefined;
    this.revision = 0;
    this.addEventListener('scroll', () => this.#onScroll(), { passive: true });
    for (const type of ['wheel', 'touchmove', 'pointerdown'] as const) {
      this.addEventListener(type, () => (this.#goal = undefined), { passive: true });
    }
    this.addEventListener('keydown', (event) => this.#onKey(event));
    this.addEventListener('focusin', (event) => this.#onFocus(event));
    this.addEventListener('contextmenu', (event) => this.#onFocus(event));
  }

  override connectedCallback(): void {
    this.tabIndex = -1;
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  /** True while the end of the transcript is in view; what is added is then followed. */
  get atEnd(): boolean {
    return this.#atEnd;
  }

  get total(): number {
    return this.#heights.count;
  }

  /** Tells how many messages there are, or that pages came or changed. */
  setTotal(total: number): void {
    const follow = this.#atEnd && total > this.total;
    if (total !== this.total) this.#heights.resize(total);
    this.#range.clamp(0, total);
    this.revision++;
    if (follow) this.goToEnd();
    this.#schedule();
  }

  /** Rows that are in the page now, half open. */
  get shown(): { readonly start: number; readonly end: number } {
    return { start: this.#range.start, end: this.#range.end };
  }

  /** First message in view, for coming back to it. */
  get place(): Place | undefined {
    const { top } = this.getBoundingClientRect();
    for (const row of this.#rows()) {
      const box = row.getBoundingClientRect();
      // A row of which less than a pixel shows is not what is read.
      if (box.bottom > top + 1 && row.message !== undefined) {
        return { index: row.message.index, offset: box.top - top };
      }
    }
    return undefined;
  }

  /** Shows a message, `offset` pixels below the top of the viewport. */
  goTo(index: number, { offset = 0, focus = false } = {}): void {
    if (this.total === 0) return;
    const target = Math.max(0, Math.min(index, this.total - 1));
    if (target < this.#base) tell(this, 'mp-expand', { open: true });
    this.#aim({ index: target, offset, focus });
  }

  goToEnd(focus = false): void {
    if (this.total === 0) return;
    this.#atEnd = true;
    this.#aim({ index: this.total - 1, offset: 'end', focus });
  }

  /** First row that is shown at all: the shared ones may be folded away, but for the last. */
  get #base(): number {
    return this.expanded ? 0 : Math.max(0, Math.min(this.inherited - 1, this.total - 1));
  }

  get #body(): HTMLElement | null {
    return this.querySelector('.mp-rows');
  }

  #rows(): ItemElement[] {
    const rows = [...(this.#body?.children ?? [])];
    return rows.filter((row) => row instanceof ItemElement);
  }

  #row(index: number): ItemElement | undefined {
    const row = this.#body?.children[index - this.#range.start];
    // The page may be a step behind the range.
    return row instanceof ItemElement && row.message?.index === index ? row : undefined;
  }

  #offsetOf(row: Element): number {
    return row.getBoundingClientRect().top - this.getBoundingClientRect().top;
  }

  #aim(goal: Goal): void {
    this.#goal = goal;
    if (goal.offset !== 'end') this.#atEnd = false;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#stepping) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      void this.#step();
    });
  }

  /** Brings the page one step nearer to what should be in it. */
  async #step(): Promise<void> {
    if (this.total === 0 || !this.hasUpdated) return;
    this.#stepping = true;
    let more: boolean;
    try {
      const began = performance.now();
      more = this.#moveRange();
      if (more) {
        this.revision++;
        await this.updateComplete;
        const rows = this.#rows();
        await Promise.all(rows.map((row) => row.updateComplete));
        this.#measure(rows);
        this.#range.took(performance.now() - began);
      }
      this.#settle();
      if (!more) this.#finish();
    } finally {
      this.#stepping = false;
    }
    if (more) this.#schedule();
  }

  /** Brings the range one step on and asks for what it lacks. False when it is as it should be. */
  #moveRange(): boolean {
    const view = this.#inView();
    const { start, end } = this.#range.wanted(view, this.#base, this.total);
    this.pages.want(start, end);
    const isHere = (row: number): boolean => this.pages.message(row) !== undefined;
    return this.#range.move(view, this.#base, this.total, isHere);
  }

  /** First and last row in view, by measure, or where the goal is. */
  #inView(): { from: number; to: number } {
    const base = this.#heights.top(this.#base);
    const height = this.clientHeight;
    const goal = this.#goal;
    if (goal !== undefined) {
      const top = this.#heights.top(goal.index) - (goal.offset === 'end' ? height : goal.offset);
      const from = Math.max(this.#base, Math.min(this.#heights.at(top), goal.index));
      return { from, to: Math.max(goal.index, this.#heights.at(top + height)) };
    }
    const top = this.scrollTop - (this.#body?.parentElement?.offsetTop ?? 0) + base;
    return {
      from: Math.max(this.#base, this.#heights.at(top)),
      to: Math.max(this.#base, this.#heights.at(top + height)),
    };
  }

  #measure(rows: readonly ItemElement[]): void {
    rows.forEach((row, position) => {
      this.#heights.set(this.#range.start + position, row.getBoundingClientRect().height);
      this.#resized.observe(row);
    });
    if (this.#measured < CALIBRATE_AFTER) {
      this.#measured = rows.length;
      if (this.#measured >= CALIBRATE_AFTER) this.#heights.calibrate();
    }
    this.#space();
  }

  /** Gives the spacers the height of what they stand for. */
  #space(): void {
    const [above, , below] = this.#body?.parentElement?.children ?? [];
    const heights = this.#heights;
    if (above instanceof HTMLElement) {
      above.style.height = `${heights.top(this.#range.start) - heights.top(this.#base)}px`;
    }
    if (below instanceof HTMLElement) {
      below.style.height = `${heights.top(this.total) - heights.top(this.#range.end)}px`;
    }
  }

  /** Puts the goal, or the end while it is followed, where it should stand. */
  #settle(): void {
    const goal = this.#goal;
    if (goal === undefined) {
      if (this.#atEnd) this.scrollTop = this.scrollHeight;
      return;
    }
    const row = this.#row(goal.index);
    if (row === undefined) return;
    if (goal.offset === 'end') this.scrollTop = this.scrollHeight;
    else this.scrollTop += this.#offsetOf(row) - goal.offset;
    // By the time the row is drawn the person may be typing: keys must not become commands.
    const typing = document.activeElement?.matches('textarea, input, select') === true;
    if (goal.focus && !typing && !row.matches(':focus')) row.focus({ preventScroll: true });
  }

  #finish(): void {
    if (this.#goal !== undefined && this.#row(this.#goal.index) !== undefined) {
      this.#goal = undefined;
    }
  }

  #onScroll(): void {
    const top = this.scrollTop;
    const left = this.scrollHeight - top - this.clientHeight;
    if (this.#goal === undefined) {
      if (left < 4 && this.#range.end === this.total) this.#atEnd = true;
      else if (top < this.#lastTop) this.#atEnd = false;
    }
    this.#lastTop = top;
    tell(this, 'mp-moved', null);
    this.#schedule();
  }

  #onResize(entries: readonly ResizeObserverEntry[]): void {
    for (const { target } of entries) {
      if (!(target instanceof ItemElement) || !target.isConnected) {
        if (target !== this) this.#resized.unobserve(target);
        continue;
      }
      const index = target.message?.index;
      if (index !== undefined) this.#heights.set(index, target.getBoundingClientRect().height);
    }
    this.#settle();
    this.#schedule();
  }

  #onFocus(event: Event): void {
    const row = event.target instanceof Element ? event.target.closest('mp-item') : null;
    const index = row instanceof ItemElement ? row.message?.index : undefined;
    if (index === undefined || index === this.focused) return;
    this.focused = index;
    tell(this, 'mp-focus', { index });
  }

  #onKey(event: KeyboardEvent): void {
    const row = this.focused === undefined ? undefined : this.#row(this.focused);
    const current = row ?? this.#rows()[0];
    const target = nextTarget(event, {
      row: current,
      rowHasFocus: row !== undefined && event.target === row,
      viewport: this.getBoundingClientRect(),
      first: this.#base,
      last: this.total - 1,
    });
    if (target === undefined) {
      if (event.key.startsWith('Page')) this.#goal = undefined;
      return;
    }
    event.preventDefault();
    if (target === 'handled') return;
    if (target === this.total - 1 && event.key === 'End') this.goToEnd(true);
    else
      this.focusRow(
        row === undefined && event.key !== 'Home' ? (this.place?.index ?? target) : target,
      );
  }

  /** Moves the cursor to a message and scrolls no more than it takes to see it. */
  focusRow(index: number): void {
    const row = this.#row(index);
    if (row === undefined) {
      this.goTo(index, { focus: true });
      return;
    }
    this.#goal = undefined;
    row.focus({ preventScroll: true });
    const top = this.#offsetOf(row);
    const room = this.clientHeight - row.offsetHeight;
    if (top < 0 || room < 0) this.scrollTop += top;
    else if (top > room) this.scrollTop += top - room;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('expanded') && this.hasUpdated) this.#onExpanded();
  }

  #onExpanded(): void {
    this.#range.clamp(this.#base, this.total);
    if (!this.expanded && this.#goal === undefined) this.goTo(this.#base);
    this.#schedule();
  }

  protected override updated(): void {
    this.#space();
    this.#schedule();
    // A row that left the page takes the focus with it: keep it in the list.
    if (this.focused !== undefined && document.activeElement === document.body && this.#hadFocus) {
      this.focus({ preventScroll: true });
    }
    this.#hadFocus = this.contains(document.activeElement);
  }

  override render(): TemplateResult {
    const { start, end } = this.#range;
    const indexes = Array.from({ length: end - start }, (_, i) => start + i);
    const tabStop = this.#range.has(this.focused) ? this.focused : this.#range.start;
    return renderList({
      indexes,
      total: this.total,
      label: this.label,
      busy: this.pages.busy,
      earlier: renderEarlier(this.inherited - 1, this.parentTitle, this.expanded, () =>
        tell(this, 'mp-expand', { open: !this.expanded }),
      ),
      row: (index) => renderItem(this, index, index === tabStop),
    });
  }
}
define('mp-list', ListElement);
