/**
 * Reading a page of 200 messages in the process that owns the store: from memory (hot), from the
 * database (warm), from the archive (cold). The baseline parses the JSON of the same records, which
 * is the least that anyone who reads them must do.
 */
import { readFileSync } from 'node:fs';
import { contest, defineBenchmark } from './support/benchmark.ts';
import { writeHistory } from './support/claudeHistory.ts';
import { homeOf, importAll, longestSession, openStore } from './support/store.ts';
import type { LocalStore } from '../../src/server/localStore.ts';

const PAGE = 200;
const PAGES = 120;
const baseline = 'JSON.parse of the same records in memory';

export const benchmark = defineBenchmark({
  name: 'pages',
  limitSeconds: 120,
  figures: {
    hot: { unit: 'ms', statistic: 'p95', baseline, goal: { atMost: 0.2 } },
    warm: { unit: 'ms', statistic: 'p95', baseline, goal: { atMost: 2 } },
    cold: { unit: 'ms', statistic: 'p95', baseline, goal: { atMost: 5 } },
  },
  run: async (bench) => {
    const file = writeHistory(homeOf(bench), { seed: 1, bytes: 42_000_000, resultLength: 800 });
    let store: LocalStore = await openStore(bench);
    bench.onEnd(() => store.close());
    await importAll(store);
    const { id, messageCount } = await longestSession(store);
    const pages = Math.min(PAGES, Math.floor(messageCount / PAGE));
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    // Records are spread evenly over the messages, so a page's share of them stands for its own.
    const share = Math.floor(lines.length / (messageCount / PAGE));

    const page = async (number: number): Promise<number> => {
      const start = number * PAGE;
      const { messages } = await store.readMessages(id, { start, end: start + PAGE });
      return messages.length;
    };
    const parse = (number: number): number =>
      lines
        .slice(number * share, (number + 1) * share)
        .reduce((sum, line) => sum + Object.keys(JSON.parse(line) as object).length, 0);
    /** A page far from the one before: nothing next to it was read lately. */
    const far = (round: number): number => (round * 37) % pages;
    const race = (subject: (round: number) => Promise<number>): ReturnType<typeof contest> =>
      contest({ warmUp: 5, rounds: pages - 5, subject, baseline: (round) => parse(far(round)) });

    const warm = await race((round) => page(far(round)));
    const hot = await race((round) => page(far(1 + (round % 8))));
    await store.migrateToTier(id, 'cold', { reason: 'benchmark' });
    await store.close();
    // An owner brings an archived session back once it is read; a reader beside it does not.
    store = await openStore(bench, { readOnly: true });
    const cold = await race((round) => page(far(round)));
    return { hot, warm, cold };
  },
});
