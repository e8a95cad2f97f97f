/** Opens the store over a folder: files, archive, blobs, readers, prices and importer, connected. */
import { homedir } from 'node:os';
import path from 'node:path';
import { AGENTS } from '../agents/agents.ts';
import type { Environment } from '../agents/agent.ts';
import { messageOf } from '../core/errors.ts';
import { SegmentArchive } from '../store/archive/segmentArchive.ts';
import { BlobStore } from '../store/blobs.ts';
import type { Database } from '../store/database.ts';
import { crcCodec } from '../store/pages/codec.ts';
import { nodeFileSystem } from '../store/pages/fileSystem.ts';
import { openStoreCore, type StoreCore } from '../store/storeCore.ts';
import type { StoragePolicy } from '../core/storage.ts';
import { Importer } from './importer.ts';
import type { LiveTiming } from './importing/liveWatch.ts';
import { deriverOver } from './deriveLog.ts';
import { createLocalStore, type LocalStore } from './localStore.ts';
import { openSearch } from './openSearch.ts';
import type { Clock } from './upkeep/migrationEngine.ts';
import { PersonalPrices } from '../core/ownPrices.ts';
import type { OwnPrice } from '../core/storage.ts';
import { loadPriceBook } from './prices.ts';
import type { IndexLimits } from '../search/searchIndex.ts';
import type { WorkerBounds } from './workerLimits.ts';

export interface StoreFolder {
  /** Absolute; made when it is missing. */
  readonly storePath: string;
  /** Bytes the hot tier may hold. */
  readonly hotBytes: number;
  readonly readOnly: boolean;
  /** Prices that the person gave. */
  readonly prices?: readonly OwnPrice[];
  readonly log?: (message: string) => void;
  readonly now?: () => number;
}

export interface LocalStoreOptions extends StoreFolder {
  /** Folders per agent where a setting names them; else the agent's default ones. */
  readonly agentRoots: Readonly<Record<string, readonly string[]>>;
  /** The import worker's script. */
  readonly workerFile: string | URL;
  /** The search worker's script; without it messages cannot be searched. */
  readonly searchWorkerFile?: string | URL;
  readonly indexLimits?: Partial<IndexLimits>;
  readonly environment?: Environment;
  /** Of the extension: another one tries again what its readers did not get through. */
  readonly version?: string;
  /** Follows the agents' folders while the store is open. */
  readonly live?: boolean | LiveTiming;
  /** Numbers of the decision table; the standard ones without it. */
  readonly policy?: StoragePolicy;
  /** Another clock for the moves between the tiers, in tests. */
  readonly clock?: Clock;
  /** Other bounds for the worker threads, in tests. */
  readonly workers?: WorkerBounds;
  /** Another way to look after windows that run something, in tests. */
  readonly every?: (ms: number, work: () => void) => () => void;
}

/**
 * @throws MultipathError `not-found` (read-only, and there is no store), `io`; whatever the system
 *   says of a folder that cannot be made.
 */
export async function openLocalStore(options: LocalStoreOptions): Promise<LocalStore> {
  const { storePath, log = () => undefined, now = Date.now } = options;
  const core = await openStoreOver(options);
  const bounds = options.workers && { workers: options.workers };
  const importer = new Importer({
    core,
    ...bounds,
    agents: AGENTS,
    roots: options.agentRoots,
    environment: options.environment ?? {
      platform: process.platform,
      home: homedir(),
      variables: process.env,
    },
    workerFile: options.workerFile,
    ...(options.live !== undefined && { live: options.live }),
    now,
    log,
  });
  const { searchWorkerFile, readOnly, indexLimits } = options;
  const search =
    searchWorkerFile === undefined
      ? undefined
      : openSearch(core, {
          ...bounds,
          workerFile: searchWorkerFile,
          storePath,
          readOnly,
          ...(indexLimits && { limits: indexLimits }),
          now,
          log,
        });
  return createLocalStore({
    core,
    importer,
    storePath,
    now,
    derive: deriverOver(options.workerFile, options.workers),
    ...(search && { search }),
    ...(options.version !== undefined && { version: options.version }),
    ...(options.policy && { policy: options.policy }),
    ...(options.clock && { clock: options.clock }),
    ...(options.every && { every: options.every }),
  });
}

/** The store without an importer and without the requests of other processes. */
export async function openStoreOver(options: StoreFolder): Promise<StoreCore> {
  const { storePath, readOnly, hotBytes, log = () => undefined, now = Date.now } = options;
  const core: StoreCore = await openStoreCore({
    folder: storePath,
    renderers: new Map(AGENTS.map((agent) => [agent.id, agent.renderer])),
    prices: new PersonalPrices(await loadPriceBook(), options.prices),
    archive: new SegmentArchive({
      disk: nodeFileSystem,
      directory: path.join(storePath, 'archive'),
      codec: crcCodec,
      // Nothing is archived before the store is open.
      lastGiven: () => lastSegmentOf(core.database),
    }),
    blobs: new BlobStore({
      disk: nodeFileSystem,
      directory: path.join(storePath, 'blobs'),
      codec: crcCodec,
    }),
    readOnly,
    hotBytes,
    now,
    onError: (error) => log(messageOf(error)),
  });
  return core;
}

/** The last segment that the catalogue refers to; 0 for none. */
function lastSegmentOf(database: Database): number {
  return Number(database.get('SELECT max(segment) AS last FROM member')?.['last'] ?? 0);
}
