/**
 * The price book over the bundled price table. The table is large, so it is loaded on first use;
 * it is never fetched. Prices are those of the day the table was made, whenever an answer was
 * given. Cache writes count at the five-minute price, except what a record says is kept an hour.
 */
import type { PriceCalculationResult } from '@pydantic/genai-prices';
import { LRUCache } from 'lru-cache';
import { inputOf, type PriceBook } from '../core/cost.ts';
import { PRICE_TABLE } from '../core/priceTable.ts';
import { NO_TOKENS, type TokenUsage } from '../core/message.ts';

const KINDS = ['input', 'output', 'cacheRead', 'cacheWrite'] as const;
/** Files may name any number of models. */
const KEPT_MODELS = 1_000;
/** Tokens whose price is asked for; prices are per million. */
const PROBE = 1_000_000;

let loading: Promise<PriceBook> | undefined;

/** The one price book of this process. */
export function loadPriceBook(): Promise<PriceBook> {
  loading ??= load();
  return loading;
}

async function load(): Promise<PriceBook> {
  const { calcPrice } = await import('@pydantic/genai-prices');
  const calculate = (model: string, provider: string | undefined, tokens: TokenUsage) =>
    calcPrice(
      {
        // The table counts cached tokens as part of the input, we count them apart.
        input_tokens: inputOf(tokens),
        cache_read_tokens: tokens.cacheRead,
        cache_write_tokens: tokens.cacheWrite,
        ...(tokens.cacheWrite1h && { cache_write_1h_tokens: tokens.cacheWrite1h }),
        output_tokens: tokens.output,
      },
      model,
      provider === undefined ? {} : { providerId: provider },
    );
  const known = new LRUCache<string, Price>({ max: KEPT_MODELS });
  const look = (model: string, provider: string | undefined): Price => {
    const key = JSON.stringify([model, provider]);
    let price = known.get(key);
    if (!price) {
      price = findPrice((tokens) => calculate(model, provider, tokens));
      known.set(key, price);
    }
    return price;
  };
  let last: { model: string; provider: string | undefined; price: Price } | undefined;
  /** A session's answers are mostly by one model, and making the key takes longer than the sum. */
  const priceOf = (model: string, provider: string | undefined): Price => {
    if (last?.model !== model || last.provider !== provider) {
      last = { model, provider, price: look(model, provider) };
    }
    return last.price;
  };
  return {
    edition: `genai-prices ${PRICE_TABLE.version}`,
    price(model, provider, tokens, answers = 1) {
      // The table throws on figures that make no sense; from a file they are to be expected.
      if (!isSane(tokens)) return undefined;
      const price = priceOf(model, provider);
      if (price === 'unknown') return undefined;
      const length = inputOf(tokens) / answers;
      const { each, hour } = price.tiers.find(({ upTo }) => length <= upTo) ?? FREE;
      let sum = price.request * answers + (hour - each.cacheWrite) * (tokens.cacheWrite1h ?? 0);
      for (const kind of KINDS) sum += each[kind] * tokens[kind];
      return sum;
    },
  };
}

/** Dollars per token of each kind, for answers whose whole input has at most `upTo` tokens. */
interface Tier {
  readonly upTo: number;
  readonly each: TokenUsage;
  /** Of a cache write that is kept an hour. */
  readonly hour: number;
}

const FREE: Pick<Tier, 'each' | 'hour'> = { each: NO_TOKENS, hour: 0 };

/** `request`: what every answer costs, whatever its length. */
type Price = { readonly request: number; readonly tiers: readonly Tier[] } | 'unknown';

/** Finds a model's price. Looking it up takes longer than reading a message, so it is kept. */
function findPrice(calculate: (tokens: TokenUsage) => PriceCalculationResult): Price {
  const empty = calculate(NO_TOKENS);
  if (!empty) return 'unknown';
  const request = empty.total_price;
  const starts = Object.values(empty.model_price).flatMap((price) =>
    typeof price === 'object' ? price.tiers.map(({ start }) => start) : [],
  );
  const ends = [...new Set(starts)].sort((a, b) => a - b);
  const tiers = [...ends, Infinity].map((upTo, tier) => {
    const size = Math.min(upTo, Math.max((ends[tier - 1] ?? 0) + 1, PROBE));
    const dollars = (tokens: Partial<TokenUsage>): number =>
      (calculate({ ...NO_TOKENS, ...tokens })?.total_price ?? request) - request;
    const input = dollars({ input: size });
    const each = {
      input: input / size,
      output: (dollars({ input: size, output: PROBE }) - input) / PROBE,
      cacheRead: dollars({ cacheRead: size }) / size,
      cacheWrite: dollars({ cacheWrite: size }) / size,
    };
    const hour = dollars({ cacheWrite: size, cacheWrite1h: size }) / size;
    return { upTo, each, hour };
  });
  return { request, tiers };
}

function isSane(tokens: TokenUsage): boolean {
  const hour = tokens.cacheWrite1h ?? 0;
  const isHour = hour >= 0 && hour <= tokens.cacheWrite;
  return isHour && KINDS.every((kind) => Number.isFinite(tokens[kind]) && tokens[kind] >= 0);
}
