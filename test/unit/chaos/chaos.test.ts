/** A short chaos run; `npm run chaos` and the long suite do more of them. */
import { expect, it } from 'vitest';
import { runChaos } from '../../../scripts/lib/chaos/chaosRun.ts';
import { serverScript } from '../../support/serverFolder.ts';

it('four windows lose and double nothing while their servers are killed', async () => {
  const result = await runChaos({
    ...{ seed: 20, windows: 4, actorsPerWindow: 2, deedsPerActor: 9 },
    program: serverScript(),
  });
  expect(result.problems).toEqual([]);
  expect(result).toMatchObject({ lost: 0, duplicates: 0, converged: true });
  expect(result.acknowledged).toBeGreaterThan(30);
  expect(result.kills).toBeGreaterThan(0);
}, 300_000);
