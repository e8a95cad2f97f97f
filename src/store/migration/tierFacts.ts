/**
 * What the decision table is asked about: each log with its sessions, how much they are used and
 * how long they were left alone. Read some logs at a time, because a store may hold many thousands.
 */
import type { RetentionPolicy, Tier } from '../../core/session.ts';
import { DAY_MS, decayed, type RecordFacts, type SessionFacts } from '../../core/tierPolicy.ts';
import { number, numberOrNull, text, textOrNull, type Database, type Row } from '../database.ts';
import type { LiveState } from '../sessionRows.ts';

export interface SessionState {
  readonly id: string;
  readonly title: string;
  /** Shown in lists, or in the trash; a subagent's session is neither. */
  readonly visible: boolean;
  readonly bytes: number;
  readonly lastUsedAt: number;
  readonly facts: SessionFacts;
}

export interface LogState {
  readonly log: number;
  readonly sessions: readonly SessionState[];
  readonly records: RecordFacts;
}

/** Times further ahead than this come from a clock that was wrong. */
const AHEAD_MS = DAY_MS;

export class TierFacts {
  readonly #database: Database;
  readonly #live: LiveState;

  constructor(database: Database, live: LiveState) {
    this.#database = database;
    this.#live = live;
  }

  /** Logs with a higher number than `after`, at most `limit`. */
  slice(after: number, limit: number): LogState[] {
    return this.#states('num > ? ORDER BY num LIMIT ?', [after, limit]);
  }

  /** `undefined` when there is none. */
  of(log: number): LogState | undefined {
    return this.#states('num = ?', [log])[0];
  }

  /** Bytes of all records that are in rows. */
  bytesAtHand(): number {
    const row = this.#database.get(
      `SELECT (SELECT coalesce(sum(byte_count), 0) FROM log) -
         (SELECT coalesce(sum(raw_bytes), 0) FROM member) AS bytes`,
    );
    return row ? number(row, 'bytes') : 0;
  }

  /** Logs that critical sessions read: their own, and those that their prefixes are in. */
  criticalLogs(): Set<number> {
    const rows = this.#database.all(
      `WITH RECURSIVE read (log) AS (
         SELECT s.log FROM fact f JOIN session s ON s.id = f.session_id
         WHERE f.retention = 'critical'
         UNION SELECT n.fork_log FROM read JOIN native n ON n.log = read.log
         WHERE n.fork_log IS NOT NULL
         UNION SELECT b.fork_log FROM read JOIN base b ON b.log = read.log
         WHERE b.fork_log IS NOT NULL)
       SELECT log FROM read`,
    );
    return new Set(rows.map((row) => number(row, 'log')));
  }

  #states(where: string, parameters: number[]): LogState[] {
    const rows = this.#database.all(
      `SELECT l.num, l.byte_count, l.terminated_bytes, l.file_modified_at,
         l.created_at AS log_created_at, s.id, s.branch, s.listed, s.trunk_id, s.updated_at, s.created_at,
         s.message_count, coalesce(f.title, s.title) AS title, f.retention, f.deleted_at,
         f.purged_at, a.last_at, a.frequency,
         (SELECT coalesce(sum(m.raw_bytes), 0) FROM member m WHERE m.log = l.num) AS archived
       FROM (SELECT * FROM log WHERE ${where}) l
       LEFT JOIN session s ON s.log = l.num
       LEFT JOIN fact f ON f.session_id = s.id
       LEFT JOIN access a ON a.session_id = s.id
       ORDER BY l.num, s.branch`,
      parameters,
    );
    const critical = this.criticalLogs();
    const states: LogState[] = [];
    let begin = 0;
    while (begin < rows.length) {
      const log = rows[begin]?.['num'];
      let end = begin;
      while (end < rows.length && rows[end]?.['num'] === log) end++;
      states.push(this.#state(rows.slice(begin, end), critical));
      begin = end;
    }
    return states;
  }

  #state(rows: readonly Row[], critical: ReadonlySet<number>): LogState {
    const [first = {}] = rows;
    const log = number(first, 'num');
    const archivedBytes = number(first, 'archived');
    const sessions = rows
      .filter((row) => row['id'] !== null)
      .map((row) => this.#session(row, archivedBytes > 0));
    const idle = sessions.map(({ facts }) => facts.idleMs);
    return {
      log,
      sessions,
      records: {
        accessesPerHour: Math.max(0, ...sessions.map(({ facts }) => facts.accessesPerHour)),
        idleMs:
          idle.length > 0
            ? Math.min(...idle)
            : this.#idle([number(first, 'file_modified_at'), number(first, 'log_created_at')]),
        critical: critical.has(log),
        bytesAtHand: Math.max(0, number(first, 'terminated_bytes') - archivedBytes),
        archivedBytes,
      },
    };
  }

  #session(row: Row, isCold: boolean): SessionState {
    const now = this.#live.now();
    const id = text(row, 'id');
    const access = this.#live.accessOf(id) ?? {
      lastAt: numberOrNull(row, 'last_at') ?? 0,
      frequency: numberOrNull(row, 'frequency') ?? 0,
    };
    const tier: Tier = this.#live.isHot(id) ? 'hot' : isCold ? 'cold' : 'warm';
    const deletedAt = numberOrNull(row, 'deleted_at');
    const isPurged = row['purged_at'] !== null;
    const times = [access.lastAt, number(row, 'updated_at'), number(row, 'created_at')];
    const idleMs = this.#idle(times);
    return {
      id,
      title: text(row, 'title'),
      visible:
        !isPurged &&
        row['trunk_id'] === null &&
        (number(row, 'listed') === 1 || deletedAt !== undefined),
      bytes: number(row, 'branch') === 0 ? number(row, 'byte_count') : 0,
      lastUsedAt: now - idleMs,
      facts: {
        tier,
        // Written from the type's own values; a session without facts is a standard one.
        retention: (textOrNull(row, 'retention') ?? 'standard') as RetentionPolicy,
        accessesPerHour: decayed(access.frequency, now - access.lastAt),
        idleMs,
        messages: number(row, 'message_count'),
        ...(deletedAt !== undefined && { inTrashMs: Math.max(0, now - deletedAt) }),
      },
    };
  }

  /** Since the newest of some times, those left out that cannot be true. */
  #idle(times: readonly number[]): number {
    const now = this.#live.now();
    const believed = times.filter((time) => time <= now + AHEAD_MS);
    return Math.max(0, now - Math.max(...(believed.length > 0 ? believed : [now])));
  }
}
