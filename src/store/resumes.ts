/**
 * Session files that were written for agents to go on with, as facts: which session they were cut
 * from and where. Noted before the file is written, so that whenever the agent's log comes in, its
 * parent is known; and so that a request that is repeated writes its file only once.
 */
import { number, text, textOrNull, type Database, type Row } from './database.ts';

export interface Resume {
  /** Of the new session, as its agent knows it. */
  readonly nativeId: string;
  readonly agent: string;
  /** Absolute path of its file. */
  readonly path: string;
  /** The session it was cut from. */
  readonly sessionId: string;
  /** The last record taken over: id of its log, and its number. */
  readonly forkLog: string;
  readonly forkSeq: number;
  /** Messages at the beginning of the file that are the source's. */
  readonly messages: number;
  /** Lines that were written; what stands behind them is the agent's. */
  readonly records: number;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export class Resumes {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Inside a transaction. */
  add(resume: Resume): void {
    const { nativeId, agent, path, sessionId, forkLog, forkSeq } = resume;
    const { messages, records, requestId, createdAt } = resume;
    this.#database.run(
      `INSERT INTO resume (native_id, agent, path, session_id, fork_log, fork_seq, messages,
         records, request_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [nativeId, agent, path, sessionId, forkLog, forkSeq, messages, records, requestId, createdAt],
    );
  }

  /**
   * Takes in what a saved session says, unless it is known. Of a log that was read from an agent's
   * file here it says nothing: somebody else's word does not turn a session of this computer into a
   * fork of theirs. Inside a transaction.
   */
  restore(resume: Omit<Resume, 'requestId'>): void {
    const { nativeId, agent } = resume;
    if (this.#database.get('SELECT 1 FROM resume WHERE native_id = ?', [nativeId])) return;
    const here = 'SELECT 1 FROM log WHERE agent = ? AND native_id = ? AND path IS NOT NULL';
    if (this.#database.get(here, [agent, nativeId])) return;
    this.add({ ...resume, requestId: '' });
    this.written(nativeId);
  }

  /** What a request was about to write, or has written. */
  ofRequest(requestId: string): Resume | undefined {
    if (requestId === '') return undefined;
    const row = this.#database.get('SELECT * FROM resume WHERE request_id = ?', [requestId]);
    return row && resumeOf(row);
  }

  /** Notes that the file is there. Inside a transaction. */
  written(nativeId: string): void {
    this.#database.run('UPDATE resume SET written = 1 WHERE native_id = ?', [nativeId]);
  }

  /** Takes back what came to nothing. Inside a transaction. */
  remove(nativeId: string): void {
    this.#database.run('DELETE FROM resume WHERE native_id = ?', [nativeId]);
  }

  /** Paths of files that were begun and not finished. */
  unfinished(): string[] {
    return this.#database
      .all('SELECT path FROM resume WHERE written = 0')
      .map((row) => text(row, 'path'));
  }
}

/** What a log was written as, where we wrote its beginning. */
export function resumeOfLog(database: Database, log: number): Resume | undefined {
  const row = database.get(
    `SELECT r.* FROM log l JOIN resume r ON r.native_id = l.native_id AND r.agent = l.agent
     WHERE l.num = ?`,
    [log],
  );
  return row && resumeOf(row);
}

/** Logs that were cut from a log, and are in the store. */
export function logsResumedFrom(database: Database, log: number): number[] {
  return database
    .all(
      `SELECT c.num FROM log l JOIN resume r ON r.fork_log = l.id
       JOIN log c ON c.agent = r.agent AND c.native_id = r.native_id AND c.superseded = 0
       WHERE l.num = ?`,
      [log],
    )
    .map((row) => number(row, 'num'));
}

function resumeOf(row: Row): Resume {
  return {
    nativeId: text(row, 'native_id'),
    agent: text(row, 'agent'),
    path: text(row, 'path'),
    sessionId: text(row, 'session_id'),
    forkLog: text(row, 'fork_log'),
    forkSeq: number(row, 'fork_seq'),
    messages: number(row, 'messages'),
    records: number(row, 'records'),
    requestId: textOrNull(row, 'request_id') ?? '',
    createdAt: number(row, 'created_at'),
  };
}
