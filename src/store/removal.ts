/**
 * Removes sessions in the trash for good. What forks still read stays, hidden and out of the trash,
 * until the last of them goes; then it goes too.
 *
 * The row of a log stays, emptied: nothing may get its number, which caches know it by, and an
 * agent's file that did not change since is known and not imported again. When the agent goes on
 * writing to it, the session is imported anew: what was said since must not be lost.
 *
 * What is removed is gone in one transaction; the bytes of its records, which nobody can find any
 * more, follow some at a time. Rows of a log that counts no records are such ones, also after a crash.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AccessTracker } from './accessTracker.ts';
import type { Catalogue } from './catalogue.ts';
import { number, text, textOrNull, type Database } from './database.ts';
import type { CopyLinks } from './ingest/copyLinks.ts';
import type { Subagents } from './ingest/subagents.ts';
import type { Outlines } from './outlines.ts';
import { recordId, type Records } from './records.ts';
import { removeJudgementsOf } from './judgements.ts';
import { removeRuns } from './runText.ts';
import type { Transcripts } from './transcripts.ts';

export interface Removed {
  /** False for a session that is not in the trash: nothing was done. */
  readonly done: boolean;
  /** Bytes of records that went. */
  readonly bytes: number;
  /** Sessions whose place in the tree changed. */
  readonly changed: readonly string[];
  /** Logs whose records are to be swept once the removal is on disk. */
  readonly logs: readonly number[];
}

interface RemovalParts {
  readonly database: Database;
  readonly records: Records;
  readonly outlines: Outlines;
  readonly transcripts: Transcripts;
  readonly catalogue: Catalogue;
  readonly copyLinks: CopyLinks;
  readonly subagents: Subagents;
  readonly access: AccessTracker;
  readonly now: () => number;
}

const NOTHING: Removed = { done: false, bytes: 0, changed: [], logs: [] };
/** Tables that hold what is derived from a log, triggers of the search index first. */
const DERIVED = [
  'branch',
  'outline',
  'problem',
  'member',
  'base',
  'merge',
  'merged_message',
] as const;

/** Records that are swept in one go, and their bytes: some milliseconds of work. */
const SWEPT_RECORDS = 512;
const SWEPT_BYTES = 1024 * 1024;
/** Slices that share a flush. */
const SLICES_FLUSHED = 16;

export class Removal {
  readonly #parts: RemovalParts;

  constructor(parts: RemovalParts) {
    this.#parts = parts;
  }

  /** Logs that may be emptied when a session in a log is removed. */
  reach(log: number): number[] {
    const reached = new Set([log]);
    // A set that grows while it is walked: every log is followed once.
    for (const one of reached) {
      for (const more of this.#logsOfSubagents(one)) reached.add(more);
      const base = this.#base(one);
      for (const more of [...this.#generations(one), ...(base === undefined ? [] : [base])]) {
        reached.add(more);
      }
    }
    return [...reached];
  }

  /** Inside a transaction, and while no record of the logs in reach is moved. */
  remove(sessionId: string): Removed {
    const { database, access, now } = this.#parts;
    const row = database.get(
      `SELECT s.log FROM fact f JOIN session s ON s.id = f.session_id
       WHERE f.session_id = ? AND f.deleted_at IS NOT NULL AND f.purged_at IS NULL`,
      [sessionId],
    );
    if (!row) return NOTHING;
    // Its subagents came into the trash with it, and nobody else could take them out of it.
    const subagents = database.all(
      `SELECT s.id, s.log FROM session s JOIN fact f ON f.session_id = s.id
       WHERE s.trunk_id = ? AND f.deleted_at IS NOT NULL AND f.purged_at IS NULL`,
      [sessionId],
    );
    for (const id of [sessionId, ...subagents.map((subagent) => text(subagent, 'id'))]) {
      database.run(
        `UPDATE fact SET purged_at = ?, title = NULL, metadata = '{}', retention = 'standard',
           pinned_at = NULL, note = NULL WHERE session_id = ?`,
        [now(), id],
      );
      database.run('DELETE FROM tag WHERE session_id = ?', [id]);
      removeJudgementsOf(database, id);
      removeRuns(database, id);
      database.run('DELETE FROM branch_score WHERE session_id = ?', [id]);
      access.forget(id);
    }

    const swept: number[] = [];
    const changed = new Set<string>();
    let bytes = 0;
    const trunk = number(row, 'log');
    const logs = [...new Set([...subagents.map((subagent) => number(subagent, 'log')), trunk])];
    for (let log = logs.pop(); log !== undefined; log = logs.pop()) {
      for (const generation of this.#generations(log)) {
        if (this.#isNeeded(generation)) continue;
        const base = this.#base(generation);
        const emptied = this.#empty(generation);
        bytes += emptied.bytes;
        swept.push(generation);
        for (const id of emptied.changed) changed.add(id);
        if (base !== undefined) logs.push(base);
      }
    }
    // One that was found meanwhile is a session of its own now.
    for (const id of this.#parts.subagents.relink(trunk)) changed.add(id);
    return { done: true, bytes, changed: [...changed], logs: swept };
  }

  /** Once a removal is on disk, and while no record of the logs is moved. */
  async finish({ logs }: Pick<Removed, 'logs'>): Promise<void> {
    const { database, records } = this.#parts;
    for (const log of logs) {
      let blobs: string[] = [];
      for (let slices = 1; ; slices++) {
        const swept = database.transaction(() => this.#sweep(log));
        blobs.push(...(swept ?? []));
        if (!swept || slices % SLICES_FLUSHED === 0) {
          await database.flushLater();
          records.removeUnused(blobs);
          blobs = [];
        }
        if (!swept) break;
        await nextTurn();
      }
    }
  }

  /** Logs that may have been emptied by a process that ended before it had swept them. */
  unswept(): number[] {
    return this.#parts.database
      .all(
        `SELECT num FROM log l WHERE record_count = 0 AND EXISTS (SELECT 1 FROM record
           WHERE id >= num * ${recordId(1, 0)} AND id < (num + 1) * ${recordId(1, 0)})`,
      )
      .map((row) => number(row, 'num'));
  }

  /** Some records; the blobs that may be nobody's now, `undefined` when none were left. */
  #sweep(log: number): string[] | undefined {
    const { database } = this.#parts;
    // What was read of the agent's file since is of a session that came anew.
    const row = database.get('SELECT record_count FROM log WHERE num = ?', [log]);
    if (!row || number(row, 'record_count') > 0) return undefined;
    const blobs: string[] = [];
    let bytes = 0;
    let last: number | undefined;
    const rows = database.all(
      `SELECT id, coalesce(length(bytes), 0) AS size, blob FROM record
       WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`,
      [recordId(log, 0), recordId(log + 1, 0), SWEPT_RECORDS],
    );
    for (const record of rows) {
      last = number(record, 'id');
      const blob = textOrNull(record, 'blob');
      if (blob !== undefined) blobs.push(blob);
      bytes += number(record, 'size');
      if (bytes >= SWEPT_BYTES) break;
    }
    if (last === undefined) return undefined;
    database.run('DELETE FROM record WHERE id >= ? AND id <= ?', [recordId(log, 0), last]);
    // Who writes records of a log ahead that counts none finds them gone.
    this.#parts.outlines.changed(log);
    return blobs;
  }

  #logsOfSubagents(log: number): number[] {
    return this.#parts.database
      .all(
        `SELECT DISTINCT c.log FROM session s JOIN session c ON c.trunk_id = s.id WHERE s.log = ?`,
        [log],
      )
      .map((row) => number(row, 'log'));
  }

  /** A log, and those of the same file as it was before it was rewritten. */
  #generations(log: number): number[] {
    const rows = this.#parts.database.all(
      `SELECT num FROM log WHERE num = ?1 OR
         path = (SELECT path FROM log WHERE num = ?1) ORDER BY num DESC`,
      [log],
    );
    return rows.map((row) => number(row, 'num'));
  }

  /** True while a session has messages in it: its own, or the prefix of a fork. */
  #isNeeded(log: number): boolean {
    const row = this.#parts.database.get(
      `SELECT 1 FROM session s LEFT JOIN fact f ON f.session_id = s.id
         WHERE (s.log = ?1 OR s.log IN (SELECT num FROM log WHERE path =
           (SELECT path FROM log WHERE num = ?1))) AND f.purged_at IS NULL
       UNION ALL SELECT 1 FROM native WHERE fork_log = ?1
       UNION ALL SELECT 1 FROM base WHERE fork_log = ?1 LIMIT 1`,
      [log],
    );
    return row !== undefined;
  }

  /** The log that a fork's prefix is in. */
  #base(log: number): number | undefined {
    const row = this.#parts.database.get(
      `SELECT fork_log FROM native WHERE log = ?1 AND fork_log IS NOT NULL
       UNION ALL SELECT fork_log FROM base WHERE log = ?1 AND fork_log IS NOT NULL`,
      [log],
    );
    return row && number(row, 'fork_log');
  }

  #empty(log: number): { bytes: number; changed: Set<string> } {
    const { database, records, outlines, transcripts, copyLinks } = this.#parts;
    const size = database.get('SELECT byte_count FROM log WHERE num = ?', [log]);
    const children = this.#children(log);
    for (const table of DERIVED) database.run(`DELETE FROM ${table} WHERE log = ?`, [log]);
    for (const id of this.#parts.catalogue.sharingLog(log)) {
      transcripts.cool(id);
      database.run('DELETE FROM fact WHERE session_id = ?', [id]);
    }
    database.run('DELETE FROM session WHERE log = ?', [log]);
    database.run('DELETE FROM native WHERE log = ?', [log]);
    database.run(
      `UPDATE log SET record_count = 0, byte_count = 0, cold_count = 0, terminated_count = 0,
         terminated_bytes = 0, copied_count = 0, prefix_hash = '', root_lineage = NULL, forked_from = NULL,
         forked_from_message = NULL WHERE num = ?`,
      [log],
    );
    records.forget(log);
    outlines.changed(log);
    const changed = new Set<string>();
    for (const child of children) {
      for (const id of copyLinks.parentRemoved(child)) changed.add(id);
    }
    return { bytes: size ? number(size, 'byte_count') : 0, changed };
  }

  /** Logs of sessions elsewhere whose parent is in a log. */
  #children(log: number): number[] {
    return this.#parts.database
      .all(
        `SELECT DISTINCT c.log FROM session p JOIN session c ON c.parent_id = p.id
         WHERE p.log = ?1 AND c.log <> ?1`,
        [log],
      )
      .map((row) => number(row, 'log'));
  }
}
