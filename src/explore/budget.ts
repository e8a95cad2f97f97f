/**
 * What an exploration may still take, counted anew whenever a person starts or retries runs: what
 * was spent before is what they knew of. A question counts when it is sent and an answer as it
 * comes, by estimates that what the source counted takes the place of.
 */
import type { ExplorationBudget, Run } from '../core/exploration.ts';
import { totalTokens } from '../core/message.ts';

export interface Taken {
  readonly tokens: number;
  /** 0 where the price is not known. */
  readonly usd: number;
}

const NOTHING: Taken = { tokens: 0, usd: 0 };

export class Budget {
  readonly #limits: ExplorationBudget;
  readonly #before = new Map<string, Taken>();
  readonly #since = new Map<string, Taken>();
  /** Of the answers that are coming. */
  readonly #coming = new Map<string, Taken>();
  #begunAt: number | undefined;

  constructor(limits: ExplorationBudget, runs: readonly Run[]) {
    this.#limits = limits;
    for (const run of runs) this.#before.set(run.id, takenBy(run));
  }

  /**
   * Milliseconds of the time that is left, not before the first step; `undefined` without a limit.
   * @param at as for `begin`
   */
  timeLeft(at: number): number | undefined {
    const { milliseconds } = this.#limits;
    if (milliseconds === undefined || this.#begunAt === undefined) return undefined;
    return Math.max(0, this.#begunAt + milliseconds - at);
  }

  /** True where prices matter. */
  get countsDollars(): boolean {
    return this.#limits.usd !== undefined;
  }

  /**
   * The time goes on from the first step. Returns true when this was it.
   * @param at milliseconds of a clock that never goes backwards
   */
  begin(at: number): boolean {
    if (this.#begunAt !== undefined) return false;
    this.#begunAt = at;
    return true;
  }

  /** A run as the store has it now. */
  note(run: Run): void {
    const { tokens, usd } = takenBy(run);
    const before = this.#before.get(run.id) ?? NOTHING;
    this.#since.set(run.id, { tokens: tokens - before.tokens, usd: usd - before.usd });
  }

  /** What the answer that is coming took so far, its question included; nothing when it has come. */
  estimate(runId: string, taken: Taken = NOTHING): void {
    this.#coming.set(runId, taken);
  }

  /**
   * Why nothing more may be spent, in words for the person; `undefined` while it may.
   * @param at as for `begin`
   */
  exceeded(at: number): string | undefined {
    const { tokens, usd, milliseconds = 0 } = this.#limits;
    const coming = [...this.#coming.values()];
    const taken = [...this.#since.values(), ...coming];
    const used = sum(taken.map((one) => one.tokens));
    if (tokens !== undefined && used > tokens) {
      const about = coming.some((one) => one.tokens > 0) ? 'about ' : '';
      return `The budget of ${tokens} tokens is used up (${about}${used}). Retry goes on with the same budget once more.`;
    }
    const spent = sum(taken.map((one) => one.usd));
    if (usd !== undefined && spent >= usd && spent > 0) {
      const about = coming.some((one) => one.usd > 0) ? 'about ' : '';
      return `The budget of $${usd} is used up (${about}$${spent.toFixed(4)}). Retry goes on with the same budget once more.`;
    }
    if (this.timeLeft(at) === 0) {
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
