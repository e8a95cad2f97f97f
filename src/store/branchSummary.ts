/** What the catalogue keeps of a branch's own messages. Pure; runs in the import worker too. */
import type { UsageGroup } from '../core/cost.ts';
import type { OutlineEntry } from '../core/reader.ts';
import { UsageSums } from './usageGroups.ts';

export interface BranchSummary {
  readonly usage: readonly UsageGroup[];
  readonly models: readonly string[];
  readonly providers: readonly string[];
  /** Times of the first and last message that has one, in ms since the epoch. */
  readonly firstAt?: number;
  readonly lastAt?: number;
}

export function summarise(entries: readonly OutlineEntry[]): BranchSummary {
  const usage = new UsageSums();
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
    const answer: { -readonly [K in keyof UsageGroup]: UsageGroup[K] } = { tokens, answers: 1 };
    if (model !== undefined) answer.model = model;
    if (provider !== undefined) answer.provider = provider;
    if (nanoDollars !== undefined) answer.nanoDollars = nanoDollars;
    usage.add(answer);
  }
  return {
    usage: usage.groups(),
    models: [...models],
    providers: [...providers],
    ...(firstAt !== undefined && { firstAt }),
    ...(lastAt !== undefined && { lastAt }),
  };
}
