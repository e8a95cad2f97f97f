/**
 * Logs and their files. An agent's file is one log as long as it only grows; when what was read
 * before is no longer at its beginning, a new generation begins and the old log stays as it is
 * for whatever was forked from it.
 */
import { number, text, type Database } from './database.ts';
import type { Records, StoredRecord } from './records.ts';
import { UnseenRows } from './unseenRows.ts';

/** How far a file was read: its whole lines, and a hash of their bytes to know them again. */
export interface Checkpoint {
  readonly terminatedCount: number;
  readonly terminatedBytes: number;
  /** SHA-256 in hex of the first `terminatedBytes` bytes. */
  readonly prefixHash: string;
}

export interface KnownLog extends Checkpoint {
  readonly log: number;
  readonly logId: string;
  /** The file as it was after the last complete import; -1 when that was interrupted. */
  readonly fileBytes: number;
  readonly fileModifiedAt: number;
  /** Nothing is kept of it, as when its sessions were removed for good. */
  readonly isEmpty: boolean;
}

export interface NewLog {
  readonly id: string;
  readonly agent: string;
  readonly path?: string;
  readonly nativeId: string;
  readonly createdAt: number;
}

export interface RecordBatch {
  readonly firstSeq: number;
  readonly records: readonly StoredRecord[];
  /** Size of the log once the batch is in, in bytes. */
  readonly byteCount: number;
  readonly checkpoint: Checkpoint;
}

export class Logs {
  readonly #database: Database;
  readonly #records: Records;
  readonly #unseen: UnseenRows;

  constructor(database: Database, records: Records) {
    this.#database = database;
    this.#records = records;
    this.#unseen = new UnseenRows(database);
  }

  /** The live log of a file. */
  ofFile(path: string): KnownLog | undefined {
    const row = this.#database.get(
      `SELECT num, id, terminated_count, terminated_bytes, prefix_hash, file_bytes, file_modified_at,
         record_count
       FROM log WHERE path = ? AND superseded = 0`,
      [path],
    );
    return (
      row && {
        log: number(row, 'num'),
        logId: text(row, 'id'),
        terminatedCount: number(row, 'terminated_count'),
        terminatedBytes: number(row, 'terminated_bytes'),
        prefixHash: text(row, 'prefix_hash'),
        fileBytes: number(row, 'file_bytes'),
        fileModifiedAt: number(row, 'file_modified_at'),
        isEmpty: number(row, 'record_count') === 0,
      }
    );
  }

  /** Records of a log, those in the archive counted. */
  recordCount(log: number): number {
    const row = this.#database.get('SELECT record_count FROM log WHERE num = ?', [log]);
    return row ? number(row, 'record_count') : 0;
  }

  idOf(log: number): string {
    const row = this.#database.get('SELECT id FROM log WHERE num = ?', [log]);
    return row ? text(row, 'id') : '';
  }

  /** Adds a log, the next generation where the file has one already. Inside a transaction. */
  create(log: NewLog): number {
    let generation = 0;
    if (log.path !== undefined) {
      const row = this.#database.get(
        'SELECT max(generation) AS last, count(*) AS n FROM log WHERE path = ?',
        [log.path],
      );
      if (row && number(row, 'n') > 0) generation = number(row, 'last') + 1;
      this.#database.run('UPDATE log SET superseded = 1 WHERE path = ?', [log.path]);
    }
    this.#database.run(
      `INSERT INTO log (id, agent, path, native_id, generation, created_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
      [log.id, log.agent, log.path ?? null, log.nativeId, generation, log.createdAt],
    );
    const row = this.#database.get('SELECT num FROM log WHERE id = ?', [log.id]);
    return row ? number(row, 'num') : 0;
  }

  /** Puts records from `firstSeq` on in the place of what stood there. Inside a transaction. */
  append(log: number, batch: RecordBatch): void {
    this.#records.write(log, batch.firstSeq, batch.records);
    this.#advance(log, batch);
  }

  /** Adds records behind the last one. Inside a transaction. */
  add(log: number, batch: RecordBatch): void {
    const { firstSeq, records } = batch;
    if (this.#unseen.has(log)) this.#unseen.clearRecords(log, firstSeq, records.length);
    this.#records.insert(log, firstSeq, records);
    this.#advance(log, batch);
  }

  /** Counts records that were written ahead. Inside a transaction. */
  count(log: number, batch: RecordBatch): void {
    this.#advance(log, batch);
  }

  /** Adds one record to a log of our own. Inside a transaction. */
  extend(log: number, bytes: Uint8Array): void {
    const row = this.#database.get('SELECT record_count, byte_count FROM log WHERE num = ?', [log]);
    const firstSeq = row ? number(row, 'record_count') : 0;
    const byteCount = (row ? number(row, 'byte_count') : 0) + bytes.length;
    this.add(log, {
      firstSeq,
      records: [{ bytes }],
      byteCount,
      checkpoint: { terminatedCount: firstSeq + 1, terminatedBytes: byteCount, prefixHash: '' },
    });
  }

  #advance(log: number, batch: RecordBatch): void {
    const { terminatedCount, terminatedBytes, prefixHash } = batch.checkpoint;
    this.#database.run(
      `UPDATE log SET record_count = ?, byte_count = ?, terminated_count = ?,
         terminated_bytes = ?, prefix_hash = ? WHERE num = ?`,
      [
        batch.firstSeq + batch.records.length,
        batch.byteCount,
        terminatedCount,
        terminatedBytes,
        prefixHash,
        log,
      ],
    );
  }
}
