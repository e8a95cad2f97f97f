/** How much the outlines read, over a database that counts. */
import { expect, it } from 'vitest';
import type { Database, Row, SqlValue } from '../../../src/store/database.ts';
import { Outlines } from '../../../src/store/outlines.ts';

it('walks a chain of branches once, however many hang on each other', () => {
  let asked = 0;
  // Each branch leaves the one before it after that one's only message.
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
  const outlines = new Outlines(database as Database);
  for (let branch = 0; branch < 500; branch++) {
    expect(outlines.length(1, branch)).toBe(branch + 1);
  }
  expect(asked).toBeLessThan(2_000);
  outlines.changed(1);
  expect(outlines.length(1, 499)).toBe(500);
});
