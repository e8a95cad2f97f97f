/**
 * Forking a session of 50 MB, from the database and from the archive, beside what forking is
 * elsewhere: copying the file. Growth is what one fork adds to the store: pages of the database that
 * are in use, and all other files but the redo log, which is written over and keeps its length.
 */
import { closeSync, copyFileSync, fdatasyncSync, openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openStoreOver } from '../../src/server/openLocalStore.ts';
import { contest, defineBenchmark, type Bench } from './support/benchmark.ts';
import { writeHistory } from './support/claudeHistory.ts';
import type { Samples } from './support/figures.ts';
import { homeOf, importAll, longestSession, openStore, storePathOf } from './support/store.ts';

const SESSION_BYTES = 50_000_000;
const ROUNDS = 30;
const baseline = 'copying the file, as durably';

export const benchmark = defineBenchmark({
  name: 'fork',
  limitSeconds: 120,
  figures: {
    warm: { unit: 'ms', statistic: 'p95', baseline, goal: { atMost: 20 } },
    cold: { unit: 'ms', statistic: 'p95', baseline, goal: { atMost: 20 } },
    'warm growth': { unit: 'KB', statistic: 'median', baseline, goal: { atMost: 4 } },
    'cold growth': { unit: 'KB', statistic: 'median', baseline, goal: { atMost: 4 } },
  },
  run: async (bench) => {
    const file = writeHistory(homeOf(bench), { seed: 1, bytes: SESSION_BYTES });
    const first = await openStore(bench);
    await importAll(first);
    const { id, messageCount } = await longestSession(first);
    await first.close();
    const warm = await fork(bench, file, id, messageCount);

    const between = await openStore(bench);
    await between.migrateToTier(id, 'cold', { reason: 'benchmark' });
    await between.close();
    const cold = await fork(bench, file, id, messageCount);

    const growth = ({ grown }: { grown: number }): Samples => ({
      subject: [grown / 1024],
      baseline: [statSync(file).size / 1024],
    });
    return {
      warm: warm.times,
      cold: cold.times,
      'warm growth': growth(warm),
      'cold growth': growth(cold),
    };
  },
});

/** Times forks all over the session in a store opened afresh, and what one adds in bytes. */
async function fork(
  bench: Bench,
  file: string,
  sessionId: string,
  messageCount: number,
): Promise<{ readonly times: Samples; readonly grown: number }> {
  const before = await storeBytes(bench);
  const store = await openStore(bench);
  let forks = 0;
  const times = await contest({
    warmUp: 1,
    rounds: ROUNDS,
    subject: async (round) => {
      const atMessage = (round * 7919) % messageCount;
      const { session } = await store.forkSession(sessionId, { atMessage });
      forks++;
      return session.messageCount;
    },
    baseline: () => {
      copyToDisk(file, join(bench.folder, 'copy.jsonl'));
      return 1;
    },
  });
  await store.close();
  return { times, grown: ((await storeBytes(bench)) - before) / forks };
}

/** A fork is on the disk when it is there, so the copy is, too: else the next fork waits for its bytes. */
function copyToDisk(from: string, to: string): void {
  copyFileSync(from, to);
  const copy = openSync(to, 'r+');
  try {
    fdatasyncSync(copy);
  } finally {
    closeSync(copy);
  }
}

/** Expects the store to be closed. */
async function storeBytes(bench: Bench): Promise<number> {
  const { database, archive } = await openStoreOver({
    storePath: storePathOf(bench),
    hotBytes: 1,
    readOnly: true,
  });
  const pragma = (name: string): number => Number(database.get(`PRAGMA ${name}`)?.[name]);
  const pages = pragma('page_count') - pragma('freelist_count');
  const pageBytes = pragma('page_size');
  database.close();
  archive.close();
  return (
    readdirSync(storePathOf(bench), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('warm.db'))
      .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) +
    pages * pageBytes
  );
}
