/** A store whose index can be looked into, killed and damaged. */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { AGENTS } from '../../../../src/agents/agents.ts';
import type { IndexLimits } from '../../../../src/search/searchIndex.ts';
import { Importer } from '../../../../src/server/importer.ts';
import { createLocalStore, type LocalStore } from '../../../../src/server/localStore.ts';
import { openStoreOver } from '../../../../src/server/openLocalStore.ts';
import { openSearch, type StoreSearch } from '../../../../src/server/openSearch.ts';
import { IndexLostError } from '../../../../src/server/searchWorker.ts';
import { workerScript } from '../../../support/serverFolder.ts';
import type { StoreFolder } from '../../store/support/openStore.ts';

export class SearchStore {
  readonly store: LocalStore;
  readonly search: StoreSearch;

  private constructor(store: LocalStore, search: StoreSearch) {
    this.store = store;
    this.search = search;
  }

  static async open(home: StoreFolder, limits: Partial<IndexLimits> = {}): Promise<SearchStore> {
    const { storePath } = home;
    const log = (message: string): void => void home.problems.push(message);
    const options = { storePath, readOnly: false, hotBytes: 8_000_000, log };
    const core = await openStoreOver(options);
    const importer = new Importer({
      core,
      agents: AGENTS,
      roots: { 'claude-code': [home.claude.folder] },
      environment: { platform: 'linux', home: home.folder, variables: {} },
      workerFile: workerScript('import'),
      now: Date.now,
      log,
    });
    const search = openSearch(core, {
      workerFile: workerScript('search'),
      storePath,
      readOnly: false,
      limits,
      now: Date.now,
      log,
    });
    return new SearchStore(
      createLocalStore({ core, importer, storePath, search, now: Date.now }),
      search,
    );
  }

  /** What is indexed once nothing is left to do, in an order of its own. */
  async documents(): Promise<string[]> {
    for (let tries = 0; tries < 2_000; tries++) {
      const { pending, notice } = await this.store.searchSessionsByContent('nothing');
      if (pending === 0 && notice === undefined) {
        const documents = await this.search.worker
          .ask('documents', undefined)
          .catch((error: unknown) => {
            if (!(error instanceof IndexLostError)) throw error;
            // Damage is found by whoever meets it first.
            this.search.recheck();
            return undefined;
          });
        if (documents) {
          return documents
            .map((one) => [one.log, one.branch, one.position, one.seq, one.mark].join(' '))
            .sort();
        }
      }
      await sleep(10);
    }
    throw new Error('The index did not catch up with the store.');
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

export function indexFolder(home: StoreFolder): string {
  return path.join(home.storePath, 'index');
}

export function removeIndex(home: StoreFolder): void {
  rmSync(indexFolder(home), { recursive: true, force: true });
}
