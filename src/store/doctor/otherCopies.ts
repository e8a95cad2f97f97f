/**
 * Looks for records elsewhere when their place in the store is damaged: in the agent's file while
 * it still begins with what was read, in members that the catalogue no longer refers to, in the log
 * of our own facts, in snapshots of the database.
 *
 * Invariant: a record is believed only under a check that covers it: the hash of the file's
 * beginning, a member's proof, a line's check, a page's.
 */
import { createHash } from 'node:crypto';
import { messageOf, MultipathError } from '../../core/errors.ts';
import { number, text, textOrNull } from '../database.ts';
import { readFacts, unpacked } from '../copies/factLines.ts';
import { listSnapshots, unpackSnapshot } from '../copies/snapshots.ts';
import { nodeFileSystem } from '../pages/fileSystem.ts';
import { loadSqlJs } from '../pages/loadSqlJs.ts';
import { openPagedDatabase } from '../pages/openDatabase.ts';
import { redoFileOf } from '../pages/pageStore.ts';
import { recordId, splitRecords } from '../records.ts';
import { copiesFolder, factsFile } from '../storeFiles.ts';
import type { CheckContext } from './check.ts';

export interface FoundRecords {
  readonly records: ReadonlyMap<number, Uint8Array>;
  /** Where they were found, in words; empty when nowhere. */
  readonly from: readonly string[];
}

type Found = Map<number, Uint8Array>;
type Place = readonly [
  words: string,
  look: (context: CheckContext, log: number, wanted: ReadonlySet<number>) => Promise<Found>,
];

const PLACES: readonly Place[] = [
  ['the agent’s file', fromFile],
  ['the archive', fromArchive],
  ['the log of your own sessions', fromFacts],
  ['a snapshot', fromSnapshots],
];

/** Looks in all places until every record was found. */
export async function findRecords(
  context: CheckContext,
  log: number,
  wanted: readonly number[],
): Promise<FoundRecords> {
  const records: Found = new Map();
  const from: string[] = [];
  for (const [words, look] of PLACES) {
    const left = new Set(wanted.filter((seq) => !records.has(seq)));
    if (left.size === 0) break;
    const found = await look(context, log, left);
    for (const [seq, bytes] of found) records.set(seq, bytes);
    if (found.size > 0) from.push(words);
  }
  return { records, from };
}

async function fromFile(
  { core, readFile, work }: CheckContext,
  log: number,
  wanted: ReadonlySet<number>,
): Promise<Found> {
  const row = core.database.get(
    `SELECT path, terminated_count, prefix_hash FROM log WHERE num = ? AND superseded = 0`,
    [log],
  );
  const path = row && textOrNull(row, 'path');
  if (!row || path === undefined) return new Map();
  const count = number(row, 'terminated_count');
  const found: Found = new Map();
  const hash = createHash('sha256');
  let torn: Uint8Array[] = [];
  let seen = 0;
  try {
    for await (const batch of readFile(path, work.signal)) {
      for (const { seq, bytes, complete } of batch) {
        if (seq >= count) break;
        if (wanted.has(seq)) found.set(seq, Uint8Array.from(bytes));
        torn.push(bytes);
        seen = seq + 1;
        if (!complete) continue;
        for (const part of torn) hash.update(part);
        torn = [];
      }
      await work.breathe();
      if (seen >= count) break;
    }
  } catch (error) {
    if (MultipathError.is(error)) throw error;
    return new Map(); // gone, or not to be read: the other places are looked in
  }
  const same = seen === count && hash.digest('hex') === text(row, 'prefix_hash');
  return same ? found : new Map();
}

async function fromArchive(
  { core, work }: CheckContext,
  log: number,
  wanted: ReadonlySet<number>,
): Promise<Found> {
  const { archive, logs } = core;
  const logId = logs.idOf(log);
  const found: Found = new Map();
  for (const segment of archive.segments()) {
    const { members } = await archive.scanSegment(segment);
    await work.breathe();
    for (const { logId: owner, firstSeq, count, locator } of members) {
      if (owner !== logId || !holdsAny(wanted, firstSeq, count)) continue;
      const records = await archive
        .readMember(locator)
        .then((bytes) => splitRecords(bytes, count))
        .catch((error: unknown) => {
          if (MultipathError.is(error)) return []; // this copy is damaged, too
          throw error;
        });
      take(found, wanted, firstSeq, records);
    }
  }
  return found;
}

async function fromFacts(
  { core, folder, work }: CheckContext,
  log: number,
  wanted: ReadonlySet<number>,
): Promise<Found> {
  const file = factsFile(folder);
  const found: Found = new Map();
  if (!nodeFileSystem.exists(file)) return found;
  const logId = core.logs.idOf(log);
  for await (const { lines } of readFacts(file)) {
    await work.breathe();
    for (const { kind, id, value } of lines) {
      const [owner, seq] = id.split('/');
      if (kind !== 'record' || owner !== logId || !wanted.has(Number(seq))) continue;
      const bytes = unpacked(value);
      if (bytes) found.set(Number(seq), bytes);
    }
  }
  return found;
}

async function fromSnapshots(
  context: CheckContext,
  log: number,
  wanted: ReadonlySet<number>,
): Promise<Found> {
  const { core, folder, work } = context;
  const copies = copiesFolder(folder);
  const logId = core.logs.idOf(log);
  const found: Found = new Map();
  for (const { file } of listSnapshots(nodeFileSystem, copies)) {
    const beside = `${copies}/looked-at.db`;
    const clean = (): void =>
      [beside, redoFileOf(beside)].forEach((left) => nodeFileSystem.remove(left));
    try {
      await unpackSnapshot(nodeFileSystem, file, beside);
      await work.breathe();
      const database = openPagedDatabase(await loadSqlJs(), beside, { readOnly: true });
      try {
        const row = database.get('SELECT num, record_count FROM log WHERE id = ?', [logId]);
        if (!row) continue;
        const there = number(row, 'num');
        // Behind those that it counts are records of a merge that was not made.
        const count = number(row, 'record_count');
        for (const seq of wanted) {
          if (seq >= count) continue;
          const record = database.get('SELECT bytes FROM record WHERE id = ?', [
            recordId(there, seq),
          ]);
          const bytes = record?.['bytes'];
          if (bytes instanceof Uint8Array) found.set(seq, bytes);
        }
      } finally {
        database.close();
      }
    } catch (error) {
      if (!MultipathError.is(error) || work.signal.aborted) throw error;
      work.report(0, 0, messageOf(error)); // a damaged snapshot; the check of the copies names it
    } finally {
      clean();
    }
  }
  return found;
}

function holdsAny(wanted: ReadonlySet<number>, first: number, count: number): boolean {
  for (const seq of wanted) if (seq >= first && seq < first + count) return true;
  return false;
}

function take(
  found: Found,
  wanted: ReadonlySet<number>,
  first: number,
  records: readonly Uint8Array[],
): void {
  records.forEach((bytes, nth) => {
    if (wanted.has(first + nth)) found.set(first + nth, bytes);
  });
}
