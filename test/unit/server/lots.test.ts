/** How small logs are put together, so that the disk is not waited for once for each. */
import { expect, it } from 'vitest';
import { firstLot, LARGE_BYTES } from '../../../src/server/upkeep/lots.ts';

const sizes = (...bytes: number[]) => bytes.map((one) => ({ bytes: one }));

it('takes small ones until they are as much as a member', () => {
  expect(firstLot(sizes(1, 2, 3))).toHaveLength(3);
  expect(firstLot(sizes(100_000, 100_000, 100_000))).toHaveLength(2);
  expect(firstLot(sizes(...Array.from({ length: 1000 }, () => 1))).length).toBeLessThan(100);
  expect(firstLot([])).toEqual([]);
});

it('leaves a large one to itself, wherever it stands', () => {
  expect(firstLot(sizes(LARGE_BYTES, 1))).toHaveLength(1);
  expect(firstLot(sizes(1, LARGE_BYTES, 1))).toHaveLength(1);
  expect(firstLot(sizes(1e9))).toHaveLength(1);
});
