/** The catalogue: session rows in and out, lists, positions. Bodies are never touched here. */
import { MultipathError } from '../core/errors.ts';
import type { UsageGroup } from '../core/cost.ts';
import type { TokenUsage } from '../core/message.ts';
import type { Session, Tier } from '../core/session.ts';
import type { LineageNode } from '../core/lineage.ts';
import type {
  GroupQuery,
  MessagePage,
  SessionGroup,
  SessionList,
  SessionQuery,
} from '../core/sessionStore.ts';
import { number, text, textOrNull, type Database, type Row, type SqlValue } from './database.ts';
import { addProject, currentFolder } from './places.ts';
import { groupsOf } from './sessionGroups.ts';
import { putRow } from './putRow.ts';
import {
  conditions,
  listParts,
  SELECT_SESSIONS,
  sessionOf,
  type LiveState,
} from './sessionRows.ts';
import { packUsage } from './usageGroups.ts';
import { positionOf, type SessionPosition } from './transcripts.ts';

const DEFAULT_LIMIT = 200;
export const MAX_LIMIT = 1000;
/** Counts kept at a time. */
const MOST_COUNTS = 64;

/** The columns of a session row as they are written. */
export interface SessionRow {
  readonly id: string;
  readonly kind: Session['kind'];
  /** The session whose subagent this is; such a session is shown there only. */
  readonly trunkId?: string;
  /** The record of the same log whose tool call started it. */
  readonly callSeq?: number;
  readonly log: number;
  readonly branch: number;
  /** Where it was recorded; its project may be elsewhere now. */
  readonly folder: string;
  readonly title: string;
  readonly gitBranch?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly messageCount: number;
  readonly tokens: TokenUsage;
  readonly usage: readonly UsageGroup[];
  /** US dollars of what has a known price. */
  readonly cost?: number;
  /** Answers whose price is not known. */
  readonly unpriced: number;
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly lineage?: Lineage;
}

/** What the tiers hold, in bytes on disk; `coldRawBytes` is what the archive takes unpacked. */
export interface TierSums {
  readonly sessions: Readonly<Record<Tier, number>>;
  readonly warmBytes: number;
  readonly coldBytes: number;
  readonly coldRawBytes: number;
}

/** How a session hangs on its parent. */
export interface Lineage {
  readonly parentId: string;
  readonly forkLog: number;
  readonly forkSeq: number;
  readonly forkNativeId?: string;
  /** Leading messages of this session that the parent has too, and their count in the parent. */
  readonly inherited: number;
  readonly parentShared: number;
}

export class Catalogue {
  readonly #database: Database;
  readonly #counts = new Map<string, number>();
  /** How often the database had changed when they were counted. */
  #countsOf = NaN;
  readonly live: LiveState;

  constructor(database: Database, live: LiveState) {
    this.#database = database;
    this.live = live;
  }

  /** `undefined` when there is none, or it lies in the trash. */
  find(sessionId: string): Session | undefined {
    const row = this.#database.get(`${SELECT_SESSIONS} WHERE s.id = ? AND (f.deleted_at IS NULL)`, [
      sessionId,
    ]);
    return row && sessionOf(row, this.live);
  }

  /** Fails with `not-found`. */
  get(sessionId: string): Session {
    const session = this.find(sessionId);
    if (!session) {
      throw new MultipathError('not-found', `There is no session ${sessionId} in the store.`);
    }
    return session;
  }

  /** Where the session's messages are; also for sessions in the trash. */
  position(sessionId: string): SessionPosition | undefined {
    return positionOf(this.#database, sessionId);
  }

  list(query: SessionQuery): SessionList {
    const limit = Math.min(Math.max(1, query.limit ?? DEFAULT_LIMIT), MAX_LIMIT);
    let offset = Math.max(0, query.offset ?? 0);
    let total = 0;
    const sessions: Session[] = [];
    for (const part of listParts(query)) {
      const { where, parameters, tables, order } = conditions(
        query,
        () => this.live.hotIds(),
        part,
      );
      const rows = this.#database.all(
        `${SELECT_SESSIONS} WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`,
        [...parameters, limit - sessions.length, offset],
      );
      sessions.push(...rows.map((row) => sessionOf(row, this.live)));
      const count = this.#counted(
        `SELECT count(*) AS n FROM session s ${tables} WHERE ${where}`,
        parameters,
      );
      offset = Math.max(0, offset - count);
      total += count;
    }
    return { sessions, total };
  }

  forks(sessionId: string): Session[] {
    return this.#database
      .all(
        `${SELECT_SESSIONS} WHERE s.tree_parent_id = ? AND s.listed IN (1, 2)
         ORDER BY s.created_at, s.id`,
        [sessionId],
      )
      .map((row) => sessionOf(row, this.live));
  }

  /**
   * Forks of a session whose last shared message is in [start, end). A fork of one that is in the
   * trash hangs here too: what it shares is the least that was shared on the way up.
   */
  forkMarks(sessionId: string, start: number, end: number): MessagePage['forks'] {
    const rows = this.#database.all(
      `WITH RECURSIVE up (id, at, shared) AS (
         SELECT id, parent_id, parent_shared FROM session
         WHERE tree_parent_id = ?1 AND listed IN (1, 2)
         UNION
         SELECT up.id, p.parent_id, min(up.shared, p.parent_shared)
         FROM up JOIN session p ON p.id = up.at WHERE up.at <> ?1)
       SELECT s.id, up.shared, coalesce(f.title, s.title) AS title
       FROM up JOIN session s ON s.id = up.id LEFT JOIN fact f ON f.session_id = s.id
       WHERE up.at = ?1 AND up.shared > ?2 AND up.shared <= ?3
       ORDER BY up.shared, s.created_at, s.id`,
      [sessionId, start, end],
    );
    return rows.map((row) => ({
      atMessage: number(row, 'shared') - 1,
      sessionId: text(row, 'id'),
      title: text(row, 'title'),
    }));
  }

  /** Everything listed that descends from the same root. */
  family(sessionId: string): Session[] {
    return this.#database
      .all(
        `WITH RECURSIVE
           up (id) AS (SELECT ?1 UNION
             SELECT s.tree_parent_id FROM up JOIN session s ON s.id = up.id
             WHERE s.tree_parent_id IS NOT NULL),
           down (id) AS (SELECT id FROM up UNION
             SELECT s.id FROM down JOIN session s ON s.tree_parent_id = down.id)
         ${SELECT_SESSIONS} WHERE s.id IN (SELECT id FROM down) AND +s.listed > 0`,
        [sessionId],
      )
      .map((row) => sessionOf(row, this.live));
  }

  /** A session's true parent, sessions in the trash included. */
  lineage(sessionId: string): LineageNode | undefined {
    const row = this.#database.get(
      'SELECT id, parent_id, inherited, parent_shared FROM session WHERE id = ?',
      [sessionId],
    );
    if (!row) return undefined;
    const parentId = textOrNull(row, 'parent_id');
    return {
      id: text(row, 'id'),
      ...(parentId !== undefined && { parentId }),
      inheritedCount: number(row, 'inherited'),
      parentSharedCount: number(row, 'parent_shared'),
    };
  }

  /** Sessions whose own messages are in a log: they change tier together. */
  sharingLog(log: number): string[] {
    return this.#database
      .all('SELECT id FROM session WHERE log = ?', [log])
      .map((row) => text(row, 'id'));
  }

  isCold(log: number): boolean {
    const row = this.#database.get('SELECT cold_count FROM log WHERE num = ?', [log]);
    return row !== undefined && number(row, 'cold_count') > 0;
  }

  /** What is on disk in each tier, in bytes, and how many sessions: those in memory apart. */
  tierSums(): TierSums {
    const rows = this.#database.all(
      `SELECT l.cold_count > 0 AS cold, s.id IN (SELECT value FROM json_each(?)) AS hot,
         count(*) AS sessions FROM session s
       JOIN log l ON l.num = s.log WHERE s.listed = 1 GROUP BY 1, 2`,
      [JSON.stringify(this.live.hotIds())],
    );
    const sessions = (isOf: (row: Row) => boolean): number =>
      rows.filter(isOf).reduce((sum, row) => sum + number(row, 'sessions'), 0);
    const sums = this.#database.get(
      `SELECT coalesce(sum(length), 0) AS bytes, coalesce(sum(raw_bytes), 0) AS raw FROM member`,
    );
    const all = this.#database.get('SELECT coalesce(sum(byte_count), 0) AS bytes FROM log');
    const raw = sums ? number(sums, 'raw') : 0;
    return {
      sessions: {
        hot: sessions((row) => row['hot'] === 1),
        warm: sessions((row) => row['hot'] === 0 && row['cold'] === 0),
        cold: sessions((row) => row['hot'] === 0 && row['cold'] === 1),
      },
      warmBytes: (all ? number(all, 'bytes') : 0) - raw,
      coldBytes: sums ? number(sums, 'bytes') : 0,
      coldRawBytes: raw,
    };
  }

  groups(query: GroupQuery): SessionGroup[] {
    const hotIds = (): readonly string[] => this.live.hotIds();
    return groupsOf(this.#database, query, hotIds, (sql, parameters) =>
      this.#counted(sql, parameters),
    );
  }

  count(): number {
    return this.#counted('SELECT count(*) AS n FROM session WHERE listed = 1', []);
  }

  /** A count, walked through once until the database changes: lists are asked for page by page. */
  #counted(sql: string, parameters: readonly SqlValue[]): number {
    const changes = this.#database.get('SELECT total_changes() AS n');
    const state = changes ? number(changes, 'n') : NaN;
    if (state !== this.#countsOf || this.#counts.size >= MOST_COUNTS) this.#counts.clear();
    this.#countsOf = state;
    const key = JSON.stringify([sql, parameters]);
    let count = this.#counts.get(key);
    if (count === undefined) {
      const row = this.#database.get(sql, parameters);
      count = row ? number(row, 'n') : 0;
      // What is rolled back changes nothing that could be asked for.
      if (!this.#database.inTransaction) this.#counts.set(key, count);
    }
    return count;
  }

  /** Inside a transaction, like all that write here. Returns false where the row said that already. */
  save(row: SessionRow): boolean {
    const { tokens, lineage, folder } = row;
    const project = currentFolder(this.#database, folder);
    addProject(this.#database, project);
    const log = this.#database.get('SELECT agent, cold_count > 0 AS cold FROM log WHERE num = ?', [
      row.log,
    ]);
    const isWritten = putRow(
      this.#database,
      'session',
      { id: row.id },
      {
        kind: row.kind,
        listed: this.#isDeleted(row.id) ? 0 : row.trunkId === undefined ? 1 : 2,
        log: row.log,
        branch: row.branch,
        parent_id: lineage?.parentId ?? null,
        fork_log: lineage?.forkLog ?? null,
        fork_seq: lineage?.forkSeq ?? null,
        fork_native_id: lineage?.forkNativeId ?? null,
        inherited: lineage?.inherited ?? 0,
        parent_shared: lineage?.parentShared ?? 0,
        project_key: project,
        title: row.title,
        git_branch: row.gitBranch ?? null,
        created_at: row.createdAt,
        updated_at: row.updatedAt,
        message_count: row.messageCount,
        input_tokens: tokens.input,
        output_tokens: tokens.output,
        cache_read_tokens: tokens.cacheRead,
        cache_write_tokens: tokens.cacheWrite,
        cost: row.cost ?? null,
        models: JSON.stringify(row.models),
        providers: JSON.stringify(row.providers),
        trunk_id: row.trunkId ?? null,
        call_seq: row.callSeq ?? null,
        folder: project === folder ? null : folder,
        usage: packUsage(row.usage),
        unpriced: row.unpriced,
        agent: log?.['agent'] ?? null,
        cold: log?.['cold'] ?? 0,
      },
    );
    if (isWritten) this.hang(row.id);
    return isWritten;
  }

  /** Finds a session's place in the tree: under its nearest ancestor that is listed. */
  hang(sessionId: string): void {
    this.#database.run(
      `WITH RECURSIVE up (id, listed, depth) AS (
         SELECT p.id, p.listed, 1 FROM session s JOIN session p ON p.id = s.parent_id WHERE s.id = ?
         UNION ALL
         SELECT p.id, p.listed, up.depth + 1 FROM up
           JOIN session s ON s.id = up.id JOIN session p ON p.id = s.parent_id
           WHERE up.listed = 0 AND up.depth < 1000)
       UPDATE session SET tree_parent_id =
         (SELECT id FROM up WHERE listed > 0 ORDER BY depth LIMIT 1) WHERE id = ?`,
      [sessionId, sessionId],
    );
  }

  /** Hangs everything below a session anew, after it was hidden or shown. Returns their ids. */
  hangDescendants(sessionId: string): string[] {
    const rows = this.#database.all(
      `WITH RECURSIVE down (id) AS (
         SELECT id FROM session WHERE parent_id = ?
         UNION SELECT s.id FROM down JOIN session s ON s.parent_id = down.id)
       SELECT id FROM down`,
      [sessionId],
    );
    const ids = rows.map((row) => text(row, 'id'));
    for (const id of ids) this.hang(id);
    return ids;
  }

  /** The folder that a session was recorded in; a fork's is its parent's. */
  folderOf(sessionId: string): string {
    const row = this.#database.get(
      'SELECT coalesce(folder, project_key) AS folder FROM session WHERE id = ?',
      [sessionId],
    );
    return row ? text(row, 'folder') : '';
  }

  #isDeleted(sessionId: string): boolean {
    const row = this.#database.get('SELECT deleted_at FROM fact WHERE session_id = ?', [sessionId]);
    return row !== undefined && row['deleted_at'] !== null;
  }
}
