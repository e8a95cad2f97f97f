/** What the catalogue keeps of a branch's own messages. Pure; runs in the import worker too. */
import type { UsageGroup } from '../core/cost.ts';
import type { OutlineEntry } from '../core/reader.ts';
import { mergeUsage } from './usageGroups.ts';

export interface BranchSummary {
  readonly usage: readonly UsageGroup[];
  readonly models: readonly string[];
  readonly providers: readonly string[];
  /** Times of the first and last message that has one, in ms since the epoch. */
  readonly firstAt?: number;
  readonly lastAt?: number;
}

export function summarise(entries: readonly OutlineEntry[]): BranchSummary {
  const usage: UsageGroup[] = [];
  const models = new Set<string>();
  const providers = new Set<string>();
  let firstAt: number | undefined;
  let lastAt: number | undefined;
  for (const { model, provider, tokens, nanoDollars, timestamp } of entries) {
    if (model !== undefined) models.add(model);
    if (provider !== undefined) providers.add(provider);
    if (timestamp !== undefined) {
      firstAt = Math.min(firstAt ?? timestamp, timestamp);
      lastAt = Math.max(lastAt ?? timestamp, timestamp);
    }
    if (!tokens) continue;
    usage.push({
      ...(model !== undefined && { model }),
      ...(provider !== undefined && { provider }),
      tokens,
      answers: 1,
      ...(nanoDollars !== undefined && { nanoDollars }),
    });
  }
  return {
    usage: mergeUsage(usage),
    models: [...models],
    providers: [...providers],
    ...(firstAt !== undefined && { firstAt }),
    ...(lastAt !== undefined && { lastAt }),
  };
}
