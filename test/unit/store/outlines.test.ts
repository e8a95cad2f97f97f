/** How much the outlines read, over a database that counts. */
import { expect, it } from 'vitest';
import type { Database, Row, SqlValue } from '../../../src/store/database.ts';
import { encodeOutline } from '../../../src/store/outlineCodec.ts';
import { Outlines } from '../../../src/store/outlines.ts';

let asked = 0;

/** Outlines of a log in which each branch leaves the one before it after that one's only message. */
function nested(): Outlines {
  asked = 0;
  const database: Pick<Database, 'get'> = {
    get: (sql: string, [, branch = 0]: readonly SqlValue[] = []): Row | undefined => {
      asked++;
      if (!sql.includes('FROM branch')) return undefined;
      const number = Number(branch);
      return {
        parent_number: number === 0 ? null : number - 1,
        parent_length: number,
        own_count: 1,
      };
    },
  };
  // What else a database can is not asked for.
  return new Outlines(database as Database);
}

it('walks a chain of branches once, however many hang on each other', () => {
  const outlines = nested();
  for (let branch = 0; branch < 500; branch++) {
    expect(outlines.length(1, branch)).toBe(branch + 1);
  }
  expect(asked).toBeLessThan(2_000);
  outlines.changed(1);
  expect(outlines.length(1, 499)).toBe(500);
});

it('keeps what branches share once, however deep they hang', () => {
  const outlines = nested();
  expect(outlines.length(1, 19_999)).toBe(20_000);
  expect(asked).toBeLessThan(60_000);
  expect(outlines.spans(1, 19_999)).toHaveLength(20_000);
  expect(outlines.passes(1, 19_999, { log: 1, branch: 7, index: 7 })).toBe(true);
  expect(outlines.passes(1, 19_999, { log: 1, branch: 7, index: 8 })).toBe(false);
});

it('tells branches that run in a circle', () => {
  const row = { parent_number: 3, parent_length: 1, own_count: 1 };
  const database: Pick<Database, 'get'> = {
    get: (sql) => (sql.includes('FROM branch') ? row : undefined),
  };
  expect(() => new Outlines(database as Database).length(1, 3)).toThrow('in a circle');
});

it('keeps what it decoded, except in passing', () => {
  const entries = Array.from({ length: 100 }, (_, seq) => ({ role: 'user' as const, seqs: [seq] }));
  const rows = encodeOutline(entries).map(({ data }, chunk): Row => ({ chunk, data }));
  const row = { parent_number: null, parent_length: null, own_count: entries.length };
  let reads = 0;
  const database: Pick<Database, 'get' | 'all'> = {
    get: (sql) => (sql.includes('FROM branch') ? row : undefined),
    all: (_, [, , first = 0, last = 0]: readonly SqlValue[] = []) => {
      reads++;
      return rows.slice(Number(first), Number(last) + 1);
    },
  };
  const outlines = new Outlines(database as Database);
  const read = (use: 'keep' | 'pass'): number => {
    const before = reads;
    const placed = outlines.entries(1, 0, 10, 90, use);
    expect(placed.map(({ entry }) => entry)).toEqual(entries.slice(10, 90));
    return reads - before;
  };
  expect([read('pass'), read('pass'), read('keep'), read('keep'), read('pass')]).toEqual([
    1, 1, 1, 0, 0,
  ]);
});
