/** Saves what is derived of a session of our own: its row, its outline, its place in the tree. */
import type { PriceBook } from '../../core/cost.ts';
import { summarise } from '../branchSummary.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Database } from '../database.ts';
import type { NativeMessage } from '../nativeLog.ts';
import { encodeOutline } from '../outlineCodec.ts';
import type { Outlines } from '../outlines.ts';
import { removeMerge, saveMerges } from '../mergeRows.ts';
import { figuresOf } from './figures.ts';
import type { ForkLinks } from './forkLinks.ts';

/** One of our own sessions: its records' messages, and what stands in no record. */
export interface NativeSession {
  readonly id: string;
  readonly log: number;
  readonly messages: readonly NativeMessage[];
  readonly title: string;
  /** Where it was begun. */
  readonly folder: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The parent that it was forked from, and the anchor there. */
  readonly wanted?: string;
  readonly forkLog?: number;
  readonly forkSeq?: number;
  readonly forkNativeId?: string;
}

interface OwnSessionsParts {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly outlines: Outlines;
  readonly forkLinks: ForkLinks;
  readonly prices: PriceBook;
}

export class OwnSessions {
  readonly #database: Database;
  readonly #catalogue: Catalogue;
  readonly #outlines: Outlines;
  readonly #forkLinks: ForkLinks;
  readonly #prices: PriceBook;

  constructor(parts: OwnSessionsParts) {
    this.#database = parts.database;
    this.#catalogue = parts.catalogue;
    this.#outlines = parts.outlines;
    this.#forkLinks = parts.forkLinks;
    this.#prices = parts.prices;
  }

  /**
   * Saves one of our own sessions as its records say. What records do not say is given. Inside a
   * transaction. Returns sessions whose rows changed with it.
   * @param undone the merge that the records say less than what is known of the log's merges
   */
  save(session: NativeSession, undone?: string): string[] {
    const { id, log, messages, wanted, forkLog, forkSeq, forkNativeId, folder } = session;
    const entries = messages.map(({ entry }) => entry);
    this.#database.run('DELETE FROM branch WHERE log = ?', [log]);
    this.#outlines.dropBranches(log, 1);
    this.#database.run(
      `INSERT INTO branch (log, number, key, parent_length, own_count, session_id)
       VALUES (?, 0, 'main', 0, ?, ?)`,
      [log, entries.length, id],
    );
    this.#outlines.write(log, 0, encodeOutline(entries));
    this.#outlines.changed(log);
    if (undone === undefined) saveMerges(this.#database, log, messages);
    else removeMerge(this.#database, log, undone);
    const forked = wanted !== undefined && forkLog !== undefined && forkSeq !== undefined;
    const inherited = this.#outlines.length(log, 0) - entries.length;
    const summary = summarise(entries);
    this.#catalogue.save({
      id,
      kind: forkLog === undefined ? 'created' : 'fork',
      log,
      branch: 0,
      folder,
      title: session.title,
      createdAt: session.createdAt,
      updatedAt: session.updatedAt,
      messageCount: inherited + entries.length,
      ...figuresOf(this.#prices, summary),
      models: summary.models,
      providers: summary.providers,
      ...(forked && {
        lineage: {
          parentId: wanted,
          forkLog,
          forkSeq,
          ...(forkNativeId !== undefined && { forkNativeId }),
          inherited,
          parentShared: inherited,
        },
      }),
    });
    const bases = forkLog === undefined ? [log] : [forkLog, log];
    return [id, ...bases.flatMap((base) => this.#forkLinks.refresh(base))];
  }
}
