/**
 * Records of all logs, verbatim: rows in the warm database, large ones in blobs, and the older
 * part of an archived log in archive members. A record ends with its newline, except the first
 * parts of a line that was glued together from several objects and the torn tail of a file.
 */
import { LRUCache } from 'lru-cache';
import { MultipathError } from '../core/errors.ts';
import { BLOB_BYTES } from './blobs.ts';
import type { Archive, Blobs, MemberLocator } from './archive.ts';
import { number, text, type Database, type Row } from './database.ts';

/** Inflated members kept for the next page, in bytes. */
const INFLATED_BYTES = 8 * 1024 * 1024;
/** Rows read though unwanted cost less than a statement of their own up to this gap. */
const RUN_GAP = 8;
const NEWLINE = 10;

/** A record as it arrives: bytes, or the blob they were put in beforehand. */
export type StoredRecord =
  { readonly bytes: Uint8Array } | { readonly blob: string; readonly size: number };

/** The key of a record: rows of one log stand together, in order. */
export function recordId(log: number, seq: number): number {
  return log * 2 ** 32 + seq;
}

export class Records {
  readonly #database: Database;
  readonly #archive: Archive;
  readonly #blobs: Blobs;
  readonly #inflated: LRUCache<string, readonly Uint8Array[]>;
  /** Blobs that are about to be named by a row, and by how many. */
  readonly #awaited = new Map<string, number>();
  #replaced: string[] = [];

  constructor(database: Database, archive: Archive, blobs: Blobs) {
    this.#database = database;
    this.#archive = archive;
    this.#blobs = blobs;
    this.#inflated = new LRUCache({
      maxSize: INFLATED_BYTES,
      sizeCalculation: (records) => records.reduce((sum, record) => sum + record.length, 1),
    });
  }

  /**
   * Puts large records into blobs, so that the transaction that adds them only inserts rows. Until
   * they are inserted the blobs stay, also where the last other record that named one goes.
   */
  async prepare(records: readonly Uint8Array[]): Promise<StoredRecord[]> {
    const stored: StoredRecord[] = [];
    for (const bytes of records) {
      stored.push(
        bytes.length > BLOB_BYTES
          ? { blob: await this.#blobs.put(bytes, this.#hold), size: bytes.length }
          : { bytes },
      );
    }
    return stored;
  }

  /** Gives up records that were prepared and are not inserted. */
  letGo(records: readonly StoredRecord[]): void {
    const blobs = records.flatMap((record) => ('blob' in record ? record.blob : []));
    for (const blob of blobs) this.#release(blob);
    this.removeUnused(blobs);
  }

  /** Removes the blobs that no record names and none is about to. */
  removeUnused(blobs: readonly string[]): void {
    for (const blob of new Set(blobs)) {
      if (this.#awaited.has(blob)) continue;
      const used = this.#database.get('SELECT 1 FROM record WHERE blob = ? LIMIT 1', [blob]);
      if (!used) this.#blobs.remove(blob);
    }
  }

  /**
   * Writes records from `first` on, replacing what stood there: a torn tail that has grown. Inside a
   * transaction; see `takeReplaced`.
   */
  write(log: number, first: number, records: readonly StoredRecord[]): void {
    const replaced = this.#database.all(
      'SELECT blob FROM record WHERE id >= ? AND id < ? AND blob IS NOT NULL',
      [recordId(log, first), recordId(log + 1, 0)],
    );
    for (const row of replaced) this.#replaced.push(text(row, 'blob'));
    this.#database.run('DELETE FROM record WHERE id >= ? AND id < ?', [
      recordId(log, first),
      recordId(log + 1, 0),
    ]);
    this.insert(log, first, records);
  }

  /**
   * The blobs of records that were written over so far. What is returned removes them: call it once
   * that is on disk.
   */
  takeReplaced(): () => void {
    const replaced = this.#replaced;
    this.#replaced = [];
    return () => {
      if (replaced.length > 0) this.removeUnused(replaced);
    };
  }

  /** Adds records from `first` on, where none stand. Inside a transaction. */
  insert(log: number, first: number, records: readonly StoredRecord[]): void {
    let seq = first;
    for (const record of records) {
      const bytes = 'bytes' in record ? record.bytes : null;
      const blob = 'blob' in record ? record.blob : null;
      this.#database.run('INSERT INTO record (id, bytes, blob) VALUES (?, ?, ?)', [
        recordId(log, seq++),
        bytes,
        blob,
      ]);
      if (blob !== null) this.#release(blob);
    }
  }

  /**
   * The records of `seqs`. Where each one lies is looked up in one go, so that a move between
   * tiers while bytes are awaited changes nothing. Fails with `corrupt-file` when one is missing.
   */
  async read(log: number, seqs: readonly number[]): Promise<Map<number, Uint8Array>> {
    try {
      return await this.#read(log, seqs);
    } catch (error) {
      if (!MultipathError.is(error, 'not-found') && !MultipathError.is(error, 'corrupt-file')) {
        throw error;
      }
      // A blob goes when its record is archived, a segment when its members were written anew: the
      // records have another place now.
      return this.#read(log, seqs);
    }
  }

  async #read(log: number, seqs: readonly number[]): Promise<Map<number, Uint8Array>> {
    const sorted = ascending(seqs);
    const cold = this.#coldCount(log);
    const { found, blobs } = this.#warmRows(
      log,
      sorted.filter((seq) => seq >= cold),
    );
    const members = this.#membersOf(
      log,
      sorted.filter((seq) => seq < cold),
    );

    // Together: each is inflated by a thread of its own.
    const inflated = await Promise.all(members.map(({ row }) => this.#inflate(log, row)));
    for (const [nth, { row, wanted }] of members.entries()) {
      const first = number(row, 'first_seq');
      for (const seq of wanted) {
        const record = inflated[nth]?.[seq - first];
        if (record) found.set(seq, record);
      }
    }
    for (const [seq, blob] of blobs) found.set(seq, await this.#blobs.get(blob));
    const missing = sorted.find((seq) => !found.has(seq));
    if (missing !== undefined) {
      throw new MultipathError(
        'corrupt-file',
        `Record ${missing} of this session is missing from the store. Run the store doctor: it looks for another copy.`,
      );
    }
    return found;
  }

  /** All records of a log, in order, a few at a time. */
  async *readAll(log: number): AsyncGenerator<readonly Uint8Array[]> {
    const row = this.#database.get('SELECT record_count FROM log WHERE num = ?', [log]);
    const total = row ? number(row, 'record_count') : 0;
    for (let start = 0; start < total; start += 256) {
      const seqs = Array.from({ length: Math.min(256, total - start) }, (_, i) => start + i);
      const found = await this.read(log, seqs);
      yield seqs.map((seq) => found.get(seq) ?? new Uint8Array());
    }
  }

  /** Drops what is kept in memory of a log whose records were moved. */
  forget(log: number): void {
    for (const key of this.#inflated.keys()) {
      if (key.startsWith(`${log}:`)) this.#inflated.delete(key);
    }
  }

  readonly #hold = (blob: string): void => {
    this.#awaited.set(blob, (this.#awaited.get(blob) ?? 0) + 1);
  };

  #release(blob: string): void {
    const left = (this.#awaited.get(blob) ?? 0) - 1;
    if (left > 0) this.#awaited.set(blob, left);
    else this.#awaited.delete(blob);
  }

  #coldCount(log: number): number {
    const row = this.#database.get('SELECT cold_count FROM log WHERE num = ?', [log]);
    return row ? number(row, 'cold_count') : 0;
  }

  /** What the rows of these records hold: their bytes, or the blobs that have them. */
  #warmRows(
    log: number,
    seqs: readonly number[],
  ): { readonly found: Map<number, Uint8Array>; readonly blobs: Map<number, string> } {
    const found = new Map<number, Uint8Array>();
    const blobs = new Map<number, string>();
    const base = recordId(log, 0);
    // Rows come in the order of the wanted ones, between which a few others may stand.
    let next = 0;
    for (const [from, to] of runs(seqs)) {
      const sql =
        'SELECT id, coalesce(bytes, blob) AS body FROM record WHERE id BETWEEN ? AND ? ORDER BY id';
      for (const row of this.#database.all(sql, [base + from, base + to])) {
        const seq = number(row, 'id') - base;
        while (next < seqs.length && (seqs[next] ?? 0) < seq) next++;
        if (seqs[next] !== seq) continue;
        const body = row['body'];
        if (body instanceof Uint8Array) found.set(seq, body);
        else blobs.set(seq, text(row, 'body'));
      }
    }
    return { found, blobs };
  }

  #membersOf(log: number, seqs: readonly number[]): { row: Row; wanted: number[] }[] {
    const members: { row: Row; end: number; wanted: number[] }[] = [];
    for (const seq of seqs) {
      const last = members.at(-1);
      if (last && seq < last.end) {
        last.wanted.push(seq);
        continue;
      }
      const row = this.#database.get(
        `SELECT first_seq, count, segment, position, length FROM member
         WHERE log = ? AND first_seq <= ? ORDER BY first_seq DESC LIMIT 1`,
        [log, seq],
      );
      if (!row) continue;
      const end = number(row, 'first_seq') + number(row, 'count');
      if (seq < end) members.push({ row, end, wanted: [seq] });
    }
    return members;
  }

  async #inflate(log: number, row: Row): Promise<readonly Uint8Array[]> {
    const locator = locatorOf(row);
    const key = `${log}:${number(row, 'first_seq')}:${locator.segment}:${locator.offset}`;
    const known = this.#inflated.get(key);
    if (known) return known;
    const bytes = await this.#archive.readMember(locator);
    const records = splitRecords(bytes, number(row, 'count'));
    this.#inflated.set(key, records);
    return records;
  }
}

export function locatorOf(row: Row): MemberLocator {
  return {
    segment: number(row, 'segment'),
    offset: number(row, 'position'),
    length: number(row, 'length'),
  };
}

/** True for a record with a newline within, as documents have: it is alone in its member. */
export function standsAlone(record: Uint8Array): boolean {
  const newline = record.indexOf(NEWLINE);
  return newline !== -1 && newline < record.length - 1;
}

/** Records in order, in groups that `splitRecords` takes apart again. */
export function memberGroups(records: readonly Uint8Array[]): Uint8Array[][] {
  const groups: Uint8Array[][] = [];
  let open: Uint8Array[] | undefined;
  for (const record of records) {
    const isAlone = standsAlone(record);
    if (!open || isAlone) groups.push((open = []));
    open.push(record);
    if (isAlone || record.at(-1) !== NEWLINE) open = undefined;
  }
  return groups;
}

/**
 * Splits archived bytes at their newlines; only the last record of a member may lack one, and one
 * that has a newline within is alone in its member.
 * @throws MultipathError `corrupt-file` where there are not so many records
 */
export function splitRecords(bytes: Uint8Array, count: number): Uint8Array[] {
  if (count === 1) return [bytes];
  const records: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    records.push(bytes.subarray(start, end));
    start = end;
  }
  if (records.length === count) return records;
  throw new MultipathError(
    'corrupt-file',
    `An archive member holds ${records.length} records where ${count} were written.`,
  );
}

/** Numbers in order, each once; those of a page nearly always are. */
function ascending(seqs: readonly number[]): readonly number[] {
  const isSorted = seqs.every((seq, nth) => nth === 0 || seq > (seqs[nth - 1] ?? seq));
  return isSorted ? seqs : [...new Set(seqs)].sort((a, b) => a - b);
}

/** Ranges that cover ascending numbers, joined over small gaps. */
function* runs(sorted: readonly number[]): Generator<readonly [number, number]> {
  let from: number | undefined;
  let to = 0;
  for (const seq of sorted) {
    if (from !== undefined && seq - to > RUN_GAP) {
      yield [from, to];
      from = undefined;
    }
    from ??= seq;
    to = seq;
  }
  if (from !== undefined) yield [from, to];
}
