import { expect, it } from 'vitest';
import { killMovesAt } from '../../property/store/support/killedMoves.ts';

it('a process killed at any operation of its moves between tiers loses and doubles nothing', async () => {
  let operation = 0;
  while (await killMovesAt(operation)) operation++;
  console.log(`killed at each of ${operation} operations`);
  expect(operation).toBeGreaterThan(50);
});
