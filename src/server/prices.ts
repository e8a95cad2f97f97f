/**
 * The price book over the bundled price table. The table is large, so it is loaded on first use;
 * it is never fetched. Prices are those of the day the table was made, whenever an answer was
 * given, and cache writes count at the five-minute price: records do not say which was paid.
 */
import type { PriceBook } from '../core/cost.ts';
import type { TokenUsage } from '../core/message.ts';

/** Version of `@pydantic/genai-prices` and the day it was published; a test keeps them together. */
export const PRICE_TABLE = { version: '0.1.8', asOf: '2026-09-23' } as const;

let loading: Promise<PriceBook> | undefined;

/** The one price book of this process. */
export function loadPriceBook(): Promise<PriceBook> {
  loading ??= load();
  return loading;
}

async function load(): Promise<PriceBook> {
  const { calcPrice } = await import('@pydantic/genai-prices');
  return {
    asOf: PRICE_TABLE.asOf,
    price(model, provider, tokens) {
      // The table throws on figures that make no sense; from a file they are to be expected.
      if (!isSane(tokens)) return undefined;
      const usage = {
        // The table counts cached tokens as part of the input, we count them apart.
        input_tokens: tokens.input + tokens.cacheRead + tokens.cacheWrite,
        cache_read_tokens: tokens.cacheRead,
        cache_write_tokens: tokens.cacheWrite,
        output_tokens: tokens.output,
      };
      const priced = calcPrice(
        usage,
        model,
        provider === undefined ? {} : { providerId: provider },
      );
      return priced?.total_price;
    },
  };
}

function isSane(tokens: TokenUsage): boolean {
  return [tokens.input, tokens.output, tokens.cacheRead, tokens.cacheWrite].every(
    (count) => Number.isFinite(count) && count >= 0,
  );
}
