/**
 * Looking a store over with the doctor, and removing a session of 72 MB for good: how long the owner
 * is at it between two turns of its event loop, in which it answers nobody.
 */
import type { LocalStore } from '../../src/server/localStore.ts';
import { defineBenchmark, timed } from './support/benchmark.ts';
import { writeHistory } from './support/claudeHistory.ts';
import { LoopWatch } from './support/loopWatch.ts';
import { homeOf, importAll, longestSession, openStore } from './support/store.ts';

const LARGE = 72_000_000;
const FILES = 100;
const FILE_BYTES = 100_000;

const whole = { unit: 'ms', statistic: 'max', goal: { none: true } } as const;
const turn = { unit: 'ms of work', statistic: 'max', goal: { atMost: 100 } } as const;

export const benchmark = defineBenchmark({
  name: 'upkeep',
  limitSeconds: 240,
  figures: {
    doctor: whole,
    'doctor, longest turn': turn,
    'removing for good': whole,
    'removing for good, longest turn': turn,
  },
  run: async (bench) => {
    writeHistory(homeOf(bench), { seed: 0, bytes: LARGE });
    for (let seed = 1; seed <= FILES; seed++) {
      writeHistory(homeOf(bench), { seed, bytes: FILE_BYTES });
    }
    const filled = await openStore(bench);
    await importAll(filled);
    const { id } = await longestSession(filled);
    await filled.deleteSession(id);
    await filled.close();

    const store = await openStore(bench);
    const doctor = await watched(store, async () => {
      const { checked } = await store.runDoctor({ repair: false });
      return checked.length;
    });
    const removal = await watched(store, async () => {
      const { bytes } = await store.purgeSessions([id]);
      if (bytes < LARGE) throw new Error('Another session was removed.');
      return bytes;
    });
    await store.close();
    return {
      doctor: { subject: [doctor.time] },
      'doctor, longest turn': { subject: [doctor.work] },
      'removing for good': { subject: [removal.time] },
      'removing for good, longest turn': { subject: [removal.work] },
    };
  },
});

/** Both in milliseconds. */
async function watched(store: LocalStore, ask: () => Promise<number>) {
  // What an earlier request left to be written is its own.
  await store.listSessions({ limit: 1 });
  const watch = new LoopWatch();
  const time = await timed(ask, 0);
  watch.stop();
  return { time, work: watch.longestWork };
}
