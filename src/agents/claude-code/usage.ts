/**
 * Tokens of a log, once for every API response: a response is written as several lines that all
 * repeat its usage, the early ones with fewer tokens than the last.
 */
import { addTokens, NO_TOKENS, type TokenUsage } from '../../core/message.ts';
import { asCount, asObject, asString, type JsonObject } from '../json.ts';

export class UsageTable {
  readonly #numbers = new Map<string, number>();
  readonly #tokens: TokenUsage[] = [];

  /** The number of the response a record belongs to; -1 when the record reports no usage. */
  add(record: JsonObject): number {
    const message = asObject(record['message']);
    const usage = asObject(message?.['usage']);
    if (!message || !usage) return -1;
    const cacheWrite = asCount(usage['cache_creation_input_tokens']);
    const creation = asObject(usage['cache_creation']);
    const cacheWrite1h = Math.min(cacheWrite, asCount(creation?.['ephemeral_1h_input_tokens']));
    const tokens: { -readonly [K in keyof TokenUsage]: TokenUsage[K] } = {
      input: asCount(usage['input_tokens']),
      output: asCount(usage['output_tokens']),
      cacheRead: asCount(usage['cache_read_input_tokens']),
      cacheWrite,
    };
    if (cacheWrite1h > 0) tokens.cacheWrite1h = cacheWrite1h;
    const id = asString(message['id']) ?? asString(record['uuid']);
    if (id === undefined) return this.#tokens.push(tokens) - 1;
    const key = `${id} ${asString(record['requestId']) ?? ''}`;
    const number = this.#numbers.get(key);
    if (number === undefined) {
      this.#numbers.set(key, this.#tokens.length);
      return this.#tokens.push(tokens) - 1;
    }
    const known = this.#tokens[number];
    if (known) this.#tokens[number] = larger(known, tokens);
    return number;
  }

  tokensOf(number: number): TokenUsage | undefined {
    return this.#tokens[number];
  }

  total(): TokenUsage {
    return this.#tokens.reduce(addTokens, NO_TOKENS);
  }
}

/** Keeps `a` itself where nothing grew: most lines repeat the same numbers. */
function larger(a: TokenUsage, b: TokenUsage): TokenUsage {
  const grew =
    b.input > a.input ||
    b.output > a.output ||
    b.cacheRead > a.cacheRead ||
    b.cacheWrite > a.cacheWrite ||
    (b.cacheWrite1h ?? 0) > (a.cacheWrite1h ?? 0);
  if (!grew) return a;
  const cacheWrite1h = Math.max(a.cacheWrite1h ?? 0, b.cacheWrite1h ?? 0);
  return {
    input: Math.max(a.input, b.input),
    output: Math.max(a.output, b.output),
    cacheRead: Math.max(a.cacheRead, b.cacheRead),
    cacheWrite: Math.max(a.cacheWrite, b.cacheWrite),
    ...(cacheWrite1h > 0 && { cacheWrite1h }),
  };
}
