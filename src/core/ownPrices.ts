/**
 * Prices that a person gives for models, from the setting `multipath.prices`: they come before the
 * table's. Read without trust: what makes no sense is left out and named, and the rest holds.
 */
import type { PriceBook } from './cost.ts';
import type { TokenUsage } from './message.ts';
import type { OwnPrice } from './storage.ts';

export interface ReadPrices {
  readonly prices: readonly OwnPrice[];
  /** What is wrong, each in a sentence. */
  readonly problems: readonly string[];
}

const KINDS = ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWrite1h'] as const;
type Kind = (typeof KINDS)[number];
const MILLION = 1_000_000;
const MOST = 1_000;

/** Reads the setting. `say` puts a problem into words: the pattern, and what is wrong there. */
export function readOwnPrices(value: unknown, say: (problem: PriceProblem) => string): ReadPrices {
  if (value === undefined || value === null) return { prices: [], problems: [] };
  if (!isObject(value)) return { prices: [], problems: [say({ kind: 'no-object' })] };
  const prices: OwnPrice[] = [];
  const problems: string[] = [];
  for (const [pattern, given] of Object.entries(value).slice(0, MOST)) {
    const problem = problemOf(pattern, given);
    if (problem) problems.push(say(problem));
    else if (isObject(given)) prices.push(priceOf(pattern.trim(), given));
  }
  return { prices, problems };
}

export type PriceProblem =
  | { readonly kind: 'no-object' }
  | { readonly kind: 'no-model' }
  | { readonly kind: 'no-prices'; readonly pattern: string }
  | { readonly kind: 'unknown-key'; readonly pattern: string; readonly key: string }
  | { readonly kind: 'missing'; readonly pattern: string; readonly key: string }
  | { readonly kind: 'no-number'; readonly pattern: string; readonly key: string };

function problemOf(pattern: string, given: unknown): PriceProblem | undefined {
  if (pattern.trim() === '') return { kind: 'no-model' };
  if (!isObject(given)) return { kind: 'no-prices', pattern };
  const kinds: ReadonlySet<string> = new Set(KINDS);
  const unknown = Object.keys(given).find((key) => !kinds.has(key));
  if (unknown !== undefined) return { kind: 'unknown-key', pattern, key: unknown };
  for (const key of KINDS) {
    const price = given[key];
    if (price === undefined && (key === 'input' || key === 'output')) {
      return { kind: 'missing', pattern, key };
    }
    if (price !== undefined && !isPrice(price)) return { kind: 'no-number', pattern, key };
  }
  return undefined;
}

/** Reading from a cache, and writing to it, costs what input costs unless it is said. */
function priceOf(pattern: string, given: Readonly<Record<string, unknown>>): OwnPrice {
  const said = (kind: Kind, otherwise: number): number => {
    const price = given[kind];
    return isPrice(price) ? price : otherwise;
  };
  const input = said('input', 0);
  const cacheWrite = said('cacheWrite', input);
  return {
    pattern,
    input,
    output: said('output', 0),
    cacheRead: said('cacheRead', input),
    cacheWrite,
    cacheWrite1h: said('cacheWrite1h', cacheWrite),
  };
}

function isPrice(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A price book that a person's prices come first in. They may be others at any time. */
export class PersonalPrices implements PriceBook {
  readonly #table: PriceBook;
  #own: readonly OwnPrice[] = [];
  readonly #found = new Map<string, OwnPrice | undefined>();

  constructor(table: PriceBook, own: readonly OwnPrice[] = []) {
    this.#table = table;
    this.setOwn(own);
  }

  get edition(): string {
    return JSON.stringify([this.#table.edition, this.#own]);
  }

  /** What is more exact comes first: the pattern with more characters of its own. */
  setOwn(own: readonly OwnPrice[]): void {
    const exactness = ({ pattern }: OwnPrice): number => pattern.replaceAll('*', '').length;
    this.#own = own.toSorted(
      (a, b) => exactness(b) - exactness(a) || (a.pattern < b.pattern ? -1 : 1),
    );
    this.#found.clear();
  }

  price(
    model: string,
    provider: string | undefined,
    tokens: TokenUsage,
    answers = 1,
  ): number | undefined {
    const own = this.#ownOf(model, provider);
    if (!own) return this.#table.price(model, provider, tokens, answers);
    const hour = tokens.cacheWrite1h ?? 0;
    const dollars =
      own.input * tokens.input +
      own.output * tokens.output +
      own.cacheRead * tokens.cacheRead +
      own.cacheWrite * (tokens.cacheWrite - hour) +
      own.cacheWrite1h * hour;
    return Number.isFinite(dollars) && dollars >= 0 ? dollars / MILLION : undefined;
  }

  #ownOf(model: string, provider: string | undefined): OwnPrice | undefined {
    if (this.#own.length === 0) return undefined;
    const key = JSON.stringify([model, provider]);
    if (!this.#found.has(key)) {
      // Files may name any number of models.
      if (this.#found.size >= MOST) this.#found.clear();
      const names = [model, `${provider ?? ''}/${model}`].map((name) => name.toLowerCase());
      this.#found.set(
        key,
        this.#own.find(({ pattern }) => names.some((name) => fits(pattern.toLowerCase(), name))),
      );
    }
    return this.#found.get(key);
  }
}

/** Whether a name fits a pattern with stars, without going back more than once a star. */
function fits(pattern: string, name: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || name.length < first.length + last.length) return false;
  let at = first.length;
  const end = name.length - last.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return name.endsWith(last);
}
