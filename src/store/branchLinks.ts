/**
 * How branches hang on each other, one step at a time: what a branch has of its own, the branch of its
 * log that it leaves, and the message of another log that its log was forked from. Walks over them are
 * loops: a chain of forks may be deeper than the call stack.
 *
 * Invariant: a link is forgotten when its own log changes or the one that it points into does.
 */
import { number, numberOrNull, type Database } from './database.ts';

export interface BranchLink {
  readonly ownCount: number;
  /** The branch of the same log that it leaves, after so many messages of the log. */
  readonly parent?: { readonly branch: number; readonly length: number };
}

/** The prefix of a log: a branch of another one, up to a message of its own part. */
export interface LogOrigin {
  readonly log: number;
  readonly branch: number;
  /** Messages of the branch's own part. */
  readonly end: number;
  /** The last record that is part of it. */
  readonly cutSeq: number;
}

/** A message by its record: its branch, and its place in that branch's own part. */
export interface OwnPlace {
  readonly log: number;
  readonly branch: number;
  readonly own: number;
}

/** Finds the message that a record, or the nearest one before it, belongs to. */
type FindAnchor = (log: number, seq: number) => OwnPlace | undefined;

export class BranchLinks {
  readonly #database: Database;
  readonly #findAnchor: FindAnchor;
  readonly #branches = new Map<number, Map<number, BranchLink | undefined>>();
  readonly #origins = new Map<number, LogOrigin | undefined>();
  /** Logs that were forked from one, as far as they were asked about. */
  readonly #forks = new Map<number, Set<number>>();

  constructor(database: Database, findAnchor: FindAnchor) {
    this.#database = database;
    this.#findAnchor = findAnchor;
  }

  /** `undefined` for a branch that is not there. */
  branch(log: number, branch: number): BranchLink | undefined {
    let known = this.#branches.get(log);
    if (!known) this.#branches.set(log, (known = new Map<number, BranchLink | undefined>()));
    if (!known.has(branch)) known.set(branch, this.#readBranch(log, branch));
    return known.get(branch);
  }

  /** `undefined` for a log that begins by itself, and where nothing is left of what came before. */
  origin(log: number): LogOrigin | undefined {
    if (!this.#origins.has(log)) this.#origins.set(log, this.#readOrigin(log));
    return this.#origins.get(log);
  }

  /**
   * Forgets what is known of a log, and where forks of it leave it. Returns the branches whose spans
   * run through it; `undefined` for any, where something was forked from it.
   */
  changed(log: number): readonly number[] | undefined {
    const branches = [...(this.#branches.get(log)?.keys() ?? [])];
    const forks = this.#forks.get(log);
    this.#branches.delete(log);
    this.#origins.delete(log);
    for (const fork of forks ?? []) this.#origins.delete(fork);
    this.#forks.delete(log);
    return forks ? undefined : branches;
  }

  clear(): void {
    this.#branches.clear();
    this.#origins.clear();
    this.#forks.clear();
  }

  #readBranch(log: number, branch: number): BranchLink | undefined {
    const row = this.#database.get(
      'SELECT parent_number, parent_length, own_count FROM branch WHERE log = ? AND number = ?',
      [log, branch],
    );
    if (!row) return undefined;
    const parent = numberOrNull(row, 'parent_number');
    return {
      ownCount: number(row, 'own_count'),
      ...(parent !== undefined && {
        parent: { branch: parent, length: number(row, 'parent_length') },
      }),
    };
  }

  #readOrigin(log: number): LogOrigin | undefined {
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
    return place && { log: place.log, branch: place.branch, end: place.own + 1, cutSeq };
  }
}
