/** Opens a real store over a temporary folder, with the real import worker. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { OwnPrice } from '../../../../src/core/storage.ts';
import type { StoragePolicy } from '../../../../src/core/storage.ts';
import { DEFAULT_STORAGE_POLICY } from '../../../../src/core/tierPolicy.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import type { IndexLimits } from '../../../../src/search/searchIndex.ts';
import type { LiveTiming } from '../../../../src/server/importing/liveWatch.ts';
import { openLocalStore } from '../../../../src/server/openLocalStore.ts';
import type { Clock } from '../../../../src/server/upkeep/migrationEngine.ts';
import type { WorkerBounds } from '../../../../src/server/workerLimits.ts';
import { workerScript } from '../../../support/serverFolder.ts';
import { ClaudeHome } from './claudeHome.ts';
import { stillClock } from './clocks.ts';

const WORKER = workerScript('import');
const SEARCH_WORKER = workerScript('search');

export interface OpenOptions {
  readonly readOnly?: boolean;
  /** Opens it with its full-text index, within such limits. */
  readonly search?: boolean | Partial<IndexLimits>;
  /** Another import worker, and other bounds for all workers. */
  readonly workerFile?: URL;
  readonly workers?: WorkerBounds;
  readonly now?: () => number;
  /** What moves sessions between the tiers by themselves; without it nothing does. */
  readonly clock?: Clock;
  readonly policy?: Partial<StoragePolicy>;
  /** What looks after windows that run something; without it nothing does. */
  readonly every?: (ms: number, work: () => void) => () => void;
  /** Prices that the person gave. */
  readonly prices?: readonly OwnPrice[];
  /** Of the extension. */
  readonly version?: string;
  /** Follows the agents' folders. */
  readonly live?: LiveTiming;
  /** Folders of other agents beside Claude Code's. */
  readonly agentRoots?: Readonly<Record<string, readonly string[]>>;
}

export class StoreFolder {
  readonly folder: string;
  readonly claude: ClaudeHome;
  readonly problems: string[] = [];
  #open: LocalStore | undefined;

  constructor() {
    this.folder = mkdtempSync(path.join(tmpdir(), 'multipath-store-'));
    this.claude = new ClaudeHome(path.join(this.folder, 'claude'));
    onTestFinished(async () => {
      await this.close();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  get storePath(): string {
    return path.join(this.folder, 'store');
  }

  async open(options: OpenOptions = {}): Promise<LocalStore> {
    const now = options.now ?? options.clock?.now;
    this.#open = await openLocalStore({
      storePath: this.storePath,
      agentRoots: {
        'claude-code': [this.claude.folder],
        codex: [path.join(this.folder, 'codex')],
        pi: [path.join(this.folder, 'pi')],
        ...options.agentRoots,
      },
      hotBytes: 8_000_000,
      readOnly: options.readOnly ?? false,
      workerFile: options.workerFile ?? WORKER,
      ...(now && { now }),
      every: options.every ?? (() => () => undefined),
      ...(options.prices && { prices: options.prices }),
      clock: options.clock ?? stillClock(now ?? Date.now),
      ...(options.policy && { policy: { ...DEFAULT_STORAGE_POLICY, ...options.policy } }),
      ...(options.search && { searchWorkerFile: SEARCH_WORKER }),
      ...(options.search && options.search !== true && { indexLimits: options.search }),
      ...(options.workers && { workers: options.workers }),
      ...(options.live && { live: options.live }),
      ...(options.version !== undefined && { version: options.version }),
      log: (message) => this.problems.push(message),
    });
    return this.#open;
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }

  /** Puts another folder in the place of the closed store's. */
  replaceBy(folder: string): void {
    rmSync(this.storePath, { recursive: true, force: true });
    renameSync(folder, this.storePath);
  }

  async reopen(options: OpenOptions = {}): Promise<LocalStore> {
    await this.close();
    return this.open(options);
  }
}

/** Opens a store, agrees to reading Claude Code, and imports what is there. */
export async function imported(home: StoreFolder, options: OpenOptions = {}): Promise<LocalStore> {
  const store = await home.open(options);
  await store.setConsent('claude-code', 'granted');
  await store.importSessions();
  return store;
}
