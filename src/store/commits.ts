/**
 * Acknowledged means on disk, and nothing is answered before it is: requests of one turn of the
 * event loop share a flush, and a read that finds unflushed changes flushes them first.
 */
import type { Database } from './database.ts';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Commits {
  readonly #database: Database;
  #waiting: Waiting[] = [];

  constructor(database: Database) {
    this.#database = database;
  }

  /** Resolves when every transaction committed so far is on disk. Rejects when the disk said no. */
  durable(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ resolve, reject }) === 1) setImmediate(() => this.#flush());
    });
  }

  /** Call before answering from the database. */
  settle(): void {
    if (this.#waiting.length > 0) this.#flush();
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    try {
      this.#database.flush();
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return;
    }
    for (const { resolve } of waiting) resolve();
  }
}
