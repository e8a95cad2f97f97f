/**
 * Which windows are still there to run their runs. A window says so every few seconds; one that has
 * not said so in several looks in a row is gone, and its runs are interrupted.
 *
 * Looks are counted, not seconds: a computer that slept for a night has looked once, and no run is
 * taken away from a window that slept with it. Nothing of this is on disk: after another server took
 * the store over, every window has its time again.
 */
import { messageOf } from '../../core/errors.ts';
import type { Run } from '../../core/exploration.ts';
import type { StoreCore } from '../../store/storeCore.ts';

interface LeaseParts {
  readonly core: StoreCore;
  readonly announce: (runs: readonly Run[]) => void;
  readonly report: (error: unknown) => void;
  /** Calls back again and again until it is ended; another one in tests. */
  readonly every?: (ms: number, work: () => void) => () => void;
}

const LOOK_MS = 5_000;
/** Looks without a word from a window after which it is gone. */
export const MISSED_LOOKS = 6;

export class RunLeases {
  readonly #parts: LeaseParts;
  readonly #missed = new Map<string, number>();
  readonly #end: () => void;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    const { every = everyInterval, core } = parts;
    if (core.readOnlyBecause !== undefined) {
      this.#end = () => undefined;
      return;
    }
    for (const runner of core.explorations.runners()) this.renew(runner);
    this.#end = every(LOOK_MS, () => this.#look());
  }

  /** The window is there. */
  renew(runner: string): void {
    this.#missed.set(runner, 0);
  }

  /** True while a window is not known to be gone. */
  holds(runner: string): boolean {
    return this.#missed.has(runner);
  }

  dispose(): void {
    this.#end();
  }

  #look(): void {
    for (const [runner, missed] of this.#missed) {
      if (missed + 1 >= MISSED_LOOKS) this.#missed.delete(runner);
      else this.#missed.set(runner, missed + 1);
    }
    try {
      this.#interrupt();
    } catch (error) {
      // A store whose disk refuses is opened again by those who ask it; this look changes nothing.
      this.#parts.report(new Error(`Looking after runs: ${messageOf(error)}`, { cause: error }));
    }
  }

  #interrupt(): void {
    const { core, announce } = this.#parts;
    const { database, explorations } = core;
    const runners = explorations.runners();
    if ([...runners].every((runner) => this.holds(runner))) return;
    const lost = database.transaction(() => explorations.interrupt((runner) => this.holds(runner)));
    database.flush();
    announce(explorations.query({ ids: lost }));
  }
}

function everyInterval(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms);
  timer.unref();
  return () => clearInterval(timer);
}
