/**
 * Adding a message so that it survives a power cut, in a store of 100 MB, beside the same insert
 * into a node:sqlite database of 100 MB that syncs every commit. One at a time, and 64 at once.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { newId } from '../../src/core/ids.ts';
import { contest, defineBenchmark, type Bench } from './support/benchmark.ts';
import { prose, writeHistory } from './support/claudeHistory.ts';
import { randomNumbers } from './support/random.ts';
import { homeOf, importAll, openStore } from './support/store.ts';

const STORE_BYTES = 100_000_000;
const FILES = 20;
const BURST = 64;
const baseline = 'node:sqlite, WAL, synchronous=FULL';

export const benchmark = defineBenchmark({
  name: 'append',
  limitSeconds: 120,
  figures: {
    one: { unit: 'ms', statistic: 'median', baseline, goal: { ratioAtMost: 2.5 } },
    p95: { unit: 'ms', statistic: 'p95', baseline, goal: { ratioAtMost: 2.5 } },
    burst: { unit: 'messages/s', statistic: 'median', baseline, goal: { ratioAtLeast: 1 } },
  },
  run: async (bench) => {
    const random = randomNumbers(7);
    const texts = Array.from({ length: 64 }, () => prose(random, 1_000).slice(0, 1_000));
    const textOf = (round: number): string => texts[round % texts.length] ?? '';

    for (let seed = 0; seed < FILES; seed++) {
      writeHistory(homeOf(bench), { seed, bytes: STORE_BYTES / FILES });
    }
    const store = await openStore(bench);
    bench.onEnd(() => store.close());
    await importAll(store);
    const { id } = await store.createSession({ title: 'appended to' });
    // As through the protocol, where every request has an id to be remembered by.
    const append = (text: string): Promise<unknown> =>
      store.appendMessages(id, [{ role: 'user', text }], { requestId: newId() });
    const insert = openSqlite(bench, texts);

    const one = await contest({
      warmUp: 50,
      rounds: 600,
      subject: async (round) => {
        await append(textOf(round));
        return 1;
      },
      baseline: (round) => insert(textOf(round)),
    });
    const burst = await contest({
      warmUp: 2,
      rounds: 20,
      subject: async (round) => {
        await Promise.all(
          Array.from({ length: BURST }, (_, index) => append(textOf(round + index))),
        );
        return BURST;
      },
      baseline: (round) => {
        let done = 0;
        for (let index = 0; index < BURST; index++) done += insert(textOf(round + index));
        return done;
      },
    });
    const rate = (times: readonly number[]): number[] => times.map((ms) => (BURST / ms) * 1000);
    return {
      one,
      p95: one,
      burst: { subject: rate(burst.subject), baseline: rate(burst.baseline) },
    };
  },
});

/** A database of as many bytes; returns what inserts one message and commits. */
function openSqlite(bench: Bench, texts: readonly string[]): (text: string) => number {
  const database = new DatabaseSync(join(bench.folder, 'baseline.db'));
  bench.onEnd(() => database.close());
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE message (session INTEGER, seq INTEGER, role TEXT, text TEXT,
      PRIMARY KEY (session, seq));`);
  const statement = database.prepare('INSERT INTO message VALUES (?, ?, ?, ?)');
  let seq = 0;
  const insert = (text: string): number =>
    Number(statement.run(seq % 50, seq++, 'user', text).changes);
  database.exec('BEGIN');
  for (let bytes = 0; bytes < STORE_BYTES; bytes += 1_000) insert(texts[seq % texts.length] ?? '');
  database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  return insert;
}
