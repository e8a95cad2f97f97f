/** Clocks for the moves between the tiers: one that stands still, and one that a test turns. */
import type { Clock } from '../../../../src/server/upkeep/migrationEngine.ts';

function sleepUntil(signal: AbortSignal, wake: (resolve: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    signal.addEventListener('abort', () => resolve(), { once: true });
    wake(resolve);
  });
}

/** Nothing ever moves by itself. */
export function stillClock(now: () => number): Clock {
  return { now, elapsed: () => 0, sleep: (_ms, signal) => sleepUntil(signal, () => undefined) };
}

/** Time passes only when the test says so; sleepers wake in the order of their times. */
export class TestClock implements Clock {
  #now: number;
  #elapsed = 0;
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  constructor(now: number) {
    this.#now = now;
  }

  readonly now = (): number => this.#now;
  readonly elapsed = (): number => this.#elapsed;
  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    sleepUntil(signal, (resolve) => {
      const sleeper = { at: this.#elapsed + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', () => this.#sleepers.delete(sleeper), { once: true });
    });

  /** The wall clock alone, as when somebody sets it. */
  set(now: number): void {
    this.#now = now;
  }

  /** Wakes everybody whose time comes meanwhile, and lets each run as far as it gets. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await this.#settled();
    for (let turns = 0; turns < 100_000; turns++) {
      const [next] = [...this.#sleepers].sort((a, b) => a.at - b.at);
      if (!next || next.at > end) {
        this.#pass(end - this.#elapsed);
        return;
      }
      this.#pass(Math.max(0, next.at - this.#elapsed));
      this.#sleepers.delete(next);
      next.wake();
      await this.#settled();
    }
    throw new Error('something keeps waking up');
  }

  #pass(ms: number): void {
    this.#elapsed += ms;
    this.#now += ms;
  }

  /** Until somebody sleeps again, or real work (compression, files) has had its time. */
  async #settled(): Promise<void> {
    for (let turns = 0; turns < 2_000 && this.#sleepers.size === 0; turns++) {
      await new Promise((resolve) => {
        if (turns < 20) setImmediate(resolve);
        else setTimeout(resolve, 1);
      });
    }
  }
}
