/** Tokens and cost of a session's own messages, as its catalogue row has them. */
import { costOfUsage, type PriceBook, type UsageGroup } from '../../core/cost.ts';
import { addTokens, NO_TOKENS } from '../../core/message.ts';
import type { SessionRow } from '../catalogue.ts';

export function figuresOf(
  prices: PriceBook,
  { usage }: { readonly usage: readonly UsageGroup[] },
): Pick<SessionRow, 'tokens' | 'usage' | 'cost' | 'unpriced'> {
  const tokens = usage.reduce((sum, group) => addTokens(sum, group.tokens), NO_TOKENS);
  return { tokens, usage, ...costColumns(prices, usage) };
}

/** `cost` is what is known of it: the whole where nothing is unpriced. */
export function costColumns(
  prices: PriceBook,
  usage: readonly UsageGroup[],
): Pick<SessionRow, 'cost' | 'unpriced'> {
  const { cost, knownCost, unpriced = 0 } = costOfUsage(prices, usage);
  const known = cost ?? knownCost;
  return { ...(known !== undefined && { cost: known }), unpriced };
}
