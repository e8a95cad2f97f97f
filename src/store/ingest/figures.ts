/** Tokens and cost of a session's own messages, as its catalogue row has them. */
import { costOf, sumCosts, type PriceBook } from '../../core/cost.ts';
import { addTokens, NO_TOKENS } from '../../core/message.ts';
import type { BranchSummary } from '../branchSummary.ts';
import type { SessionRow } from '../catalogue.ts';

export function figuresOf(
  prices: PriceBook,
  summary: BranchSummary,
): Pick<SessionRow, 'tokens' | 'cost'> {
  const tokens = summary.usage.reduce((sum, usage) => addTokens(sum, usage.tokens), NO_TOKENS);
  const cost =
    summary.usage.length === 0
      ? undefined
      : sumCosts(summary.usage.map((usage) => costOf(prices, usage)));
  return { tokens, ...(cost !== undefined && { cost }) };
}
