/**
 * Entries of branches as they are kept, in chunks; what was decoded lately stays in memory.
 *
 * Invariant: what is in memory is what the database has, as long as `forget` is called for every
 * log that changes and `clear` after a rollback.
 */
import { LRUCache } from 'lru-cache';
import type { OutlineEntry } from '../core/reader.ts';
import { number, text, type Database } from './database.ts';
import { CHUNK_ENTRIES, decodeOutline } from './outlineCodec.ts';

type Chunk = readonly OutlineEntry[];

const KEPT_CHUNKS = 1024;

/** `pass`: what has to be decoded is not kept, because it will not be asked for again soon. */
export type Use = 'keep' | 'pass';

export class OutlineChunks {
  readonly #database: Database;
  readonly #known = new LRUCache<string, Chunk>({ max: KEPT_CHUNKS });

  constructor(database: Database) {
    this.#database = database;
  }

  /** The entries of one chunk; none where there is no such chunk. */
  one(log: number, branch: number, chunk: number): Chunk {
    return this.#range(log, branch, chunk, chunk + 1, 'keep')[0] ?? [];
  }

  /** A branch's own entries [from, to), without those that it does not have. */
  entries(
    log: number,
    branch: number,
    from: number,
    to: number,
    use: Use = 'keep',
  ): OutlineEntry[] {
    if (to <= from) return [];
    const first = Math.floor(from / CHUNK_ENTRIES);
    const chunks = this.#range(log, branch, first, Math.ceil(to / CHUNK_ENTRIES), use);
    return chunks.flatMap((chunk = [], nth) => {
      const start = (first + nth) * CHUNK_ENTRIES;
      return from <= start && to >= start + CHUNK_ENTRIES
        ? chunk
        : chunk.slice(Math.max(0, from - start), to - start);
    });
  }

  /** Call after every change of a log's outlines. */
  forget(log: number): void {
    for (const key of this.#known.keys()) {
      if (key.startsWith(`${log}:`)) this.#known.delete(key);
    }
  }

  clear(): void {
    this.#known.clear();
  }

  /** Chunks [first, end), looked up together where one of them is not in memory. */
  #range(log: number, branch: number, first: number, end: number, use: Use): (Chunk | undefined)[] {
    const keyOf = (chunk: number): string => `${log}:${branch}:${chunk}`;
    const found: (Chunk | undefined)[] = [];
    for (let chunk = first; chunk < end; chunk++) found.push(this.#known.get(keyOf(chunk)));
    const missing = found.indexOf(undefined);
    if (missing === -1) return found;
    const rows = this.#database.all(
      'SELECT chunk, data FROM outline WHERE log = ? AND branch = ? AND chunk >= ? AND chunk <= ?',
      [log, branch, first + missing, first + found.lastIndexOf(undefined)],
    );
    for (const row of rows) {
      const chunk = number(row, 'chunk');
      if (found[chunk - first]) continue;
      const entries = decodeOutline(text(row, 'data'));
      found[chunk - first] = entries;
      if (use === 'keep') this.#known.set(keyOf(chunk), entries);
    }
    return found;
  }
}
