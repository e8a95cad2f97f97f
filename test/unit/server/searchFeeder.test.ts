/** The feeder of the full-text index beside a store that fails. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SearchFeeder } from '../../../src/server/searchFeeder.ts';
import type { SearchRequestName } from '../../../src/server/searchMessages.ts';
import type { SearchWorker } from '../../../src/server/searchWorker.ts';
import type { SourceMessage } from '../../../src/store/indexSource.ts';

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

interface PlayedFeeder {
  readonly feeder: SearchFeeder;
  /** Messages read so far. */
  read: number;
  /** Messages read when each slice was sent, and what ends the worker's work on it. */
  readonly adds: { readonly read: number; readonly end: () => void }[];
}

/** Over a log of 96 messages of which the first `readable` can be read. */
function playedFeeder(readable: number): PlayedFeeder {
  const adds: PlayedFeeder['adds'] = [];
  const log = { log: 1, agent: 'claude-code', revision: 1, createdAt: 0 };
  const message = (position: number): SourceMessage => ({
    log: 1,
    branch: 0,
    position,
    seq: position,
    at: 0,
    mark: 1,
    entry: { role: 'user', seqs: [position] },
  });
  let isNoticed = false;
  const ask = (name: SearchRequestName): Promise<unknown> => {
    if (name === 'compare') return Promise.resolve([0]);
    if (name === 'reconcile') return Promise.resolve(Array.from({ length: 96 }, (_, n) => n));
    if (name !== 'add') return Promise.resolve(name === 'revisions' ? [] : undefined);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    adds.push({ read: played.read, end: () => resolve(undefined) });
    return promise;
  };
  const feeder = new SearchFeeder(
    {
      watch: () => undefined,
      epoch: () => 'one',
      takeChanged: () => {
        if (isNoticed) return [];
        isNoticed = true;
        return [1];
      },
      revisions: () => [],
      find: () => log,
      *parts() {
        yield [{ branch: 0, chunk: 0, hash: 1 }];
      },
      messages: () => Array.from({ length: 96 }, (_, position) => message(position)),
      message: () => undefined,
      records: (_log, messages) => {
        played.read += messages.length;
        if (played.read > readable) return Promise.reject(new Error('the disk is gone'));
        return Promise.resolve(messages.map(() => []));
      },
    },
    // Each name has an answer of its own type; these are they.
    { ask: ask as SearchWorker['ask'] },
    () => undefined,
  );
  const played = { feeder, read: 0, adds };
  return played;
}

it('reads the next messages while the worker is at some, and no more than that', async () => {
  vi.useRealTimers();
  const played = playedFeeder(96);
  const { feeder, adds } = played;
  feeder.wake();
  await expect.poll(() => played.read).toBe(64);
  expect(adds.map((add) => add.read)).toEqual([32]);
  adds[0]?.end();
  await expect.poll(() => played.read).toBe(96);
  expect(adds.map((add) => add.read)).toEqual([32, 64]);
  adds[1]?.end();
  await expect.poll(() => adds.length).toBe(3);
  adds[2]?.end();
  await feeder.stop();
});

it('waits for what the worker is at, also where a text cannot be read', async () => {
  vi.useRealTimers();
  const played = playedFeeder(32);
  const { feeder, adds } = played;
  feeder.wake();
  await expect.poll(() => played.read).toBe(64);
  let isStopped = false;
  const stopped = feeder.stop().then(() => {
    isStopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isStopped).toBe(false);
  adds[0]?.end();
  await stopped;
  expect(adds).toHaveLength(1);
});
