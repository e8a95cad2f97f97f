import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { NO_TOKENS, type TokenUsage } from '../../../src/core/message.ts';
import { PRICE_STEPS } from '../../../src/core/cost.ts';
import { PRICE_TABLE } from '../../../src/core/priceTable.ts';
import { loadPriceBook } from '../../../src/server/prices.ts';

const book = await loadPriceBook();
const MILLION = 1_000_000;

function tokens(input: number, output: number, cacheRead: number, cacheWrite: number): TokenUsage {
  return { input, output, cacheRead, cacheWrite };
}

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

  it('gives the price of the table for every kind of price, tiered ones too', () => {
    const models: readonly (readonly [model: string, provider?: string])[] = [
      ['claude-sonnet-4-5'],
      ['claude-opus-4-1', 'anthropic'],
      ['gpt-5.2'],
      ['gemini-2.5-pro'],
      ['o3'],
      ['sonar', 'perplexity'],
    ];
    const usages = [
      NO_TOKENS,
      tokens(3, 0, 0, 0),
      tokens(9, 7, 100, 5),
      tokens(150_000, 80, 49_999, 1),
      tokens(150_000, 80, 50_000, 1),
      tokens(400_000, 10_000, 300_000, 0),
    ];
    for (const [model, provider] of models) {
      for (const usage of usages) {
        const byTable = calcPrice(
          {
            input_tokens: usage.input + usage.cacheRead + usage.cacheWrite,
            cache_read_tokens: usage.cacheRead,
            cache_write_tokens: usage.cacheWrite,
            output_tokens: usage.output,
          },
          model,
          provider === undefined ? {} : { providerId: provider },
        );
        expect(byTable, model).not.toBeNull();
        // Asked twice: the first answer is looked up, the second one is kept.
        for (let time = 0; time < 2; time++) {
          const cost = book.price(model, provider, usage);
          expect(cost).toBeCloseTo(byTable?.total_price ?? NaN, 9);
        }
      }
    }
    const long = book.price('gemini-2.5-pro', undefined, tokens(4e5, 0, 0, 0)) ?? 0;
    const brief = book.price('gemini-2.5-pro', undefined, tokens(1e5, 0, 0, 0)) ?? 0;
    expect(long).toBeGreaterThan(4.5 * brief);
  });

  it('prices what is kept an hour apart: 6 dollars a million instead of 3.75', () => {
    const usage = { ...tokens(0, 0, 0, 1_000), cacheWrite1h: 400 };
    const cost = book.price('claude-sonnet-4-5', 'anthropic', usage);
    expect(cost).toBeCloseTo((600 * 3.75 + 400 * 6) / MILLION, 12);
    const impossible = { ...tokens(0, 0, 0, 1), cacheWrite1h: 2 };
    expect(book.price('claude-sonnet-4-5', 'anthropic', impossible)).toBeUndefined();
  });

  it('prices many answers at once as one by one, whatever their length', () => {
    const each = tokens(150_000, 10, 0, 0);
    const ten = tokens(1_500_000, 100, 0, 0);
    const one = book.price('gemini-2.5-pro', undefined, each) ?? NaN;
    expect(book.price('gemini-2.5-pro', undefined, ten, 10)).toBeCloseTo(10 * one, 9);
    const asked = book.price('sonar', 'perplexity', tokens(10, 1, 0, 0)) ?? NaN;
    expect(book.price('sonar', 'perplexity', tokens(30, 3, 0, 0), 3)).toBeCloseTo(3 * asked, 9);
  });

  it('knows every length at which the table has another price', () => {
    const providers = ['anthropic', 'openai', 'google', 'x-ai', 'azure', 'aws', 'openrouter'];
    const starts = providers.flatMap((providerId) => {
      const models = findProvider({ providerId })?.models ?? [];
      return models.flatMap(({ prices }) => {
        const all = Array.isArray(prices) ? prices.map((one) => one.prices) : [prices];
        return all
          .flatMap((one) => Object.values(one))
          .flatMap((one) => (typeof one === 'object' ? one.tiers.map(({ start }) => start) : []));
      });
    });
    expect(starts.length).toBeGreaterThan(50);
    const known: ReadonlySet<number> = new Set(PRICE_STEPS);
    expect(starts.filter((start) => !known.has(start))).toEqual([]);
  });

  it('names the day of the table that is installed', () => {
    const file = new URL('../../../package.json', import.meta.url);
    const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(dependencies['@pydantic/genai-prices']).toBe(PRICE_TABLE.version);
    expect(book.edition).toContain(PRICE_TABLE.version);
  });
});
