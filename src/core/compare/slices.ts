/** Cuts long work into slices, so that others get their turn in between. */

/** Milliseconds of work after which others get their turn. */
const SLICE = 20;

export class Slices {
  #end = performance.now() + SLICE;

  /** Call between pieces of work, none of which should take longer than a slice. */
  async pass(): Promise<void> {
    if (performance.now() < this.#end) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#end = performance.now() + SLICE;
  }

  /** Runs work that yields between its pieces to its end. */
  async run<T>(work: Generator<void, T>): Promise<T> {
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      await this.pass();
    }
  }
}
