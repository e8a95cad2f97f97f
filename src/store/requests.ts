/**
 * Does each request once. A request's outcome is stored in the transaction of its effect; the
 * same id again returns it and changes nothing, so a caller whose owner died may simply ask again.
 */
import { newId } from '../core/ids.ts';
import type { Commits } from './commits.ts';
import { json, type Database } from './database.ts';

/** Outcomes older than this are no longer asked for. */
const KEPT_MS = 7 * 24 * 3_600_000;

export class Requests {
  readonly #database: Database;
  readonly #commits: Commits;
  readonly #now: () => number;

  constructor(database: Database, commits: Commits, now: () => number) {
    this.#database = database;
    this.#commits = commits;
    this.#now = now;
  }

  /**
   * Runs `work` in a transaction and returns its outcome once it is on disk. `work` returns JSON
   * that `check` recognises, also when it comes back from the table.
   */
  async once<T>(
    requestId: string | undefined,
    work: () => T,
    check: (outcome: unknown) => T,
  ): Promise<T> {
    const id = requestId ?? newId();
    const done = this.#database.get('SELECT outcome FROM request WHERE id = ?', [id]);
    if (done) {
      await this.#commits.durable();
      return check(json(done, 'outcome'));
    }
    const outcome = this.#database.transaction(() => {
      const result = work();
      this.#database.run('INSERT INTO request (id, outcome, at) VALUES (?, ?, ?)', [
        id,
        JSON.stringify(result),
        this.#now(),
      ]);
      return result;
    });
    await this.#commits.durable();
    return outcome;
  }

  /** The outcome of a request that was done before; `undefined` when it was not. */
  outcome<T>(requestId: string | undefined, check: (outcome: unknown) => T): T | undefined {
    if (requestId === undefined) return undefined;
    const done = this.#database.get('SELECT outcome FROM request WHERE id = ?', [requestId]);
    return done && check(json(done, 'outcome'));
  }

  /** Forgets outcomes that nobody will ask for again. */
  prune(): void {
    this.#database.run('DELETE FROM request WHERE at < ?', [this.#now() - KEPT_MS]);
  }
}
