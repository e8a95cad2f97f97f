/**
 * Facts as rows of the database, in both directions: what a row says, which keys there are, and a
 * fact put back. Logs are named by their ids, since their numbers may be others in a new database.
 */
import * as v from 'valibot';
import { number, numberOrNull, text, textOrNull, type Database, type Row } from '../database.ts';
import { emptyLog } from './emptied.ts';
import { judgementOf, putJudgement } from '../judgements.ts';
import type { FactKind } from './factLines.ts';
import {
  explorationFact,
  putExploration,
  putRun,
  runFact,
  SELECT_EXPLORATION,
  SELECT_RUN,
} from './runFacts.ts';

const SELECT: Readonly<Record<FactKind, string>> = {
  consent: 'SELECT agent AS id, answer, at, budget FROM consent',
  log: `SELECT id, agent, path, native_id, generation, superseded, created_at, record_count,
      file_bytes, file_modified_at FROM log`,
  identity: 'SELECT session_id AS id, agent, native_id, branch_key FROM identity',
  native: `SELECT n.session_id AS id, l.id AS log_id, n.parent_id, fl.id AS fork_log_id, n.fork_seq,
      n.fork_native_id, n.title, n.created_at, s.title AS shown, s.updated_at,
      coalesce(s.folder, s.project_key) AS project_key
    FROM native n JOIN log l ON l.num = n.log LEFT JOIN log fl ON fl.num = n.fork_log
    LEFT JOIN session s ON s.id = n.session_id`,
  fact: `SELECT session_id AS id, title, retention, metadata, pinned_at, note, deleted_at, purged_at
    FROM fact`,
  tag: 'SELECT session_id AS id, group_concat(tag, char(31)) AS tags FROM tag',
  place: 'SELECT folder AS id, identity, moved_to, moved_by, moved_at FROM place',
  resume: `SELECT native_id AS id, agent, path, session_id, fork_log, fork_seq, messages, records,
      request_id, created_at, written FROM resume`,
  exploration: SELECT_EXPLORATION,
  run: SELECT_RUN,
  judgement: 'SELECT id, at, data FROM judgement',
};
/** The columns that rows are known by, which the tables of the kinds have under these names. */
export const KEY: Readonly<Record<FactKind, string>> = {
  consent: 'agent',
  log: 'id',
  identity: 'session_id',
  native: 'session_id',
  fact: 'session_id',
  tag: 'session_id',
  place: 'folder',
  resume: 'native_id',
  exploration: 'id',
  run: 'id',
  judgement: 'id',
};
const GROUPED = ' GROUP BY session_id';
/** Rows read at a time. */
const ROWS = 500;

const consent = v.object({
  answer: v.string(),
  at: v.number(),
  /** JSON, as in the database. */
  budget: v.exactOptional(v.string()),
});
const log = v.object({
  agent: v.string(),
  path: v.exactOptional(v.string()),
  nativeId: v.string(),
  generation: v.number(),
  superseded: v.number(),
  createdAt: v.number(),
  /** Removed for good: the file as it was then, so that it is not taken for new. */
  emptied: v.exactOptional(v.object({ bytes: v.number(), modifiedAt: v.number() })),
});
const identity = v.object({ agent: v.string(), nativeId: v.string(), branchKey: v.string() });
const native = v.object({
  log: v.string(),
  parentId: v.exactOptional(v.string()),
  forkLog: v.exactOptional(v.string()),
  forkSeq: v.exactOptional(v.number()),
  forkNativeId: v.exactOptional(v.string()),
  title: v.string(),
  createdAt: v.number(),
  shown: v.exactOptional(v.string()),
  updatedAt: v.exactOptional(v.number()),
  project: v.exactOptional(v.string()),
});
const fact = v.object({
  title: v.exactOptional(v.string()),
  retention: v.string(),
  metadata: v.string(),
  pinnedAt: v.exactOptional(v.number()),
  note: v.exactOptional(v.string()),
  deletedAt: v.exactOptional(v.number()),
  purgedAt: v.exactOptional(v.number()),
});
const tags = v.array(v.string());
const place = v.object({
  /** JSON, as in the database. */
  identity: v.exactOptional(v.string()),
  movedTo: v.exactOptional(v.string()),
  movedBy: v.exactOptional(v.string()),
  movedAt: v.exactOptional(v.number()),
});

const resume = v.object({
  agent: v.string(),
  path: v.string(),
  session: v.string(),
  forkLog: v.string(),
  forkSeq: v.number(),
  messages: v.number(),
  records: v.number(),
  request: v.exactOptional(v.string()),
  createdAt: v.number(),
  written: v.number(),
});

export type LogFact = v.InferOutput<typeof log>;
export type NativeFact = v.InferOutput<typeof native>;

export interface KeyedFact {
  readonly id: string;
  readonly value: unknown;
}

/** What holds for a key now; `undefined` when it is gone. */
export function factOf(database: Database, kind: FactKind, id: string): unknown {
  const group = kind === 'tag' ? GROUPED : '';
  const row = database.get(`${SELECT[kind]} WHERE ${KEY[kind]} = ?${group}`, [id]);
  return row && valueOf(kind, row);
}

/** All facts of a kind, some at a time. */
export function* factsOf(database: Database, kind: FactKind): Generator<readonly KeyedFact[]> {
  let after = '';
  for (;;) {
    const group = kind === 'tag' ? GROUPED : '';
    const rows = database.all(
      `${SELECT[kind]} WHERE ${KEY[kind]} > ?${group} ORDER BY ${KEY[kind]} LIMIT ${ROWS}`,
      [after],
    );
    const last = rows.at(-1);
    if (!last) return;
    after = text(last, 'id');
    yield rows.map((row) => ({ id: text(row, 'id'), value: valueOf(kind, row) }));
  }
}

function valueOf(kind: FactKind, row: Row): unknown {
  switch (kind) {
    case 'consent':
      return {
        answer: text(row, 'answer'),
        at: number(row, 'at'),
        ...optional('budget', textOrNull(row, 'budget')),
      };
    case 'identity':
      return {
        agent: text(row, 'agent'),
        nativeId: text(row, 'native_id'),
        branchKey: text(row, 'branch_key'),
      };
    case 'log':
      return {
        agent: text(row, 'agent'),
        ...optional('path', textOrNull(row, 'path')),
        nativeId: text(row, 'native_id'),
        generation: number(row, 'generation'),
        superseded: number(row, 'superseded'),
        createdAt: number(row, 'created_at'),
        ...optional('emptied', emptied(row)),
      } satisfies LogFact;
    case 'native':
      return {
        log: text(row, 'log_id'),
        ...optional('parentId', textOrNull(row, 'parent_id')),
        ...optional('forkLog', textOrNull(row, 'fork_log_id')),
        ...optional('forkSeq', numberOrNull(row, 'fork_seq')),
        ...optional('forkNativeId', textOrNull(row, 'fork_native_id')),
        title: text(row, 'title'),
        createdAt: number(row, 'created_at'),
        ...optional('shown', textOrNull(row, 'shown')),
        ...optional('updatedAt', numberOrNull(row, 'updated_at')),
        ...optional('project', textOrNull(row, 'project_key')),
      } satisfies NativeFact;
    case 'fact':
      return {
        ...optional('title', textOrNull(row, 'title')),
        retention: text(row, 'retention'),
        metadata: text(row, 'metadata'),
        ...optional('pinnedAt', numberOrNull(row, 'pinned_at')),
        ...optional('note', textOrNull(row, 'note')),
        ...optional('deletedAt', numberOrNull(row, 'deleted_at')),
        ...optional('purgedAt', numberOrNull(row, 'purged_at')),
      };
    case 'tag':
      return text(row, 'tags').split('\u001f').sort();
    case 'place':
      return {
        ...optional('identity', textOrNull(row, 'identity')),
        ...optional('movedTo', textOrNull(row, 'moved_to')),
        ...optional('movedBy', textOrNull(row, 'moved_by')),
        ...optional('movedAt', numberOrNull(row, 'moved_at')),
      };
    case 'resume':
      return {
        agent: text(row, 'agent'),
        path: text(row, 'path'),
        session: text(row, 'session_id'),
        forkLog: text(row, 'fork_log'),
        forkSeq: number(row, 'fork_seq'),
        messages: number(row, 'messages'),
        records: number(row, 'records'),
        ...optional('request', textOrNull(row, 'request_id')),
        createdAt: number(row, 'created_at'),
        written: number(row, 'written'),
      };
    case 'exploration':
      return explorationFact(row);
    case 'run':
      return runFact(row);
    case 'judgement':
      return judgementOf(row);
  }
}

function optional<K extends string, T>(
  key: K,
  value: T | undefined,
): Readonly<Partial<Record<K, T>>> {
  // The one property that the type allows.
  return (value === undefined ? {} : { [key]: value }) as Readonly<Partial<Record<K, T>>>;
}

function emptied(row: Row): LogFact['emptied'] {
  const bytes = number(row, 'file_bytes');
  if (number(row, 'record_count') > 0 || bytes < 0) return undefined;
  return { bytes, modifiedAt: number(row, 'file_modified_at') };
}

export function nativeFact(value: unknown): NativeFact | undefined {
  const parsed = v.safeParse(native, value);
  return parsed.success ? parsed.output : undefined;
}

/**
 * Puts facts back, in the place of what stands there. Logs must be there before what names them.
 * @returns false when the value is none of its kind, or names a log that is missing
 */
export function putFact(database: Database, kind: FactKind, id: string, value: unknown): boolean {
  const run = (sql: string, parameters: readonly (string | number | null)[]): true => {
    database.run(sql, parameters);
    return true;
  };
  switch (kind) {
    case 'consent': {
      const parsed = v.safeParse(consent, value);
      if (!parsed.success) return false;
      const { answer, at, budget = null } = parsed.output;
      return run('INSERT OR REPLACE INTO consent (agent, answer, at, budget) VALUES (?, ?, ?, ?)', [
        id,
        answer,
        at,
        budget,
      ]);
    }
    case 'identity': {
      const parsed = v.safeParse(identity, value);
      if (!parsed.success) return false;
      const { agent, nativeId, branchKey } = parsed.output;
      return run(
        `INSERT OR REPLACE INTO identity (agent, native_id, branch_key, session_id)
         VALUES (?, ?, ?, ?)`,
        [agent, nativeId, branchKey, id],
      );
    }
    case 'log': {
      const parsed = v.safeParse(log, value);
      if (!parsed.success) return false;
      const { agent, path = null, nativeId, generation, superseded, createdAt } = parsed.output;
      run(
        `INSERT INTO log (id, agent, path, native_id, generation, superseded, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET path = excluded.path,
           native_id = excluded.native_id, generation = excluded.generation,
           superseded = excluded.superseded`,
        [id, agent, path, nativeId, generation, superseded, createdAt],
      );
      const gone = parsed.output.emptied;
      const own = gone && numOf(database, id);
      if (own === undefined) return true;
      emptyLog(database, own);
      return run('UPDATE log SET file_bytes = ?, file_modified_at = ? WHERE num = ?', [
        gone?.bytes ?? -1,
        gone?.modifiedAt ?? 0,
        own,
      ]);
    }
    case 'native': {
      const parsed = nativeFact(value);
      const own = parsed && numOf(database, parsed.log);
      if (!parsed || own === undefined) return false;
      const forkLog = parsed.forkLog === undefined ? null : numOf(database, parsed.forkLog);
      if (forkLog === undefined) return false;
      return run(
        `INSERT OR REPLACE INTO native (session_id, log, parent_id, fork_log, fork_seq,
           fork_native_id, title, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          id,
          own,
          parsed.parentId ?? null,
          forkLog,
          parsed.forkSeq ?? null,
          parsed.forkNativeId ?? null,
          parsed.title,
          parsed.createdAt,
        ],
      );
    }
    case 'fact': {
      const parsed = v.safeParse(fact, value);
      if (!parsed.success) return false;
      const {
        title = null,
        retention,
        metadata,
        pinnedAt = null,
        note = null,
        deletedAt = null,
        purgedAt = null,
      } = parsed.output;
      return run(
        `INSERT OR REPLACE INTO fact (session_id, title, retention, metadata, pinned_at, note,
           deleted_at, purged_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [id, title, retention, metadata, pinnedAt, note, deletedAt, purgedAt],
      );
    }
    case 'tag': {
      const parsed = v.safeParse(tags, value);
      if (!parsed.success) return false;
      run('DELETE FROM tag WHERE session_id = ?', [id]);
      for (const tag of parsed.output) {
        run('INSERT OR IGNORE INTO tag (tag, session_id) VALUES (?, ?)', [tag, id]);
      }
      return true;
    }
    case 'place': {
      const parsed = v.safeParse(place, value);
      if (!parsed.success) return false;
      const { identity = null, movedTo = null, movedBy = null, movedAt = null } = parsed.output;
      return run(
        `INSERT OR REPLACE INTO place (folder, identity, moved_to, moved_by, moved_at)
         VALUES (?, ?, ?, ?, ?)`,
        [id, identity, movedTo, movedBy, movedAt],
      );
    }
    case 'resume': {
      const parsed = v.safeParse(resume, value);
      if (!parsed.success) return false;
      const { agent, path, session, forkLog, forkSeq, messages, records } = parsed.output;
      const { request = null, createdAt, written } = parsed.output;
      return run(
        `INSERT OR REPLACE INTO resume (native_id, agent, path, session_id, fork_log, fork_seq,
           messages, records, request_id, created_at, written)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          id,
          agent,
          path,
          session,
          forkLog,
          forkSeq,
          messages,
          records,
          request,
          createdAt,
          written,
        ],
      );
    }
    case 'exploration':
      return putExploration(database, id, value);
    case 'run':
      return putRun(database, id, value);
    case 'judgement':
      return putJudgement(database, id, value);
  }
}

function numOf(database: Database, logId: string): number | undefined {
  const row = database.get('SELECT num FROM log WHERE id = ?', [logId]);
  return row && number(row, 'num');
}
