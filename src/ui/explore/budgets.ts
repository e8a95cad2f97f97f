/** Budgets of explorations as the person sets and reads them. */
import { l10n, workspace } from 'vscode';
import type { ExplorationBudget } from '../../core/exploration.ts';
import { BudgetSettings } from '../contributions.ts';
import { formatNumber } from '../format.ts';

export const MINUTE = 60_000;

export function budgetFromSettings(): ExplorationBudget {
  const configuration = workspace.getConfiguration();
  const number = (setting: string, fallback: number): number => {
    const value = configuration.get<unknown>(setting);
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : fallback;
  };
  return budgetOf({
    runsAtOnce: number(BudgetSettings.runsAtOnce, 3),
    tokens: number(BudgetSettings.tokens, 1_000_000),
    usd: number(BudgetSettings.usd, 5),
    minutes: number(BudgetSettings.minutes, 30),
  });
}

/** 0 is no limit. */
export function budgetOf(limits: {
  readonly runsAtOnce: number;
  readonly tokens: number;
  readonly usd: number;
  readonly minutes: number;
}): ExplorationBudget {
  const { runsAtOnce, tokens, usd, minutes } = limits;
  return {
    runsAtOnce: Math.max(1, Math.min(16, Math.floor(runsAtOnce))),
    ...(tokens > 0 && { tokens: Math.max(1, Math.floor(tokens)) }),
    ...(usd > 0 && { usd }),
    ...(minutes > 0 && { milliseconds: Math.round(minutes * MINUTE) }),
  };
}

/** `3 at once · up to 1,000,000 tokens · $5 · 30 min`. */
export function budgetText({
  runsAtOnce = 3,
  tokens,
  usd,
  milliseconds,
}: ExplorationBudget): string {
  return [
    l10n.t('{0} at once', formatNumber(runsAtOnce)),
    ...(tokens === undefined ? [] : [l10n.t('up to {0} tokens', formatNumber(tokens))]),
    ...(usd === undefined ? [] : [`$${formatNumber(usd)}`]),
    ...(milliseconds === undefined ? [] : [l10n.t('{0} min', formatNumber(milliseconds / MINUTE))]),
  ].join(' · ');
}
