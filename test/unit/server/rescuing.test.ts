/** What copies rescued sessions in the background tells its failures, and ends no process by them. */
import { expect, it } from 'vitest';
import { MultipathError } from '../../../src/core/errors.ts';
import { Rescuer } from '../../../src/server/upkeep/rescuing.ts';
import type { RescuedCopies } from '../../../src/store/copies/rescuedCopies.ts';

it('does not reject where the store answers nothing any more, and looks again later', async () => {
  const poisoned = new MultipathError('poisoned', 'A write failed.');
  const told: unknown[] = [];
  const copied: number[] = [];
  let isPoisoned = true;
  const rescued: Pick<RescuedCopies, 'checkFolder' | 'due' | 'copy'> = {
    checkFolder: () => undefined,
    due: () => {
      if (isPoisoned) throw poisoned;
      return [7];
    },
    copy: (log) => Promise.resolve(void copied.push(log)),
  };
  const rescuer = new Rescuer({ core: { rescued }, report: (error) => told.push(error) });
  await expect(rescuer.look()).resolves.toBeUndefined();
  expect(told).toEqual([poisoned]);
  isPoisoned = false;
  await rescuer.look();
  expect(copied).toEqual([7]);
  await rescuer.stop();
});
