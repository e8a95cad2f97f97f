import { expect, it } from 'vitest';
import { tryTornWrites } from '../../property/store/pages/tornWrites.ts';

it('more than a thousand torn writes each end in an exact committed prefix', async () => {
  const trials = await tryTornWrites(100);
  console.log(`${trials} torn writes, each ended in an exact committed prefix`);
  expect(trials).toBeGreaterThanOrEqual(1000);
});
