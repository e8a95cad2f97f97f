/**
 * The store at the size it is made for: 20,000 sessions, 2 million messages, 2 GB, nine tenths of
 * them archived; its full-text index; and an import on top. What the owner of such a store takes of
 * memory and time, and what each operation costs beside the same in a store of
 * 1,000 sessions.
 * `--scale 0.05` measures a twentieth.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { LocalStore } from '../../src/server/localStore.ts';
import {
  collectGarbage,
  contest,
  defineBenchmark,
  timed,
  type Bench,
} from './support/benchmark.ts';
import { writeHistory } from './support/claudeHistory.ts';
import type { Figure, Samples } from './support/figures.ts';
import { manyWords } from './support/manyWords.ts';
import { questionsOf, type Question } from './support/questions.ts';
import { randomNumbers } from './support/random.ts';
import { homeOf, importAll, openStoreAt, whenIndexed } from './support/store.ts';

const SESSIONS = 20_000;
/** Beside what it is compared with: a twentieth. */
const FEW_SHARE = 20;
const FEWEST = 100;
const SESSION_BYTES = 100_000;
const IMPORT_FILES = 40;
const IMPORT_BYTES = 1_500_000;
const ROUNDS = 200;
const MEGABYTE = 1_000_000;
const FILL = fileURLToPath(new URL('support/fillScale.ts', import.meta.url));

const baseline = 'the same in a twentieth of it';
const grown: Figure = { unit: 'ms', statistic: 'median', baseline, goal: { ratioAtMost: 2 } };
const latency = (atMost: number): Figure => ({ unit: 'ms', statistic: 'p95', goal: { atMost } });

export const benchmark = defineBenchmark({
  name: 'scale',
  long: true,
  limitSeconds: 2_400,
  figures: {
    sessions: { unit: 'sessions', statistic: 'max', goal: { none: true } },
    messages: { unit: 'messages', statistic: 'max', goal: { none: true } },
    'history in all': { unit: 'MB', statistic: 'max', goal: { none: true } },
    'memory of the owner': { unit: 'MB', statistic: 'max', goal: { atMost: 300 } },
    'memory while indexing': { unit: 'MB', statistic: 'max', goal: { atMost: 300 } },
    'memory while importing': { unit: 'MB', statistic: 'max', goal: { atMost: 300 } },
    'held up while indexing': { unit: 'ms', statistic: 'max', goal: { atMost: 100 } },
    'held up while importing': { unit: 'ms', statistic: 'max', goal: { atMost: 100 } },
    'newest 20 of a search': latency(20),
    'cold page': latency(5),
    'growth of getSession': grown,
    'growth of the first page': grown,
    "growth of a project's page": grown,
    'growth of findSessionsByTag': grown,
    'growth of findSessionsByDateRange': grown,
    'growth of getSessionForks': grown,
    'growth of getSessionTree': grown,
    'growth of readMessages': grown,
    'growth of appendMessages': grown,
    'growth of forkSession': grown,
  },
  run: async (bench) => {
    const sessions = Math.max(FEWEST * 2, Math.round(SESSIONS * bench.scale));
    const fewer = Math.max(FEWEST, Math.round(sessions / FEW_SHARE));
    const path = await filled(bench, sessions);
    const smallPath = await filled(bench, fewer);
    for (let seed = 0; seed < IMPORT_FILES; seed++) {
      const bytes = Math.max(20_000, IMPORT_BYTES * bench.scale);
      writeHistory(homeOf(bench), { seed: 1_000_000 + seed, bytes });
    }

    const indexing = watch(bench);
    let store = await openStoreAt(path, bench, { search: true });
    await whenIndexed(store);
    const whileIndexing = indexing();
    say('indexed', whileIndexing);
    await store.close();

    // As it is found by a window that is opened on it.
    store = await openStoreAt(path, bench, { search: true });
    const idle = watch(bench);
    const { messages, bytes } = await sizesOf(store);
    const newest = await searched(store);
    const whileUsed = idle();
    say('searched', whileUsed);
    const cold = await coldPages(store, path, bench);
    const importing = watch(bench);
    await importAll(store);
    const whileImporting = importing();
    say('imported', whileImporting);

    const small = await openStoreAt(smallPath, bench);
    const [many, few] = [await questionsOf(store, sessions), await questionsOf(small, fewer)];
    const race = (question: Question): Promise<Samples> =>
      contest({ warmUp: 30, rounds: ROUNDS, subject: many[question], baseline: few[question] });
    const growth = {
      'growth of getSession': await race('getSession'),
      'growth of the first page': await race('first page of all'),
      "growth of a project's page": await race('first page of a project'),
      'growth of findSessionsByTag': await race('findSessionsByTag'),
      'growth of findSessionsByDateRange': await race('findSessionsByDateRange'),
      'growth of getSessionForks': await race('getSessionForks'),
      'growth of getSessionTree': await race('getSessionTree'),
      'growth of readMessages': await race('readMessages'),
      'growth of appendMessages': await race('appendMessages'),
      'growth of forkSession': await race('forkSession'),
    };
    await small.close();
    await store.close();
    return {
      sessions: { subject: [sessions] },
      messages: { subject: [messages] },
      'history in all': { subject: [bytes / MEGABYTE] },
      'memory of the owner': { subject: whileUsed.resident },
      'memory while indexing': { subject: whileIndexing.resident },
      'memory while importing': { subject: whileImporting.resident },
      'held up while indexing': { subject: [whileIndexing.longestWait] },
      'held up while importing': { subject: [whileImporting.longestWait] },
      'newest 20 of a search': newest,
      'cold page': cold,
      ...growth,
    };
  },
});

/** A store of so many sessions, made by a process of its own. */
async function filled(bench: Bench, sessions: number): Promise<string> {
  const path = join(bench.folder, `store-${sessions}`);
  const started = performance.now();
  const child = fork(FILL, [path, `${sessions}`, `${sessions * SESSION_BYTES}`]);
  bench.onEnd(() => child.kill());
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`Filling a store of ${sessions} sessions failed.`);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.error(`scale: ${sessions} sessions written in ${seconds} s`);
  return path;
}

interface Watched {
  /** Megabytes. */
  readonly resident: readonly number[];
  /** Milliseconds that the event loop waited at most. */
  readonly longestWait: number;
}

/** On the way, since the whole takes long: what is lost when it is ended was not for nothing. */
function say(what: string, { resident, longestWait }: Watched): void {
  const peak = Math.max(...resident).toFixed(0);
  console.error(`scale: ${what}, ${peak} MB at most, ${longestWait.toFixed(0)} ms held up`);
}

/** Watches this process until the function it returns is called. */
function watch(bench: Bench): () => Watched {
  collectGarbage();
  const resident = [process.memoryUsage.rss() / MEGABYTE];
  const timer = setInterval(() => resident.push(process.memoryUsage.rss() / MEGABYTE), 50);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const end = (): Watched => {
    clearInterval(timer);
    delay.disable();
    return { resident, longestWait: delay.max / 1e6 };
  };
  bench.onEnd(end);
  return end;
}

async function sizesOf(store: LocalStore): Promise<{ messages: number; bytes: number }> {
  let messages = 0;
  let bytes = 0;
  for (let offset = 0; ; offset += 1_000) {
    const { sessions } = await store.listSessions({ offset, limit: 1_000 });
    for (const session of sessions) {
      messages += session.messageCount;
      bytes += session.estimatedSizeBytes;
    }
    if (sessions.length < 1_000) return { messages, bytes };
  }
}

async function searched(store: LocalStore): Promise<Samples> {
  const words = manyWords(randomNumbers(3));
  const questions = [5, 40, 400, 4_000].flatMap((rank) => [
    words.at(rank),
    `${words.at(rank + 1)} ${words.at(rank + 2)}`,
    `${words.at(rank + 3)}*`,
  ]);
  const subject: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const question = questions[round % questions.length] ?? '';
    const ask = async (): Promise<number> => {
      const found = await store.searchSessionsByContent(question, { order: 'newest', limit: 20 });
      return 1 + found.hits.length;
    };
    const time = await timed(ask, round);
    if (round >= questions.length) subject.push(time);
  }
  return { subject };
}

/** Pages of sessions far apart, by a reader beside the owner: the owner would bring them back. */
async function coldPages(store: LocalStore, path: string, bench: Bench): Promise<Samples> {
  const { sessions } = await store.listSessions({ tier: 'cold', limit: 1_000 });
  const reader = await openStoreAt(path, bench, { readOnly: true, hotBytes: 1_000_000 });
  const subject: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const session = sessions[(round * 37) % sessions.length];
    if (!session) throw new Error('Nothing was archived.');
    const read = async (): Promise<number> =>
      (await reader.readMessages(session.id, { start: 0, end: 200 })).messages.length;
    const time = await timed(read, round);
    if (round >= 20) subject.push(time);
  }
  await reader.close();
  return { subject };
}
