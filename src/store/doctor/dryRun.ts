/** Work on the database that is looked at and then undone. */
import type { Database } from '../database.ts';

class Undone extends Error {}

/** Runs `work` in a transaction, and rolls it back unless `keep` says otherwise of its result. */
export function tryOut<T>(database: Database, work: () => T, keep: (result: T) => boolean): T {
  const outcome: { result?: { readonly value: T } } = {};
  try {
    database.transaction(() => {
      const value = work();
      outcome.result = { value };
      if (!keep(value)) throw new Undone();
    });
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
  }
  if (!outcome.result) throw new Error('The work had no result.');
  return outcome.result.value;
}
