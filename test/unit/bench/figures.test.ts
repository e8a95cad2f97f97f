/** The arithmetic of the benchmarks: what it says must be what was measured. */
import { describe, expect, it } from 'vitest';
import { contest, timed } from '../../bench/support/benchmark.ts';
import { benchmarkFiles, loadBenchmark } from '../../bench/support/discover.ts';
import {
  goalText,
  holds,
  median,
  percentile,
  rowOf,
  short,
  table,
  type Figure,
} from '../../bench/support/figures.ts';

const figure: Figure = {
  unit: 'ms',
  statistic: 'median',
  baseline: 'the other way',
  goal: { ratioAtMost: 2.5 },
};

describe('samples', () => {
  it('have a median, whatever their order', () => {
    expect(median([30, 10, 20])).toBe(20);
    expect(median([100, 9])).toBe(54.5);
    expect(median([7])).toBe(7);
  });

  it('have percentiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(hundred, 95)).toBe(95);
    expect(percentile(hundred, 100)).toBe(100);
    expect(percentile([5, 1, 3], 95)).toBe(5);
    expect(percentile([5, 1, 3], 34)).toBe(3);
    expect(percentile([4], 0)).toBe(4);
  });

  it('are refused when there are none or one is no number', () => {
    expect(() => median([])).toThrow('no samples');
    expect(() => percentile([1, NaN], 50)).toThrow('no numbers');
  });
});

describe('a row', () => {
  it('compares the same statistic of both sides', () => {
    const row = rowOf('append.one', figure, { subject: [2, 9, 4], baseline: [1, 2, 7] });
    expect(row).toEqual({
      name: 'append.one',
      value: 4,
      unit: 'ms',
      statistic: 'median',
      baseline: 2,
      against: 'the other way',
      ratio: 2,
      goal: '<= 2.5x',
      holds: true,
    });
    const slow = rowOf('x', { ...figure, statistic: 'p95' }, { subject: [9, 26], baseline: [10] });
    expect(slow).toMatchObject({ value: 26, ratio: 2.6, holds: false });
  });

  it('without a baseline has no ratio', () => {
    const alone: Figure = { unit: 'ms', statistic: 'max', goal: { atMost: 50 } };
    expect(rowOf('x', alone, { subject: [50, 12] })).toMatchObject({
      value: 50,
      baseline: null,
      against: null,
      ratio: null,
      goal: '<= 50 ms',
      holds: true,
    });
  });

  it('is refused when a baseline was promised and not measured, or the other way round', () => {
    expect(() => rowOf('x', figure, { subject: [1] })).toThrow('x: its baseline');
    const alone: Figure = { unit: 'ms', statistic: 'max', goal: { atMost: 50 } };
    expect(() => rowOf('x', alone, { subject: [1], baseline: [1] })).toThrow('x: its baseline');
  });
});

describe('a goal', () => {
  it('holds at its bound and not beyond', () => {
    expect(holds({ atMost: 20 }, 20, null)).toBe(true);
    expect(holds({ atMost: 20 }, 20.1, 0.1)).toBe(false);
    expect(holds({ ratioAtMost: 2.5 }, 999, 2.5)).toBe(true);
    expect(holds({ ratioAtMost: 2.5 }, 1, 2.6)).toBe(false);
    expect(holds({ ratioAtLeast: 1 }, 0, 1)).toBe(true);
    expect(holds({ ratioAtLeast: 1 }, 999, 0.9)).toBe(false);
    expect(() => holds({ ratioAtLeast: 1 }, 1, null)).toThrow('baseline');
    expect(holds({ none: true }, 1e9, null)).toBe(true);
  });

  it('is written with its unit', () => {
    expect(goalText({ atMost: 0.2 }, 'ms')).toBe('<= 0.2 ms');
    expect(goalText({ ratioAtLeast: 1 / 6 }, 'MB/s')).toBe('>= 0.167x');
  });
});

describe('the table', () => {
  it('aligns its columns and shortens numbers', () => {
    const lines = table([
      rowOf('a', figure, { subject: [1.23456], baseline: [1] }),
      rowOf('longer', figure, { subject: [12345.6], baseline: [0.5] }),
    ]).split('\n');
    expect(lines).toEqual([
      'name    value  unit         baseline   ratio  goal     holds  against',
      'a        1.23  ms (median)         1   1.23x  <= 2.5x  yes    the other way',
      'longer  12346  ms (median)       0.5  24691x  <= 2.5x  NO     the other way',
    ]);
    expect(short(0.000_123_4)).toBe('0.000123');
    const told: Figure = { unit: 'MB', statistic: 'max', goal: { none: true } };
    expect(table([rowOf('size', told, { subject: [3] })]).split('\n')[1]).toBe(
      'size      3  MB (max)',
    );
  });
});

describe('a contest', () => {
  it('runs both by turns, the first one changing, and leaves the warm-up out', async () => {
    const order: string[] = [];
    const note = (who: string) => (round: number) => {
      order.push(`${who}${round}`);
      return 1;
    };
    const times = await contest({
      warmUp: 1,
      rounds: 2,
      subject: note('s'),
      baseline: (round) => Promise.resolve(note('b')(round)),
    });
    expect(order).toEqual(['s0', 'b0', 'b1', 's1', 's2', 'b2']);
    expect(times.subject).toHaveLength(2);
    expect(times.baseline).toHaveLength(2);
  });

  it('refuses work that did nothing', async () => {
    await expect(timed(() => 0, 0)).rejects.toThrow('did nothing');
    await expect(timed(() => NaN, 0)).rejects.toThrow('did nothing');
  });
});

describe('every benchmark file', () => {
  it('exports a benchmark with a name of its own', async () => {
    const files = benchmarkFiles();
    expect(files.length).toBeGreaterThan(0);
    const names = await Promise.all(files.map(async (file) => (await loadBenchmark(file)).name));
    expect(new Set(names).size).toBe(names.length);
  });
});
