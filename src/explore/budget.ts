/**
 * What an exploration may still take, counted anew whenever a person starts or retries runs: what
 * was spent before is what they knew of. Tokens count as they are spent, those of answers that are
 * still coming by an estimate; dollars once an answer is whole and its price is known.
 */
import type { ExplorationBudget, Run } from '../core/exploration.ts';
import { totalTokens } from '../core/message.ts';

interface Taken {
  readonly tokens: number;
  readonly usd: number;
}

export class Budget {
  readonly #limits: ExplorationBudget;
  readonly #before = new Map<string, Taken>();
  readonly #since = new Map<string, Taken>();
  /** Of the answers that are coming. */
  readonly #coming = new Map<string, number>();
  #begunAt: number | undefined;

  constructor(limits: ExplorationBudget, runs: readonly Run[]) {
    this.#limits = limits;
    for (const run of runs) this.#before.set(run.id, takenBy(run));
  }

  get milliseconds(): number | undefined {
    return this.#limits.milliseconds;
  }

  /** The time goes on from the first step. Returns true when this was it. */
  begin(now: number): boolean {
    if (this.#begunAt !== undefined) return false;
    this.#begunAt = now;
    return true;
  }

  /** A run as the store has it now. */
  note(run: Run): void {
    const { tokens, usd } = takenBy(run);
    const before = this.#before.get(run.id) ?? { tokens: 0, usd: 0 };
    this.#since.set(run.id, { tokens: tokens - before.tokens, usd: usd - before.usd });
  }

  /** What the answer that is coming took so far, its question included; 0 when it has come. */
  estimate(runId: string, tokens: number): void {
    this.#coming.set(runId, tokens);
  }

  /** Why nothing more may be spent, in words for the person; `undefined` while it may. */
  exceeded(now: number): string | undefined {
    const { tokens, usd, milliseconds } = this.#limits;
    const taken = [...this.#since.values()];
    const used = sum(taken.map((one) => one.tokens)) + sum([...this.#coming.values()]);
    if (tokens !== undefined && used > tokens) {
      return `The budget of ${tokens} tokens is used up (${used}). Retry goes on with the same budget once more.`;
    }
    const spent = sum(taken.map((one) => one.usd));
    if (usd !== undefined && spent >= usd && spent > 0) {
      return `The budget of $${usd} is used up ($${spent.toFixed(4)}). Retry goes on with the same budget once more.`;
    }
    if (
      milliseconds !== undefined &&
      this.#begunAt !== undefined &&
      now - this.#begunAt >= milliseconds
    ) {
      return `The time of ${Math.round(milliseconds / 1000)} s is used up. Retry goes on with the same time once more.`;
    }
    return undefined;
  }
}

function takenBy(run: Run): Taken {
  return { tokens: totalTokens(run.tokens), usd: run.cost ?? 0 };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
