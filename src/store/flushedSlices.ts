/** Writes in many small transactions: others have their turn in between, and some share a flush. */
import { Slices } from '../core/compare/slices.ts';
import type { Database } from './database.ts';

/** Transactions that share a flush: about 4 MB. */
const FLUSHED_TOGETHER = 16;

export class FlushedSlices {
  readonly #database: Database;
  readonly #slices = new Slices();
  #transactions = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Call after each transaction. Rejects when what was written cannot be kept. */
  async next(): Promise<void> {
    if (++this.#transactions % FLUSHED_TOGETHER === 0) await this.#database.flushLater();
    await this.#slices.pass();
  }
}
