/**
 * What messages cost. A price that is not known is no price of 0: a sum with such a part is not
 * given as the sum, but as the least it can be, with how many messages are missing from it.
 */
import type { CostSum } from './costSum.ts';
import { addTokens, NO_TOKENS, totalTokens, type TokenUsage } from './message.ts';

export interface PriceBook {
  /**
   * US dollars of answers by one model; `undefined` when its price is not known. Prices that depend
   * on an answer's length are those of the answers' mean length.
   */
  price(
    model: string,
    provider: string | undefined,
    tokens: TokenUsage,
    answers?: number,
  ): number | undefined;
  /** Another text whenever a price may be another one. */
  readonly edition: string;
}

/** What answers of one model, alike in length, took. */
export interface UsageGroup {
  readonly model?: string;
  readonly provider?: string;
  readonly tokens: TokenUsage;
  readonly answers: number;
  /** What the agent itself says they cost; absent unless it does of each. */
  readonly nanoDollars?: number;
}

/** What one message adds to the sums. `Message` is one. */
export interface MessageFigures {
  readonly tokens?: TokenUsage;
  /** US dollars; absent where the price is unknown. */
  readonly cost?: number;
}

export interface Sum extends CostSum {
  readonly tokens: TokenUsage;
}

/**
 * Lengths of an answer's input, in tokens, beyond which some model has another price: a test holds
 * them against the table.
 */
export const PRICE_STEPS = [128_000, 199_999, 200_000, 271_999, 272_000, 512_000] as const;

/** All of an answer's input, cached or not: what prices by length go by. */
export function inputOf(tokens: TokenUsage): number {
  return tokens.input + tokens.cacheRead + tokens.cacheWrite;
}

/** Answers in one class have one price a token, whatever the model. */
export function lengthClass(tokens: TokenUsage): number {
  const input = inputOf(tokens);
  const step = PRICE_STEPS.findIndex((upTo) => input <= upTo);
  return step === -1 ? PRICE_STEPS.length : step;
}

/**
 * The cost of one answer, or of several alike: by the price that is known, else as the agent
 * recorded it. No tokens cost nothing, whatever the price.
 */
export function costOf(
  book: PriceBook,
  answer: {
    readonly model?: string;
    readonly provider?: string;
    readonly tokens?: TokenUsage;
    readonly answers?: number;
    readonly nanoDollars?: number;
  },
): number | undefined {
  if (!answer.tokens) return undefined;
  if (totalTokens(answer.tokens) === 0) return 0;
  const { model, provider, tokens, answers = 1, nanoDollars } = answer;
  const priced = model === undefined ? undefined : book.price(model, provider, tokens, answers);
  return priced ?? (nanoDollars === undefined ? undefined : nanoDollars / 1e9);
}

/** Adds up messages. Those without token counts (prompts) take no part in the cost. */
export function sumFigures(messages: Iterable<MessageFigures>): Sum {
  const costs = new CostAdder();
  let tokens = NO_TOKENS;
  for (const message of messages) {
    if (!message.tokens) continue;
    tokens = addTokens(tokens, message.tokens);
    if (message.cost !== undefined) costs.add(message.cost, 1);
    else if (totalTokens(message.tokens) > 0) costs.add(undefined, 1);
  }
  return { tokens, ...costs.sum() };
}

/** What all answers of a session cost. */
export function costOfUsage(book: PriceBook, usage: readonly UsageGroup[]): CostSum {
  const costs = new CostAdder();
  for (const group of usage) costs.add(costOf(book, group), group.answers);
  return costs.sum();
}

/** The cost of parts together; a part that knows nothing of a cost takes no part in it. */
export function addCosts(parts: Iterable<CostSum>): CostSum {
  const costs = new CostAdder();
  for (const { cost, knownCost, unpriced = 0 } of parts) {
    const known = cost ?? knownCost;
    if (known !== undefined) costs.add(known, 1);
    if (unpriced > 0) costs.add(undefined, unpriced);
  }
  return costs.sum();
}

class CostAdder {
  #known: number | undefined;
  #unpriced = 0;

  add(cost: number | undefined, answers: number): void {
    if (cost === undefined) this.#unpriced += answers;
    else this.#known = (this.#known ?? 0) + cost;
  }

  sum(): CostSum {
    const known = this.#known;
    const unpriced = this.#unpriced;
    if (unpriced === 0) return known === undefined ? {} : { cost: known };
    return { ...(known !== undefined && { knownCost: known }), unpriced };
  }
}
