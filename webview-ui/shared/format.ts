/**
 * Figures as people read them, in the person's language (`<html lang>`, set by the host). What is
 * not known is a dash, never a zero.
 */
import { PRICE_TABLE } from '../../src/core/priceTable.ts';
import { t } from './strings.ts';

export const UNKNOWN = '—';

function locale(): string | undefined {
  const language = document.documentElement.lang || navigator.language;
  return language === '' ? undefined : language;
}

const formats = new Map<string, Intl.NumberFormat>();

function number(value: number, fraction: number, fixed = false): string {
  const key = `${locale() ?? ''}:${fraction}:${fixed}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale(), {
      maximumFractionDigits: fraction,
      minimumFractionDigits: fixed ? fraction : 0,
    });
    formats.set(key, format);
  }
  return format.format(value);
}

/** 12,345 */
export function formatCount(value: number): string {
  return number(value, 0);
}

/** Tokens, shortened: 980, 1.4k, 41.2k, 118k, 2.1M. */
export function formatTokens(value: number | undefined): string {
  if (value === undefined) return UNKNOWN;
  if (value < 1000) return number(value, 0);
  if (value < 99_950) return `${number(value / 1000, 1)}k`;
  if (value < 999_500) return `${number(value / 1000, 0)}k`;
  return `${number(value / 1_000_000, 1)}M`;
}

/** US dollars: $0.02, $1.23, <$0.01 for the smallest. */
export function formatCost(value: number | undefined): string {
  if (value === undefined) return UNKNOWN;
  if (value > 0 && value < 0.005) return `<$${number(0.01, 2, true)}`;
  return `$${number(value, 2, true)}`;
}

/** A sum with messages of unknown price is the least it can be: ≥ $1.23. */
export function formatCostSum(cost: number | undefined, knownCost: number | undefined): string {
  return cost === undefined && knownCost !== undefined
    ? `≥ ${formatCost(knownCost)}`
    : formatCost(cost);
}

/** Which prices a cost is estimated with, and what it leaves out. */
export function aboutCost(unpriced = 0): string {
  const prices = t('Estimated with list prices of {0}, or your own', PRICE_TABLE.asOf);
  if (unpriced === 0) return prices;
  const unknown =
    unpriced === 1
      ? t('1 message of unknown price')
      : t('{0} messages of unknown price', formatCount(unpriced));
  return `${unknown} · ${prices}`;
}

/** Bytes or characters: 812 B, 14 KB, 5.0 MB. */
export function formatSize(value: number | undefined): string {
  if (value === undefined) return UNKNOWN;
  if (value < 1000) return `${number(value, 0)} B`;
  if (value < 999_500) return `${number(value / 1000, 0)} KB`;
  if (value < 999_500_000) return `${number(value / 1_000_000, 1, true)} MB`;
  return `${number(value / 1_000_000_000, 1, true)} GB`;
}

/** A rate, as exact as it is worth: 0, 0.4, 12. Small ones that are none are "<0.1". */
export function formatRate(value: number): string {
  if (value > 0 && value < 0.05) return `<${number(0.1, 1)}`;
  return number(value, value < 10 ? 1 : 0);
}

/** Milliseconds: 850 ms, 9 s, 6m 12s, 3h 05m, 2d 4h. */
export function formatDuration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return UNKNOWN;
  if (milliseconds < 1000) return `${number(milliseconds, 0)} ms`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${pad(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${pad(minutes % 60)}m`;
  return `${number(Math.floor(hours / 24), 0)}d ${hours % 24}h`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** When, as short as it is clear: 10:41 today, 14 Nov, 10:41 this year, with the year before. */
export function formatTime(time: number | undefined, now = Date.now()): string {
  if (time === undefined) return UNKNOWN;
  const date = new Date(time);
  const today = new Date(now);
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  if (date.toDateString() === today.toDateString()) return dateFormat(clock).format(date);
  const day = { day: 'numeric', month: 'short' } as const;
  return date.getFullYear() === today.getFullYear()
    ? dateFormat({ ...day, ...clock }).format(date)
    : dateFormat({ ...day, year: 'numeric', ...clock }).format(date);
}

/** The whole date and time, for tooltips. */
export function formatFullTime(time: number): string {
  return dateFormat({ dateStyle: 'full', timeStyle: 'medium' }).format(new Date(time));
}

const UNITS = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** How long ago: "3 days ago", "yesterday", "now". */
export function formatAge(time: number | undefined, now = Date.now()): string {
  if (time === undefined) return UNKNOWN;
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  for (const [unit, length] of UNITS) {
    const count = Math.trunc((time - now) / length);
    if (count !== 0) return format.format(count, unit);
  }
  return format.format(0, 'second');
}

const dateFormats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale() ?? ''}:${JSON.stringify(options)}`;
  let format = dateFormats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale(), options);
    dateFormats.set(key, format);
  }
  return format;
}
