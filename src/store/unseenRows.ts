/**
 * Rows of a log that nobody sees: chunks of an outline behind a branch's own messages, or of a
 * branch that is not there; of our own logs also records behind those that the log counts, and where
 * those were merged from. They are written ahead, so that the transaction that makes them count is a
 * small one, or are left behind by one that took many messages away, and are swept some at a time.
 *
 * Invariant: a log that may have many of them is named in `meta`, from the transaction that leaves
 * the first until none is left, so that who opens the store after a crash knows it.
 */
import { number, text, type Database } from './database.ts';
import { NATIVE_AGENT } from './nativeLog.ts';
import { CHUNK_ENTRIES } from './outlineCodec.ts';
import { recordId } from './records.ts';

const KEY = 'unseen/';
/** Behind all keys that begin with `KEY`. */
const KEYS_END = 'unseen0';
/** So many rows go in one transaction: some milliseconds of work. */
const SWEPT_ROWS = 256;

export class UnseenRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** How many chunks of a branch are read; none where there is no such branch. */
  seenChunks(log: number, branch: number): number {
    const row = this.#database.get('SELECT own_count FROM branch WHERE log = ? AND number = ?', [
      log,
      branch,
    ]);
    return row ? Math.ceil(number(row, 'own_count') / CHUNK_ENTRIES) : 0;
  }

  /** Notes that a log may have such rows. Inside the transaction that writes or leaves them. */
  note(log: number): void {
    this.#database.run('INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)', [
      `${KEY}${log}`,
      '',
    ]);
  }

  /** False for a log that has no such rows. */
  has(log: number): boolean {
    return this.#database.get('SELECT 1 FROM meta WHERE key = ?', [`${KEY}${log}`]) !== undefined;
  }

  /** Makes room for records of a log that nobody sees from `first` on. Inside a transaction. */
  clearRecords(log: number, first: number, count: number): void {
    const end = first + count;
    this.#database.run('DELETE FROM record WHERE id >= ? AND id < ?', [
      recordId(log, first),
      recordId(log, end),
    ]);
    this.#database.run('DELETE FROM merged_message WHERE log = ? AND seq >= ? AND seq < ?', [
      log,
      first,
      end,
    ]);
  }

  /** A log has no such rows any more. */
  settle(log: number): void {
    this.#database.run('DELETE FROM meta WHERE key = ?', [`${KEY}${log}`]);
  }

  /** Logs that may have such rows. */
  logs(): number[] {
    return this.#database
      .all('SELECT key FROM meta WHERE key >= ? AND key < ?', [KEY, KEYS_END])
      .map((row) => Number(text(row, 'key').slice(KEY.length)));
  }

  /**
   * Takes chunks from `first` on away, which are not seen or are not to be. Many are left to the
   * sweep. Inside a transaction. Returns false where there were none.
   */
  drop(log: number, branch: number, first: number): boolean {
    const rows = this.#behind(log, branch, first, SWEPT_ROWS + 1);
    if (rows.length === 0) return false;
    if (rows.length > SWEPT_ROWS) this.note(log);
    else this.#remove(log, branch, first, rows.at(-1) ?? first);
    return true;
  }

  /** As `drop`, of all branches from `first` on. */
  dropBranches(log: number, first: number): boolean {
    let dropped = false;
    for (const branch of this.#branches(log, first)) {
      if (this.drop(log, branch, 0)) dropped = true;
    }
    return dropped;
  }

  /** Sweeps a log. Each step is to be a transaction of its own. */
  *sweep(log: number): Generator<void, void, undefined> {
    for (const branch of this.#branches(log, 0)) {
      for (;;) {
        // Asked again each time: what was not seen may be by now.
        const first = this.seenChunks(log, branch);
        const rows = this.#behind(log, branch, first, SWEPT_ROWS);
        const last = rows.at(-1);
        if (last !== undefined) this.#remove(log, branch, first, last);
        yield;
        if (rows.length < SWEPT_ROWS) break;
      }
    }
    for (let last = this.#lastRecord(log); last !== undefined; last = this.#lastRecord(log)) {
      this.clearRecords(log, last.first, last.count);
      yield;
    }
  }

  /** Records of a log of our own that nobody sees, the last of them first. */
  #lastRecord(log: number): { readonly first: number; readonly count: number } | undefined {
    const row = this.#database.get('SELECT record_count FROM log WHERE num = ? AND agent = ?', [
      log,
      NATIVE_AGENT,
    ]);
    if (!row) return undefined;
    const counted = number(row, 'record_count');
    const last = this.#database.get(
      `SELECT max(coalesce((SELECT max(seq) FROM merged_message WHERE log = ?1), -1),
         coalesce((SELECT max(id) FROM record WHERE id >= ?2 AND id < ?3), ?2 - 1) - ?2) AS seq`,
      [log, recordId(log, 0), recordId(log + 1, 0)],
    );
    const end = (last ? number(last, 'seq') : -1) + 1;
    if (end <= counted) return undefined;
    const first = Math.max(counted, end - SWEPT_ROWS);
    return { first, count: end - first };
  }

  /** Sweeps all logs at once, before anybody uses the database. */
  sweepAll(): void {
    for (const log of this.logs()) {
      const sweep = this.sweep(log);
      this.#database.transaction(() => {
        while (sweep.next().done !== true);
        this.settle(log);
      });
    }
  }

  /** Branches that an outline has chunks of, one by one: a walk over all of them would be long. */
  *#branches(log: number, first: number): Generator<number, void, undefined> {
    for (let from = first; ;) {
      const row = this.#database.get(
        'SELECT branch FROM outline WHERE log = ? AND branch >= ? ORDER BY branch LIMIT 1',
        [log, from],
      );
      if (!row) return;
      const branch = number(row, 'branch');
      yield branch;
      from = branch + 1;
    }
  }

  #behind(log: number, branch: number, first: number, limit: number): number[] {
    return this.#database
      .all(
        `SELECT chunk FROM outline WHERE log = ? AND branch = ? AND chunk >= ?
         ORDER BY chunk LIMIT ?`,
        [log, branch, first, limit],
      )
      .map((row) => number(row, 'chunk'));
  }

  #remove(log: number, branch: number, first: number, last: number): void {
    this.#database.run(
      'DELETE FROM outline WHERE log = ? AND branch = ? AND chunk >= ? AND chunk <= ?',
      [log, branch, first, last],
    );
  }
}
