/** Runs in the person's words: for the tree, the pickers and the status bar. */
import { l10n, ThemeColor, ThemeIcon } from 'vscode';
import type { Run, RunState } from '../../core/exploration.ts';
import { totalTokens } from '../../core/message.ts';
import { formatCost, formatNumber } from '../format.ts';
import { oneLine } from '../text.ts';
import { isLive } from './runs.ts';

const ICONS: Readonly<Record<RunState, readonly [icon: string, color?: string]>> = {
  queued: ['clock'],
  running: ['loading~spin', 'charts.blue'],
  done: ['pass', 'charts.green'],
  failed: ['error', 'charts.red'],
  cancelled: ['circle-slash', 'charts.yellow'],
  interrupted: ['debug-pause', 'charts.yellow'],
};

export function runIcon({ state }: Pick<Run, 'state'>): ThemeIcon {
  const [icon, color] = ICONS[state];
  return new ThemeIcon(icon, color === undefined ? undefined : new ThemeColor(color));
}

/** The icon's name, for labels that hold icons. */
export function runIconName({ state }: Pick<Run, 'state'>): string {
  return ICONS[state][0];
}

export function stateName(state: RunState): string {
  switch (state) {
    case 'queued':
      return l10n.t('queued');
    case 'running':
      return l10n.t('running');
    case 'done':
      return l10n.t('done');
    case 'failed':
      return l10n.t('failed');
    case 'cancelled':
      return l10n.t('cancelled');
    case 'interrupted':
      return l10n.t('interrupted');
  }
}

/** `running · Antithesis (2 of 3)`, `failed · no such model`. */
export function describeRun(run: Run): string {
  const { state, steps, step, stepName, error } = run;
  if (isLive(run) && run.failure === 'cancelled') return l10n.t('is being cancelled');
  const parts = [stateName(state)];
  if (state === 'running' && stepName !== undefined) {
    const name = oneLine(stepName, 40);
    parts.push(
      steps === 1
        ? name
        : l10n.t('{0} ({1} of {2})', name, formatNumber(step + 1), formatNumber(steps)),
    );
  }
  if (state === 'failed' && error !== undefined) parts.push(oneLine(error, 80));
  return parts.join(' · ');
}

/** `Dialectical · GPT-5`: what tells the runs of an exploration apart. */
export function nameOfRun({ strategyName, model }: Run): string {
  return `${oneLine(strategyName, 40)} · ${oneLine(model.name, 40)}`;
}

/** `1,234 tokens · $0.02`; `~` where both rest on an estimate. */
export function spentBy({ tokens, tokensEstimated, cost, unpriced }: Run): string {
  const count = formatNumber(totalTokens(tokens));
  const about = tokensEstimated ? '~' : '';
  const price = cost === undefined ? '' : ` · ${unpriced ? '≥ ' : ''}${about}${formatCost(cost)}`;
  return l10n.t('{0} tokens', about + count) + price;
}
