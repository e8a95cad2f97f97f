/**
 * What messages cost. A price that is not known is `undefined`, and a sum with one unknown part is
 * unknown too: a figure that leaves something out would be taken for the whole.
 */
import { addTokens, NO_TOKENS, totalTokens, type TokenUsage } from './message.ts';

export interface PriceBook {
  /** US dollars; `undefined` when the model's price is not known. */
  price(model: string, provider: string | undefined, tokens: TokenUsage): number | undefined;
  /** Date of the prices, `YYYY-MM-DD`. */
  readonly asOf: string;
}

/** What one message adds to the sums. `Message` is one. */
export interface MessageFigures {
  readonly tokens?: TokenUsage;
  /** US dollars; absent where the price is unknown. */
  readonly cost?: number;
}

export interface Sum {
  readonly tokens: TokenUsage;
  /** Absent when a part of it is unknown, or when no message reported any usage. */
  readonly cost?: number;
}

/** The cost of one answer. No tokens cost nothing, whatever the price. */
export function costOf(
  book: PriceBook,
  answer: { readonly model?: string; readonly provider?: string; readonly tokens?: TokenUsage },
): number | undefined {
  if (!answer.tokens) return undefined;
  if (totalTokens(answer.tokens) === 0) return 0;
  if (answer.model === undefined) return undefined;
  return book.price(answer.model, answer.provider, answer.tokens);
}

/** Adds up messages. Those without token counts (prompts) take no part in the cost. */
export function sumFigures(messages: Iterable<MessageFigures>): Sum {
  let tokens = NO_TOKENS;
  let cost: number | undefined;
  let known = true;
  for (const message of messages) {
    if (!message.tokens) continue;
    tokens = addTokens(tokens, message.tokens);
    if (message.cost !== undefined) cost = (cost ?? 0) + message.cost;
    else if (totalTokens(message.tokens) > 0) known = false;
  }
  return known && cost !== undefined ? { tokens, cost } : { tokens };
}

/** Adds costs; unknown as soon as one of them is. */
export function sumCosts(costs: Iterable<number | undefined>): number | undefined {
  let sum = 0;
  for (const cost of costs) {
    if (cost === undefined) return undefined;
    sum += cost;
  }
  return sum;
}
