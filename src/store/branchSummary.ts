/** What the catalogue keeps of a branch's own messages. Pure; runs in the import worker too. */
import { addTokens, NO_TOKENS, type TokenUsage } from '../core/message.ts';
import type { OutlineEntry } from '../core/reader.ts';

export interface ModelUsage {
  readonly model?: string;
  readonly provider?: string;
  readonly tokens: TokenUsage;
}

export interface BranchSummary {
  readonly usage: readonly ModelUsage[];
  readonly models: readonly string[];
  readonly providers: readonly string[];
  /** Times of the first and last message that has one, in ms since the epoch. */
  readonly firstAt?: number;
  readonly lastAt?: number;
}

export function summarise(entries: readonly OutlineEntry[]): BranchSummary {
  const usage = new Map<string, ModelUsage>();
  const models = new Set<string>();
  const providers = new Set<string>();
  let firstAt: number | undefined;
  let lastAt: number | undefined;
  for (const { model, provider, tokens, timestamp } of entries) {
    if (model !== undefined) models.add(model);
    if (provider !== undefined) providers.add(provider);
    if (timestamp !== undefined) {
      firstAt = Math.min(firstAt ?? timestamp, timestamp);
      lastAt = Math.max(lastAt ?? timestamp, timestamp);
    }
    if (!tokens) continue;
    const key = `${provider ?? ''}\n${model ?? ''}`;
    usage.set(key, {
      ...(model !== undefined && { model }),
      ...(provider !== undefined && { provider }),
      tokens: addTokens(usage.get(key)?.tokens ?? NO_TOKENS, tokens),
    });
  }
  return {
    usage: [...usage.values()],
    models: [...models],
    providers: [...providers],
    ...(firstAt !== undefined && { firstAt }),
    ...(lastAt !== undefined && { lastAt }),
  };
}
