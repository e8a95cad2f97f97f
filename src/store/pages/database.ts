/**
 * A SQL database whose changes reach the disk when `flush` returns, over one of two ways to keep
 * it: pages with a redo log, or (where the hook cannot be trusted) whole snapshots.
 *
 * Invariants: `flush` and `checkpoint` happen between transactions only. A damaged block surfaces
 * as `corrupt-block` from the very statement that met it, and leaves the rest readable. Once the
 * keeper is poisoned nothing is answered any more, because what is in memory may never have reached
 * the disk.
 */
import type { Database } from 'sql.js';
import { messageOf, MultipathError } from '../../core/errors.ts';
import type { PageStoreStats } from './pageStore.ts';
import type { RecoveryReport } from './redoLog.ts';
import { StatementCache, type Params, type Row } from './statementCache.ts';
import type { StatementValues } from './statementValues.ts';

/** How a database is kept on disk. */
export interface Keeper {
  readonly mode: 'paged' | 'snapshot';
  readonly recovery: RecoveryReport;
  readonly stats: PageStoreStats;
  readonly poison: MultipathError | undefined;
  /** Called once, when the database is ready. */
  opened(db: Database): void;
  /** Checks that sql.js and the keeper still agree; returns pages made durable. */
  flush(db: Database, pageCount: number): number;
  /** As `flush`, without holding up the thread. */
  flushLater(db: Database, pageCount: number): Promise<void>;
  checkpoint(): void;
  /** Brings the main file up to date and leaves it alone until the result is called. */
  hold(): () => void;
  takeFault(): unknown;
  refuse(cause: unknown): MultipathError;
  close(): void;
}

export class PagedDatabase {
  /** Recovery, mode and why, for the log and the store doctor. */
  readonly mode: 'paged' | 'snapshot';
  readonly recovery: RecoveryReport;
  readonly fallbackReason: string | undefined;
  readonly #db: Database;
  readonly #keeper: Keeper;
  readonly #statements: StatementCache;
  #rollbacks = 0;
  #changes = 0;
  #depth = 0;
  #closed = false;

  constructor(db: Database, keeper: Keeper, values: StatementValues, fallbackReason?: string) {
    this.#db = db;
    this.#keeper = keeper;
    this.#statements = new StatementCache(db, values);
    this.mode = keeper.mode;
    this.recovery = keeper.recovery;
    this.fallbackReason = fallbackReason;
  }

  /** The sql.js database, for functions this class does not wrap. Never COMMIT or VACUUM on it. */
  get db(): Database {
    return this.#db;
  }

  get stats(): PageStoreStats {
    return this.#keeper.stats;
  }

  get inTransaction(): boolean {
    return this.#depth > 0;
  }

  /** Runs any number of statements without parameters; changes of the schema go through here. */
  exec(sql: string): void {
    this.#changes++;
    this.#guard(() => this.#db.run(sql));
    this.#statements.forgetNames();
  }

  /** Runs one statement for its effect; returns the number of rows changed. */
  run(sql: string, params?: Params): number {
    this.#changes++;
    return this.#guard(() => this.#statements.run(sql, params));
  }

  get(sql: string, params?: Params): Row | undefined {
    return this.#guard(() => this.#statements.get(sql, params));
  }

  all(sql: string, params?: Params): Row[] {
    return this.#guard(() => this.#statements.all(sql, params));
  }

  /** Row by row; returning `false` stops. */
  each(sql: string, params: Params | undefined, onRow: (row: Row) => unknown): void {
    this.#guard(() => this.#statements.each(sql, params, onRow));
  }

  /**
   * Runs `work` in one transaction: all of it, or, when it throws, none. Inside another one it is a
   * savepoint of it. `work` is synchronous: nothing else may run between BEGIN and COMMIT.
   */
  transaction<T>(work: () => T): T {
    const level = this.#depth;
    const savepoint = `level${level}`;
    this.run(level === 0 ? 'BEGIN' : `SAVEPOINT ${savepoint}`);
    this.#depth++;
    try {
      const result = work();
      if (result instanceof Promise) throw new TypeError('A transaction must be synchronous.');
      this.run(level === 0 ? 'COMMIT' : `RELEASE ${savepoint}`);
      return result;
    } catch (error) {
      this.#rollBack(level, savepoint);
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /**
   * Makes everything committed so far durable and returns the number of pages that took.
   * @throws MultipathError `poisoned`: the write failed; nothing is acknowledged, reopen
   */
  flush(): number {
    return this.#keeper.flush(this.#db, this.#pageCount());
  }

  /**
   * As `flush`, without holding up the thread while the disk is at it. What is committed meanwhile
   * is not part of it, and is durable only after what was committed before.
   */
  async flushLater(): Promise<void> {
    await this.#keeper.flushLater(this.#db, this.#pageCount());
  }

  /** Flushes, and moves what the redo log holds into the main file. */
  checkpoint(): void {
    this.flush();
    this.#keeper.checkpoint();
  }

  /**
   * Makes the main file hold everything committed so far, and keeps it as it is until the function
   * that is returned is called.
   */
  hold(): () => void {
    this.flush();
    return this.#keeper.hold();
  }

  /** Ends all use: the store has to be opened again, and is then mended or rebuilt. */
  refuse(cause: Error): MultipathError {
    return this.#keeper.refuse(cause);
  }

  /** SQLite's own check of the whole database; empty when all is well. Slow: reads every page. */
  integrityProblems(): string[] {
    return this.all('PRAGMA integrity_check')
      .map((row) => String(row['integrity_check']))
      .filter((line) => line !== 'ok');
  }

  /** Flushes and checkpoints unless poisoned, then lets everything go. Closing twice is allowed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (!this.#keeper.poison) this.checkpoint();
    } finally {
      this.#statements.clear();
      this.#db.close();
      this.#keeper.close();
    }
  }

  /** How many transactions were rolled back. */
  get rollbacks(): number {
    return this.#rollbacks;
  }

  /** How many statements were run that may have changed something. */
  get changes(): number {
    return this.#changes;
  }

  #pageCount(): number {
    if (this.#depth > 0) throw new Error('A flush inside a transaction.');
    const row = this.#guard(() => this.#statements.get('PRAGMA page_count'));
    return Number(row?.['page_count']);
  }

  #rollBack(level: number, savepoint: string): void {
    this.#rollbacks++;
    if (this.#keeper.poison) return;
    try {
      this.exec(level === 0 ? 'ROLLBACK' : `ROLLBACK TO ${savepoint}; RELEASE ${savepoint}`);
    } catch (error) {
      // After an I/O error SQLite has rolled the whole transaction back by itself.
      if (/no transaction is active|no such savepoint/.test(messageOf(error))) return;
      throw this.#keeper.refuse(error);
    }
  }

  #guard<T>(work: () => T): T {
    if (this.#keeper.poison) throw this.#keeper.poison;
    try {
      return work();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #explain(error: unknown): unknown {
    const fault = this.#keeper.takeFault();
    if (MultipathError.is(fault)) return fault;
    if (fault !== undefined) return new MultipathError('io', messageOf(fault), { cause: fault });
    const message = messageOf(error);
    if (/malformed|not a database/.test(message)) {
      return new MultipathError(
        'corrupt-file',
        `The database is damaged (${message}). Run the store doctor: it moves the file aside and ` +
          'rebuilds what it can.',
        { cause: error },
      );
    }
    if (message.includes('attempt to write a readonly database')) {
      return new MultipathError('read-only', 'This window may only read the store.', {
        cause: error,
      });
    }
    // WebAssembly has given up: SQLite's memory can no longer be trusted.
    if (error instanceof Error && error.name === 'RuntimeError') return this.#keeper.refuse(error);
    return error;
  }
}
