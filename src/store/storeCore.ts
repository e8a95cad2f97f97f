/**
 * The store's parts over one folder, built and connected: a table of contents of src/store. Only
 * the owner of the folder opens it (src/server/ownership.ts).
 */
import type { SqlJsStatic } from 'sql.js';
import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { PriceBook } from '../core/cost.ts';
import { MultipathError } from '../core/errors.ts';
import type { MessageRenderer } from '../core/reader.ts';
import { AccessTracker } from './accessTracker.ts';
import type { Archive, Blobs } from './archive.ts';
import { Catalogue } from './catalogue.ts';
import { Commits } from './commits.ts';
import { Families } from './families.ts';
import { Ingest } from './ingest.ts';
import { Ledger } from './migration/ledger.ts';
import { TierFacts } from './migration/tierFacts.ts';
import { Logs } from './logs.ts';
import { migrate, schemaState } from './migrations.ts';
import { NATIVE_AGENT, nativeRenderer } from './nativeLog.ts';
import { Outlines } from './outlines.ts';
import { FactsLog } from './copies/factsLog.ts';
import type { PagedDatabase } from './pages/database.ts';
import { nodeFileSystem } from './pages/fileSystem.ts';
import { loadSqlJs } from './pages/loadSqlJs.ts';
import { moveDatabaseAside, openPagedDatabase } from './pages/openDatabase.ts';
import { Records } from './records.ts';
import { Removal } from './removal.ts';
import { Requests } from './requests.ts';
import { SessionEdits } from './sessionEdits.ts';
import type { LiveState } from './sessionRows.ts';
import { TierMoves } from './tierMoves.ts';
import { Transcripts } from './transcripts.ts';

export interface StoreOptions {
  /** Absolute; made when it is missing. */
  readonly folder: string;
  readonly renderers: ReadonlyMap<string, MessageRenderer>;
  readonly prices: PriceBook;
  readonly archive: Archive;
  readonly blobs: Blobs;
  /** Set where another process writes: nothing on disk is changed then. */
  readonly readOnly: boolean;
  /** Bytes the hot tier may hold. */
  readonly hotBytes: number;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

export interface StoreCore {
  readonly database: PagedDatabase;
  readonly records: Records;
  readonly outlines: Outlines;
  readonly catalogue: Catalogue;
  readonly logs: Logs;
  readonly ingest: Ingest;
  readonly edits: SessionEdits;
  readonly transcripts: Transcripts;
  readonly archive: Archive;
  readonly blobs: Blobs;
  readonly moves: TierMoves;
  readonly ledger: Ledger;
  readonly tierFacts: TierFacts;
  readonly removal: Removal;
  readonly access: AccessTracker;
  readonly commits: Commits;
  readonly requests: Requests;
  /** The second copy of facts; begun by whoever serves the store. */
  readonly facts: FactsLog;
  readonly prices: PriceBook;
  /** Why nothing may be written, in words for the person. */
  readonly readOnlyBecause?: string;
  /** What happened on opening that the person should know. */
  readonly notice?: string;
}

/** Second copies: the facts log and snapshots. */
export function copiesFolder(folder: string): string {
  return path.join(folder, 'copies');
}

export function factsFile(folder: string): string {
  return path.join(copiesFolder(folder), 'facts.log');
}

export function warmFile(folder: string): string {
  return path.join(folder, 'warm.db');
}

/** Opens or creates the store. A damaged database is moved aside whole, and the notice says so. */
export async function openStoreCore(options: StoreOptions): Promise<StoreCore> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const opened = await openDatabase(options);
  const { database } = opened;
  const { renderers, prices, archive, blobs, now } = options;

  const records = new Records(database, archive, blobs);
  const outlines = new Outlines(database);
  const transcripts = new Transcripts({
    database,
    outlines,
    records,
    renderers: new Map([...renderers, [NATIVE_AGENT, nativeRenderer]]),
    prices,
    hotBytes: options.hotBytes,
  });
  const access = new AccessTracker(database, now, options.onError);
  const live: LiveState = {
    isHot: (id) => transcripts.isHot(id),
    hotIds: () => transcripts.hotIds(),
    accessOf: (id) => access.pending(id),
    now,
  };
  const catalogue = new Catalogue(database, live);
  const logs = new Logs(database, records);
  const families = new Families(database, outlines);
  const ingest = new Ingest(database, catalogue, outlines, families, prices);
  const ledger = new Ledger(database, live.isHot, now);
  const commits = new Commits(database);
  return {
    database,
    records,
    outlines,
    catalogue,
    logs,
    ingest,
    edits: new SessionEdits({ database, catalogue, outlines, logs, prices, now }),
    transcripts,
    archive,
    blobs,
    ledger,
    moves: new TierMoves({ database, records, archive, ledger }),
    tierFacts: new TierFacts(database, live),
    removal: new Removal({
      database,
      records,
      outlines,
      transcripts,
      catalogue,
      ingest,
      access,
      now,
    }),
    access,
    commits,
    requests: new Requests(database, commits, now),
    facts: new FactsLog({
      database,
      records,
      commits,
      disk: nodeFileSystem,
      file: factsFile(options.folder),
      now,
      onError: options.onError,
    }),
    prices,
    ...(opened.notice !== undefined && { notice: opened.notice }),
    ...(opened.readOnlyBecause !== undefined && { readOnlyBecause: opened.readOnlyBecause }),
  };
}

const NEWER_STORE =
  'A newer version of Multipath wrote this store. It can be read; update Multipath to write to it.';

interface Opened {
  readonly database: PagedDatabase;
  readonly notice?: string;
  readonly readOnlyBecause?: string;
}

async function openDatabase({ folder, now, readOnly }: StoreOptions): Promise<Opened> {
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
  let notice: string | undefined;
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
    const [aside] = moveDatabaseAside(file, `damaged-${now()}`);
    notice =
      `The store's database was damaged (${error.message}). It was moved to ${aside ?? 'a new name'} ` +
      'and a new one was started; import the agents’ histories again to fill it.';
    database = openCurrent();
  }
  if (database.recovery.lostAcknowledged) {
    notice ??=
      'The end of the store’s redo log was damaged, and changes made just before the last stop are ' +
      `lost. The log was kept as ${database.recovery.keptAs ?? 'it was'}.`;
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
