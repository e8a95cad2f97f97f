/**
 * Full text beside node:sqlite's FTS5 over the same messages and the same kinds of questions: the
 * words of code and prose by a power law, as histories have them. The index is fed as its worker
 * is: texts are cut into terms and written in batches. FTS5 keeps no text either.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { indexText } from '../../src/search/indexedText.ts';
import { matchExpression, parseQuery } from '../../src/search/query.ts';
import { DEFAULT_INDEX_LIMITS, SearchIndex } from '../../src/search/searchIndex.ts';
import { loadSqlJs } from '../../src/store/pages/loadSqlJs.ts';
import { contest, defineBenchmark, timed, type Bench, type Work } from './support/benchmark.ts';
import { manyWords } from './support/manyWords.ts';
import { randomNumbers } from './support/random.ts';

/** As many as a shard holds: it is sealed then, as all but the newest messages' are. */
const MESSAGES = 100_000;
/** So many messages of a session follow each other; a session is written at a time. */
const SESSION = 100;
const BEGAN = Date.UTC(2026, 0, 1);
const SPACING = 20_000;
const FOUND = 20;
const RANKED = 1_000;
const baseline = 'node:sqlite, FTS5 contentless';

export const benchmark = defineBenchmark({
  name: 'search',
  limitSeconds: 300,
  figures: {
    build: { unit: 'messages/s', statistic: 'median', baseline, goal: { ratioAtLeast: 0.25 } },
    size: { unit: 'MB', statistic: 'median', baseline, goal: { ratioAtMost: 1.6 } },
    newest: { unit: 'ms', statistic: 'p95', baseline, goal: { ratioAtMost: 2 } },
    rare: { unit: 'ms', statistic: 'p95', baseline, goal: { ratioAtMost: 2 } },
    both: { unit: 'ms', statistic: 'p95', baseline, goal: { atMost: 20 } },
    phrase: { unit: 'ms', statistic: 'p95', baseline, goal: { atMost: 20 } },
    prefix: { unit: 'ms', statistic: 'p95', baseline, goal: { atMost: 20 } },
    ranked: { unit: 'ms', statistic: 'p95', baseline, goal: { ratioAtMost: 2 } },
  },
  run: async (bench) => {
    const random = randomNumbers(11);
    const words = manyWords(random);
    const texts = Array.from({ length: MESSAGES }, () => words.message());
    const ours = await openOurs(bench);
    const theirs = openTheirs(bench);
    const rate = (ms: number): number => (MESSAGES / ms) * 1000;
    const build = {
      subject: [rate(await timed(() => ours.build(texts), 0))],
      baseline: [rate(await timed(() => theirs.build(texts), 0))],
    };
    // What the worker does once there is nothing else to do.
    ours.settle?.();
    const size = { subject: [ours.megabytes()], baseline: [theirs.megabytes()] };

    const race = (questions: readonly string[], ranked = false): ReturnType<typeof contest> => {
      const of =
        (ask: (question: string, ranked: boolean) => number): Work =>
        (round) =>
          ask(questions[round % questions.length] ?? '', ranked);
      return contest({ warmUp: 10, rounds: 120, subject: of(ours.ask), baseline: of(theirs.ask) });
    };
    const rank = (from: number, count: number): string[] =>
      Array.from({ length: count }, (_, index) => words.at(from + index));
    const common = rank(5, 30);
    const middle = rank(1_000, 30);
    const pairs = common.map((word, index) => `${word} ${middle[index] ?? ''}`);
    // Two words that do stand together somewhere.
    const phrases = texts.slice(0, 30).map((text) => `"${text.split(' ').slice(3, 5).join(' ')}"`);
    const prefixes = middle.map((word) => `${word.slice(0, 4)}*`);
    return {
      build,
      size,
      newest: await race(common),
      rare: await race(middle),
      both: await race(pairs),
      phrase: await race(phrases),
      prefix: await race(prefixes),
      ranked: await race(common, true),
    };
  },
});

interface Contestant {
  build(texts: readonly string[]): number;
  settle?(): void;
  megabytes(): number;
  /** Asks for the newest hits, or the best ones; returns one more than it found. */
  readonly ask: (question: string, ranked: boolean) => number;
}

async function openOurs(bench: Bench): Promise<Contestant> {
  const folder = join(bench.folder, 'index');
  const index = new SearchIndex({
    sql: await loadSqlJs(),
    folder,
    purpose: 'benchmark',
    readOnly: false,
    limits: DEFAULT_INDEX_LIMITS,
    now: Date.now,
    onDamage: (message) => {
      throw new Error(message);
    },
  });
  bench.onEnd(() => index.close());
  return {
    build: (texts) => {
      for (let first = 0; first < texts.length; first += SESSION) {
        const log = first / SESSION + 1;
        const some = texts.slice(first, first + SESSION);
        index.add(
          some.map((text, position) => ({
            log,
            branch: 0,
            position,
            seq: position,
            at: BEGAN + (first + position) * SPACING,
            mark: 0,
            terms: indexText([text]),
          })),
        );
      }
      index.commit();
      return texts.length;
    },
    settle: () => {
      while (index.tidy());
    },
    megabytes: () => megabytesOf(join(folder, '0001.db')),
    ask: (question, ranked) => {
      const match = matchExpression(parseQuery(question, BEGAN));
      if (match === undefined) throw new Error(`"${question}" asks for nothing.`);
      const { messages } = index.search({
        match,
        window: ranked ? RANKED : FOUND,
        order: ranked ? 'relevance' : 'newest',
        scope: { only: false, keys: new Set() },
      });
      return 1 + messages.length;
    },
  };
}

function openTheirs(bench: Bench): Contestant {
  const file = join(bench.folder, 'fts5.db');
  const database = new DatabaseSync(file);
  bench.onEnd(() => database.close());
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE VIRTUAL TABLE text USING fts5 (body, content = '');`);
  const insert = database.prepare('INSERT INTO text (rowid, body) VALUES (?, ?)');
  const newest = database.prepare(
    `SELECT rowid FROM text WHERE text MATCH ? ORDER BY rowid DESC LIMIT ${FOUND}`,
  );
  const best = database.prepare(
    `SELECT rowid FROM text WHERE text MATCH ? ORDER BY rank LIMIT ${FOUND}`,
  );
  const all = (statement: StatementSync, question: string): number =>
    1 + statement.all(question).length;
  return {
    build: (texts) => {
      for (let first = 0; first < texts.length; first += SESSION) {
        database.exec('BEGIN');
        texts
          .slice(first, first + SESSION)
          .forEach((text, position) => insert.run(first + position + 1, text));
        database.exec('COMMIT');
      }
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return texts.length;
    },
    megabytes: () => megabytesOf(file),
    ask: (question, ranked) => {
      const terms = question.replaceAll(/[^\s"*]+/g, (word) => word.toLowerCase());
      return all(ranked ? best : newest, terms);
    },
  };
}

function megabytesOf(file: string): number {
  return statSync(file).size / 1e6;
}
