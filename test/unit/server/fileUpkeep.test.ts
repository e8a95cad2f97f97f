/** What looks after the store's files once it is open. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { Mover } from '../../../src/server/upkeep/mover.ts';
import { StagedOutlines } from '../../../src/store/ingest/stagedOutlines.ts';
import { StoreFolder } from '../store/support/openStore.ts';

it('sweeps what a merge left, also where a removal cannot be ended', async () => {
  const removals = vi.spyOn(Mover.prototype, 'sweep');
  removals.mockRejectedValue(new Error('the disk is full'));
  const merges = vi.spyOn(StagedOutlines.prototype, 'sweep');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  onTestFinished(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  const home = new StoreFolder();
  await home.open();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(removals).toHaveBeenCalledOnce();
  await expect.poll(() => merges.mock.calls.length).toBe(1);
  expect(home.problems.join()).toContain('the disk is full');
});
