/**
 * Opens the store's database for good: finds out who wrote it, brings it up to date, and makes one
 * that is damaged or missing anew.
 *
 * Invariant: nothing of a damaged database is changed or removed; it is moved aside whole.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { MultipathError } from '../core/errors.ts';
import { refill, restoreDatabase, type DamagedFile } from './copies/restoreDatabase.ts';
import { rescuedArchive } from './copies/rescuedCopies.ts';
import { listSnapshots } from './copies/snapshots.ts';
import { migrate, schemaState } from './migrations.ts';
import type { PagedDatabase } from './pages/database.ts';
import { nodeFileSystem } from './pages/fileSystem.ts';
import { loadSqlJs } from './pages/loadSqlJs.ts';
import { moveDatabaseAside, openPagedDatabase, redoAside } from './pages/openDatabase.ts';
import { redoFileOf } from './pages/pageStore.ts';
import type { StoreOptions } from './storeCore.ts';
import { copiesFolder, factsFile, rebuildMark, warmFile } from './storeFiles.ts';

const NEWER_STORE =
  'A newer version of Multipath wrote this store. It can be read; update Multipath to write to it.';

export type DatabaseOptions = Pick<
  StoreOptions,
  'folder' | 'archive' | 'blobs' | 'readOnly' | 'now'
>;

export interface OpenedDatabase {
  readonly database: PagedDatabase;
  /** What happened that the person should know. */
  readonly notice?: string;
  /** Why nothing may be written. */
  readonly readOnlyBecause?: string;
}

/** Opens or creates the database; a damaged or missing one is made anew from its copies. */
export async function openStoreDatabase(options: DatabaseOptions): Promise<OpenedDatabase> {
  const { folder, now, readOnly } = options;
  const sql = await loadSqlJs();
  const file = warmFile(folder);
  if (readOnly) {
    return {
      database: openToRead(sql, file),
      readOnlyBecause: 'Another window writes to this store; this one can only read it.',
    };
  }
  // Looked at before it is opened for writing, which alone would change the files.
  const newer = openIfNewer(sql, file);
  if (newer !== undefined) return { database: newer, readOnlyBecause: NEWER_STORE };
  const withoutLog = existsSync(file) && !existsSync(redoFileOf(file));
  const gone = whyRestore(options);
  let notice = gone === undefined ? undefined : await restore(sql, options, gone);
  let database: PagedDatabase;
  const openCurrent = (): PagedDatabase => {
    const opened = openPagedDatabase(sql, file);
    try {
      migrate(opened, now());
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  };
  try {
    database = openCurrent();
  } catch (error) {
    if (!MultipathError.is(error, 'corrupt-file') && !MultipathError.is(error, 'corrupt-block')) {
      throw error;
    }
    notice = await restore(sql, options, `it was damaged (${error.message})`);
    database = openCurrent();
  }
  const { lostAcknowledged, keptAs = 'it was' } = database.recovery;
  if (notice === undefined && (lostAcknowledged || withoutLog)) {
    const put = await refill(database, { ...options, factsFile: factsFile(folder) });
    notice = lostAcknowledged
      ? 'The end of the store’s redo log was damaged, and changes made just before the last stop ' +
        `were lost; ${put}. The log was kept as ${keptAs}.`
      : `The store’s redo log was gone, and changes made just before the last stop with it; ${put}.`;
  }
  if (database.fallbackReason !== undefined) {
    notice ??= `The store runs in its slower, fully buffered mode: ${database.fallbackReason}`;
  }
  return { database, ...(notice !== undefined && { notice }) };
}

/** @throws MultipathError `unavailable` where only a window that may write can make it readable. */
function openToRead(sql: SqlJsStatic, file: string): PagedDatabase {
  const database = openPagedDatabase(sql, file, { readOnly: true });
  if (schemaState(database) !== 'older') return database;
  database.close();
  throw new MultipathError(
    'unavailable',
    'An older version of Multipath wrote this store, and this window may not bring it up to date. ' +
      'Close the other windows and reload this one.',
  );
}

/** What is wrong with a store is told when it is opened in earnest. */
function openIfNewer(sql: SqlJsStatic, file: string): PagedDatabase | undefined {
  let database: PagedDatabase | undefined;
  try {
    database = openPagedDatabase(sql, file, { readOnly: true });
    if (schemaState(database) === 'newer') return database;
  } catch (error) {
    if (!MultipathError.is(error)) throw error;
  }
  database?.close();
  return undefined;
}

/** Why a database has to be made anew although nothing was found wrong with it yet. */
function whyRestore({ folder, archive }: DatabaseOptions): string | undefined {
  const file = warmFile(folder);
  if (existsSync(rebuildMark(folder))) return 'the store doctor found damage in it';
  if (existsSync(file)) return undefined;
  const isKnown =
    existsSync(redoFileOf(file)) ||
    existsSync(factsFile(folder)) ||
    listSnapshots(nodeFileSystem, copiesFolder(folder)).length > 0 ||
    archive.segments().length > 0 ||
    rescuedArchive(nodeFileSystem, copiesFolder(folder)).segments().length > 0 ||
    newestAside(folder) !== undefined;
  return isKnown ? 'its file was missing' : undefined;
}

/** The database that was moved aside last. */
function newestAside(folder: string): DamagedFile | undefined {
  const [newest] = readdirSync(folder)
    .filter((name) => asideAt(name) >= 0)
    .sort((a, b) => asideAt(b) - asideAt(a));
  return newest === undefined
    ? undefined
    : { file: path.join(folder, newest), at: asideAt(newest) };
}

/** When the database with this name was moved aside, in milliseconds since the epoch; -1 for others. */
function asideAt(name: string): number {
  return Number(/^warm\.db\.damaged-(\d+)$/.exec(name)?.[1] ?? -1);
}

/** Moves the log after its database, where the process ended between the two. */
function finishMoving(file: string, aside: string): void {
  const log = redoFileOf(file);
  const logAside = redoAside(aside);
  if (existsSync(log) && !existsSync(logAside)) nodeFileSystem.rename(log, logAside);
}

/** Moves a damaged database aside and makes a new one of all its copies. Returns what to tell. */
async function restore(sql: SqlJsStatic, options: DatabaseOptions, why: string): Promise<string> {
  const { folder, archive, blobs, now } = options;
  const file = warmFile(folder);
  const before = newestAside(folder);
  if (before && !existsSync(file)) finishMoving(file, before.file);
  const justNow = existsSync(file);
  const moved = moveDatabaseAside(file, `damaged-${now()}`);
  const [first] = moved;
  rmSync(rebuildMark(folder), { force: true });
  const from = await restoreDatabase({
    sql,
    disk: nodeFileSystem,
    file,
    factsFile: factsFile(folder),
    copiesFolder: copiesFolder(folder),
    damaged: justNow && first !== undefined ? { file: first, at: Infinity } : before,
    archive,
    blobs,
    now,
  });
  const aside = moved.length > 0 ? ` What was there is kept as ${moved.join(' and ')}.` : '';
  return (
    `The store’s database was made anew, because ${why}.${aside} It was recovered from ${from}. ` +
    'The agents’ histories are read again where you allowed that.'
  );
}
