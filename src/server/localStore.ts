/**
 * The store as its owner sees it: SessionStore over the files, put together from its operations.
 * Everything another process may ask for passes through here; what was changed is announced once
 * it is on disk.
 */
import { MultipathError } from '../core/errors.ts';
import type { SessionStore, StoreStatus } from '../core/sessionStore.ts';
import type { StoragePolicy } from '../core/storage.ts';
import type { StoreMethod } from '../protocol/methods.ts';
import { invoke, storeOver } from '../protocol/storeProxy.ts';
import { comparisonOperations } from './operations/comparisons.ts';
import { judgingOperations } from './operations/judging.ts';
import { mergeOperations } from './operations/merging.ts';
import { OperationContext, type StoreParts } from './operations/context.ts';
import { exploreOperations } from './operations/exploring.ts';
import { familyOperations } from './operations/families.ts';
import { fileOperations } from './operations/files.ts';
import { findingOperations } from './operations/finding.ts';
import { forkOperations } from './operations/forks.ts';
import { importOperations } from './operations/imports.ts';
import { messageOperations } from './operations/messages.ts';
import { projectOperations } from './operations/projects.ts';
import { ProjectFinder } from './projects/projectFinder.ts';
import { promptOperations } from './operations/prompts.ts';
import { restoreOperations } from './operations/restoring.ts';
import { resumeOperations } from './operations/resuming.ts';
import { sessionOperations } from './operations/sessions.ts';
import { keepFiles } from './upkeep/fileUpkeep.ts';
import { continueRebuild } from './upkeep/continueRebuild.ts';
import { noteOldReadings, readOldAgain } from './upkeep/oldReadings.ts';
import { hangOldSubagents } from './upkeep/oldSubagents.ts';
import { tierOperations } from './operations/tiers.ts';
import { Activity } from './upkeep/activity.ts';
import { storageOperations } from './operations/storage.ts';
import { upkeepOperations } from './operations/upkeep.ts';
import { ImportedLogs } from './upkeep/importedLogs.ts';
import { type Clock, MigrationEngine } from './upkeep/migrationEngine.ts';
import { Repricing } from './upkeep/repricing.ts';
import { Rescuer } from './upkeep/rescuing.ts';
import { RunLeases } from './upkeep/runLeases.ts';
import { realClock } from './upkeep/realClock.ts';

export interface LocalStore extends SessionStore {
  /** Why nothing may be written, in words for the person. */
  readonly readOnlyBecause?: string;
  /** The records of an agent's file as it was last read, all its bytes. Fails with `not-found`. */
  readSource(file: string): AsyncIterable<readonly Uint8Array[]>;
  /**
   * Ends what is under way, makes everything durable and lets the files go. Resolves also when a
   * write failed before: what could not be kept is reported, and the next opening finds the rest.
   */
  close(): Promise<void>;
}

/** Requests that a person waits for: moves between the tiers stand back for them. */
const WAITED_FOR: ReadonlySet<StoreMethod> = new Set([
  'createSession',
  'appendMessages',
  'readMessages',
  'readMessage',
  'updateSession',
  'deleteSession',
  'restoreSession',
  'forkSession',
  'searchSessionsByContent',
  'compareSessions',
  'readComparisonRows',
  'readBranchFile',
  'migrateToTier',
  'startExploration',
  'readContext',
]);

export interface LocalStoreParts extends StoreParts {
  readonly policy?: StoragePolicy;
  /** Another clock for the moves between the tiers, in tests. */
  readonly clock?: Clock;
  /** Another way to look after windows that run something, in tests. */
  readonly every?: (ms: number, work: () => void) => () => void;
}

export function createLocalStore({
  policy,
  clock = realClock(Date.now),
  every,
  ...parts
}: LocalStoreParts): LocalStore {
  const context = new OperationContext(parts);
  const { core, importer } = parts;
  const { mover, tasks } = context;
  const activity = new Activity(clock.elapsed);
  const { readOnlyBecause } = core;
  const writable = readOnlyBecause === undefined;
  if (writable) core.facts.start();
  const snapshots = writable ? keepFiles(context) : undefined;
  importer.onImported = (changed, removed) => context.announce(changed, removed);
  importer.onProgress = (progress) => context.emit({ type: 'import', progress });
  importer.onCaughtUp = () => void finder.look();
  const rescuer = new Rescuer({ core, report: (error) => importer.report(error) });
  if (writable) {
    importer.onGone = () => void rescuer.look();
    mover.onPromoted = () => void rescuer.look();
  }
  const engine = new MigrationEngine({
    core,
    mover,
    activity,
    isImporting: () => importer.isRunning,
    isTaskRunning: () => tasks.running.length > 0,
    announce: (changed) => context.announce(changed),
    report: (error) => importer.report(error),
    clock,
    ...(policy && { policy }),
  });
  importer.oldLogs = new ImportedLogs({
    core,
    policy: () => engine.policy,
    now: clock.now,
    announce: (changed) => context.announce(changed),
    report: (error) => importer.report(error),
  });
  const finder = new ProjectFinder({
    core,
    now: parts.now,
    announce: () => context.announceAll(),
    report: (error) => importer.report(error),
  });
  const repricing = new Repricing({
    core,
    announce: () => context.announceAll(),
    report: (error) => importer.report(error),
  });
  const leases = new RunLeases({
    core,
    announce: (runs) => context.announceRuns(runs),
    report: (error) => importer.report(error),
    ...(every && { every }),
  });
  const comparing = comparisonOperations(context);
  const operations: SessionStore = {
    getStatus: () => context.read(() => statusOf(context)),
    ...sessionOperations(context),
    ...projectOperations(context, finder),
    ...messageOperations(context, engine),
    ...forkOperations(context),
    ...familyOperations(context),
    ...findingOperations(context),
    ...comparing,
    ...judgingOperations(context, comparing),
    ...mergeOperations(context),
    ...exploreOperations(context, leases),
    ...tierOperations(context, engine),
    ...storageOperations(context, engine),
    setPrices: (prices) => {
      repricing.setOwn(prices);
      return Promise.resolve();
    },
    ...fileOperations(context),
    ...promptOperations(context),
    ...restoreOperations(context),
    ...resumeOperations(context),
    ...importOperations(context),
    ...upkeepOperations(context),
    onDidChange: (listener) => context.onDidChange(listener),
  };
  if (writable) {
    engine.start();
    void finder.look();
    repricing.start();
    void importer.start();
    void rescuer.look();
    // Its failures are told; what is left is done at the next opening.
    understandAgain(context).catch((error: unknown) => importer.report(error));
  }
  return {
    ...(readOnlyBecause !== undefined && { readOnlyBecause }),
    ...storeOver(
      (name, args) => {
        const answer = () => invoke(operations, name, args);
        return WAITED_FOR.has(name) ? activity.during(answer) : answer();
      },
      (listener) => operations.onDidChange(listener),
    ),
    readSource: (file) => {
      const known = core.logs.ofFile(file);
      if (!known) throw new MultipathError('not-found', `${file} was never imported.`);
      return core.records.readAll(known.log);
    },
    close: async () => {
      snapshots?.end();
      leases.dispose();
      const working = [engine, finder, repricing, rescuer].map((one) => one.stop());
      await Promise.all([...working, tasks.close()]);
      await closeStore(parts);
    },
  };
}

function statusOf({ core, storePath, revision }: OperationContext): StoreStatus {
  const { notice, readOnlyBecause, database, catalogue } = core;
  const told = readOnlyBecause ?? notice;
  return {
    role: readOnlyBecause === undefined ? 'owner' : 'read-only',
    ...(told !== undefined && { notice: told }),
    ownerPid: process.pid,
    serverPid: process.pid,
    storePath,
    storageMode: database.mode,
    revision,
    sessions: catalogue.count(),
  };
}

/** Notes what there is to derive again before anything is imported, and does it. */
async function understandAgain(context: OperationContext): Promise<void> {
  noteOldReadings(context.core);
  await continueRebuild(context);
  await hangOldSubagents(context);
  await readOldAgain(context);
}

async function closeStore({ core, importer, search }: StoreParts): Promise<void> {
  await importer.dispose();
  await search?.close();
  const { moves, access, archive, database, ledger, requests, facts, readOnlyBecause } = core;
  await moves.stop();
  access.dispose();
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      importer.report(error);
    }
  };
  if (readOnlyBecause === undefined) {
    await facts.close();
    attempt(() => {
      access.flush();
      requests.prune();
      ledger.prune();
    });
  }
  attempt(() => database.close());
  archive.close();
  core.rescued.close();
}
