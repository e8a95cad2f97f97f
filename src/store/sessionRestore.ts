/**
 * Takes a session that was kept outside the store back in: logs under the ids they had, sessions
 * under theirs where nobody else has them. A log that is already here is left alone.
 */
import { MultipathError } from '../core/errors.ts';
import { number, type Database } from './database.ts';
import { restoreJudgement } from './judgements.ts';
import { restoreExplored } from './exploredContents.ts';
import { identityOf } from './ingest/identities.ts';
import type { Logs } from './logs.ts';
import type { FactContents, LogContents } from './sessionContents.ts';

export interface RestoreParts {
  readonly database: Database;
  readonly logs: Logs;
}

/** A log that is here; `whole` when its sessions are, and not only some of its records. */
export interface FoundLog {
  readonly log: number;
  readonly whole: boolean;
  readonly records: number;
  /** True for the log of an agent's file, which alone says how it goes on. */
  readonly ofFile: boolean;
}

/** A log with this id: whole, or begun by a loading that was cut short. */
export function findLog(database: Database, id: string): FoundLog | undefined {
  const row = database.get(
    `SELECT num, record_count, path IS NOT NULL AS of_file,
       EXISTS (SELECT 1 FROM branch WHERE log = num) AS derived FROM log WHERE id = ?`,
    [id],
  );
  return (
    row && {
      log: number(row, 'num'),
      whole: number(row, 'derived') === 1,
      records: number(row, 'record_count'),
      ofFile: number(row, 'of_file') === 1,
    }
  );
}

/**
 * Begins a log without a file (what the agent's own file says later is another log), with the
 * facts that tell whose sessions it holds; or begins it again where its sessions were removed for
 * good, or an earlier loading was cut short. Inside a transaction. Returns its number.
 * @throws MultipathError `corrupt-file` when the log it was forked from is not there
 */
export function beginRestoredLog(
  parts: RestoreParts,
  contents: LogContents,
  found: FoundLog | undefined,
): number {
  const { database, logs } = parts;
  const { id, agent, nativeId, createdAt, native } = contents;
  const log = found?.log ?? logs.create({ id, agent, nativeId, createdAt });
  if (native) {
    const { forkPoint } = native;
    const base = forkPoint && findLog(database, forkPoint.logId);
    // One that is not whole comes after this one, or is this one: a fork of itself has no beginning.
    if (forkPoint && base?.whole !== true) {
      throw new MultipathError(
        'corrupt-file',
        'The file lacks the session that this one was forked from.',
      );
    }
    database.run(
      `INSERT OR IGNORE INTO native (session_id, log, parent_id, fork_log, fork_seq, fork_native_id, title,
         created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        native.sessionId,
        log,
        native.parentId ?? null,
        base?.log ?? null,
        forkPoint?.seq ?? null,
        forkPoint?.nativeId ?? null,
        native.title,
        native.createdAt,
      ],
    );
    if (native.explored) restoreExplored(database, native.sessionId, native.explored);
  }
  const known = identityOf(database, log, nativeId);
  for (const session of contents.sessions) {
    // Ids that are taken stay whose they are; such a session gets a new one.
    database.run(
      `INSERT OR IGNORE INTO identity (agent, native_id, branch_key, session_id)
       VALUES (?, ?, ?, ?)`,
      [known.agent, known.nativeId, session.branch, session.id],
    );
  }
  return log;
}

/** A session that was removed for good, and was there for its forks only, is there again. */
export function takeBack(database: Database, sessionId: string): void {
  database.run('UPDATE fact SET purged_at = NULL WHERE session_id = ?', [sessionId]);
}

/** What the person noted, unless they noted something here since. Inside a transaction. */
export function restoreFacts(database: Database, facts: FactContents): void {
  const { sessionId, title, tags, pinnedAt, note, metadata, retentionPolicy } = facts;
  for (const judgement of facts.judgements ?? []) {
    restoreJudgement(database, sessionId, judgement);
  }
  const known = database.get('SELECT 1 FROM fact WHERE session_id = ?', [sessionId]);
  if (known) return;
  database.run(
    `INSERT INTO fact (session_id, title, retention, metadata, pinned_at, note)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [
      sessionId,
      title ?? null,
      retentionPolicy,
      JSON.stringify(metadata),
      pinnedAt ?? null,
      note ?? null,
    ],
  );
  for (const tag of tags) {
    database.run('INSERT OR IGNORE INTO tag (tag, session_id) VALUES (?, ?)', [tag, sessionId]);
  }
}
