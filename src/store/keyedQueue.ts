/** Runs tasks of one key one after the other, tasks of different keys side by side. */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    // A failed task has told its own caller; it must not stop the next one.
    const result = before.then(task, task);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return result;
  }

  /** Resolves when nothing is running, or nothing of one key. */
  async idle(key?: string): Promise<void> {
    if (key === undefined) {
      while (this.#tails.size > 0) await Promise.all(this.#tails.values());
    } else {
      while (this.#tails.has(key)) await this.#tails.get(key);
    }
  }
}
