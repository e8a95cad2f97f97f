/** Figures in the person's language: sizes, ages, counts, models. */
import { env, l10n } from 'vscode';
import type { Message } from '../core/message.ts';
import type { Session } from '../core/session.ts';

const number = () => new Intl.NumberFormat(env.language, { maximumFractionDigits: 1 });

export function formatNumber(value: number): string {
  return number().format(value);
}

/** `1.2 GB`; decimal units, as file managers show. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const rounded = value >= 100 || unit === 0 ? Math.round(value) : value;
  return `${number().format(rounded)} ${units[unit] ?? 'B'}`;
}

/** How long something takes, from seconds: `40 s`, `3 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 90) return l10n.t('{0} s', number().format(Math.max(1, Math.round(seconds))));
  return l10n.t('{0} min', number().format(Math.round(seconds / 60)));
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `2 h ago`, and a date once that says more. Both times in milliseconds since the epoch. */
export function formatAge(at: number, now: number): string {
  const age = now - at;
  if (age < MINUTE) return l10n.t('just now');
  if (age < HOUR) return l10n.t('{0} min ago', Math.floor(age / MINUTE));
  if (age < DAY) return l10n.t('{0} h ago', Math.floor(age / HOUR));
  if (age < 2 * DAY) return l10n.t('yesterday');
  if (age < 14 * DAY) return l10n.t('{0} d ago', Math.floor(age / DAY));
  return new Intl.DateTimeFormat(env.language, { dateStyle: 'medium' }).format(at);
}

export function formatDate(at: number): string {
  return new Intl.DateTimeFormat(env.language, { dateStyle: 'medium', timeStyle: 'short' }).format(
    at,
  );
}

/** ` · $1.50` where anything is known of a cost, also that it is unknown. */
export function costBeside(figures: Parameters<typeof formatCosts>[0]): string {
  const { estimatedCost, unpricedMessages = 0 } = figures;
  return estimatedCost === undefined && unpricedMessages === 0 ? '' : ` · ${formatCosts(figures)}`;
}

/** What a session's own messages cost, as far as their prices are known. */
export function formatCosts({
  estimatedCost,
  knownCost,
  unpricedMessages = 0,
}: Pick<Session, 'estimatedCost' | 'knownCost' | 'unpricedMessages'>): string {
  if (estimatedCost !== undefined) return formatCost(estimatedCost);
  if (unpricedMessages === 0) return '–';
  const unknown =
    unpricedMessages === 1
      ? l10n.t('1 message of unknown price')
      : l10n.t('{0} messages of unknown price', formatNumber(unpricedMessages));
  // The least that it was: without it, one message would hide what hundreds cost.
  return knownCost === undefined ? `– (${unknown})` : `≥ ${formatCost(knownCost)} (${unknown})`;
}

/** Less than a cent is not nothing. */
const CENT = 0.01;

export function formatCost(dollars: number): string {
  if (dollars > 0 && dollars < CENT / 2) return `<${formatCost(CENT)}`;
  return new Intl.NumberFormat(env.language, {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: dollars >= 10 ? 0 : 2,
  }).format(dollars);
}

export function countMessages(count: number): string {
  return count === 1 ? l10n.t('1 message') : l10n.t('{0} messages', formatNumber(count));
}

export function countSessions(count: number): string {
  return count === 1 ? l10n.t('1 session') : l10n.t('{0} sessions', formatNumber(count));
}

export function countForks(count: number): string {
  return count === 1 ? l10n.t('1 fork') : l10n.t('{0} forks', formatNumber(count));
}

export function countSubagents(count: number): string {
  return count === 1 ? l10n.t('1 subagent') : l10n.t('{0} subagents', formatNumber(count));
}

export function countFiles(count: number): string {
  return count === 1 ? l10n.t('1 file') : l10n.t('{0} files', formatNumber(count));
}

/** `claude-sonnet-4-5`, without the date that agents append. */
export function shortModel(model: string): string {
  return model.replace(/-20\d{6}$/, '');
}

export function roleName(role: Message['role']): string {
  switch (role) {
    case 'user':
      return l10n.t('You');
    case 'assistant':
      return l10n.t('Assistant');
    case 'system':
      return l10n.t('System');
  }
}
