/** What lies in the trash: sessions that were deleted and can still be brought back. */
import type { TrashEntry, TrashUse } from '../core/storage.ts';
import { number, text, type Database } from './database.ts';
import { SELECT_SESSIONS, sessionOf, type LiveState } from './sessionRows.ts';

/** Subagents lie there with the session they belong to, and are not named beside it. */
const IN_TRASH = 'f.deleted_at IS NOT NULL AND f.purged_at IS NULL AND s.trunk_id IS NULL';

/** Newest first. `trashMs` as in the storage policy. */
export function trashEntries(database: Database, live: LiveState, trashMs: number): TrashEntry[] {
  return database
    .all(`${SELECT_SESSIONS} WHERE ${IN_TRASH} ORDER BY f.deleted_at DESC, s.id DESC`)
    .map((row) => {
      const session = sessionOf(row, live);
      const deletedAt = number(row, 'deleted_at');
      const isKept = trashMs <= 0 || session.retentionPolicy === 'critical';
      return {
        session,
        deletedAt,
        ...(!isKept && { removedAt: deletedAt + trashMs }),
        neededBy: forksOf(database, number(row, 'log'), session.id),
      };
    });
}

/** Ids, those that were deleted first before the others. */
export function trashIds(database: Database): string[] {
  return database
    .all(
      `SELECT s.id FROM fact f JOIN session s ON s.id = f.session_id
       WHERE ${IN_TRASH} ORDER BY f.deleted_at, s.id`,
    )
    .map((row) => text(row, 'id'));
}

export function trashUse(database: Database): TrashUse {
  const row = database.get(
    `SELECT count(*) AS sessions,
       coalesce(sum(CASE WHEN s.branch = 0 THEN l.byte_count ELSE 0 END), 0) AS bytes
     FROM fact f JOIN session s ON s.id = f.session_id JOIN log l ON l.num = s.log
     WHERE ${IN_TRASH}`,
  );
  return {
    sessions: row ? number(row, 'sessions') : 0,
    bytes: row ? number(row, 'bytes') : 0,
  };
}

/** Forks of our own that read a session's messages; those in the trash could come back, and count. */
function forksOf(database: Database, log: number, sessionId: string): number {
  const row = database.get(
    `SELECT count(*) AS n FROM native n JOIN session c ON c.id = n.session_id
     LEFT JOIN fact f ON f.session_id = c.id
     WHERE n.session_id IN (SELECT session_id FROM native WHERE fork_log = ?1
         UNION SELECT id FROM session WHERE parent_id = ?2)
       AND f.purged_at IS NULL`,
    [log, sessionId],
  );
  return row ? number(row, 'n') : 0;
}
