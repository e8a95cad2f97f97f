/**
 * From samples to a row of the table: medians and percentiles, the ratio to the baseline of the
 * same run, and whether the goal holds. Pure, so that the arithmetic is tested on its own.
 */

/** Samples of the subject and, interleaved with them, of what a user would pick instead. */
export interface Samples {
  readonly subject: readonly number[];
  readonly baseline?: readonly number[];
}

export type Statistic = 'median' | 'p95' | 'max';

/** `none`: said for the record. Bounds are in the figure's unit; ratios are the subject's value divided by the baseline's. */
export type Goal =
  | { readonly none: true }
  | { readonly atMost: number }
  | { readonly ratioAtMost: number }
  | { readonly ratioAtLeast: number };

/** One figure that a benchmark measures. */
export interface Figure {
  readonly unit: string;
  readonly statistic: Statistic;
  /** What the baseline is; absent where there is none. */
  readonly baseline?: string;
  readonly goal: Goal;
}

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly statistic: Statistic;
  /** The baseline's value in the same unit. */
  readonly baseline: number | null;
  /** What the baseline is. */
  readonly against: string | null;
  readonly ratio: number | null;
  readonly goal: string;
  readonly holds: boolean;
}

/** The middle sample, or the mean of the middle two. */
export function median(samples: readonly number[]): number {
  const sorted = ascending(samples);
  const upper = at(sorted, Math.floor(sorted.length / 2));
  return sorted.length % 2 === 1 ? upper : (at(sorted, sorted.length / 2 - 1) + upper) / 2;
}

/** The smallest sample that at least `percent` of all samples do not exceed (nearest rank). */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = ascending(samples);
  return at(sorted, Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1));
}

/** @throws Error where there is nothing to reduce, or the figure promises a baseline and has none */
export function rowOf(name: string, figure: Figure, samples: Samples): Row {
  const value = reduce(samples.subject, figure.statistic);
  const baseline = samples.baseline ? reduce(samples.baseline, figure.statistic) : null;
  if ((baseline === null) !== (figure.baseline === undefined)) {
    throw new Error(`${name}: its baseline was announced or measured, not both.`);
  }
  const ratio = baseline === null ? null : value / baseline;
  return {
    name,
    value,
    unit: figure.unit,
    statistic: figure.statistic,
    baseline,
    against: figure.baseline ?? null,
    ratio,
    goal: goalText(figure.goal, figure.unit),
    holds: holds(figure.goal, value, ratio),
  };
}

/** @throws Error for a goal on a ratio where there is none */
export function holds(goal: Goal, value: number, ratio: number | null): boolean {
  if ('none' in goal) return true;
  if ('atMost' in goal) return value <= goal.atMost;
  if (ratio === null) throw new Error('A goal on the ratio needs a baseline.');
  return 'ratioAtMost' in goal ? ratio <= goal.ratioAtMost : ratio >= goal.ratioAtLeast;
}

export function goalText(goal: Goal, unit: string): string {
  if ('none' in goal) return '';
  if ('atMost' in goal) return `<= ${short(goal.atMost)} ${unit}`;
  return 'ratioAtMost' in goal
    ? `<= ${short(goal.ratioAtMost)}x`
    : `>= ${short(goal.ratioAtLeast)}x`;
}

/** Three digits that count, whole numbers from 100 on. */
export function short(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : `${Number(value.toPrecision(3))}`;
}

/** The rows under each other, columns aligned; numbers to the right. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    short(row.value),
    `${row.unit} (${row.statistic})`,
    row.baseline === null ? '' : short(row.baseline),
    row.ratio === null ? '' : `${short(row.ratio)}x`,
    row.goal,
    row.goal === '' ? '' : row.holds ? 'yes' : 'NO',
    row.against ?? '',
  ]);
  const head = ['name', 'value', 'unit', 'baseline', 'ratio', 'goal', 'holds', 'against'];
  const all = [head, ...cells];
  const widths = head.map((_, column) => Math.max(...all.map((line) => at(line, column).length)));
  const numbers = new Set([1, 3, 4]);
  return all
    .map((line) =>
      line
        .map((cell, column) => {
          const width = at(widths, column);
          return numbers.has(column) ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function reduce(samples: readonly number[], statistic: Statistic): number {
  switch (statistic) {
    case 'median':
      return median(samples);
    case 'p95':
      return percentile(samples, 95);
    case 'max':
      return percentile(samples, 100);
  }
}

function ascending(samples: readonly number[]): number[] {
  if (samples.length === 0 || !samples.every(Number.isFinite)) {
    throw new Error(`There are no samples, or some are no numbers: ${samples.join(', ')}`);
  }
  return [...samples].sort((a, b) => a - b);
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`There is no item ${index} of ${items.length}.`);
  return item;
}
