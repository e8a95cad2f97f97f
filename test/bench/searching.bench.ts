/**
 * Searching as the store does it: questions answered with sessions and snippets, out of the archive
 * too; how soon a message is found after it was acknowledged; and how long the thread that answers
 * requests is held up while a history is being indexed.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalStore } from '../../src/server/localStore.ts';
import { collectGarbage, defineBenchmark, timed } from './support/benchmark.ts';
import { writeHistory } from './support/claudeHistory.ts';
import { homeOf, importAll, openStore, whenIndexed } from './support/store.ts';

const FILES = 40;
const FILE_BYTES = 750_000;
const ROUNDS = 100;
const APPENDS = 20;
const POLL_MS = 5;
const QUESTIONS = [
  'refresh token',
  '"session store"',
  'handler -parser',
  'reb*',
  'commit OR merge',
];

export const benchmark = defineBenchmark({
  name: 'searching',
  limitSeconds: 240,
  figures: {
    best: { unit: 'ms', statistic: 'p95', goal: { atMost: 60 } },
    newest: { unit: 'ms', statistic: 'p95', goal: { atMost: 20 } },
    archived: { unit: 'ms', statistic: 'p95', goal: { atMost: 60 } },
    lag: { unit: 'ms', statistic: 'p95', goal: { atMost: 1_000 } },
    held: { unit: 'ms', statistic: 'max', goal: { atMost: 100 } },
  },
  run: async (bench) => {
    for (let seed = 0; seed < FILES; seed++) {
      writeHistory(homeOf(bench), { seed, bytes: FILE_BYTES });
    }
    // What importing holds up is not what is measured here.
    const importing = await openStore(bench);
    await importAll(importing);
    await importing.close();

    const store = await openStore(bench, { search: true });
    bench.onEnd(() => store.close());
    collectGarbage();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await whenIndexed(store);
    delay.disable();
    const held = { subject: [delay.max / 1e6] };

    const lag: number[] = [];
    const { id } = await store.createSession({ title: 'appended to' });
    for (let round = 0; round < APPENDS; round++) {
      const word = `unheardof${round}`;
      await store.appendMessages(id, [{ role: 'user', text: word }]);
      const began = performance.now();
      while ((await store.searchSessionsByContent(word)).hits.length === 0) await sleep(POLL_MS);
      lag.push(performance.now() - began);
    }

    const best = await asked(store, 'relevance');
    const newest = await asked(store, 'newest');
    const { sessions } = await store.listSessions({ limit: 1000 });
    for (const session of sessions) {
      if (session.storageTier !== 'cold') {
        await store.migrateToTier(session.id, 'cold', { reason: 'benchmark' });
      }
    }
    const archived = await asked(store, 'newest');
    return { best, newest, archived, lag: { subject: lag }, held };
  },
});

async function asked(
  store: LocalStore,
  order: 'relevance' | 'newest',
): Promise<{ subject: number[] }> {
  const ask = async (round: number): Promise<number> => {
    const question = QUESTIONS[round % QUESTIONS.length] ?? '';
    return (await store.searchSessionsByContent(question, { order })).hits.length;
  };
  const subject: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const time = await timed(ask, round);
    if (round >= QUESTIONS.length) subject.push(time);
  }
  return { subject };
}
