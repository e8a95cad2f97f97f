import { describe, expect, it } from 'vitest';
import { costOf, sumCosts, sumFigures, type PriceBook } from '../../../src/core/cost.ts';
import { NO_TOKENS, type TokenUsage } from '../../../src/core/message.ts';

const tokens: TokenUsage = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 };
const book: PriceBook = {
  asOf: '2026-01-01',
  price: (model) => (model === 'known' ? 0.5 : undefined),
};

describe('sumFigures', () => {
  it('adds tokens and costs; prompts take no part', () => {
    expect(sumFigures([{}, { tokens, cost: 0.25 }, { tokens, cost: 0.5 }])).toEqual({
      tokens: { input: 2, output: 4, cacheRead: 6, cacheWrite: 8 },
      cost: 0.75,
    });
  });

  it('has no cost when one price is unknown, and keeps the tokens', () => {
    expect(sumFigures([{ tokens, cost: 0.25 }, { tokens }])).toEqual({
      tokens: { input: 2, output: 4, cacheRead: 6, cacheWrite: 8 },
    });
  });

  it('has no cost when nothing reported any usage', () => {
    expect(sumFigures([{}, {}])).toEqual({ tokens: NO_TOKENS });
    expect(sumFigures([])).not.toHaveProperty('cost');
  });

  it('does not let an answer without tokens make the sum unknown', () => {
    expect(sumFigures([{ tokens, cost: 1 }, { tokens: NO_TOKENS }]).cost).toBe(1);
  });
});

describe('costs', () => {
  it('are unknown as soon as one is', () => {
    expect(sumCosts([1, 2])).toBe(3);
    expect(sumCosts([1, undefined])).toBeUndefined();
  });

  it('come from the book, for answers whose model is named', () => {
    expect(costOf(book, { model: 'known', tokens })).toBe(0.5);
    expect(costOf(book, { model: 'unheard-of', tokens })).toBeUndefined();
    expect(costOf(book, { tokens })).toBeUndefined();
    expect(costOf(book, { model: 'known' })).toBeUndefined();
    expect(costOf(book, { model: 'unheard-of', tokens: NO_TOKENS })).toBe(0);
  });
});
