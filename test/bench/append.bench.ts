/**
 * Adding a message so that it survives a power cut, in a store of 100 MB, beside the same insert
 * into a node:sqlite database of 100 MB that syncs every commit; and beside the usual way with
 * sql.js, which writes the whole database each time. One at a time, and 64 at once.
 */
import { closeSync, fdatasyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { newId } from '../../src/core/ids.ts';
import { loadSqlJs } from '../../src/store/pages/loadSqlJs.ts';
import { contest, defineBenchmark, type Bench } from './support/benchmark.ts';
import { prose, writeHistory } from './support/claudeHistory.ts';
import { randomNumbers } from './support/random.ts';
import { homeOf, importAll, openStore } from './support/store.ts';

const STORE_BYTES = 100_000_000;
const FILES = 20;
const BURST = 64;
const EXPORTS = 8;
const baseline = 'node:sqlite, WAL, synchronous=FULL';
const exporting = 'sql.js, export() of the whole database';

export const benchmark = defineBenchmark({
  name: 'append',
  limitSeconds: 180,
  figures: {
    one: { unit: 'ms', statistic: 'median', baseline, goal: { ratioAtMost: 2.5 } },
    p95: { unit: 'ms', statistic: 'p95', baseline, goal: { ratioAtMost: 2.5 } },
    burst: { unit: 'messages/s', statistic: 'median', baseline, goal: { ratioAtLeast: 1 } },
    'one, or all': {
      unit: 'ms',
      statistic: 'median',
      baseline: exporting,
      goal: { ratioAtMost: 0.05 },
    },
    'burst, or all': {
      unit: 'messages/s',
      statistic: 'median',
      baseline: exporting,
      goal: { ratioAtLeast: 2 },
    },
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
    const appendBurst = async (round: number): Promise<number> => {
      await Promise.all(Array.from({ length: BURST }, (_, index) => append(textOf(round + index))));
      return BURST;
    };
    const burst = await contest({
      warmUp: 5,
      rounds: 40,
      subject: appendBurst,
      baseline: (round) => {
        let done = 0;
        for (let index = 0; index < BURST; index++) done += insert(textOf(round + index));
        return done;
      },
    });
    const whole = await openWhole(bench, texts);
    const oneOrAll = await contest({
      warmUp: 1,
      rounds: EXPORTS,
      subject: async (round) => {
        await append(textOf(round));
        return 1;
      },
      baseline: (round) => whole.save([textOf(round)]),
    });
    const burstOrAll = await contest({
      warmUp: 1,
      rounds: EXPORTS,
      subject: appendBurst,
      baseline: (round) =>
        whole.save(Array.from({ length: BURST }, (_, index) => textOf(round + index))),
    });
    const rate = (times: readonly number[]): number[] => times.map((ms) => (BURST / ms) * 1000);
    return {
      one,
      p95: one,
      burst: { subject: rate(burst.subject), baseline: rate(burst.baseline) },
      'one, or all': oneOrAll,
      'burst, or all': { subject: rate(burstOrAll.subject), baseline: rate(burstOrAll.baseline) },
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

/** The same table in memory, of as many bytes, and what adds to it and puts all of it on disk. */
async function openWhole(
  bench: Bench,
  texts: readonly string[],
): Promise<{ save(added: readonly string[]): number }> {
  const sql = await loadSqlJs();
  const database = new sql.Database();
  bench.onEnd(() => database.close());
  database.run(`CREATE TABLE message (session INTEGER, seq INTEGER, role TEXT, text TEXT,
    PRIMARY KEY (session, seq));`);
  const statement = database.prepare('INSERT INTO message VALUES (?, ?, ?, ?)');
  let seq = 0;
  const insert = (text: string): void => statement.run([seq % 50, seq++, 'user', text]);
  database.run('BEGIN');
  for (let bytes = 0; bytes < STORE_BYTES; bytes += 1_000) insert(texts[seq % texts.length] ?? '');
  database.run('COMMIT');
  const file = join(bench.folder, 'whole.db');
  return {
    save: (added) => {
      for (const text of added) insert(text);
      const handle = openSync(`${file}.new`, 'w');
      const written = writeSync(handle, database.export());
      fdatasyncSync(handle);
      closeSync(handle);
      renameSync(`${file}.new`, file);
      return written;
    },
  };
}
