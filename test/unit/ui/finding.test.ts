/** What a person may type for an age and for days, and the tags that are offered. */
import { describe, expect, it } from 'vitest';
import { mostUsed, parseDates } from '../../../src/ui/commands/finding.ts';
import { parseAge } from '../../../src/ui/commands/pickAge.ts';

const HOUR = 3_600_000;

it('reads ages in days unless they say otherwise', () => {
  expect(['14', '36h', ' 2 W ', '0', '1.5d', '1y'].map(parseAge)).toEqual([
    14 * 24 * HOUR,
    36 * HOUR,
    14 * 24 * HOUR,
    0,
    36 * HOUR,
    365 * 24 * HOUR,
  ]);
  expect(['', '-1', 'soon', '3 months', '1 d 2 h'].map(parseAge)).toEqual(
    Array<undefined>(5).fill(undefined),
  );
});

describe('days', () => {
  it('include the last one, whichever stands first', () => {
    const may = {
      from: new Date(2026, 4, 1).getTime(),
      to: new Date(2026, 5, 1).getTime(),
    };
    for (const text of [
      '2026-05-01 2026-05-31',
      '2026-05-31, 2026-05-01',
      '2026-5-1 - 2026-05-31',
    ]) {
      expect(parseDates(text), text).toEqual(may);
    }
    expect(parseDates('2026-05-01')).toEqual({ ...may, to: new Date(2026, 4, 2).getTime() });
  });

  it('must exist', () => {
    for (const text of [
      '',
      '2026-02-30',
      'May',
      '2026-01-01 x',
      '2026-01-01 2026-01-02 2026-01-03',
    ]) {
      expect(parseDates(text), text).toBeUndefined();
    }
  });
});

it('offers the most used tags first', () => {
  const groups = [
    { key: 'b', count: 1 },
    { key: 'c', count: 1 },
    { key: 'a', count: 2 },
    { key: '', count: 9 },
  ];
  expect(mostUsed(groups).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
});
