import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPriceBook, PRICE_TABLE } from '../../../src/server/prices.ts';

const book = await loadPriceBook();
const MILLION = 1_000_000;

describe('the price book', () => {
  it('prices an answer of Claude as by hand: 3, 15, 0.30 and 3.75 dollars a million', () => {
    const cost = book.price('claude-sonnet-4-5-20250929', 'anthropic', {
      input: 100,
      output: 50,
      cacheRead: 600,
      cacheWrite: 300,
    });
    const byHand = (100 * 3 + 50 * 15 + 600 * 0.3 + 300 * 3.75) / MILLION;
    expect(cost).toBeCloseTo(byHand, 12);
  });

  it('finds the provider by the model where none is named', () => {
    const tokens = { input: 1_000, output: 0, cacheRead: 0, cacheWrite: 0 };
    expect(book.price('claude-sonnet-4-5', undefined, tokens)).toBeCloseTo(0.003, 12);
  });

  it('does not know models, providers and figures that make no sense', () => {
    const tokens = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };
    expect(book.price('<synthetic>', 'anthropic', tokens)).toBeUndefined();
    expect(book.price('no-such-model', undefined, tokens)).toBeUndefined();
    expect(book.price('claude-sonnet-4-5', 'no-such-provider', tokens)).toBeUndefined();
    expect(book.price('claude-sonnet-4-5', 'anthropic', { ...tokens, input: -1 })).toBeUndefined();
    expect(
      book.price('claude-sonnet-4-5', 'anthropic', { ...tokens, output: NaN }),
    ).toBeUndefined();
  });

  it('names the day of the table that is installed', () => {
    const file = new URL('../../../package.json', import.meta.url);
    const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(dependencies['@pydantic/genai-prices']).toBe(PRICE_TABLE.version);
    expect(book.asOf).toBe(PRICE_TABLE.asOf);
  });
});
