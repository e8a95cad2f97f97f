/**
 * Places the sessions of agents' logs in the tree: copies of one conversation under the one they
 * were copied from, branches of one log under each other. A session whose parent changed is counted
 * anew: what it shares with the parent is the parent's.
 */
import type { PriceBook } from '../../core/cost.ts';
import type { OutlineEntry } from '../../core/reader.ts';
import { summarise } from '../branchSummary.ts';
import type { Catalogue } from '../catalogue.ts';
import { number, numberOrNull, text, textOrNull, type Database } from '../database.ts';
import type { Families } from '../families.ts';
import type { Outlines } from '../outlines.ts';
import { logsResumedFrom } from '../resumes.ts';
import { packUsage } from '../usageGroups.ts';
import { figuresOf } from './figures.ts';
import type { ForkLinks } from './forkLinks.ts';

interface CopyLinksParts {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly outlines: Outlines;
  readonly families: Families;
  readonly forkLinks: ForkLinks;
  readonly prices: PriceBook;
}

export class CopyLinks {
  readonly #database: Database;
  readonly #catalogue: Catalogue;
  readonly #outlines: Outlines;
  readonly #families: Families;
  readonly #forkLinks: ForkLinks;
  readonly #prices: PriceBook;

  constructor(parts: CopyLinksParts) {
    this.#database = parts.database;
    this.#catalogue = parts.catalogue;
    this.#outlines = parts.outlines;
    this.#families = parts.families;
    this.#forkLinks = parts.forkLinks;
    this.#prices = parts.prices;
  }

  /**
   * Finds another parent for the sessions of a log, now that theirs was removed for good. Inside a
   * transaction. Returns the sessions whose place in the tree changed.
   */
  parentRemoved(log: number): string[] {
    const native = this.#database.get(
      'SELECT fork_log FROM native WHERE log = ? AND fork_log IS NOT NULL',
      [log],
    );
    if (native) return this.#forkLinks.refresh(number(native, 'fork_log'));
    return [...this.relink(log), ...this.#forkLinks.refresh(log)];
  }

  /** Links a log's live branch, and those of its relatives, whose parent it may be now. */
  relinkFamily(log: number): string[] {
    const relatives = new Set([
      ...this.#families.relatives(log),
      ...this.#copiesOf(log),
      ...logsResumedFrom(this.#database, log),
    ]);
    return [...relatives].flatMap((relative) => this.relink(relative));
  }

  /** Finds the parent of a log's live branch among the copies of its conversation. */
  relink(log: number): string[] {
    const row = this.#database.get(
      `SELECT s.* FROM session s JOIN branch b ON b.session_id = s.id
       WHERE b.log = ? AND b.number = 0`,
      [log],
    );
    if (!row) return [];
    const lineage = this.#families.lineageOf(log);
    const oldParent = textOrNull(row, 'parent_id');
    if (!lineage && oldParent === undefined) return [];
    if (
      lineage?.parentId === oldParent &&
      lineage?.inherited === number(row, 'inherited') &&
      lineage.parentShared === number(row, 'parent_shared')
    ) {
      return [];
    }
    const id = text(row, 'id');
    const own = this.#outlines.entries(log, 0, lineage?.inherited ?? 0, Infinity);
    const summary = summarise(own.map((placed) => placed.entry));
    const { tokens, usage, cost, unpriced } = figuresOf(this.#prices, summary);
    this.#database.run(
      `UPDATE session SET kind = ?, parent_id = ?, fork_log = ?, fork_seq = ?, fork_native_id = ?,
         inherited = ?, parent_shared = ?, created_at = ?, input_tokens = ?, output_tokens = ?,
         cache_read_tokens = ?, cache_write_tokens = ?, cost = ?, usage = ?,
         unpriced = ? WHERE id = ?`,
      [
        lineage ? 'copied-fork' : 'imported',
        lineage?.parentId ?? null,
        lineage?.forkLog ?? null,
        lineage?.forkSeq ?? null,
        lineage?.forkNativeId ?? null,
        lineage?.inherited ?? 0,
        lineage?.parentShared ?? 0,
        summary.firstAt ?? this.#beganAt(log) ?? number(row, 'created_at'),
        tokens.input,
        tokens.output,
        tokens.cacheRead,
        tokens.cacheWrite,
        cost ?? null,
        packUsage(usage),
        unpriced,
        id,
      ],
    );
    this.#catalogue.hang(id);
    this.#countBranches(log);
    return [id, ...[oldParent, lineage?.parentId].filter((parent) => parent !== undefined)];
  }

  /**
   * When a copy without a message of its own began: as its file says. What its row says depends on
   * which of its relatives were known when it was last linked.
   */
  #beganAt(log: number): number | undefined {
    const all = this.#outlines.entries(log, 0, 0, Infinity);
    return summarise(all.map((placed) => placed.entry)).firstAt;
  }

  /**
   * The messages that a session's figures count: its own, without those that were copied together
   * with the log they are a branch of. Each answer of a family is so counted once.
   */
  ownEntries(log: number, branch: number): OutlineEntry[] {
    const row = this.#database.get(
      `SELECT b.own_count, s.inherited, live.kind, live.fork_log FROM branch b
       JOIN session s ON s.id = b.session_id
       JOIN branch first ON first.log = b.log AND first.number = 0
       JOIN session live ON live.id = first.session_id
       WHERE b.log = ? AND b.number = ?`,
      [log, branch],
    );
    if (!row) return [];
    const end = this.#outlines.length(log, branch);
    const start = Math.max(number(row, 'inherited'), end - number(row, 'own_count'));
    const own = this.#outlines.entries(log, branch, start, end).map(({ entry }) => entry);
    const source = numberOrNull(row, 'fork_log');
    if (branch === 0 || source === undefined || text(row, 'kind') !== 'copied-fork') return own;
    const copied = this.#idsIn(source);
    return own.filter(({ lineageId }) => lineageId === undefined || !copied.has(lineageId));
  }

  /** What other branches of a copied log took, now that it is known what they were copied from. */
  #countBranches(log: number): void {
    const rows = this.#database.all(
      `SELECT b.number, b.session_id FROM branch b WHERE b.log = ? AND b.number > 0`,
      [log],
    );
    for (const row of rows) {
      const summary = summarise(this.ownEntries(log, number(row, 'number')));
      const { tokens, usage, cost, unpriced } = figuresOf(this.#prices, summary);
      this.#database.run(
        `UPDATE session SET input_tokens = ?, output_tokens = ?, cache_read_tokens = ?,
           cache_write_tokens = ?, cost = ?, usage = ?, unpriced = ? WHERE id = ?`,
        [
          tokens.input,
          tokens.output,
          tokens.cacheRead,
          tokens.cacheWrite,
          cost ?? null,
          packUsage(usage),
          unpriced,
          text(row, 'session_id'),
        ],
      );
    }
  }

  /** Ids of all messages of a log, in all its branches. */
  #idsIn(log: number): ReadonlySet<string> {
    const branches = this.#database.all('SELECT number, own_count FROM branch WHERE log = ?', [
      log,
    ]);
    const ids = new Set<string>();
    for (const row of branches) {
      const end = this.#outlines.length(log, number(row, 'number'));
      const start = Math.max(0, end - number(row, 'own_count'));
      for (const { entry } of this.#outlines.entries(log, number(row, 'number'), start, end)) {
        if (entry.nativeId !== undefined) ids.add(entry.nativeId);
        if (entry.lineageId !== undefined) ids.add(entry.lineageId);
      }
    }
    return ids;
  }

  /** After the messages before a log's own have changed, which are another log's. */
  relinkBranches(log: number): string[] {
    const rows = this.#database.all(
      'SELECT number, parent_number, parent_length, session_id FROM branch WHERE log = ?',
      [log],
    );
    return rows.map((row) => {
      const id = text(row, 'session_id');
      const branch = numberOrNull(row, 'parent_number');
      const lineage =
        branch === undefined
          ? undefined
          : this.#families.withinLog(log, { branch, length: number(row, 'parent_length') });
      this.#database.run('UPDATE session SET message_count = ? WHERE id = ?', [
        this.#outlines.length(log, number(row, 'number')),
        id,
      ]);
      if (!lineage) return id;
      const { parentId, forkLog, forkSeq, forkNativeId, inherited, parentShared } = lineage;
      this.#database.run(
        `UPDATE session SET parent_id = ?, fork_log = ?, fork_seq = ?, fork_native_id = ?,
           inherited = ?, parent_shared = ? WHERE id = ?`,
        [parentId, forkLog, forkSeq, forkNativeId ?? null, inherited, parentShared, id],
      );
      this.#catalogue.hang(id);
      return id;
    });
  }

  /** Logs of agents' own forks that hang on a session of this log, also when they no longer match. */
  #copiesOf(log: number): number[] {
    return this.#database
      .all(
        `SELECT DISTINCT c.log FROM session p JOIN session c ON c.parent_id = p.id
         WHERE p.log = ? AND c.kind = 'copied-fork'`,
        [log],
      )
      .map((row) => number(row, 'log'));
  }
}
