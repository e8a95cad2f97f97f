import { afterEach, expect, it, vi } from 'vitest';
import { Slices } from '../../../src/core/compare/slices.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('gives others their turn after each slice of work, also where the clock is set back', async () => {
  const slices = new Slices();
  const [day, elapsed] = [Date.now(), performance.now()];
  vi.spyOn(Date, 'now').mockReturnValue(day - 3_600_000);
  vi.spyOn(performance, 'now').mockReturnValue(elapsed + 50);
  let turns = 0;
  setTimeout(() => turns++, 0);
  await slices.pass();
  expect(turns).toBe(1);
});
