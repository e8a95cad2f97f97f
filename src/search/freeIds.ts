/**
 * Ids of a shard that were never used, near a wanted one. Many messages may want the same: the way
 * over a run of taken ids is remembered, so that it is gone once.
 */
import { number } from '../store/database.ts';
import type { PagedDatabase } from '../store/pages/database.ts';

export class FreeIds {
  readonly #database: PagedDatabase;
  /** Taken ids and where to look on from each. */
  readonly #onwards = new Map<number, number>();

  constructor(database: PagedDatabase) {
    this.#database = database;
  }

  /** The first free id from `wanted` on; it is taken from now on. */
  take(wanted: number): number {
    const passed: number[] = [];
    let id = wanted;
    for (;;) {
      passed.push(id);
      const next = this.#onwards.get(id) ?? this.#endOfRun(id);
      if (next === id) break;
      id = next;
    }
    for (const one of passed) this.#onwards.set(one, id + 1);
    return id;
  }

  /** The first id from `id` on that has no document. */
  #endOfRun(id: number): number {
    let end = id;
    this.#database.each('SELECT id FROM doc WHERE id >= ? ORDER BY id', [id], (row) => {
      if (number(row, 'id') !== end) return false;
      end++;
      return true;
    });
    return end;
  }
}
