/** How long the event loop was held up, and by how much work of this thread. */

/** A turn of the event loop is looked for so often, in milliseconds. */
const TICK = 2;

/** Measures the longest time in which nobody else got a turn. */
export class LoopWatch {
  /** Milliseconds of this thread's own work between two turns, at most. */
  longestWork = 0;
  #longest = 0;
  #used = process.threadCpuUsage();
  #last = performance.now();
  readonly #timer = setInterval(() => this.#look(), TICK);

  #look(): void {
    const { user, system } = process.threadCpuUsage(this.#used);
    this.longestWork = Math.max(this.longestWork, (user + system) / 1_000);
    this.#used = process.threadCpuUsage();
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last - TICK);
    this.#last = now;
  }

  /** Milliseconds. */
  stop(): number {
    this.#look();
    clearInterval(this.#timer);
    return this.#longest;
  }
}
