/**
 * A sum of costs, some of which may not be known: then it is not given as the sum, but as the least
 * it can be. Apart from src/core/cost.ts because it is part of the public API, and prices are not.
 */
export interface CostSum {
  /** US dollars; absent when a part of it is unknown, or when nothing reported any usage. */
  readonly cost?: number;
  /** The part that is known, where another is not: the whole is more than this. */
  readonly knownCost?: number;
  /** Messages that reported tokens but whose price is unknown; absent when there are none. */
  readonly unpriced?: number;
}
