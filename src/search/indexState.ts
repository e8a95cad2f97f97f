/**
 * How far the index follows the store: the revision of each log that was indexed, a hash of each
 * part of its outline, and which shards there are. It is a hint and never the truth: what it does
 * not know is compared with the documents themselves, so it may be lost at any time.
 *
 * Invariant: it is made durable only after the documents it speaks of.
 */
import type { SqlJsStatic } from 'sql.js';
import { number, text } from '../store/database.ts';
import type { PagedDatabase } from '../store/pages/database.ts';
import { openPagedDatabase } from '../store/pages/openDatabase.ts';

/** A part of a branch's outline, and a hash of what it says and of what of it is indexed. */
export interface OutlinePart {
  readonly branch: number;
  readonly chunk: number;
  readonly hash: number;
}

export interface FinishedLog {
  readonly log: number;
  readonly revision: number;
  readonly parts: readonly OutlinePart[];
}

const MB = 1 << 20;
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS log (num INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS part (
    log INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    PRIMARY KEY (log, branch, chunk)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS shard (id TEXT PRIMARY KEY) WITHOUT ROWID;
`;

export class IndexState {
  readonly #database: PagedDatabase;

  /** @throws MultipathError `corrupt-file`, `corrupt-block`, `newer-store`, `not-found` (read-only) */
  constructor(sql: SqlJsStatic, file: string, readOnly: boolean) {
    this.#database = openPagedDatabase(sql, file, {
      readOnly,
      cacheBytes: MB / 2,
      sqliteCacheBytes: MB,
      redoBytes: MB,
    });
    if (!readOnly) this.#database.exec(SCHEMA);
  }

  /** What the index was made for and how; `undefined` while it is new. */
  get purpose(): string | undefined {
    const row = this.#database.get("SELECT value FROM meta WHERE key = 'purpose'");
    return row && text(row, 'value');
  }

  begin(purpose: string): void {
    this.#database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('purpose', ?)", [purpose]);
    this.#database.flush();
  }

  /** Log numbers and their revisions. */
  revisions(): Map<number, number> {
    const revisions = new Map<number, number>();
    this.#database.each('SELECT num, revision FROM log', undefined, (row) =>
      revisions.set(number(row, 'num'), number(row, 'revision')),
    );
    return revisions;
  }

  parts(log: number): OutlinePart[] {
    return this.#database
      .all('SELECT branch, chunk, hash FROM part WHERE log = ?', [log])
      .map((row) => ({
        branch: number(row, 'branch'),
        chunk: number(row, 'chunk'),
        hash: number(row, 'hash'),
      }));
  }

  shards(): string[] {
    return this.#database.all('SELECT id FROM shard').map((row) => text(row, 'id'));
  }

  setShards(ids: readonly string[]): void {
    this.#database.transaction(() => {
      this.#database.run('DELETE FROM shard');
      for (const id of ids) this.#database.run('INSERT INTO shard (id) VALUES (?)', [id]);
    });
    this.#database.flush();
  }

  /** Notes logs as indexed, and others as gone. */
  save(finished: readonly FinishedLog[], gone: readonly number[]): void {
    if (finished.length === 0 && gone.length === 0) return;
    this.#database.transaction(() => {
      for (const { log, revision, parts } of finished) {
        const known = new Map(this.parts(log).map((part) => [keyOf(part), part]));
        for (const part of parts) {
          const { branch, chunk, hash } = part;
          if (known.get(keyOf(part))?.hash !== hash) {
            this.#database.run(
              'INSERT OR REPLACE INTO part (log, branch, chunk, hash) VALUES (?, ?, ?, ?)',
              [log, branch, chunk, hash],
            );
          }
          known.delete(keyOf(part));
        }
        for (const { branch, chunk } of known.values()) {
          this.#database.run('DELETE FROM part WHERE log = ? AND branch = ? AND chunk = ?', [
            log,
            branch,
            chunk,
          ]);
        }
        this.#database.run('INSERT OR REPLACE INTO log (num, revision) VALUES (?, ?)', [
          log,
          revision,
        ]);
      }
      for (const log of gone) {
        this.#database.run('DELETE FROM part WHERE log = ?', [log]);
        this.#database.run('DELETE FROM log WHERE num = ?', [log]);
      }
    });
    this.#database.flush();
  }

  /** Knows nothing of any log any more: all are compared with the documents. */
  clear(): void {
    this.#database.transaction(() => {
      this.#database.run('DELETE FROM part');
      this.#database.run('DELETE FROM log');
    });
    this.#database.flush();
  }

  close(): void {
    this.#database.close();
  }
}

/** Names a part within its log. */
export function keyOf({ branch, chunk }: Pick<OutlinePart, 'branch' | 'chunk'>): string {
  return `${branch}:${chunk}`;
}
