/**
 * Taking in one file of 441 MB, the largest that a person reported, without holding it, beside
 * JSON.parse over its lines.
 */
import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { collectGarbage, defineBenchmark, timed } from './support/benchmark.ts';
import { writeHistory } from './support/claudeHistory.ts';
import { homeOf, importAll, openStore } from './support/store.ts';

const MEGABYTE = 1_000_000;

export const benchmark = defineBenchmark({
  name: 'largeFile',
  long: true,
  limitSeconds: 600,
  figures: {
    'memory at its peak': {
      unit: 'MB',
      statistic: 'max',
      baseline: 'size of the file',
      goal: { atMost: 300 },
    },
    speed: {
      unit: 'MB/s',
      statistic: 'median',
      baseline: 'streaming JSON.parse',
      goal: { ratioAtLeast: 1 / 6 },
    },
  },
  run: async (bench) => {
    // About 11 KB a record, as in the large files that people reported.
    const options = { seed: 1, bytes: 441 * MEGABYTE, resultLength: 100_000 };
    const file = writeHistory(homeOf(bench), options);
    const store = await openStore(bench);
    bench.onEnd(() => store.close());
    collectGarbage();
    const resident: number[] = [];
    const watch = setInterval(() => resident.push(process.memoryUsage.rss() / MEGABYTE), 20);
    bench.onEnd(() => clearInterval(watch));
    const megabytes = statSync(file).size / MEGABYTE;
    const importing = await timed(async () => {
      await importAll(store);
      return 1;
    }, 0);
    clearInterval(watch);
    const parsing = await timed(() => parseLines(file), 0);
    return {
      'memory at its peak': { subject: resident, baseline: [megabytes] },
      speed: {
        subject: [(megabytes * 1000) / importing],
        baseline: [(megabytes * 1000) / parsing],
      },
    };
  },
});

async function parseLines(file: string): Promise<number> {
  let members = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    members += Object.keys(JSON.parse(line) as object).length;
  }
  return members;
}
