/**
 * The store's parts over one folder, built and connected: a table of contents of src/store. Only
 * the owner of the folder opens it (src/server/ownership.ts).
 */
import { mkdir } from 'node:fs/promises';
import type { PersonalPrices } from '../core/ownPrices.ts';
import type { MessageRenderer } from '../core/reader.ts';
import { AccessTracker } from './accessTracker.ts';
import type { Archive, Blobs } from './archive.ts';
import { Bases } from './bases.ts';
import { Catalogue } from './catalogue.ts';
import { Commits } from './commits.ts';
import { hintsOf, loadFacts } from './copies/applyFacts.ts';
import { FactsLog } from './copies/factsLog.ts';
import { RescuedCopies, rescuedArchive } from './copies/rescuedCopies.ts';
import { pendingRebuild } from './copies/restoreDatabase.ts';
import { number, text } from './database.ts';
import { rebuildDerived, type Rebuildable } from './doctor/rebuild.ts';
import { Explorations } from './explorations.ts';
import { Families } from './families.ts';
import { CopyLinks } from './ingest/copyLinks.ts';
import { ForkLinks } from './ingest/forkLinks.ts';
import { Ingest } from './ingest/ingest.ts';
import { OwnSessions } from './ingest/ownSessions.ts';
import { StagedMerges } from './stagedMerges.ts';
import { StagedOutlines } from './ingest/stagedOutlines.ts';
import { Subagents } from './ingest/subagents.ts';
import { Ledger } from './migration/ledger.ts';
import { TierFacts } from './migration/tierFacts.ts';
import { Logs } from './logs.ts';
import { Merges } from './merges.ts';
import { NATIVE_AGENT } from './nativeLog.ts';
import { nativeRenderer } from './nativeRenderer.ts';
import { openStoreDatabase } from './openStoreDatabase.ts';
import { Outlines } from './outlines.ts';
import type { PagedDatabase } from './pages/database.ts';
import { nodeFileSystem } from './pages/fileSystem.ts';
import { Places } from './places.ts';
import { Records } from './records.ts';
import { Removal } from './removal.ts';
import { Requests } from './requests.ts';
import { Resumes } from './resumes.ts';
import { SessionEdits } from './sessionEdits.ts';
import type { LiveState } from './sessionRows.ts';
import { copiesFolder, factsFile } from './storeFiles.ts';
import { TierMoves } from './tierMoves.ts';
import { Transcripts } from './transcripts.ts';

export interface StoreOptions {
  /** Absolute; made when it is missing. */
  readonly folder: string;
  readonly renderers: ReadonlyMap<string, MessageRenderer>;
  readonly prices: PersonalPrices;
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
  readonly places: Places;
  readonly logs: Logs;
  readonly ingest: Ingest;
  readonly staged: StagedOutlines;
  readonly ownSessions: OwnSessions;
  readonly copyLinks: CopyLinks;
  readonly edits: SessionEdits;
  readonly merges: Merges;
  readonly stagedMerges: StagedMerges;
  readonly explorations: Explorations;
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
  /** Session files written for agents. */
  readonly resumes: Resumes;
  /** The second copy of facts; begun by whoever serves the store. */
  readonly facts: FactsLog;
  /** The second copy of sessions whose agent's file is gone. */
  readonly rescued: RescuedCopies;
  readonly prices: PersonalPrices;
  /** Why nothing may be written, in words for the person. */
  readonly readOnlyBecause?: string;
  /** What happened on opening that the person should know. */
  readonly notice?: string;
}

/**
 * Opens or creates the store. A damaged database is moved aside whole and made anew from its copies;
 * the notice says so.
 */
export async function openStoreCore(options: StoreOptions): Promise<StoreCore> {
  if (!options.readOnly) await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const opened = await openStoreDatabase(options);
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
  const places = new Places(database);
  const bases = new Bases(database, outlines);
  const forkLinks = new ForkLinks(database, catalogue, outlines);
  const linked = { database, catalogue, outlines, families, forkLinks, prices };
  const copyLinks = new CopyLinks(linked);
  const subagents = new Subagents(database, catalogue);
  const ingest = new Ingest({ ...linked, bases, copyLinks, places, subagents });
  const staged = new StagedOutlines(database, outlines);
  const ownSessions = new OwnSessions(linked);
  const edits = new SessionEdits({ database, catalogue, outlines, logs, prices, now });
  const merges = new Merges({ database, catalogue, outlines, logs, edits, ownSessions, now });
  const ledger = new Ledger(database, live.isHot, now);
  const commits = new Commits(database);
  const moves = new TierMoves({ database, records, archive, ledger });
  if (opened.readOnlyBecause === undefined && pendingRebuild(database)) {
    await rebuildOwnSessions(
      { database, records, outlines, catalogue, ingest, staged, ownSessions },
      options.folder,
    );
  }
  return {
    database,
    records,
    outlines,
    catalogue,
    places,
    logs,
    ingest,
    staged,
    ownSessions,
    copyLinks,
    edits,
    merges,
    stagedMerges: new StagedMerges({
      ...{ database, catalogue, outlines, records, edits, merges, staged },
    }),
    explorations: new Explorations({ database, catalogue, edits, prices, now }),
    transcripts,
    archive,
    blobs,
    ledger,
    moves,
    rescued: new RescuedCopies({
      database,
      records,
      moves,
      archive: rescuedArchive(nodeFileSystem, copiesFolder(options.folder), database),
    }),
    tierFacts: new TierFacts(database, live),
    removal: new Removal({
      database,
      records,
      outlines,
      transcripts,
      catalogue,
      copyLinks,
      subagents,
      access,
      now,
    }),
    access,
    commits,
    requests: new Requests(database, commits, now),
    resumes: new Resumes(database),
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

/** What agents' readers are not needed for; the rest is derived once the store is open. */
async function rebuildOwnSessions(core: Rebuildable, folder: string): Promise<void> {
  const hints = hintsOf(await loadFacts(factsFile(folder)));
  const logs = core.database
    .all('SELECT log FROM native ORDER BY created_at, log')
    .map((row) => number(row, 'log'));
  const derive = (): Promise<undefined> => Promise.resolve(undefined);
  await rebuildDerived(core, { derive, logs, partly: true, hints });
  const sessions = core.database.all('SELECT id FROM session').map((row) => text(row, 'id'));
  core.database.transaction(() => sessions.forEach((id) => core.catalogue.hang(id)));
  core.database.flush();
}
