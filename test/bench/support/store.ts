/** A real store for a benchmark, filled with made-up histories by the real importer. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Session } from '../../../src/core/session.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { openLocalStore } from '../../../src/server/openLocalStore.ts';
import { stillClock } from '../../unit/store/support/clocks.ts';
import type { Bench } from './benchmark.ts';

/** As they ship: from its sources, a worker would strip types for a third of a second first. */
function workerScript(name: 'import' | 'search'): URL {
  const folder = process.env['MULTIPATH_WORKERS'];
  if (folder === undefined) throw new Error('Benchmarks are started by `npm run bench`.');
  return pathToFileURL(join(folder, `${name}.worker.cjs`));
}

export interface OpenOptions {
  readonly readOnly?: boolean;
  /** The default of the setting when absent. */
  readonly hotBytes?: number;
  /** Opens it with its full-text index. */
  readonly search?: boolean;
}

export function homeOf(bench: Pick<Bench, 'folder'>): string {
  return join(bench.folder, 'claude');
}

export function storePathOf(bench: Bench): string {
  return join(bench.folder, 'store');
}

/** Opens the benchmark's store; the caller closes it. */
export function openStore(bench: Bench, options: OpenOptions = {}): Promise<LocalStore> {
  return openStoreAt(storePathOf(bench), bench, options);
}

/** As `openStore`, in another folder. */
export function openStoreAt(
  storePath: string,
  bench: Pick<Bench, 'folder'>,
  options: OpenOptions = {},
): Promise<LocalStore> {
  const { readOnly = false, hotBytes = 32_000_000, search = false } = options;
  return openLocalStore({
    storePath,
    agentRoots: { 'claude-code': [homeOf(bench)] },
    hotBytes,
    readOnly,
    workerFile: workerScript('import'),
    // What is measured is where it was put.
    clock: stillClock(Date.now),
    ...(search && { searchWorkerFile: workerScript('search') }),
  });
}

/** @throws Error when a file could not be imported: what follows would measure something else */
export async function importAll(store: LocalStore): Promise<void> {
  await store.setConsent('claude-code', 'granted');
  const { state, failures } = await store.importSessions();
  if (state !== 'done' || failures.length > 0) {
    throw new Error(`The import ended as ${state}: ${JSON.stringify(failures)}`);
  }
}

/** The session with the most messages. */
export async function longestSession(store: LocalStore): Promise<Session> {
  const { sessions } = await store.listSessions({ limit: 1000 });
  const [longest] = [...sessions].sort((a, b) => b.messageCount - a.messageCount);
  if (!longest) throw new Error('The store holds no session.');
  return longest;
}

/** Seldom: a question is work for the owner, too, and what it does meanwhile is measured. */
const POLL_MS = 500;

/** Resolves when every message can be found; the benchmark's own limit ends it otherwise. */
export async function whenIndexed(store: LocalStore): Promise<void> {
  while ((await store.searchSessionsByContent('anything')).pending > 0) await sleep(POLL_MS);
}
