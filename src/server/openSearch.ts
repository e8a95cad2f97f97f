/** Full-text search over a store, its parts connected: source, worker, feeder, the search itself. */
import path from 'node:path';
import type { SearchOptions, SearchResult } from '../core/search.ts';
import { DEFAULT_INDEX_LIMITS, type IndexLimits } from '../search/searchIndex.ts';
import { IndexSource } from '../store/indexSource.ts';
import { ListedTitles } from '../store/listedTitles.ts';
import type { StoreCore } from '../store/storeCore.ts';
import { ContentSearch } from './contentSearch.ts';
import { SearchFeeder } from './searchFeeder.ts';
import { SearchWorker } from './searchWorker.ts';
import type { WorkerBounds } from './workerLimits.ts';

export interface StoreSearch {
  search(query: string, options?: SearchOptions): Promise<SearchResult>;
  /** Call after every change of the store. */
  wake(): void;
  /** Call when something of the index was found damaged: it is compared with the store anew. */
  recheck(): void;
  /** Leaves the index on disk. Never rejects. */
  close(): Promise<void>;
  readonly worker: SearchWorker;
}

export interface SearchSettings {
  /** The search worker's script. */
  readonly workerFile: string | URL;
  readonly storePath: string;
  readonly readOnly: boolean;
  readonly limits?: Partial<IndexLimits>;
  readonly now: () => number;
  readonly log: (message: string) => void;
  /** Of the search worker, in tests. */
  readonly workers?: WorkerBounds;
}

/** Starts no thread: that comes with the first question, or a moment later to index what is new. */
export function openSearch(core: StoreCore, settings: SearchSettings): StoreSearch {
  const { storePath, now, log } = settings;
  const readOnly = settings.readOnly || core.readOnlyBecause !== undefined;
  const source = new IndexSource(core.database, core.records);
  const worker = new SearchWorker({
    file: settings.workerFile,
    log,
    isNeeded: () => feeder?.isWorking === true,
    ...(settings.workers && { workers: settings.workers }),
    open: () => ({
      folder: path.join(storePath, 'index'),
      epoch: source.epoch(),
      readOnly,
      limits: { ...DEFAULT_INDEX_LIMITS, ...settings.limits },
    }),
  });
  const feeder: SearchFeeder | undefined = readOnly
    ? undefined
    : new SearchFeeder(source, worker, log);
  const titles = new ListedTitles(core.database, readOnly);
  const content = new ContentSearch({
    core,
    source,
    titles,
    worker,
    now,
    ...(feeder && { feeder }),
  });
  return {
    worker,
    search: (query, options) => content.search(query, options),
    wake: () => feeder?.wake(),
    recheck: () => feeder?.recheck(),
    close: async () => {
      await feeder?.stop();
      await worker.close();
    },
  };
}
