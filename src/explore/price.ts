/** What an answer costs while it is coming: the store knows the prices, and is asked once an answer. */
import type { ExploreOperations, PricedAnswer } from '../core/exploration.ts';

/** Of an answer, for what one of its tokens costs. */
const MANY = 1_000;

/** Dollars of a question and so many tokens of its answer; always 0 where the price is not known. */
export async function pricer(
  store: Pick<ExploreOperations, 'priceAnswers'>,
  model: Pick<PricedAnswer, 'model' | 'provider'>,
  input: number,
): Promise<(output: number) => number> {
  const [question, many] = await store.priceAnswers([
    { ...model, input, output: 0 },
    { ...model, input, output: MANY },
  ]);
  if (typeof question !== 'number' || typeof many !== 'number') return () => 0;
  const each = (many - question) / MANY;
  return (output) => question + output * each;
}
