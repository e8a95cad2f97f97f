/**
 * Answers of statements that are asked again and again while nothing changes, as when somebody
 * scrolls. An answer holds until anything in the database is written; then all are forgotten.
 */
import { LRUCache } from 'lru-cache';
import type { Database } from './database.ts';

export class KeptAnswers<T extends object> {
  readonly #database: Pick<Database, 'changes'>;
  readonly #known: LRUCache<string, T>;
  #asOf: number;

  /** Keeps answers as long as their sizes add up to at most `maxSize`. */
  constructor(database: Pick<Database, 'changes'>, maxSize: number, sizeOf: (answer: T) => number) {
    this.#database = database;
    this.#asOf = database.changes;
    this.#known = new LRUCache({ maxSize, sizeCalculation: sizeOf });
  }

  /**
   * What is known under the key, or else what `find` answers. `asOf`: the database's `changes` when
   * what the answer rests on was read; where that was before the last change, it is not kept.
   */
  of(key: string, asOf: number, find: () => T): T {
    const now = this.#database.changes;
    if (now !== this.#asOf) this.#known.clear();
    this.#asOf = now;
    const known = asOf === now ? this.#known.get(key) : undefined;
    if (known) return known;
    const found = find();
    if (asOf === now) this.#known.set(key, found);
    return found;
  }
}
