/**
 * Whether somebody waits for the store: moves between the tiers stand back while a request that a
 * person waits for is being answered, and for a moment after it, when the next one is likely.
 */

/** Milliseconds after an answer in which the next request is likely. */
const QUIET_MS = 2_000;

export class Activity {
  readonly #elapsed: () => number;
  #underWay = 0;
  #lastAt = -Infinity;
  #onBegin: (() => void) | undefined;

  /** @param elapsed milliseconds of a clock that never goes backwards */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** Called when a request comes: what can wait stops at its next safe point. */
  set onBegin(listener: (() => void) | undefined) {
    this.#onBegin = listener;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay++;
    this.#onBegin?.();
    try {
      return await work();
    } finally {
      this.#underWay--;
      this.#lastAt = this.#elapsed();
    }
  }

  /** Milliseconds until nobody is expected to wait any more; 0 when nobody is now. */
  quietIn(): number {
    if (this.#underWay > 0) return QUIET_MS;
    return Math.max(0, this.#lastAt + QUIET_MS - this.#elapsed());
  }
}
