/** Time as explorations know it; another one in tests. */

export interface ExploreClock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes backwards. */
  readonly elapsed: () => number;
  /** Resolves after `ms`, at most some weeks, or early on the signal. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Timers that are to run for longer end at once. */
const LONGEST_MS = 2 ** 31 - 1;

export const exploreClock: ExploreClock = {
  now: Date.now,
  elapsed: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(ms, LONGEST_MS));
      signal.addEventListener('abort', end, { once: true });
    }),
};
