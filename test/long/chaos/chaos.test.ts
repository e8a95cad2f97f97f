import { expect, it } from 'vitest';
import { ORDINARY, runChaos } from '../../../scripts/lib/chaos/chaosRun.ts';
import { serverScript } from '../../support/serverFolder.ts';

it.each(Array.from({ length: 10 }, (_, run) => 1000 + run))(
  'nothing is lost or doubled in a chaos run with seed %i',
  async (seed) => {
    const result = await runChaos({ ...ORDINARY, seed, program: serverScript() });
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({ lost: 0, duplicates: 0, converged: true });
  },
);
