/**
 * Copies sessions whose agent's file is gone, in the background and one after the other. What
 * cannot be copied now is tried again when something is missed next, or at the next opening.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StoreCore } from '../../store/storeCore.ts';

export interface RescuerParts {
  readonly core: { readonly rescued: Pick<StoreCore['rescued'], 'checkFolder' | 'due' | 'copy'> };
  readonly report: (error: unknown) => void;
}

export class Rescuer {
  readonly #parts: RescuerParts;
  #running: Promise<void> | undefined;
  #isAskedAgain = false;
  readonly #stop = new AbortController();

  constructor(parts: RescuerParts) {
    this.#parts = parts;
  }

  /** Never rejects; resolves when nothing is left that could be copied. */
  look(): Promise<void> {
    this.#isAskedAgain = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { core, report } = this.#parts;
    const { signal } = this.#stop;
    while (this.#isAskedAgain && !signal.aborted) {
      this.#isAskedAgain = false;
      try {
        core.rescued.checkFolder();
        for (const log of core.rescued.due()) {
          if (isAborted(signal)) return;
          await core.rescued.copy(log, nextTurn).catch(report);
        }
      } catch (error) {
        report(error); // a store that answers nothing any more is opened again by those who ask it
      }
    }
  }
}

/** Asked again after every wait, in which it may have come to that. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
