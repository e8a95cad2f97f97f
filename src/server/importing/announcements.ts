/** Makes what was taken in durable, small files together, and then says which sessions changed. */
import type { IngestResult } from '../../store/ingest/ingest.ts';
import type { StoreCore } from '../../store/storeCore.ts';

const FLUSH_MS = 50;
const FLUSH_BYTES = 1024 * 1024;

export class Announcements {
  readonly #core: StoreCore;
  readonly #announce: (changed: readonly string[], removed: readonly string[]) => void;
  #changed = new Set<string>();
  #removed = new Set<string>();
  #unflushedBytes = 0;
  #lastFlush = 0;

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

  /** Small files share a flush. */
  flushAfter(bytes: number): void {
    this.#unflushedBytes += bytes;
    const elapsed = performance.now() - this.#lastFlush;
    if (this.#unflushedBytes >= FLUSH_BYTES || elapsed >= FLUSH_MS) this.flush();
  }

  flush(): void {
    this.#core.database.flush();
    this.#core.records.removeReplaced();
    this.#unflushedBytes = 0;
    this.#lastFlush = performance.now();
    if (this.#changed.size + this.#removed.size === 0) return;
    const [changed, removed] = [[...this.#changed], [...this.#removed]];
    this.#changed = new Set();
    this.#removed = new Set();
    this.#announce(changed, removed);
  }
}
