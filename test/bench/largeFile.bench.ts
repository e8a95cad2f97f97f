/** Taking in one file of 441 MB, the largest that a person reported, without holding it. */
import { statSync } from 'node:fs';
import { collectGarbage, defineBenchmark } from './support/benchmark.ts';
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
    await importAll(store);
    return {
      'memory at its peak': { subject: resident, baseline: [statSync(file).size / MEGABYTE] },
    };
  },
});
