/**
 * Models that will not answer, whatever they are asked: without a key that is accepted, or not there
 * at all. What is still to be asked of them fails at once with the first one's words, so that twelve
 * runs with a wrong key are one request and not twelve. Known for as long as a batch of runs lives:
 * a retry asks again.
 */
import { ModelError, type ModelFailure } from '../core/models.ts';

const FOR_GOOD: readonly ModelFailure[] = ['unauthorized', 'not-found'];

/** True where the next question to the same model fails in the same way. */
export function isRefusal(error: unknown): error is ModelError {
  return error instanceof ModelError && FOR_GOOD.includes(error.failure);
}

export class Refusals {
  readonly #models = new Map<string, ModelError>();
  readonly #endpoints = new Map<string, ModelError>();

  note(modelId: string, error: unknown): void {
    if (!isRefusal(error)) return;
    this.#models.set(modelId, error);
    if (error.endpoint !== undefined) this.#endpoints.set(`${error.endpoint}/`, error);
  }

  /** Why a model need not be asked; `undefined` where it may answer. */
  of(modelId: string): ModelError | undefined {
    const own = this.#models.get(modelId);
    if (own) return own;
    for (const [prefix, error] of this.#endpoints) if (modelId.startsWith(prefix)) return error;
    return undefined;
  }
}
