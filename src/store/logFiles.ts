/**
 * Agents' files as the store knows them: what they were when they were last read, which of them are
 * missed, and under what name they go on. Files are told apart by path; of the generations of a
 * file the newest one counts.
 */
import { number, numberOrNull, text, type Database, type Row } from './database.ts';

export interface LogFile {
  readonly log: number;
  readonly path: string;
  /** -1 where reading it never came to an end. */
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** Nothing is kept of it, as when its sessions were removed for good. */
  readonly isEmpty: boolean;
  /** Since when it is missed. */
  readonly goneAt?: number;
}

const COLUMNS = 'num, path, file_bytes, file_modified_at, record_count, gone_at';
const LIVE = 'path IS NOT NULL AND superseded = 0';
const PAGE = 1_000;

export class LogFiles {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * When the person stopped an import, in milliseconds since the epoch: what was left waits until the
   * next one is asked for.
   */
  get stoppedAt(): number | undefined {
    const row = this.#database.get("SELECT value FROM meta WHERE key = 'import_stopped_at'");
    return row && Number(text(row, 'value'));
  }

  /** Durable with the caller's next flush. */
  noteStopped(at: number | undefined): void {
    if (at === undefined && this.stoppedAt === undefined) return;
    this.#database.transaction(() => {
      this.#database.run("DELETE FROM meta WHERE key = 'import_stopped_at'");
      if (at === undefined) return;
      this.#database.run("INSERT INTO meta (key, value) VALUES ('import_stopped_at', ?)", [
        String(at),
      ]);
    });
  }

  at(path: string): LogFile | undefined {
    const row = this.#database.get(`SELECT ${COLUMNS} FROM log WHERE path = ? AND superseded = 0`, [
      path,
    ]);
    return row && fileOf(row);
  }

  /** All files of an agent, some at a time. */
  *ofAgent(agent: string): Generator<readonly LogFile[]> {
    let after = -1;
    for (;;) {
      const rows = this.#database.all(
        `SELECT ${COLUMNS} FROM log WHERE agent = ? AND num > ? AND ${LIVE} ORDER BY num LIMIT ?`,
        [agent, after, PAGE],
      );
      const last = rows.at(-1);
      if (!last) return;
      after = number(last, 'num');
      yield rows.map(fileOf);
    }
  }

  /** Files in a folder and the folders below it. `separator` is the system's. */
  below(folder: string, separator: string): LogFile[] {
    const from = `${folder}${separator}`;
    // The character after the separator ends the range of all that begin with it.
    const to = `${folder}${String.fromCharCode(separator.charCodeAt(0) + 1)}`;
    return this.#database
      .all(`SELECT ${COLUMNS} FROM log WHERE path >= ? AND path < ? AND superseded = 0`, [from, to])
      .map(fileOf);
  }

  /** Files of an agent that are missed. */
  gone(agent: string): LogFile[] {
    return this.#database
      .all(`SELECT ${COLUMNS} FROM log WHERE gone_at IS NOT NULL AND agent = ? AND ${LIVE}`, [
        agent,
      ])
      .map(fileOf);
  }

  /** Since when files are missed; `undefined`: they are there. Inside a transaction. */
  setGone(paths: readonly string[], at: number | undefined): void {
    for (const path of paths) {
      this.#database.run('UPDATE log SET gone_at = ? WHERE path = ?', [at ?? null, path]);
      // What is there again may go on, and its last line may be another one when it is gone again.
      if (at === undefined) {
        this.#database.run('UPDATE log SET copied_count = 0 WHERE path = ?', [path]);
      }
    }
  }

  /** Sessions whose records came from these files; of a file, its conversation before what forked in it. */
  sessionsOf(paths: readonly string[]): string[] {
    return paths.flatMap((path) =>
      this.#database
        .all(
          'SELECT s.id FROM log l JOIN session s ON s.log = l.num WHERE l.path = ? ORDER BY s.branch',
          [path],
        )
        .map((row) => text(row, 'id')),
    );
  }

  /** What was read of one file counts for another from now on, which is there. In a transaction. */
  move(from: string, to: string): void {
    const row = this.#database.get(
      'SELECT agent, native_id FROM log WHERE path = ? AND superseded = 0',
      [from],
    );
    this.#database.run('UPDATE log SET path = ?, gone_at = NULL, copied_count = 0 WHERE path = ?', [
      to,
      from,
    ]);
    if (!row) return;
    // Of two files with one native id, the later one's sessions are known by its path.
    const nativeId = text(row, 'native_id');
    this.#database.run(
      'UPDATE OR IGNORE identity SET native_id = ? WHERE agent = ? AND native_id = ?',
      [`${nativeId}\n${to}`, text(row, 'agent'), `${nativeId}\n${from}`],
    );
  }
}

function fileOf(row: Row): LogFile {
  const goneAt = numberOrNull(row, 'gone_at');
  return {
    log: number(row, 'num'),
    path: text(row, 'path'),
    bytes: number(row, 'file_bytes'),
    modifiedAt: number(row, 'file_modified_at'),
    isEmpty: number(row, 'record_count') === 0,
    ...(goneAt !== undefined && { goneAt }),
  };
}
