/** The clock of the moves between the tiers outside tests. Its timers keep no process alive. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from './migrationEngine.ts';

export function realClock(now: () => number): Clock {
  return {
    now,
    elapsed: () => performance.now(),
    sleep: async (ms, signal) => {
      await wait(ms, undefined, { signal, ref: false }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
  };
}
