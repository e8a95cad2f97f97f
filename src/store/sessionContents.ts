/** What a session consists of, for a copy of it outside the store: logs, native rows, facts. */
import type { Anchor } from '../core/anchor.ts';
import type { RetentionPolicy } from '../core/session.ts';
import { judgementFacts } from './judgements.ts';
import { number, numberOrNull, record, text, textOrNull, type Database } from './database.ts';
import type { Outlines } from './outlines.ts';
import { exploredContents, type ExploredContents } from './exploredContents.ts';
import { resumeOfLog, type Resume } from './resumes.ts';
import type { SessionPosition } from './transcripts.ts';

export interface NativeContents {
  readonly sessionId: string;
  readonly parentId?: string;
  readonly forkPoint?: Anchor;
  readonly title: string;
  readonly createdAt: number;
  /** Key of the project it belongs to. */
  readonly project: string;
  /** Set for the fork of an exploration. */
  readonly explored?: ExploredContents;
}

export interface LogContents {
  readonly id: string;
  readonly agent: string;
  readonly nativeId: string;
  readonly path?: string;
  readonly createdAt: number;
  readonly records: number;
  readonly bytes: number;
  /** Set for sessions of our own. */
  readonly native?: NativeContents;
  /** Set for logs whose beginning we wrote for an agent. */
  readonly resumed?: Pick<
    Resume,
    'sessionId' | 'forkLog' | 'forkSeq' | 'messages' | 'records' | 'createdAt'
  >;
  /** Which session each branch of an agent's log is. */
  readonly sessions: readonly { readonly branch: string; readonly id: string }[];
}

export interface FactContents {
  readonly sessionId: string;
  readonly title?: string;
  readonly tags: readonly string[];
  /** Milliseconds since the epoch. */
  readonly pinnedAt?: number;
  readonly note?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly retentionPolicy: RetentionPolicy;
  /** What models said of it and others. */
  readonly judgements?: { readonly id: string; readonly value: unknown }[];
}

/** Numbers of the logs that a session's branch runs through, from the root of its family. */
export function logsOfSession(outlines: Outlines, { log, branch }: SessionPosition): number[] {
  return [...new Set(outlines.spans(log, branch).map((span) => span.log))];
}

export function logContents(database: Database, log: number): LogContents | undefined {
  const row = database.get('SELECT * FROM log WHERE num = ?', [log]);
  if (!row) return undefined;
  const path = textOrNull(row, 'path');
  const native = nativeContents(database, log);
  const resume = resumeOfLog(database, log);
  return {
    id: text(row, 'id'),
    agent: text(row, 'agent'),
    nativeId: text(row, 'native_id'),
    ...(path !== undefined && { path }),
    createdAt: number(row, 'created_at'),
    records: number(row, 'record_count'),
    bytes: number(row, 'byte_count'),
    ...(native && { native }),
    ...(resume && {
      resumed: {
        sessionId: resume.sessionId,
        forkLog: resume.forkLog,
        forkSeq: resume.forkSeq,
        messages: resume.messages,
        records: resume.records,
        createdAt: resume.createdAt,
      },
    }),
    sessions: native
      ? []
      : database
          .all('SELECT key, session_id FROM branch WHERE log = ? ORDER BY number', [log])
          .map((branch) => ({ branch: text(branch, 'key'), id: text(branch, 'session_id') })),
  };
}

function nativeContents(database: Database, log: number): NativeContents | undefined {
  const row = database.get(
    `SELECT n.*, fl.id AS fork_log_id, coalesce(s.folder, s.project_key) AS project_key FROM native n
     JOIN session s ON s.id = n.session_id LEFT JOIN log fl ON fl.num = n.fork_log
     WHERE n.log = ?`,
    [log],
  );
  if (!row) return undefined;
  const parentId = textOrNull(row, 'parent_id');
  const logId = textOrNull(row, 'fork_log_id');
  const seq = numberOrNull(row, 'fork_seq');
  const nativeId = textOrNull(row, 'fork_native_id');
  const explored = exploredContents(database, text(row, 'session_id'));
  return {
    sessionId: text(row, 'session_id'),
    ...(parentId !== undefined && { parentId }),
    ...(logId !== undefined &&
      seq !== undefined && {
        forkPoint: { logId, seq, ...(nativeId !== undefined && { nativeId }) },
      }),
    title: text(row, 'title'),
    createdAt: number(row, 'created_at'),
    project: text(row, 'project_key'),
    ...(explored && { explored }),
  };
}

/** `undefined` where the person noted nothing. */
export function factContents(database: Database, sessionId: string): FactContents | undefined {
  const row = database.get(
    'SELECT title, retention, metadata, pinned_at, note FROM fact WHERE session_id = ?',
    [sessionId],
  );
  const judgements = judgementFacts(database, sessionId);
  if (!row) {
    return judgements.length === 0
      ? undefined
      : { sessionId, tags: [], metadata: {}, retentionPolicy: 'standard', judgements };
  }
  const title = textOrNull(row, 'title');
  const pinnedAt = numberOrNull(row, 'pinned_at');
  const note = textOrNull(row, 'note');
  return {
    sessionId,
    ...(title !== undefined && { title }),
    ...(pinnedAt !== undefined && { pinnedAt }),
    ...(note !== undefined && { note }),
    tags: database
      .all('SELECT tag FROM tag WHERE session_id = ? ORDER BY tag', [sessionId])
      .map((tag) => text(tag, 'tag')),
    metadata: record(row, 'metadata'),
    // Written from the type's own values.
    retentionPolicy: text(row, 'retention') as RetentionPolicy,
    ...(judgements.length > 0 && { judgements }),
  };
}
