/**
 * One part of the full-text index: a database with a contentless FTS4 table and, beside it, what
 * each of its documents stands for. Document ids follow the messages' times, so that the newest
 * hits are the first that SQLite comes upon.
 *
 * Invariants: an id is never used twice, because a contentless table cannot forget what it holds; a
 * message that changed or went is marked dead and its id stays taken until the shard is rebuilt.
 */
import { randomUUID } from 'node:crypto';
import type { SqlJsStatic } from 'sql.js';
import { MultipathError } from '../core/errors.ts';
import { number, type Row, type SqlValue } from '../store/database.ts';
import type { PagedDatabase } from '../store/pages/database.ts';
import { openPagedDatabase } from '../store/pages/openDatabase.ts';
import type { MessagePlace, NewDocument, StoredDocument } from './documents.ts';
import { FreeIds } from './freeIds.ts';
import { documentOf, FORMAT, HIGHEST_ID, placeOf, SCHEMA, slotOf } from './shardRows.ts';
import { readMatchInfo, type Collection, type Occurrences } from './bm25.ts';

export interface ShardHit extends MessagePlace {
  readonly id: number;
  readonly at: number;
  /** Only where ranking was asked for. */
  readonly occurrences?: Occurrences;
}

export interface ShardQuery {
  readonly match: string;
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
  /** Documents before this one are not needed. */
  readonly fromId?: number;
  readonly ranked: boolean;
  /** Whether hits in a branch of a log may be given back. */
  readonly accepts: (log: number, branch: number) => boolean;
  /** Where hits can be in few logs only: these. */
  readonly logs?: readonly number[];
  /** Rows that may be looked at; refused ones count. */
  readonly budget: number;
}

export interface ShardAnswer {
  /** Newest first. */
  readonly hits: ShardHit[];
  /** Set when ranking was asked for and something was found. */
  readonly collection?: Collection;
  /** Rows looked at. */
  readonly rows: number;
}

const MB = 1 << 20;
/** Bytes; twice: SQLite keeps pages and so do we. There are as many sealed shards as there is text. */
const SEALED_CACHE = MB / 2;
/** Segments of one size from which on SQLite joins some of them with everything it writes. */
const AUTOMERGE = 8;
const DOCUMENT = 'id, log, branch, position, seq, at, mark';
/** One document of a shard that is being searched. */
const HIT = 'doc.id, doc.log, doc.branch, doc.position, doc.seq, doc.at';

export interface ShardOptions {
  /** Its name for ever, when it is made; a random one when absent. */
  readonly id?: string;
  readonly readOnly?: boolean;
  /** What a new one is made for. */
  readonly purpose?: string;
  /** Written to often: gets more memory. */
  readonly active?: boolean;
}

export class Shard {
  readonly id: string;
  /** The store and the way of preparing texts that it was made for. */
  readonly purpose: string;
  readonly file: string;
  readonly #database: PagedDatabase;
  readonly #freeIds: FreeIds;
  #documents: number;
  #dead: number;
  #oldest: number;
  #newest: number;
  #isCompact: boolean;
  /** How far a document's id may be above its time's. */
  #drift: number;

  private constructor(file: string, database: PagedDatabase) {
    this.file = file;
    this.#database = database;
    this.#freeIds = new FreeIds(database);
    this.id = String(this.#meta('id'));
    this.purpose = String(this.#meta('purpose'));
    this.#drift = Number(this.#meta('drift') ?? 0);
    this.#isCompact = this.#meta('compact') === 1;
    const ids = (order: string): number =>
      Number(database.get(`SELECT id FROM doc ORDER BY id ${order} LIMIT 1`)?.['id'] ?? 0);
    this.#oldest = ids('ASC');
    this.#newest = ids('DESC');
    // Shards of version 0.2 are counted: walking through them all took a second of each opening.
    const counted = (key: string, sql: string): number =>
      Number(this.#meta(key) ?? database.get(`SELECT ${sql} AS n FROM doc`)?.['n'] ?? 0);
    this.#documents = counted('documents', 'count(*)');
    this.#dead = counted('dead', 'total(dead)');
  }

  /**
   * Opens a shard, or creates it where there is no file.
   * @throws MultipathError `corrupt-file`, `corrupt-block`, `newer-store`, `not-found` (read-only)
   */
  static open(sql: SqlJsStatic, file: string, options: ShardOptions = {}): Shard {
    const { id = randomUUID(), purpose = '', readOnly = false, active = false } = options;
    const database = openPagedDatabase(sql, file, {
      readOnly,
      cacheBytes: active ? 2 * MB : SEALED_CACHE,
      sqliteCacheBytes: active ? 4 * MB : SEALED_CACHE,
    });
    try {
      if (database.get("SELECT 1 FROM sqlite_schema WHERE name = 'meta'") === undefined) {
        database.transaction(() => {
          database.exec(SCHEMA);
          const put = 'INSERT INTO meta (key, value) VALUES (?, ?)';
          database.run(put, ['format', FORMAT]);
          database.run(put, ['id', id]);
          database.run(put, ['purpose', purpose]);
        });
        database.flush();
      }
      const format = database.get("SELECT value FROM meta WHERE key = 'format'")?.['value'];
      if (format !== FORMAT) {
        throw new MultipathError('corrupt-file', `${file} has another format (${String(format)}).`);
      }
      // Else sixteen of one size are joined in one go, half a shard now and then: in a second.
      if (active && !readOnly)
        database.run(`INSERT INTO text (text) VALUES ('automerge=${AUTOMERGE}')`);
      return new Shard(file, database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** All documents, dead ones included. */
  get documents(): number {
    return this.#documents;
  }

  get dead(): number {
    return this.#dead;
  }

  /** The newest document's id, 0 when there is none. */
  get newest(): number {
    return this.#newest;
  }

  /** True when its file was made in one go, from merged segments. */
  get isCompact(): boolean {
    return this.#isCompact;
  }

  transaction<T>(work: () => T): T {
    return this.#database.transaction(work);
  }

  flush(): void {
    this.#database.flush();
  }

  /** Inside a transaction. Sorts by time itself: SQLite starts a new segment for ids that go back. */
  add(documents: readonly NewDocument[]): void {
    const placed = documents.map((document) => ({
      document,
      id: this.#freeIds.take(slotOf(document.at)),
    }));
    placed.sort((a, b) => a.id - b.id);
    for (const { document, id } of placed) {
      const { log, branch, position, seq, at, mark, terms } = document;
      this.#database.run('INSERT INTO text (docid, body) VALUES (?, ?)', [id, terms]);
      this.#database.run(`INSERT INTO doc (${DOCUMENT}) VALUES (?, ?, ?, ?, ?, ?, ?)`, [
        id,
        log,
        branch,
        position,
        seq,
        at,
        mark,
      ]);
    }
    const [first, last] = [placed[0], placed.at(-1)];
    if (!first || !last) return;
    this.#documents += placed.length;
    this.#put('documents', this.#documents);
    this.#oldest = this.#oldest === 0 ? first.id : Math.min(this.#oldest, first.id);
    this.#newest = Math.max(this.#newest, last.id);
    const drift = placed.reduce(
      (most, { document, id }) => Math.max(most, id - slotOf(document.at)),
      0,
    );
    if (drift > this.#drift) {
      this.#drift = drift;
      this.#put('drift', drift);
    }
  }

  /** Takes documents out of every search. Inside a transaction. */
  kill(ids: readonly number[]): void {
    for (const id of ids) {
      this.#dead += this.#database.run('UPDATE doc SET dead = 1 WHERE id = ? AND dead = 0', [id]);
    }
    this.#put('dead', this.#dead);
  }

  /** A message stands at another place of its branch than before. Inside a transaction. */
  move(id: number, position: number): void {
    this.#database.run('UPDATE doc SET position = ? WHERE id = ?', [position, id]);
  }

  /** The living documents of a branch's own messages [from, to). */
  at(log: number, branch: number, from: number, to: number): StoredDocument[] {
    return this.#database
      .all(
        `SELECT ${DOCUMENT} FROM doc
         WHERE dead = 0 AND log = ? AND branch = ? AND position >= ? AND position < ?`,
        [log, branch, from, Math.min(to, Number.MAX_SAFE_INTEGER)],
      )
      .map(documentOf);
  }

  /** Branches of a log that have living documents, and behind the last of them. */
  extents(log: number): { readonly branch: number; readonly end: number }[] {
    return this.#database
      .all(
        `SELECT branch, max(position) + 1 AS past FROM doc WHERE dead = 0 AND log = ? GROUP BY branch`,
        [log],
      )
      .map((row) => ({ branch: number(row, 'branch'), end: number(row, 'past') }));
  }

  /** Logs with living documents. */
  logs(): number[] {
    return this.#database
      .all('SELECT DISTINCT log FROM doc WHERE dead = 0')
      .map((row) => number(row, 'log'));
  }

  /** Living documents with ids above `after`, ascending. */
  living(after: number, limit: number): StoredDocument[] {
    return this.#database
      .all(`SELECT ${DOCUMENT} FROM doc WHERE id > ? AND dead = 0 ORDER BY id LIMIT ?`, [
        after,
        limit,
      ])
      .map(documentOf);
  }

  search(query: ShardQuery): ShardAnswer {
    const { match, limit, ranked, accepts, budget } = query;
    const range = this.#range(query);
    if (!range) return { hits: [], rows: 0 };
    const hits: ShardHit[] = [];
    let collection: Collection | undefined;
    let rows = 0;
    const sql = `SELECT ${HIT}${ranked ? ", matchinfo(text, 'pcnalx') AS info" : ''}
       FROM text CROSS JOIN doc ON doc.id = text.docid
       WHERE text MATCH ? AND text.docid >= ? AND text.docid <= ? AND doc.dead = 0
         AND doc.at >= ? AND doc.at < ? ORDER BY text.docid DESC`;
    const parameters = [
      match,
      ...range,
      query.after ?? Number.MIN_SAFE_INTEGER,
      query.before ?? Number.MAX_SAFE_INTEGER,
    ];
    this.#database.each(sql, parameters, (row) => {
      rows++;
      const hit = { ...placeOf(row), id: number(row, 'id'), at: number(row, 'at') };
      if (!accepts(hit.log, hit.branch)) return rows < budget;
      const info = row['info'];
      if (info instanceof Uint8Array) {
        const read = readMatchInfo(info);
        collection ??= read.collection;
        hits.push({ ...hit, occurrences: read.hit });
      } else hits.push(hit);
      return hits.length < limit && rows < budget;
    });
    return { hits, rows, ...(collection && { collection }) };
  }

  /** The first and the last id that a query may find; `undefined` when there is none. */
  #range({ after, before, fromId, logs }: ShardQuery): [number, number] | undefined {
    let first = Math.max(fromId ?? 1, this.#oldest, after === undefined ? 1 : slotOf(after));
    let last = Math.min(
      this.#newest,
      before === undefined ? HIGHEST_ID : slotOf(before) + this.#drift,
    );
    if (logs) {
      const extents = logs.flatMap((log) => this.#extentOf(log));
      if (extents.length === 0) return undefined;
      first = Math.max(first, Math.min(...extents.map((extent) => extent.first)));
      last = Math.min(last, Math.max(...extents.map((extent) => extent.last)));
    }
    return first > last ? undefined : [first, last];
  }

  #extentOf(log: number): { readonly first: number; readonly last: number }[] {
    const row = this.#database.get(
      'SELECT min(id) AS first, max(id) AS last FROM doc WHERE dead = 0 AND log = ?',
      [log],
    );
    if (!row || row['first'] === null) return [];
    return [{ first: number(row, 'first'), last: number(row, 'last') }];
  }

  /**
   * Joins some of the index's segments, which makes searching quicker and the file smaller. False
   * when there was nothing left to do: fewer than `segments` of one size.
   */
  merge(pages: number, segments: number): boolean {
    const before = this.#changes();
    this.#database.transaction(() =>
      this.#database.run(`INSERT INTO text (text) VALUES ('merge=${pages},${segments}')`),
    );
    this.#database.flush();
    // SQLite's documentation: fewer than two changes mean that the merge found no work.
    return this.#changes() - before >= 2;
  }

  /**
   * Copies rows of one of its tables behind row `after` into another shard, at most `count`, and
   * makes them durable there. Returns the last one's number; `undefined` when there was none.
   */
  copyRows(target: Shard, table: string, after: number, count: number): number | undefined {
    const rows = this.#database.all(
      `SELECT rowid AS nth, * FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ?`,
      [after, count],
    );
    const last = rows.at(-1);
    if (!last) return undefined;
    target.#insert(table, rows);
    return number(last, 'nth');
  }

  /** Completes a copy: marks of documents that changed meanwhile, and what else is known. */
  finishCopy(target: Shard, changed: readonly number[]): void {
    target.transaction(() => {
      for (const id of changed) {
        const row = this.#database.get('SELECT position, dead FROM doc WHERE id = ?', [id]);
        if (!row) continue;
        const marks = [number(row, 'position'), number(row, 'dead'), id];
        target.#database.run('UPDATE doc SET position = ?, dead = ? WHERE id = ?', marks);
      }
      target.#put('drift', this.#drift);
      target.#put('documents', this.#documents);
      target.#put('dead', this.#dead);
      target.#put('compact', 1);
    });
    target.flush();
  }

  close(): void {
    this.#database.close();
  }

  #insert(table: string, rows: readonly Row[]): void {
    const columns = Object.keys(rows[0] ?? {}).filter((column) => column !== 'nth');
    const places = columns.map(() => '?').join(', ');
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`;
    this.#database.transaction(() => {
      for (const row of rows) {
        this.#database.run(
          sql,
          columns.map((column) => row[column] ?? null),
        );
      }
    });
    this.#database.flush();
  }

  #changes(): number {
    return Number(this.#database.get('SELECT total_changes() AS n')?.['n'] ?? 0);
  }

  #meta(key: string): SqlValue | undefined {
    return this.#database.get('SELECT value FROM meta WHERE key = ?', [key])?.['value'];
  }

  #put(key: string, value: number): void {
    this.#database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [key, value]);
  }
}
