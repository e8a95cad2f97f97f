/**
 * Taking in a history of Claude Code beside JSON.parse over the same bytes: the catalogue of what was
 * found, the bodies, of a short history and of one that is as long as first imports are, and all of
 * it, index and compression included. And how long the owner of the store is away from its event
 * loop meanwhile, since it answers all windows.
 */
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { WaitingQuery } from '../../src/core/waiting.ts';
import type { LocalStore } from '../../src/server/localStore.ts';
import { contest, defineBenchmark, type Bench } from './support/benchmark.ts';
import { writeHistory } from './support/claudeHistory.ts';
import type { Figure } from './support/figures.ts';
import { homeOf, importAll, openStore, storePathOf, whenIndexed } from './support/store.ts';

const FILES = 24;
const FILE_BYTES = 2_000_000;
/** How many times as many files a long history has. */
const LONGER = 7;
/** Older than what an import leaves in the warm tier. */
const OLD_MS = 100 * 86_400_000;
const PAGE = 200;

const speed = {
  unit: 'MB/s',
  statistic: 'median',
  baseline: 'reading and JSON.parse',
} as const satisfies Partial<Figure>;

export const benchmark = defineBenchmark({
  name: 'import',
  limitSeconds: 400,
  figures: {
    speed: { ...speed, goal: { ratioAtLeast: 1 / 6 } },
    'longest wait': { unit: 'ms', statistic: 'max', goal: { atMost: 100 } },
    'of 340 MB': { ...speed, goal: { ratioAtLeast: 1 / 6 } },
    'longest wait, 340 MB': { unit: 'ms', statistic: 'max', goal: { atMost: 100 } },
    'catalogue of 340 MB': { ...speed, goal: { ratioAtLeast: 1 / 2 } },
    'with index and compression': { ...speed, goal: { ratioAtLeast: 1 / 6 } },
  },
  run: async (bench) => {
    addHistory(bench, 0, FILES);
    const short = await bodies(bench, 3);
    const all = await everything(bench);
    addHistory(bench, FILES, FILES * LONGER);
    const long = await bodies(bench, 3);
    const catalogue = await catalogued(bench);
    return {
      speed: short.speed,
      'longest wait': { subject: short.waits },
      'of 340 MB': long.speed,
      'longest wait, 340 MB': { subject: long.waits },
      'catalogue of 340 MB': catalogue,
      'with index and compression': all,
    };
  },
});

/** Files `from` to `to`: sizes differ widely, as they do. */
function addHistory(bench: Bench, from: number, to: number): void {
  for (let seed = from; seed < to; seed++) {
    const bytes = (FILE_BYTES * 2 * ((seed % FILES) + 1)) / (FILES + 1);
    writeHistory(homeOf(bench), { seed, bytes });
  }
}

async function bodies(bench: Bench, rounds: number) {
  const files = historyFiles(bench);
  const bytes = sizeOf(files);
  const waits: number[] = [];
  const times = await contest({
    warmUp: 1,
    rounds,
    subject: async () => {
      waits.push(await importOnce(bench));
      return bytes;
    },
    baseline: () => parseAll(files),
  });
  return { speed: speeds(bytes, times), waits: waits.slice(1) };
}

/** Imports everything into a new store; returns the longest wait for the event loop in ms. */
async function importOnce(bench: Bench): Promise<number> {
  const store = await openAnew(bench);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await importAll(store);
  delay.disable();
  await store.close();
  return delay.max / 1e6;
}

/** Lists all that was found with its titles, where a budget leaves everything out. */
async function catalogued(bench: Bench) {
  const files = historyFiles(bench);
  const times = await contest({
    warmUp: 1,
    rounds: 5,
    subject: async () => {
      const store = await openAnew(bench);
      await store.setConsent('claude-code', 'granted', { budget: { bytes: 0 } });
      await store.importSessions();
      let titles = 0;
      let after: WaitingQuery['after'];
      do {
        const query = { limit: PAGE, ...(after && { after }) };
        const { sessions, next } = await store.listWaitingSessions(query);
        titles += sessions.filter(({ title }) => title !== undefined).length;
        after = next;
      } while (after);
      await store.close();
      if (titles !== files.length) throw new Error(`Only ${titles} have a title.`);
      return titles;
    },
    baseline: () => parseAll(files),
  });
  return speeds(sizeOf(files), times);
}

/** An old history, which goes straight to the archive, until the last message of it can be found. */
async function everything(bench: Bench) {
  const files = historyFiles(bench);
  const bytes = sizeOf(files);
  const now = new Date();
  const longAgo = new Date(now.getTime() - OLD_MS);
  for (const file of files) utimesSync(file, longAgo, longAgo);
  const times = await contest({
    warmUp: 0,
    rounds: 1,
    subject: async () => {
      const store = await openAnew(bench, true);
      await importAll(store);
      await whenIndexed(store);
      const { tiers } = await store.getTierStatistics();
      await store.close();
      if (tiers.cold.sessions < files.length) throw new Error('Something was not compressed.');
      return bytes;
    },
    baseline: () => parseAll(files),
  });
  for (const file of files) utimesSync(file, now, now);
  return speeds(bytes, times);
}

function openAnew(bench: Bench, search = false): Promise<LocalStore> {
  rmSync(storePathOf(bench), { recursive: true, force: true });
  return openStore(bench, { search });
}

function speeds(bytes: number, times: Awaited<ReturnType<typeof contest>>) {
  const of = (all: readonly number[]): number[] => all.map((ms) => bytes / 1000 / ms);
  return { subject: of(times.subject), baseline: of(times.baseline) };
}

function historyFiles(bench: Bench): string[] {
  return readdirSync(homeOf(bench), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(homeOf(bench), name));
}

function sizeOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}

function parseAll(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + parseFile(file), 0);
}

function parseFile(file: string): number {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .reduce((sum, line) => sum + Object.keys(JSON.parse(line) as object).length, 0);
}
