/**
 * Saves what was derived of a very large log without holding up the thread: chunks of its outline
 * that nobody sees before the rows that count them are written first, some at a time, each time in
 * a transaction of their own. The last one, which makes them count, then has little to write.
 *
 * Invariants: what a reader of the store sees changes in the last transaction alone. It relies on
 * what was written ahead only while nothing of the log's outlines changed since; else it is looked
 * at anew. What a process leaves behind that ends in between is swept by the next one.
 */
import type { Database } from '../database.ts';
import type { EncodedBranch, EncodedLog } from '../encodedLog.ts';
import { FlushedSlices } from '../flushedSlices.ts';
import type { OutlineChunk } from '../outlineCodec.ts';
import type { Outlines } from '../outlines.ts';

/** So many chunks are written in one go: some milliseconds of work. Fewer are not staged at all. */
const STAGED_CHUNKS = 64;
/** Times that it is begun anew because the log changed under way; then it is one transaction. */
const ATTEMPTS = 3;

export class StagedOutlines {
  readonly #database: Database;
  readonly #outlines: Outlines;
  /** Logs that are being saved. */
  readonly #active = new Set<number>();

  constructor(database: Database, outlines: Outlines) {
    this.#database = database;
    this.#outlines = outlines;
  }

  /**
   * Runs `save` in a transaction with what of a log is left to be written in it; chunks that are not
   * given are right in the store by then. Rejects with what it throws.
   */
  async save<T>(log: number, derived: EncodedLog, save: (left: EncodedLog) => T): Promise<T> {
    if (chunksOf(derived) <= STAGED_CHUNKS || this.isBusy(log)) {
      return this.#transaction(log, () => save(derived));
    }
    return this.writeAhead(log, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const before = this.#outlines.changesOf(log);
        const left = await this.#stage(log, derived, before);
        if (left && this.#outlines.changesOf(log) === before) {
          return this.#transaction(log, () => save(left));
        }
      }
      return this.#transaction(log, () => save(derived));
    });
  }

  /**
   * Does work that writes rows of a log that nobody sees, and sweeps those that are left when it has
   * ended or failed. Not where `isBusy` says that somebody does so already.
   */
  async writeAhead<T>(log: number, work: () => Promise<T>): Promise<T> {
    this.#active.add(log);
    try {
      const result = await work().catch(async (error: unknown) => {
        // What cannot be swept now is when the store is next opened; why the work ended is told.
        await this.#sweepOne(log, () => true).catch(() => undefined);
        throw error;
      });
      await this.#sweepOne(log, () => true);
      return result;
    } finally {
      this.#active.delete(log);
    }
  }

  isBusy(log: number): boolean {
    return this.#active.has(log);
  }

  /** Takes away what processes left behind that ended before a log was saved. */
  async sweep(): Promise<void> {
    for (const log of this.#outlines.unseen.logs()) {
      await this.#sweepOne(log, () => !this.isBusy(log));
    }
  }

  /** `undefined` where the log changed under way. */
  async #stage(log: number, derived: EncodedLog, before: number): Promise<EncodedLog | undefined> {
    const slices = new FlushedSlices(this.#database);
    const branches: EncodedBranch[] = [];
    for (const [index, branch] of derived.branches.entries()) {
      const chunks: (OutlineChunk | undefined)[] = [];
      for (let from = 0; from < branch.chunks.length; from += STAGED_CHUNKS) {
        if (this.#outlines.changesOf(log) !== before) return undefined;
        const some = branch.chunks.slice(from, from + STAGED_CHUNKS);
        this.#database.transaction(() => {
          this.#outlines.unseen.note(log);
          chunks.push(...this.#outlines.writeAhead(log, index, from, some));
        });
        await slices.next();
      }
      branches.push({ ...branch, chunks });
    }
    return { ...derived, branches };
  }

  async #sweepOne(log: number, mayGoOn: () => boolean): Promise<void> {
    const slices = new FlushedSlices(this.#database);
    const before = this.#outlines.changesOf(log);
    const sweep = this.#outlines.unseen.sweep(log);
    while (mayGoOn()) {
      const { done } = this.#database.transaction(() => sweep.next());
      await slices.next();
      if (done !== true) continue;
      // Where more was left meanwhile, it is for the next time.
      if (mayGoOn() && this.#outlines.changesOf(log) === before) {
        this.#database.transaction(() => this.#outlines.unseen.settle(log));
      }
      return;
    }
  }

  #transaction<T>(log: number, work: () => T): T {
    try {
      return this.#database.transaction(work);
    } catch (error) {
      this.#outlines.changed(log); // what was read of the new outline is rolled back
      throw error;
    }
  }
}

function chunksOf({ branches }: EncodedLog): number {
  return branches.reduce(
    (sum, { chunks }) => sum + chunks.filter((chunk) => chunk !== undefined).length,
    0,
  );
}
