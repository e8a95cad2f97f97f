/**
 * Looking things up in a store of 100,000 sessions beside the same in one of 100: by id, by tag, by
 * time, along forks, and adding to it. Every question has an answer of the same size in both, so a
 * ratio near one means that the cost does not grow with the store.
 */
import { join } from 'node:path';
import { contest, defineBenchmark, type Bench, type Work } from './support/benchmark.ts';
import { fillCatalogue } from './support/catalogue.ts';
import { BEGAN } from './support/claudeHistory.ts';
import type { Figure, Samples } from './support/figures.ts';
import { questionsOf, type Question } from './support/questions.ts';
import { openStoreAt } from './support/store.ts';

const FEW = 100;
const MANY = 100_000;
const ROUNDS = 300;
const baseline = `${FEW} sessions`;
const figure: Figure = { unit: 'ms', statistic: 'median', baseline, goal: { ratioAtMost: 2 } };

export const benchmark = defineBenchmark<Question>({
  name: 'lookups',
  long: true,
  limitSeconds: 900,
  figures: {
    getSession: figure,
    'first page of all': figure,
    'first page of a project': figure,
    findSessionsByTag: figure,
    findSessionsByDateRange: figure,
    getSessionForks: figure,
    getSessionTree: figure,
    readMessages: figure,
    appendMessages: figure,
    forkSession: figure,
  },
  run: async (bench) => {
    const few = await asked(bench, FEW);
    const many = await asked(bench, Math.max(FEW, Math.round(MANY * bench.scale)));
    const race = (question: Question): Promise<Samples> =>
      contest({ warmUp: 30, rounds: ROUNDS, subject: many[question], baseline: few[question] });
    return {
      getSession: await race('getSession'),
      'first page of all': await race('first page of all'),
      'first page of a project': await race('first page of a project'),
      findSessionsByTag: await race('findSessionsByTag'),
      findSessionsByDateRange: await race('findSessionsByDateRange'),
      getSessionForks: await race('getSessionForks'),
      getSessionTree: await race('getSessionTree'),
      readMessages: await race('readMessages'),
      appendMessages: await race('appendMessages'),
      forkSession: await race('forkSession'),
    };
  },
});

async function asked(bench: Bench, sessions: number): Promise<Readonly<Record<Question, Work>>> {
  const storePath = join(bench.folder, `store-${sessions}`);
  await fillCatalogue(storePath, { sessions, newestAt: BEGAN, related: true });
  const store = await openStoreAt(storePath, bench);
  bench.onEnd(() => store.close());
  return questionsOf(store, sessions);
}
