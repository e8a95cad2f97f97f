/**
 * Makes a database anew that was destroyed or is missing: from the newest good snapshot, the facts
 * log, what can still be read of the damaged file, and the archive. What has to be derived from
 * records is left to whoever opens it (`pendingRebuild`), and so are the agents' files.
 *
 * Invariant: the new file gets its name when it is whole; killed before, the next opening begins
 * again. Nothing of what it is made from is changed or removed.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import * as v from 'valibot';
import { messageOf, MultipathError } from '../../core/errors.ts';
import type { Archive, Blobs } from '../archive.ts';
import { json, number, numberOrNull, text, type Database } from '../database.ts';
import { migrate } from '../migrations.ts';
import type { PagedDatabase } from '../pages/database.ts';
import type { FileSystem } from '../pages/fileSystem.ts';
import { openPagedDatabase, redoAside } from '../pages/openDatabase.ts';
import { redoFileOf } from '../pages/pageStore.ts';
import { Records } from '../records.ts';
import { UnseenRows } from '../unseenRows.ts';
import { applyFacts, loadFacts } from './applyFacts.ts';
import { coverLogs } from './coverage.ts';
import { isEmptied } from './emptied.ts';
import { putBackRescued, rescuedArchive } from './rescuedCopies.ts';
import { salvage as salvageRows } from './salvage.ts';
import { listSnapshots, unpackSnapshot, type Snapshot } from './snapshots.ts';

/** What a database was that is damaged. */
export interface DamagedFile {
  readonly file: string;
  /** When it was moved aside, in milliseconds since the epoch; `Infinity` where it was just now. */
  readonly at: number;
}

export interface RestoreOptions {
  readonly sql: SqlJsStatic;
  readonly disk: FileSystem;
  /** Where the database is to be. Absolute, like all here. */
  readonly file: string;
  readonly factsFile: string;
  readonly copiesFolder: string;
  readonly damaged: DamagedFile | undefined;
  readonly archive: Archive;
  readonly blobs: Blobs;
  readonly now: () => number;
}

const restored = v.object({ at: v.number(), from: v.string() });
const NEWLINE = 10;
/** Key in `meta` of what is left to do after a restore, and of what was done. */
const PENDING = 'rebuild';
const DONE = 'rebuilt';

/** Makes the database and returns what it was made from, in words. */
export async function restoreDatabase(options: RestoreOptions): Promise<string> {
  const { disk, file, factsFile, copiesFolder, archive, blobs, now } = options;
  const beside = `${file}.rebuilt`;
  for (const left of [beside, redoFileOf(beside)]) disk.remove(left);
  const told: string[] = [];
  const { database, snapshot } = await beginning(options, beside, told);
  const movedAt = options.damaged?.at ?? Infinity;
  try {
    const before = countsOf(database);
    const facts = await loadFacts(factsFile);
    const damaged = snapshot && snapshot.at > movedAt ? undefined : options.damaged;
    // One that was made anew since has lived on: what it said last stands in the facts log.
    const isOutlived = facts !== undefined && facts.at > movedAt;
    const salvage = (): void => {
      const salvaged = damaged && salvageFrom(options, damaged.file, database);
      if (salvaged) told.push(salvaged);
    };
    if (isOutlived) salvage();
    if (facts) {
      const newer = facts.damaged === 0 && facts.at >= (snapshot?.at ?? 0);
      const { sessions, records } = await applyFacts(
        database,
        factsFile,
        facts,
        newer ? 'replace' : isOutlived && damaged ? 'override' : 'fill',
      );
      told.push(
        `the log of your own sessions (${sessions} sessions and ${records} messages more, ` +
          `${facts.kinds.get('fact')?.size ?? 0} titles, tags and notes` +
          `${facts.damaged > 0 ? `, ${facts.damaged} lines of it damaged` : ''})`,
      );
    }
    const complete = facts?.damaged === 0;
    const accepts = (id: string): boolean => !complete || facts.kinds.get('log')?.has(id) === true;
    const rescued = rescuedArchive(disk, copiesFolder);
    try {
      const records = await putBackRescued({ database, archive: rescued, accepts });
      if (records > 0) told.push(`the copies of rescued sessions (${records} records)`);
    } finally {
      rescued.close();
    }
    if (!isOutlived) salvage();
    const covered = await coverLogs({ database, archive, blobs, now, accepts });
    if (covered.members > 0) {
      const more =
        covered.foundLogs > 0 ? `, ${covered.foundLogs} logs known from there alone` : '';
      told.push(`the archive (${covered.members} members${more})`);
    }
    await recount(database, new Records(database, archive, blobs), before);
    const message = told.length === 0 ? 'nothing: no copy was found' : told.join('; ');
    database.transaction(() => {
      markPending(database, message, now());
      // Another database in the eyes of the full-text index, which compares itself with it.
      database.run("UPDATE meta SET value = lower(hex(randomblob(16))) WHERE key = 'search_epoch'");
    });
    database.close();
    disk.remove(redoFileOf(beside));
    disk.rename(beside, file);
    disk.syncDirectory(path.dirname(file));
    return message;
  } catch (error) {
    database.close();
    throw error;
  }
}

function markPending(database: Database, message: string, now: number): void {
  for (const key of [PENDING, DONE]) {
    database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [
      key,
      JSON.stringify({ at: now, from: message }),
    ]);
  }
}

/**
 * Puts back what the facts log knows and a database lost that has just been opened: its redo log was
 * gone, or damaged. Returns what was put back, in words.
 */
export async function refill(
  database: PagedDatabase,
  options: Pick<RestoreOptions, 'factsFile' | 'archive' | 'blobs' | 'now'>,
): Promise<string> {
  const { factsFile, archive, blobs, now } = options;
  const facts = await loadFacts(factsFile);
  if (!facts) return 'no copy of them was found';
  new UnseenRows(database).sweepAll(); // in the place of what the facts log says
  const before = countsOf(database);
  const { sessions, records } = await applyFacts(database, factsFile, facts, 'override');
  await recount(database, new Records(database, archive, blobs), before);
  const told = `${sessions} sessions and ${records} messages of your own were put back`;
  database.transaction(() => markPending(database, told, now()));
  database.flush();
  return told;
}

/** True while logs of a restored database have to be derived. */
export function pendingRebuild(database: Database): boolean {
  return database.get('SELECT 1 FROM meta WHERE key = ?', [PENDING]) !== undefined;
}

export function rebuildEnded(database: Database): void {
  database.run('DELETE FROM meta WHERE key = ?', [PENDING]);
  database.flush();
}

/** What the database was last restored from, and when. */
export function lastRestore(database: Database): v.InferOutput<typeof restored> | undefined {
  const row = database.get('SELECT value FROM meta WHERE key = ?', [DONE]);
  return row && v.parse(restored, json(row, 'value'));
}

/** The newest snapshot that is whole, or an empty database. */
async function beginning(
  { sql, disk, copiesFolder, now }: RestoreOptions,
  beside: string,
  told: string[],
): Promise<{ readonly database: PagedDatabase; readonly snapshot?: Snapshot }> {
  for (const snapshot of listSnapshots(disk, copiesFolder)) {
    let database: PagedDatabase | undefined;
    try {
      await unpackSnapshot(disk, snapshot.file, beside);
      database = openPagedDatabase(sql, beside);
      const [problem] = database.integrityProblems();
      if (problem !== undefined) throw new MultipathError('corrupt-file', problem);
      migrate(database, now());
      // They would count as the last records of their logs.
      new UnseenRows(database).sweepAll();
      told.push(`the snapshot of ${new Date(snapshot.at).toISOString()}`);
      return { database, snapshot };
    } catch (error) {
      database?.close();
      for (const left of [beside, redoFileOf(beside)]) disk.remove(left);
      if (!MultipathError.is(error)) throw error;
      told.push(`not the snapshot ${path.basename(snapshot.file)} (${messageOf(error)})`);
    }
  }
  const database = openPagedDatabase(sql, beside);
  migrate(database, now());
  return { database };
}

function salvageFrom(
  { sql, disk }: RestoreOptions,
  damaged: string,
  target: PagedDatabase,
): string | undefined {
  let source: PagedDatabase | undefined;
  try {
    source = openDamaged(sql, disk, damaged);
    if (!hasOurTables(source)) return undefined;
    const { rows, gaps } = salvageRows(source, target);
    const holes = gaps === 0 ? '' : `, with ${gaps} places that cannot be read`;
    return `what can be read of the damaged file (${rows} rows${holes})`;
  } catch (error) {
    if (!MultipathError.is(error)) throw error;
    return undefined; // not even its beginning can be read; the other sources stand without it
  } finally {
    source?.close();
  }
}

/** False where another version wrote it, whose tables are others. */
function hasOurTables(source: Database): boolean {
  const names = source.all("SELECT name FROM pragma_table_xinfo('record')");
  return names.some((row) => row['name'] === 'id');
}

/** With what its log holds, where that can be read. */
function openDamaged(sql: SqlJsStatic, disk: FileSystem, damaged: string): PagedDatabase {
  const redoFile = redoAside(damaged);
  try {
    return openPagedDatabase(sql, damaged, { readOnly: true, disk, redoFile });
  } catch (error) {
    if (!MultipathError.is(error, 'corrupt-file')) throw error;
    return openPagedDatabase(sql, damaged, { readOnly: true, disk, redoFile: `${redoFile}.none` });
  }
}

function countsOf(database: Database): Map<string, number> {
  return new Map(
    database
      .all('SELECT id, record_count FROM log')
      .map((row) => [text(row, 'id'), number(row, 'record_count')]),
  );
}

/** Sums of logs whose records are not those of the snapshot: they are derived anew later. */
async function recount(
  database: Database,
  records: Records,
  before: ReadonlyMap<string, number>,
): Promise<void> {
  const logs = database.all(
    `SELECT num, id, record_count, terminated_count, prefix_hash, agent,
       EXISTS (SELECT 1 FROM branch WHERE log = log.num) AS derived,
       (SELECT max(id) FROM record WHERE id >= log.num << 32 AND id < (log.num + 1) << 32) AS last
     FROM log`,
  );
  for (const row of logs) {
    const log = number(row, 'num');
    const last = numberOrNull(row, 'last');
    const rowsEnd = last === undefined ? 0 : (last % 2 ** 32) + 1;
    const count = Math.max(number(row, 'record_count'), rowsEnd);
    const same = before.get(text(row, 'id')) === count && row['derived'] === 1;
    if (same || isEmptied(database, log)) continue;
    database.run('UPDATE log SET record_count = ?, file_bytes = -1 WHERE num = ?', [count, log]);
    const hash = createHash('sha256');
    let [bytes, seq, wholeBytes, wholeCount] = [0, 0, 0, 0];
    let torn: Uint8Array[] = [];
    try {
      for await (const batch of records.readAll(log)) {
        for (const record of batch) {
          seq++;
          bytes += record.length;
          torn.push(record);
          if (record.at(-1) !== NEWLINE) continue;
          for (const part of torn) hash.update(part);
          torn = [];
          [wholeBytes, wholeCount] = [bytes, seq];
        }
      }
    } catch (error) {
      if (!MultipathError.is(error)) throw error;
      continue; // a gap: what is known of the file stays, and the store doctor names the loss
    }
    database.run(
      `UPDATE log SET byte_count = ?, terminated_count = ?, terminated_bytes = ?, prefix_hash = ?
       WHERE num = ?`,
      [bytes, wholeCount, wholeBytes, hash.digest('hex'), log],
    );
  }
  database.flush();
}
