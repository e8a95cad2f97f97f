/**
 * Forks that an agent makes by reference: the new log copies nothing, it says which log's records
 * come before its own. The reference is resolved when either log is saved, since files come in any
 * order; until then the fork has its own messages only. Records are numbered across the logs of a
 * chain, so a reference may reach further back than the log it names.
 */
import type { DerivedLog } from '../core/reader.ts';
import { number, numberOrNull, text, type Database } from './database.ts';
import type { Outlines } from './outlines.ts';

/** A record: the last one that comes before a log's own. */
interface Cut {
  readonly log: number;
  readonly seq: number;
}

export class Bases {
  readonly #database: Database;
  readonly #outlines: Outlines;

  constructor(database: Database, outlines: Outlines) {
    this.#database = database;
    this.#outlines = outlines;
  }

  /** Notes what a log refers to. Inside a transaction; the log's outlines are to be read anew. */
  save(log: number, base: DerivedLog['base']): void {
    this.#database.run('DELETE FROM base WHERE log = ?', [log]);
    if (!base) return;
    this.#database.run('INSERT INTO base (log, native_id, end_ordinal) VALUES (?, ?, ?)', [
      log,
      base.nativeId,
      base.end,
    ]);
    this.#put(log, this.#resolve(log, base.nativeId, base.end));
  }

  /**
   * Resolves again what refers to a log, and what refers to that. Returns the logs whose prefix may
   * have changed. Inside a transaction.
   */
  refresh(log: number): number[] {
    const logs = new Set([log]);
    // A set that grows while it is walked: every log is followed once.
    for (const base of logs) {
      for (const child of this.#referring(base)) {
        if (!logs.has(child) && this.#isCurrent(child)) logs.add(child);
      }
    }
    logs.delete(log);
    for (const child of logs) this.#follow(child);
    return [...logs];
  }

  #follow(log: number): void {
    const row = this.#database.get('SELECT native_id, end_ordinal FROM base WHERE log = ?', [log]);
    if (!row) return;
    this.#put(log, this.#resolve(log, text(row, 'native_id'), number(row, 'end_ordinal')));
    this.#outlines.changed(log);
  }

  #put(log: number, cut: Cut | undefined): void {
    this.#database.run('UPDATE base SET fork_log = ?, fork_seq = ? WHERE log = ?', [
      cut?.log ?? null,
      cut?.seq ?? null,
      log,
    ]);
  }

  /** Follows the references from log to log until one holds the record before `end`. */
  #resolve(log: number, nativeId: string, end: number): Cut | undefined {
    const passed = new Set([log]);
    let wanted: string | undefined = nativeId;
    while (wanted !== undefined) {
      const row = this.#database.get(
        `SELECT num, first_ordinal FROM log
         WHERE agent = (SELECT agent FROM log WHERE num = ?) AND native_id = ? AND superseded = 0
         ORDER BY num LIMIT 1`,
        [log, wanted],
      );
      if (!row || passed.has(number(row, 'num'))) return undefined;
      const found = number(row, 'num');
      passed.add(found);
      const seq = end - 1 - (numberOrNull(row, 'first_ordinal') ?? 0);
      if (seq >= 0) return this.#leadsTo(found, log) ? undefined : { log: found, seq };
      const further = this.#database.get('SELECT native_id FROM base WHERE log = ?', [found]);
      wanted = further && text(further, 'native_id');
    }
    return undefined;
  }

  /** True when a log's prefix runs through another one: a file may claim what cannot be. */
  #leadsTo(from: number, log: number): boolean {
    const passed = new Set<number>();
    for (let at: number | undefined = from; at !== undefined && !passed.has(at);) {
      if (at === log) return true;
      passed.add(at);
      const row = this.#database.get('SELECT fork_log FROM base WHERE log = ?', [at]);
      at = row && numberOrNull(row, 'fork_log');
    }
    return false;
  }

  #referring(log: number): number[] {
    return this.#database
      .all(
        `SELECT b.log FROM log p JOIN base b ON b.native_id = p.native_id WHERE p.num = ?1
         UNION SELECT log FROM base WHERE fork_log = ?1`,
        [log],
      )
      .map((row) => number(row, 'log'));
  }

  #isCurrent(log: number): boolean {
    const row = this.#database.get('SELECT superseded FROM log WHERE num = ?', [log]);
    return row?.['superseded'] === 0;
  }
}
