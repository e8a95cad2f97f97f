/**
 * <mp-list>: a session's messages, however many. Only those around the viewport are in the page,
 * put there a few per frame so that no task grows long; spacers stand for the rest. The browser's
 * scroll anchoring keeps what is read in place when rows above it come, go or change height. After
 * the last message stands what a run is at (growing.ts), until its messages take its place.
 *
 * It tells `mp-focus {index}`, `mp-moved` (the scroll position), and `mp-expand {open}`.
 */
import type { PropertyValues, TemplateResult } from 'lit';
import { define, LightElement } from '../shared/element.ts';
import { tell } from '../shared/events.ts';
import { keepFocus } from '../shared/focus.ts';
import { renderEarlier } from './earlier.ts';
import type { Growing } from './growing.ts';
import { Heights } from './heights.ts';
import { ItemElement } from './item.ts';
import { renderItem, type ItemSource } from './itemRow.ts';
import { nextTarget } from './keys.ts';
import { renderList, spaceRows } from './listBody.ts';
import type { Pages } from './pages.ts';
import { placeIn, type Goal, type Place } from './place.ts';
import { RowRange, viewAt, type View } from './rowRange.ts';
import { growingRow, Tail, type GrowingRow } from './tail.ts';

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
    growing: { attribute: false },
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
  declare growing: readonly Growing[];
  declare revision: number;

  readonly #heights = new Heights(0, ROW_ESTIMATE);
  readonly #range = new RowRange();
  readonly #tail = new Tail();
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
    this.growing = [];
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

  get rowCount(): number {
    return this.total + this.#tail.count;
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
    return placeIn(this.#items(), this.getBoundingClientRect().top);
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

  #items(): ItemElement[] {
    const rows = [...(this.#body?.children ?? [])];
    return rows.filter((row) => row instanceof ItemElement);
  }

  #rows(): ItemElement[] {
    return this.#items().filter((row) => row.growing === undefined);
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
        const growing = growingRow(this.#items(), this.getBoundingClientRect());
        await this.updateComplete;
        const rows = this.#rows();
        await Promise.all(rows.map((row) => row.updateComplete));
        this.#measure(rows);
        if (growing !== undefined) this.#succeed(growing);
        this.#range.took(performance.now() - began);
      }
      this.#settle();
      if (!more && this.#goal && this.#row(this.#goal.index)) this.#goal = undefined;
    } finally {
      this.#stepping = false;
    }
    if (more) this.#schedule();
  }

  /** A message stands where the growing answer stood that it is: for the eye and for the keyboard. */
  #succeed(growing: GrowingRow): void {
    const index = this.#tail.successorOf(growing);
    const row = index === undefined ? undefined : this.#row(index);
    if (row === undefined) return;
    const { top, hadFocus } = growing;
    if (!this.#atEnd && top < this.clientHeight) this.scrollTop += this.#offsetOf(row) - top;
    if (hadFocus) keepFocus(row);
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
  #inView(): View {
    const top = this.scrollTop - (this.#body?.parentElement?.offsetTop ?? 0);
    // Below the last row that is here stands what is coming, not messages that are not here yet.
    const last = this.#tail.count > 0 ? this.#range.end - 1 : this.total - 1;
    const sight = { first: this.#base, last, top, height: this.clientHeight };
    return viewAt(this.#heights, sight, this.#goal);
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
    const heights = this.#heights;
    const { start, end } = this.#range;
    const rest = heights.top(this.total) - heights.top(end) + this.#tail.room;
    // New messages come under a growing answer, which then gives way to them.
    const below = this.#tail.count > 0 ? 0 : rest;
    spaceRows(this.#body, heights.top(start) - heights.top(this.#base), below);
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
    const to = goal.offset === 'end' ? (this.#items().at(-1) ?? row) : row;
    if (goal.focus && !typing && !to.matches(':focus')) to.focus({ preventScroll: true });
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
      const { height } = target.getBoundingClientRect();
      const index = target.message?.index;
      if (target.growing !== undefined) this.#tail.measured(target.growing, height);
      else if (index !== undefined) this.#heights.set(index, height);
    }
    this.#settle();
    this.#schedule();
  }

  #onFocus(event: Event): void {
    const row = event.target instanceof Element ? event.target.closest('mp-item') : null;
    const index = row instanceof ItemElement ? row.message?.index : undefined;
    if (index === undefined || index === this.focused) return;
    this.focused = index;
    tell(this, 'mp-focus', { index: index < this.total ? index : null });
  }

  #onKey(event: KeyboardEvent): void {
    const row = this.focused === undefined ? undefined : this.#row(this.focused);
    const current = row ?? this.#rows()[0];
    const target = nextTarget(event, {
      row: current,
      rowHasFocus: row !== undefined && event.target === row,
      viewport: this.getBoundingClientRect(),
      first: this.#base,
      last: this.rowCount - 1,
    });
    if (target === undefined) {
      if (event.key.startsWith('Page')) this.#goal = undefined;
      return;
    }
    event.preventDefault();
    if (target === 'handled') return;
    if (event.key === 'End') this.goToEnd(true);
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
    this.#tail.update(this.growing, this.#range, this.total, this.pages);
  }

  #onExpanded(): void {
    this.#range.clamp(this.#base, this.total);
    if (!this.expanded && this.#goal === undefined) this.goTo(this.#base);
    this.#schedule();
  }

  protected override updated(): void {
    for (const row of this.querySelectorAll('mp-item:is([growing], [asked])'))
      this.#resized.observe(row);
    this.#space();
    this.#schedule();
    // A row that left the page takes the focus with it: keep it in the list.
    if (this.focused !== undefined && document.activeElement === document.body && this.#hadFocus)
      keepFocus(this);
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
      growing: this.#tail.render(this.total, this.folds),
    });
  }
}
define('mp-list', ListElement);
