/**
 * Takes a session that was kept outside the store back in: logs under the ids they had, sessions
 * under theirs where nobody else has them. A log that is already here is left alone.
 */
import { MultipathError } from '../core/errors.ts';
import { number, type Database } from './database.ts';
import type { EncodedLog } from './encodedLog.ts';
import type { Ingest } from './ingest.ts';
import type { Logs } from './logs.ts';
import { saveNativeSession, type NativeSessionParts } from './nativeSessions.ts';
import type { FactContents, LogContents } from './sessionContents.ts';

export interface RestoreParts extends NativeSessionParts {
  readonly database: Database;
  readonly logs: Logs;
  readonly ingest: Ingest;
}

/** The number of the log, and whether all of it is here already. */
export interface FoundLog {
  readonly log: number;
  readonly whole: boolean;
}

/** A log with this id: whole, or begun by a loading that was cut short. */
export function findLog(database: Database, id: string): FoundLog | undefined {
  const row = database.get(
    'SELECT num, EXISTS (SELECT 1 FROM branch WHERE log = num) AS derived FROM log WHERE id = ?',
    [id],
  );
  return row && { log: number(row, 'num'), whole: number(row, 'derived') === 1 };
}

/**
 * Begins a log without a file: what the agent's own file says later is another log. Inside a
 * transaction.
 */
export function beginRestoredLog(logs: Logs, contents: LogContents): number {
  const { id, agent, nativeId, createdAt } = contents;
  return logs.create({ id, agent, nativeId, createdAt });
}

/**
 * Makes sessions of a log whose records are all in. Inside a transaction. Returns the sessions
 * whose rows changed.
 */
export function finishRestoredLog(
  parts: RestoreParts,
  log: number,
  contents: LogContents,
  derived: EncodedLog,
): string[] {
  const { database, ingest } = parts;
  const { native, sessions } = contents;
  if (native) {
    const { forkPoint } = native;
    const base = forkPoint && findLog(database, forkPoint.logId);
    if (forkPoint && !base) {
      throw new MultipathError(
        'corrupt-file',
        'The file lacks the session that this one was forked from.',
      );
    }
    database.run(
      `INSERT INTO native (session_id, log, parent_id, fork_log, fork_seq, fork_native_id, title,
         created_at, project) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        native.sessionId,
        log,
        native.parentId ?? null,
        base?.log ?? null,
        forkPoint?.seq ?? null,
        forkPoint?.nativeId ?? null,
        native.title,
        native.createdAt,
        native.project,
      ],
    );
    return saveNativeSession(parts, log, derived);
  }
  const { agent, nativeId } = ingest.identityOf(log, derived.nativeId);
  for (const { branch, id } of sessions) {
    // Taken ids stay whose they are; the session gets a new one then.
    database.run(
      `INSERT OR IGNORE INTO identity (agent, native_id, branch_key, session_id)
       VALUES (?, ?, ?, ?)`,
      [agent, nativeId, branch, id],
    );
  }
  const { changed } = ingest.save(log, { bytes: -1, modifiedAt: contents.createdAt }, derived);
  return [...changed];
}

/** What the person noted, unless they noted something here since. Inside a transaction. */
export function restoreFacts(database: Database, facts: FactContents): void {
  const { sessionId, title, tags, metadata, retentionPolicy } = facts;
  const known = database.get('SELECT 1 FROM fact WHERE session_id = ?', [sessionId]);
  if (known) return;
  database.run('INSERT INTO fact (session_id, title, retention, metadata) VALUES (?, ?, ?, ?)', [
    sessionId,
    title ?? null,
    retentionPolicy,
    JSON.stringify(metadata),
  ]);
  for (const tag of tags) {
    database.run('INSERT OR IGNORE INTO tag (tag, session_id) VALUES (?, ?)', [tag, sessionId]);
  }
}
