import { describe, expect, it } from 'vitest';
import { costOf, costOfUsage, sumFigures, type PriceBook } from '../../../src/core/cost.ts';
import { NO_TOKENS, type TokenUsage } from '../../../src/core/message.ts';

const tokens: TokenUsage = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 };
const book: PriceBook = {
  edition: 'test',
  price: (model) => (model === 'known' ? 0.5 : undefined),
};

describe('sumFigures', () => {
  it('adds tokens and costs; prompts take no part', () => {
    expect(sumFigures([{}, { tokens, cost: 0.25 }, { tokens, cost: 0.5 }])).toEqual({
      tokens: { input: 2, output: 4, cacheRead: 6, cacheWrite: 8 },
      cost: 0.75,
    });
  });

  it('is no sum when one price is unknown: it says what is known, and what is missing', () => {
    expect(sumFigures([{ tokens, cost: 0.25 }, { tokens }, { tokens }])).toEqual({
      tokens: { input: 3, output: 6, cacheRead: 9, cacheWrite: 12 },
      knownCost: 0.25,
      unpriced: 2,
    });
    expect(sumFigures([{ tokens }])).toEqual({ tokens, unpriced: 1 });
  });

  it('keeps apart what is written to a cache for an hour', () => {
    const hour = { ...tokens, cacheWrite1h: 3 };
    expect(
      sumFigures([
        { tokens: hour, cost: 1 },
        { tokens, cost: 1 },
      ]).tokens,
    ).toEqual({
      input: 2,
      output: 4,
      cacheRead: 6,
      cacheWrite: 8,
      cacheWrite1h: 3,
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
  it('of usage count answers, not groups', () => {
    const known = { model: 'known', tokens, answers: 4 };
    expect(costOfUsage(book, [known, known])).toEqual({ cost: 1 });
    expect(costOfUsage(book, [known, { tokens, answers: 3 }])).toEqual({
      knownCost: 0.5,
      unpriced: 3,
    });
    expect(costOfUsage(book, [])).toEqual({});
  });

  it('come from the book, for answers whose model is named', () => {
    expect(costOf(book, { model: 'known', tokens })).toBe(0.5);
    expect(costOf(book, { model: 'unheard-of', tokens })).toBeUndefined();
    expect(costOf(book, { tokens })).toBeUndefined();
    expect(costOf(book, { model: 'known' })).toBeUndefined();
    expect(costOf(book, { model: 'unheard-of', tokens: NO_TOKENS })).toBe(0);
  });
});
