/** The feeder of the full-text index beside a store that fails. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SearchFeeder } from '../../../src/server/searchFeeder.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('tells of a store that refuses even to be read, ends nothing by that, and tries again later', async () => {
  let isPoisoned = true;
  const asked: string[] = [];
  const log: string[] = [];
  const refuse = () => {
    if (isPoisoned) throw new Error('the disk is full');
  };
  const feeder = new SearchFeeder(
    {
      watch: () => undefined,
      epoch: () => 'one',
      takeChanged: () => {
        refuse();
        return [];
      },
      revisions: () => [],
      find: () => undefined,
      *parts() {
        yield* [];
      },
      messages: () => [],
      message: () => undefined,
      records: () => Promise.resolve([]),
    },
    {
      ask: (name) => {
        asked.push(name);
        return Promise.reject(new Error('asked'));
      },
    },
    (message) => log.push(message),
  );

  await vi.advanceTimersByTimeAsync(2_000);
  expect(log).toEqual(['The search index: the disk is full']);
  isPoisoned = false;
  await vi.advanceTimersByTimeAsync(31_000);
  expect(asked).toEqual(['revisions']);
  await feeder.stop();
});
