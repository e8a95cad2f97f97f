/**
 * The messages of one session as they come in pages from the host. Holds a bounded number of
 * pages, asks for each once at a time, and keeps what it has on show while a page is read again.
 * A message that did not change stays the same object, so that nothing is drawn anew for it.
 */
import type { Message } from '../../src/core/message.ts';
import type { MessagePage } from '../../src/core/sessionStore.ts';

/** Messages to a page, the store's own measure. */
const PAGE = 200;
/** Pages kept; the least recently used go first. */
const KEPT = 12;
/** Pages asked for at the same time. */
const AT_ONCE = 2;

export type ForkMark = MessagePage['forks'][number];
export type MergeMark = MessagePage['merges'][number];
export type ReadMessages = (range: { start: number; end: number }) => Promise<MessagePage>;

interface LoadedPage {
  readonly messages: readonly Message[];
  readonly forks: readonly ForkMark[];
  readonly merges: readonly MergeMark[];
}

export class Pages {
  readonly #read: ReadMessages;
  readonly #onLoaded: (total: number) => void;
  readonly #onFailed: (error: unknown) => void;
  readonly #loaded = new Map<number, LoadedPage>();
  readonly #reading = new Set<number>();
  /** Pages that changed at the host while they were being read. */
  readonly #again = new Set<number>();

  #wanted: number[] = [];
  /** Pages that could not be read: they wait until the person, or a change, asks again. */
  readonly #failed = new Set<number>();

  /** `onLoaded` is told how many messages the session has. */
  constructor(
    read: ReadMessages,
    onLoaded: (total: number) => void,
    onFailed: (error: unknown) => void,
  ) {
    this.#read = read;
    this.#onLoaded = onLoaded;
    this.#onFailed = onFailed;
  }

  /** True while something that was asked for has not come. */
  get busy(): boolean {
    return this.#reading.size > 0;
  }

  message(index: number): Message | undefined {
    return this.#page(index)?.messages[index % PAGE];
  }

  /** Forks that begin after a message. */
  forks(index: number): readonly ForkMark[] {
    return this.#page(index)?.forks.filter((fork) => fork.atMessage === index) ?? [];
  }

  /** Where a message was merged to. */
  merges(index: number): readonly MergeMark[] {
    return this.#page(index)?.merges.filter((merge) => merge.atMessage === index) ?? [];
  }

  /** Sees to it that the pages of a range come; `onLoaded` tells when one has. */
  want(start: number, end: number): void {
    this.#wanted = [];
    for (let page = Math.floor(start / PAGE); page * PAGE < end; page++) {
      const held = this.#loaded.get(page);
      if (held === undefined) {
        this.#wanted.push(page);
      } else {
        this.#loaded.delete(page);
        this.#loaded.set(page, held); // most recently used stand last
      }
    }
    this.#loadNext();
  }

  /** The session changed: reads what is shown again and forgets what is not. */
  refresh(start: number, end: number): void {
    const first = Math.floor(start / PAGE);
    this.#failed.clear();
    for (const page of this.#reading) this.#again.add(page);
    for (const page of this.#loaded.keys()) {
      if (page < first || page * PAGE >= end) this.#loaded.delete(page);
      else if (!this.#reading.has(page)) void this.#load(page);
    }
  }

  /** Asks again for what could not be read. */
  retry(): void {
    this.#failed.clear();
    this.#loadNext();
  }

  /** Only what is wanted now: pages that were scrolled past are never asked for. */
  #loadNext(): void {
    for (const page of this.#wanted) {
      if (this.#reading.size >= AT_ONCE) return;
      const settled = this.#reading.has(page) || this.#loaded.has(page) || this.#failed.has(page);
      if (!settled) void this.#load(page);
    }
  }

  #page(index: number): LoadedPage | undefined {
    return this.#loaded.get(Math.floor(index / PAGE));
  }

  async #load(page: number): Promise<void> {
    this.#reading.add(page);
    try {
      const { messages, forks, merges, total } = await this.#read({
        start: page * PAGE,
        end: (page + 1) * PAGE,
      });
      const before = this.#loaded.get(page)?.messages ?? [];
      this.#loaded.delete(page);
      this.#loaded.set(page, {
        messages: messages.map((message, position) => unchanged(before[position], message)),
        forks,
        merges,
      });
      this.#forget();
      this.#reading.delete(page);
      this.#onLoaded(total);
    } catch (error) {
      this.#reading.delete(page);
      this.#again.delete(page);
      this.#failed.add(page);
      this.#onFailed(error);
      return;
    }
    if (this.#again.delete(page)) void this.#load(page);
    this.#loadNext();
  }

  #forget(): void {
    for (const page of this.#loaded.keys()) {
      if (this.#loaded.size <= KEPT) return;
      this.#loaded.delete(page);
    }
  }
}

function unchanged(before: Message | undefined, now: Message): Message {
  if (before?.id !== now.id) return now;
  return JSON.stringify(before) === JSON.stringify(now) ? before : now;
}
