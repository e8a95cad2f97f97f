/**
 * Taking in a history of Claude Code, catalogue and bodies, beside JSON.parse over the same bytes;
 * and how long the owner of the store is away from its event loop meanwhile, since it answers all
 * windows.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { contest, defineBenchmark, type Bench } from './support/benchmark.ts';
import { writeHistory } from './support/claudeHistory.ts';
import { homeOf, importAll, openStore, storePathOf } from './support/store.ts';

const FILES = 24;
const FILE_BYTES = 2_000_000;

export const benchmark = defineBenchmark({
  name: 'import',
  limitSeconds: 120,
  figures: {
    speed: {
      unit: 'MB/s',
      statistic: 'median',
      baseline: 'reading and JSON.parse',
      goal: { ratioAtLeast: 1 / 6 },
    },
    'longest wait': { unit: 'ms', statistic: 'max', goal: { atMost: 100 } },
  },
  run: async (bench) => {
    for (let seed = 0; seed < FILES; seed++) {
      // Sizes differ widely, as they do.
      writeHistory(homeOf(bench), { seed, bytes: (FILE_BYTES * 2 * (seed + 1)) / (FILES + 1) });
    }
    const files = historyFiles(bench);
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    const waits: number[] = [];
    const times = await contest({
      warmUp: 1,
      rounds: 3,
      subject: async () => {
        waits.push(await importOnce(bench));
        return bytes;
      },
      baseline: () => files.reduce((sum, file) => sum + parseFile(file), 0),
    });
    const speed = (all: readonly number[]): number[] => all.map((ms) => bytes / 1000 / ms);
    return {
      speed: { subject: speed(times.subject), baseline: speed(times.baseline) },
      'longest wait': { subject: waits.slice(1) },
    };
  },
});

/** Imports everything into a new store; returns the longest wait for the event loop in ms. */
async function importOnce(bench: Bench): Promise<number> {
  rmSync(storePathOf(bench), { recursive: true, force: true });
  const store = await openStore(bench);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await importAll(store);
  delay.disable();
  await store.close();
  return delay.max / 1e6;
}

function historyFiles(bench: Bench): string[] {
  return readdirSync(homeOf(bench), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(homeOf(bench), name));
}

function parseFile(file: string): number {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .reduce((sum, line) => sum + Object.keys(JSON.parse(line) as object).length, 0);
}
