/**
 * Files that the person asked for one by one: what became of each is told to whoever asked. Whatever
 * keeps a file from being read ends the waiting for it.
 */
import type { Outcome } from './fileImport.ts';
import type { Found } from './sources.ts';

export class AskedFiles {
  readonly #asked = new Map<
    string,
    { readonly agent: string; readonly outcome: PromiseWithResolvers<Outcome> }
  >();

  /** Resolves to what became of it; rejects only when the store cannot be written. */
  add({ agent, path }: Found): Promise<Outcome> {
    const asked = this.#asked.get(path) ?? { agent, outcome: Promise.withResolvers<Outcome>() };
    this.#asked.set(path, asked);
    return asked.outcome.promise;
  }

  has(path: string): boolean {
    return this.#asked.has(path);
  }

  settle(path: string, outcome: Outcome): void {
    this.#asked.get(path)?.outcome.resolve(outcome);
    this.#asked.delete(path);
  }

  /** What is not read when all that waited is read was kept from it; rejects where that fails. */
  endWith(path: string, drained: Promise<void>): void {
    drained.then(
      () => this.settle(path, { type: 'cancelled' }),
      (error: unknown) => {
        this.#asked.get(path)?.outcome.reject(error);
        this.#asked.delete(path);
      },
    );
  }

  /** None of them is read any more, or none of an agent. */
  cancel(agent?: string): void {
    for (const [path, asked] of [...this.#asked]) {
      if (agent === undefined || asked.agent === agent) this.settle(path, { type: 'cancelled' });
    }
  }
}
