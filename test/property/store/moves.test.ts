import { expect, it } from 'vitest';
import { killMovesAt } from './support/killedMoves.ts';

const STRIDE = 9;

it('a process killed while it moves records between tiers loses and doubles nothing', async () => {
  let operation = 0;
  while (await killMovesAt(operation)) operation += STRIDE;
  expect(operation).toBeGreaterThan(50);
});
