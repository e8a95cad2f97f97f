/**
 * Tokens as Codex counts them: events that repeat the thread's total and tell what the last request
 * took. Cached input is part of the input, reasoning part of the output.
 */
import { addTokens, NO_TOKENS, type TokenUsage } from '../../core/message.ts';
import { asCount, asObject, type JsonObject } from '../json.ts';

export interface TokenCount {
  readonly total?: TokenUsage;
  readonly last?: TokenUsage;
}

/** `undefined` where an event tells no count, as those about limits alone. */
export function countOf(info: JsonObject | undefined): TokenCount | undefined {
  const total = usageOf(asObject(info?.['total_token_usage']));
  const last = usageOf(asObject(info?.['last_token_usage']));
  return total || last ? { ...(total && { total }), ...(last && { last }) } : undefined;
}

function usageOf(usage: JsonObject | undefined): TokenUsage | undefined {
  if (!usage) return undefined;
  const cacheRead = asCount(usage['cached_input_tokens']);
  const cacheWrite = asCount(usage['cache_write_input_tokens']);
  return {
    input: Math.max(0, asCount(usage['input_tokens']) - cacheRead - cacheWrite),
    output: asCount(usage['output_tokens']),
    cacheRead,
    cacheWrite,
  };
}

/** Turns counts, in order, into what each one adds. */
export class TokenMeter {
  #total: TokenUsage | undefined;

  /** `undefined` for a count that repeats the one before. */
  add({ total, last }: TokenCount): TokenUsage | undefined {
    const before = this.#total;
    if (total && before && same(total, before)) return undefined;
    if (total) this.#total = total;
    const added = last ?? (total && difference(total, before ?? NO_TOKENS));
    return added && !same(added, NO_TOKENS) ? added : undefined;
  }
}

function same(a: TokenUsage, b: TokenUsage): boolean {
  return (
    a.input === b.input &&
    a.output === b.output &&
    a.cacheRead === b.cacheRead &&
    a.cacheWrite === b.cacheWrite
  );
}

/** A total that shrank has begun anew. */
function difference(total: TokenUsage, before: TokenUsage): TokenUsage {
  const less = {
    input: -before.input,
    output: -before.output,
    cacheRead: -before.cacheRead,
    cacheWrite: -before.cacheWrite,
  };
  const added = addTokens(total, less);
  return Object.values(added).some((count) => count < 0) ? total : added;
}
