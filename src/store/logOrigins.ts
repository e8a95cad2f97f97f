/**
 * Where logs were forked from other ones, a step at a time: a chain of forks may be deeper than the
 * call stack, so whoever walks one does it in a loop.
 *
 * Invariant: an origin is forgotten when its own log changes or the one that it points into does.
 */
import { number, type Database } from './database.ts';

/** A message by its record: its branch, and its place in that branch's own part. */
export interface OwnPlace {
  readonly log: number;
  readonly branch: number;
  readonly own: number;
}

/** The last message of a log's prefix. */
export interface LogOrigin extends OwnPlace {
  /** The last record that is part of it. */
  readonly cutSeq: number;
}

export class LogOrigins {
  readonly #database: Database;
  readonly #findAnchor: (log: number, seq: number) => OwnPlace | undefined;
  readonly #origins = new Map<number, LogOrigin | undefined>();
  /** Logs that were forked from one, as far as they were asked about. */
  readonly #forks = new Map<number, Set<number>>();

  /** @param findAnchor finds the message that a record, or the nearest one before it, belongs to */
  constructor(database: Database, findAnchor: (log: number, seq: number) => OwnPlace | undefined) {
    this.#database = database;
    this.#findAnchor = findAnchor;
  }

  /** `undefined` for a log that begins by itself, and where nothing is left of what came before. */
  of(log: number): LogOrigin | undefined {
    if (!this.#origins.has(log)) this.#origins.set(log, this.#read(log));
    return this.#origins.get(log);
  }

  /** Forgets what is known of a log. Returns true when something is known to be forked from it. */
  changed(log: number): boolean {
    const forks = this.#forks.get(log);
    this.#origins.delete(log);
    this.#forks.delete(log);
    for (const fork of forks ?? []) this.#origins.delete(fork);
    return forks !== undefined;
  }

  clear(): void {
    this.#origins.clear();
    this.#forks.clear();
  }

  #read(log: number): LogOrigin | undefined {
    const row = this.#database.get(
      `SELECT fork_log, fork_seq FROM native WHERE log = ?1 AND fork_log IS NOT NULL
       UNION ALL SELECT fork_log, fork_seq FROM base WHERE log = ?1 AND fork_log IS NOT NULL`,
      [log],
    );
    if (!row) return undefined;
    const base = number(row, 'fork_log');
    const cutSeq = number(row, 'fork_seq');
    const forks = this.#forks.get(base);
    if (forks) forks.add(log);
    else this.#forks.set(base, new Set([log]));
    const place = this.#findAnchor(base, cutSeq);
    return place && { ...place, cutSeq };
  }
}
