/**
 * The search as a picker: asks the store while the person types, one question at a time, and shows
 * an answer only while it is the answer to what stands in the input. While the store is still
 * indexing it asks again.
 */
import { l10n, ThemeIcon, window, type QuickInputButton, type QuickPick } from 'vscode';
import { showInput } from '../ask.ts';
import { messageOf } from '../../core/errors.ts';
import type { MessageHit, SearchOptions } from '../../core/search.ts';
import { disposeAll, type Disposable } from '../disposable.ts';
import type { HostServices } from '../services.ts';
import { plain } from '../text.ts';
import { hintItems, liveQuery, MOST_SHOWN, resultItems, type SearchItem } from './searchItems.ts';

const TYPING_MS = 150;
const INDEXING_MS = 1_000;
const PAGE = 20;
const RECENT = 5;

type Order = NonNullable<SearchOptions['order']>;

export interface OpenHit {
  readonly sessionId: string;
  readonly reveal?: number;
  readonly beside: boolean;
}

export class SearchPicker implements Disposable {
  readonly #services: Pick<HostServices, 'store' | 'log'>;
  readonly #open: (hit: OpenHit) => void;
  readonly #picker: QuickPick<SearchItem> = window.createQuickPick<SearchItem>();
  readonly #listeners: Disposable[];
  readonly #recent: string[];
  #order: Order = 'relevance';
  /** Pages of hits that are shown. */
  #pages = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #isAskedAgain = false;
  #isOver = false;

  /** `recent` is kept by the caller from one search to the next; the newest stands first. */
  constructor(
    services: Pick<HostServices, 'store' | 'log'>,
    recent: string[],
    open: (hit: OpenHit) => void,
  ) {
    this.#services = services;
    this.#recent = recent;
    this.#open = open;
    const picker = this.#picker;
    picker.title = l10n.t('Search Sessions');
    picker.placeholder = l10n.t('Words of a message or a title');
    picker.keepScrollPosition = true;
    picker.matchOnDescription = false;
    // Everything is shown whether it matches or not; what matches is marked.
    picker.matchOnDetail = true;
    // Not in the stable types: without it, groups vanish and items are sorted by their labels.
    Reflect.set(picker, 'sortByLabel', false);
    picker.buttons = [this.#orderButton()];
    this.#listeners = [
      picker.onDidChangeValue(() => this.#typed()),
      picker.onDidAccept(() => this.#accepted(picker.selectedItems[0], false)),
      picker.onDidTriggerItemButton(({ item }) => this.#accepted(item, true)),
      picker.onDidTriggerButton(() => this.#changeOrder()),
    ];
    picker.items = hintItems(recent);
  }

  show(): void {
    showInput(this.#picker, () => this.dispose());
  }

  dispose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    disposeAll(this.#listeners);
    this.#picker.dispose();
  }

  #typed(): void {
    this.#pages = 1;
    this.#askIn(TYPING_MS);
  }

  #askIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), ms);
  }

  /** One question at a time: what is typed meanwhile is asked when its answer has come. */
  async #ask(): Promise<void> {
    if (this.#asking) {
      this.#isAskedAgain = true;
      return;
    }
    this.#asking = true;
    await this.#answer();
    this.#asking = false;
    if (!this.#isAskedAgain || this.#isOver) return;
    this.#isAskedAgain = false;
    void this.#ask();
  }

  async #answer(): Promise<void> {
    const picker = this.#picker;
    const { value } = picker;
    if (value.trim() === '') {
      picker.items = hintItems(this.#recent);
      return;
    }
    const [order, pages] = [this.#order, this.#pages];
    const isStale = (): boolean =>
      this.#isOver || picker.value !== value || this.#order !== order || this.#pages !== pages;
    picker.busy = true;
    try {
      const { store } = this.#services;
      const options = { limit: Math.min(PAGE * pages, MOST_SHOWN), order };
      const result = await store.searchSessionsByContent(liveQuery(value), options);
      if (isStale()) return;
      this.#show(resultItems(result, Date.now(), value), result.hits);
      if (result.pending > 0) this.#askIn(INDEXING_MS);
    } catch (error) {
      this.#services.log.warn(`Search: ${messageOf(error)}`);
      if (!isStale()) {
        picker.items = [
          {
            label: plain(messageOf(error), 300),
            iconPath: new ThemeIcon('warning'),
            alwaysShow: true,
          },
        ];
      }
    } finally {
      if (!this.#isOver) picker.busy = false;
    }
  }

  /** Keeps the person's place where the item they are on is still there. */
  #show(items: readonly SearchItem[], hits: readonly MessageHit[]): void {
    const picker = this.#picker;
    const before = picker.activeItems[0]?.action;
    picker.items = items;
    if (before?.type === 'more') {
      const firstNew = hits[PAGE * (this.#pages - 1)];
      const item = items.find(
        ({ action }) =>
          action?.type === 'open' &&
          action.sessionId === firstNew?.session.id &&
          action.reveal === firstNew.messageIndex,
      );
      if (item) picker.activeItems = [item];
      return;
    }
    const same = items.find(
      ({ action }) =>
        action?.type === 'open' &&
        before?.type === 'open' &&
        action.sessionId === before.sessionId &&
        action.reveal === before.reveal,
    );
    if (same) picker.activeItems = [same];
  }

  #accepted(item: SearchItem | undefined, beside: boolean): void {
    const action = item?.action;
    switch (action?.type) {
      case 'open': {
        const { sessionId, reveal } = action;
        this.#remember();
        this.#picker.hide();
        this.#open({ sessionId, beside, ...(reveal !== undefined && { reveal }) });
        return;
      }
      case 'more':
        this.#pages++;
        void this.#ask();
        return;
      case 'fill':
        this.#picker.value = action.text;
        this.#typed();
        return;
      case undefined:
    }
  }

  #remember(): void {
    const value = this.#picker.value.trim();
    const others = this.#recent.filter((one) => one !== value);
    this.#recent.splice(0, Infinity, value, ...others.slice(0, RECENT - 1));
  }

  #changeOrder(): void {
    this.#order = this.#order === 'relevance' ? 'newest' : 'relevance';
    this.#picker.buttons = [this.#orderButton()];
    this.#pages = 1;
    void this.#ask();
  }

  #orderButton(): QuickInputButton {
    return this.#order === 'relevance'
      ? { iconPath: new ThemeIcon('history'), tooltip: l10n.t('Newest First') }
      : { iconPath: new ThemeIcon('star'), tooltip: l10n.t('Best First') };
  }
}
