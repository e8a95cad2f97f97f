/**
 * What Claude Code used, beside ccusage over the same folder: the totals, and how long they take. The
 * totals differ, and docs/cost.md says why; ours come from the store, every answer of a family
 * counted once, and are there as soon as it is open.
 */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '../../src/core/session.ts';
import type { LocalStore } from '../../src/server/localStore.ts';
import { contest, defineBenchmark, type Bench } from './support/benchmark.ts';
import { ccusageMissing, ccusageTotals } from './support/ccusage.ts';
import { homeOf, importAll, openStore, storePathOf } from './support/store.ts';

const SAMPLES = join(import.meta.dirname, '../../../shared/samples/claude-code');
const PAGE = 1_000;
const baseline = 'ccusage, all files read anew';

export const benchmark = defineBenchmark({
  name: 'usage',
  limitSeconds: 180,
  unavailable: () =>
    existsSync(SAMPLES) ? ccusageMissing() : 'there are no recordings beside the project',
  figures: {
    tokens: { unit: 'M tokens', statistic: 'median', baseline: 'ccusage', goal: { none: true } },
    cost: { unit: 'dollars', statistic: 'median', baseline: 'ccusage', goal: { none: true } },
    first: { unit: 'ms', statistic: 'median', baseline, goal: { none: true } },
    later: { unit: 'ms', statistic: 'median', baseline, goal: { ratioAtMost: 1 } },
  },
  run: async (bench) => {
    mkdirSync(homeOf(bench), { recursive: true });
    cpSync(SAMPLES, join(homeOf(bench), 'projects'), { recursive: true });
    const theirs = ccusageTotals(homeOf(bench));
    const first = await contest({
      warmUp: 0,
      rounds: 3,
      subject: async () => {
        rmSync(storePathOf(bench), { recursive: true, force: true });
        return (await ours(bench, importAll)).tokens;
      },
      baseline: () => ccusageTotals(homeOf(bench)).totalTokens,
    });
    const later = await contest({
      warmUp: 1,
      rounds: 5,
      subject: async () => (await ours(bench)).tokens,
      baseline: () => ccusageTotals(homeOf(bench)).totalTokens,
    });
    const { tokens, cost } = await ours(bench);
    return {
      tokens: { subject: [tokens / 1e6], baseline: [theirs.totalTokens / 1e6] },
      cost: { subject: [cost], baseline: [theirs.totalCost] },
      first,
      later,
    };
  },
});

interface Totals {
  readonly tokens: number;
  readonly cost: number;
}

/** Opens the store, as a new window does, and adds up all sessions with their subagents. */
async function ours(
  bench: Bench,
  before: (store: LocalStore) => Promise<void> = () => Promise.resolve(),
): Promise<Totals> {
  const store = await openStore(bench);
  try {
    await before(store);
    let sum: Totals = { tokens: 0, cost: 0 };
    for (let offset = 0; ; offset += PAGE) {
      const { sessions, total } = await store.listSessions({ offset, limit: PAGE });
      for (const session of sessions) sum = added(sum, session);
      if (offset + PAGE >= total) return sum;
    }
  } finally {
    await store.close();
  }
}

function added(sum: Totals, session: Session): Totals {
  const { totalTokens, estimatedCost, knownCost, subagents } = session;
  const cost =
    (estimatedCost ?? knownCost ?? 0) + (subagents?.estimatedCost ?? subagents?.knownCost ?? 0);
  return {
    tokens: sum.tokens + totalTokens + (subagents?.totalTokens ?? 0),
    cost: sum.cost + cost,
  };
}
