/**
 * Makes what was taken in durable, small files together, and then says which sessions changed. One
 * flush is under way at a time; what comes meanwhile waits for the next one, and not without bound.
 */
import type { IngestResult } from '../../store/ingest/ingest.ts';
import type { StoreCore } from '../../store/storeCore.ts';

const FLUSH_MS = 50;
const FLUSH_BYTES = 1024 * 1024;
/** What may come in during a flush, and for how long, before more has to wait for it. */
const MOST_BYTES = 4 * FLUSH_BYTES;
const MOST_MS = 4 * FLUSH_MS;

export class Announcements {
  readonly #core: StoreCore;
  readonly #announce: (changed: readonly string[], removed: readonly string[]) => void;
  #changed = new Set<string>();
  #removed = new Set<string>();
  #unflushedBytes = 0;
  /** When the last flush began, and when one ended last. */
  #begun = 0;
  #ended = 0;
  #underWay: Promise<void> | undefined;

  constructor(
    core: StoreCore,
    announce: (changed: readonly string[], removed: readonly string[]) => void,
  ) {
    this.#core = core;
    this.#announce = announce;
  }

  add({ changed, removed }: Pick<IngestResult, 'changed' | 'removed'>): void {
    for (const id of changed) this.#changed.add(id);
    for (const id of removed) this.#removed.add(id);
  }

  /**
   * Small files share a flush. Resolves when more may come; rejects when an earlier flush failed that
   * had to be awaited.
   */
  async flushAfter(bytes: number): Promise<void> {
    this.#unflushedBytes += bytes;
    const isLong = performance.now() - this.#begun >= MOST_MS;
    if (isLong || this.#unflushedBytes >= MOST_BYTES) await this.#underWay;
    const elapsed = performance.now() - this.#ended;
    if (this.#underWay || (this.#unflushedBytes < FLUSH_BYTES && elapsed < FLUSH_MS)) return;
    // Who uses the store next, or flushes for good, hears of a failure: nothing can be written then.
    this.#begin().catch(() => undefined);
  }

  /** Resolves when all that was taken in is durable and announced. Rejects when it cannot be. */
  flush(): Promise<void> {
    return this.#begin();
  }

  /** Resolves when no flush is under way, whatever became of it. */
  async settled(): Promise<void> {
    await this.#underWay?.catch(() => undefined);
  }

  #begin(): Promise<void> {
    const before = this.#underWay ?? Promise.resolve();
    const underWay = before
      .then(() => this.#flush())
      .finally(() => {
        if (this.#underWay === underWay) this.#underWay = undefined;
      });
    this.#underWay = underWay;
    return underWay;
  }

  async #flush(): Promise<void> {
    const { database, records } = this.#core;
    const [changed, removed] = [[...this.#changed], [...this.#removed]];
    this.#changed = new Set();
    this.#removed = new Set();
    this.#unflushedBytes = 0;
    this.#begun = performance.now();
    const removeReplaced = records.takeReplaced();
    await database.flushLater();
    removeReplaced();
    this.#ended = performance.now();
    if (changed.length + removed.length > 0) this.#announce(changed, removed);
  }
}
