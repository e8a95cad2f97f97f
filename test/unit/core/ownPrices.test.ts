/** The person's own prices: read without trust, found by name, before the table's. */
import { describe, expect, it } from 'vitest';
import type { PriceBook } from '../../../src/core/cost.ts';
import { PersonalPrices, readOwnPrices } from '../../../src/core/ownPrices.ts';

const table: PriceBook = {
  edition: 'table',
  price: (model) => (model === 'known' ? 7 : undefined),
};
const tokens = { input: 1_000_000, output: 2_000_000, cacheRead: 4, cacheWrite: 8 };
const read = (value: unknown) => readOwnPrices(value, (problem) => JSON.stringify(problem));
const bookOf = (value: unknown) => new PersonalPrices(table, read(value).prices);

describe('the setting', () => {
  it('may be left out, and hold prices with and without those of the cache', () => {
    expect(read(undefined)).toEqual({ prices: [], problems: [] });
    expect(read({ ' a ': { input: 1, output: 0 } }).prices).toEqual([
      { pattern: 'a', input: 1, output: 0, cacheRead: 1, cacheWrite: 1, cacheWrite1h: 1 },
    ]);
    const whole = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4, cacheWrite1h: 5 };
    expect(read({ a: whole })).toEqual({ prices: [{ pattern: 'a', ...whole }], problems: [] });
  });

  it.each([
    [[], { kind: 'no-object' }],
    ['free', { kind: 'no-object' }],
    [{ ' ': { input: 1, output: 1 } }, { kind: 'no-model' }],
    [{ a: 3 }, { kind: 'no-prices', pattern: 'a' }],
    [{ a: { input: 1 } }, { kind: 'missing', pattern: 'a', key: 'output' }],
    [{ a: { input: '1', output: 1 } }, { kind: 'no-number', pattern: 'a', key: 'input' }],
    [{ a: { input: -1, output: 1 } }, { kind: 'no-number', pattern: 'a', key: 'input' }],
    [{ a: { input: 1, output: Infinity } }, { kind: 'no-number', pattern: 'a', key: 'output' }],
    [
      { a: { input: 1, output: 1, cacheread: 1 } },
      { kind: 'unknown-key', pattern: 'a', key: 'cacheread' },
    ],
  ])('says what is wrong with %j, and keeps what is right beside it', (value, problem) => {
    expect(read(value)).toEqual({ prices: [], problems: [JSON.stringify(problem)] });
    if (!Array.isArray(value) && typeof value === 'object') {
      const beside = read({ ...value, b: { input: 0, output: 0 } });
      expect(beside.prices.map(({ pattern }) => pattern)).toEqual(['b']);
    }
  });
});

describe('a price of their own', () => {
  it('comes before the table’s, and the table is asked for all others', () => {
    const book = bookOf({ known: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 } });
    expect(book.price('known', undefined, tokens)).toBeCloseTo(5 + (12 + 32) / 1e6, 12);
    expect(bookOf({}).price('known', undefined, tokens)).toBe(7);
    expect(book.price('other', undefined, tokens)).toBeUndefined();
  });

  it('may be nothing', () => {
    expect(bookOf({ 'local/*': { input: 0, output: 0 } }).price('x', 'local', tokens)).toBe(0);
  });

  it('keeps an hour’s cache apart', () => {
    const price = { input: 1, output: 1, cacheWrite: 10, cacheWrite1h: 100 };
    const usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 5, cacheWrite1h: 2 };
    expect(bookOf({ m: price }).price('m', undefined, usage)).toBeCloseTo(230 / 1e6, 12);
  });

  it('is found by name, by pattern and with the provider; the most exact one wins', () => {
    const one = (input: number) => ({ input, output: 0 });
    const book = bookOf({
      '*': one(1),
      'qwen*': one(2),
      'qwen*coder': one(3),
      'QWEN-3-coder': one(4),
      'acme/qwen-3-coder': one(5),
    });
    const million = { input: 1_000_000, output: 0, cacheRead: 0, cacheWrite: 0 };
    const at = (model: string, provider?: string) => book.price(model, provider, million);
    expect(at('anything')).toBe(1);
    expect(at('qwen-2')).toBe(2);
    expect(at('qwen-2-coder')).toBe(3);
    expect(at('Qwen-3-Coder')).toBe(4);
    expect(at('qwen-3-coder', 'acme')).toBe(5);
    expect(bookOf({ 'a*a': one(1) }).price('a', undefined, tokens)).toBeUndefined();
    expect(bookOf({ 'a.c': one(1) }).price('abc', undefined, tokens)).toBeUndefined();
  });

  it('makes another edition, and takes no time on a hostile pattern', () => {
    const book = bookOf({});
    const before = book.edition;
    book.setOwn(read({ [`${'a*'.repeat(2_000)}b`]: { input: 1, output: 1 } }).prices);
    expect(book.edition).not.toBe(before);
    expect(book.price('a'.repeat(20_000), undefined, tokens)).toBeUndefined();
    book.setOwn([]);
    expect(book.edition).toBe(before);
  });
});
