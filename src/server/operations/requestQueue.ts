/** Requests under way: the second of two at once, a repeated one, waits for the first. */
export class RequestQueue {
  readonly #running = new Map<string, Promise<unknown>>();

  /** How many requests are under way. */
  get size(): number {
    return this.#running.size;
  }

  run<T>(requestId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#running.get(requestId) ?? Promise.resolve();
    const result = before.then(work, work);
    this.#running.set(requestId, result);
    const forget = (): void => {
      if (this.#running.get(requestId) === result) this.#running.delete(requestId);
    };
    result.then(forget, forget);
    return result;
  }
}
