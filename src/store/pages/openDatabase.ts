/**
 * Opens a database file the one right way: proves sql.js, creates or recovers the file, sets the
 * pragmas that the page store depends on, and falls back to snapshots where the proof fails.
 *
 * Invariant: a file that cannot be opened is left exactly as it is, and the error says so; moving
 * it aside is the caller's decision (`moveDatabaseAside`).
 */
import path from 'node:path';
import type { Database, SqlJsStatic } from 'sql.js';
import { messageOf, MultipathError } from '../../core/errors.ts';
import { crcCodec, type BlockCodec } from './codec.ts';
import { PagedDatabase, type Keeper } from './database.ts';
import { nodeFileSystem, type FileSystem } from './fileSystem.ts';
import { emptyImage, proveHook } from './hookProof.ts';
import { pagedKeeper } from './pagedKeeper.ts';
import { PageFile } from './pageFile.ts';
import { openImage, PageImage } from './pageImage.ts';
import { PageStore, redoFileOf, type PageStoreOptions } from './pageStore.ts';
import { loadSnapshot } from './snapshotKeeper.ts';
import { valuesOf } from './valuesProof.ts';

export interface OpenDatabaseOptions {
  readonly codec?: BlockCodec;
  readonly disk?: FileSystem;
  /** Never changes anything on disk; the file must exist. */
  readonly readOnly?: boolean;
  /** Of a database that was moved aside: where its log is now. Only with `readOnly`. */
  readonly redoFile?: string;
  /** Clean pages kept outside SQLite, bytes; 4 MB by default. */
  readonly cacheBytes?: number;
  /** SQLite's own page cache, bytes; 16 MB by default. */
  readonly sqliteCacheBytes?: number;
  /** Size of the redo log that triggers a checkpoint, which holds up the thread; 4 MB by default. */
  readonly redoBytes?: number;
  /** So many new pages in a flush go to the main file at once; 64 by default. */
  readonly aheadPages?: number;
  /** Throws where sql.js cannot be trusted with pages. */
  readonly proveHook?: (sql: SqlJsStatic) => void;
}

const MB = 1 << 20;

/** Proofs that held: sql.js is loaded once, so it is proven once. */
const proven = new WeakSet<SqlJsStatic>();

/**
 * Opens or creates a database file. Its folder must exist.
 * @throws MultipathError `corrupt-file` or `corrupt-block` (move it aside), `newer-store`,
 *   `not-found` (read-only and absent)
 */
export function openPagedDatabase(
  sql: SqlJsStatic,
  file: string,
  options: OpenDatabaseOptions = {},
): PagedDatabase {
  const settings: PageStoreOptions = {
    disk: options.disk ?? nodeFileSystem,
    file,
    codec: options.codec ?? crcCodec,
    readOnly: options.readOnly ?? false,
    redoFile: options.redoFile ?? redoFileOf(file),
    cacheBytes: options.cacheBytes ?? 4 * MB,
    redoBytes: options.redoBytes ?? 4 * MB,
    aheadPages: options.aheadPages ?? 64,
  };
  const doubt = hookDoubt(sql, options.proveHook);
  createWhereAbsent(sql, settings);
  const { db, keeper } = doubt === undefined ? openPages(sql, settings) : openWhole(sql, settings);
  try {
    const database = new PagedDatabase(db, keeper, valuesOf(sql), doubt);
    database.exec(
      'PRAGMA cache_spill = OFF; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;' +
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON;' +
        `PRAGMA cache_size = -${Math.ceil((options.sqliteCacheBytes ?? 16 * MB) / 1024)};`,
    );
    database.get('SELECT count(*) FROM sqlite_schema');
    if (settings.readOnly) database.exec('PRAGMA query_only = ON');
    keeper.opened(db);
    return database;
  } catch (error) {
    db.close();
    keeper.close();
    throw error;
  }
}

interface Opened {
  readonly db: Database;
  readonly keeper: Keeper;
}

function openPages(sql: SqlJsStatic, settings: PageStoreOptions): Opened {
  const store = new PageStore(settings);
  try {
    const image = new PageImage(store);
    return { db: openHonestly(sql, image), keeper: pagedKeeper(store, image) };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** What SQLite meets in the first page it reports as a lack of memory; the image knows better. */
function openHonestly(sql: SqlJsStatic, image: PageImage): Database {
  try {
    return openImage(sql, image);
  } catch (error) {
    throw image.takeFault() ?? error;
  }
}

function openWhole(sql: SqlJsStatic, settings: PageStoreOptions): Opened {
  const { image, keeper } = loadSnapshot(settings);
  return { db: new sql.Database(image), keeper };
}

/**
 * Renames a database and its log, so that a new one can take their place and nothing is lost.
 * @returns the names they have now
 */
export function moveDatabaseAside(
  file: string,
  suffix: string,
  disk: FileSystem = nodeFileSystem,
): string[] {
  const moved = [file, redoFileOf(file)]
    .filter((name) => disk.exists(name))
    .map((name) => ({ name, aside: `${name}.${suffix}` }));
  const taken = moved.find(({ aside }) => disk.exists(aside));
  if (taken) throw new Error(`${taken.aside} exists already.`);
  for (const { name, aside } of moved) disk.rename(name, aside);
  disk.syncDirectory(path.dirname(file));
  return moved.map(({ aside }) => aside);
}

/** Where the log of a database is that was moved aside with it. */
export function redoAside(aside: string): string {
  const suffix = path.extname(aside);
  return `${redoFileOf(aside.slice(0, -suffix.length))}${suffix}`;
}

function hookDoubt(sql: SqlJsStatic, injected?: (sql: SqlJsStatic) => void): string | undefined {
  if (!injected && proven.has(sql)) return undefined;
  try {
    (injected ?? proveHook)(sql);
    proven.add(sql);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function createWhereAbsent(sql: SqlJsStatic, settings: PageStoreOptions): void {
  const { disk, file, codec, readOnly } = settings;
  if (disk.exists(file)) return;
  if (readOnly) throw new MultipathError('not-found', `There is no database ${file} to read.`);
  if (disk.exists(redoFileOf(file))) {
    throw new MultipathError(
      'corrupt-file',
      `${file} is gone but its redo log is still there. Put the database back, or move the log aside.`,
    );
  }
  PageFile.create(disk, file, codec, emptyImage(sql));
}
