/** The mark of running sessions: here only, by the file's time, gone by itself, and never by polling. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Session } from '../../../src/core/session.ts';
import type { SessionQuery } from '../../../src/core/sessionStore.ts';
import { LIVE_MS, LiveSessions } from '../../../src/ui/tree/liveSessions.ts';
import { NOW, session } from './support.ts';

const MINUTE = 60_000;
let sessions: Session[];
let asked: SessionQuery[];
let changes: (readonly string[])[];
let problems: unknown[];
let live: LiveSessions;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  sessions = [];
  asked = [];
  changes = [];
  problems = [];
  live = new LiveSessions({
    store: {
      listSessions: (query) => {
        asked.push(query);
        return Promise.resolve({ sessions, total: sessions.length });
      },
    },
    isWorkspace: (path) => path === '/here',
    now: Date.now,
    onChange: (ids) => changes.push(ids),
    onProblem: (error) => problems.push(error),
  });
});

afterEach(() => {
  live.dispose();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function written(id: string, ago: number, given: Partial<Session> = {}): Session {
  return session(id, {
    project: { key: '/here', path: '/here', name: 'here' },
    origin: { agent: 'codex', nativeId: id, path: `/${id}`, modifiedAt: Date.now() - ago },
    ...given,
  });
}

it('marks sessions of this workspace that were written to in the last minutes, the newest first', async () => {
  const elsewhere = { key: '/else', path: '/else', name: 'else' };
  sessions = [
    written('a', 2 * MINUTE),
    written('b', MINUTE),
    written('old', LIVE_MS + 1),
    written('elsewhere', 0, { project: elsewhere }),
    written('branch', 0, { kind: 'abandoned' }),
    written('gone', 0, { origin: { agent: 'pi', nativeId: 'g', path: '/g', gone: NOW } }),
    session('own', { project: { key: '/here', path: '/here', name: 'here' } }),
  ];
  await live.ask();
  expect(live.sessions.map(({ id }) => id)).toEqual(['b', 'a']);
  expect([live.isLive('a'), live.isLive('old')]).toEqual([true, false]);
  expect(changes).toEqual([['b', 'a']]);
  // By an index of the timeline, and bounded.
  expect(asked[0]).toMatchObject({ updatedFrom: NOW - 60 * MINUTE });
  expect(asked[0]?.limit).toBeLessThanOrEqual(200);
});

it('marks a session while its subagents write to their files', async () => {
  const at = (ago: number) => ({ count: 1, totalTokens: 5, modifiedAt: Date.now() - ago });
  sessions = [
    written('waits', 2 * LIVE_MS, { subagents: at(MINUTE) }),
    written('done', 2 * LIVE_MS, { subagents: at(LIVE_MS + 1) }),
  ];
  await live.ask();
  expect(live.sessions.map(({ id }) => id)).toEqual(['waits']);
  await vi.advanceTimersByTimeAsync(LIVE_MS);
  expect(live.sessions).toEqual([]);
});

it('takes the mark away when the file is left alone, each in its time, without asking', async () => {
  sessions = [written('a', 3 * MINUTE), written('b', MINUTE)];
  await live.ask();
  vi.advanceTimersByTime(2 * MINUTE);
  expect(live.sessions.map(({ id }) => id)).toEqual(['b']);
  vi.advanceTimersByTime(2 * MINUTE);
  expect(live.sessions).toEqual([]);
  expect(changes).toEqual([['b', 'a'], ['a'], ['b']]);
  expect(asked).toHaveLength(1);
  vi.advanceTimersByTime(60 * MINUTE);
  expect(asked).toHaveLength(1);
});

it('asks once for a burst of changes, and says nothing when nothing is different', async () => {
  sessions = [written('a', MINUTE)];
  for (let times = 0; times < 50; times++) live.changed();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked).toHaveLength(1);
  sessions = [written('a', 0)];
  live.changed();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(changes).toEqual([['a']]);
  // Written to again, it stays longer.
  vi.advanceTimersByTime(LIVE_MS - 3_000);
  expect(live.isLive('a')).toBe(true);
});

it('waits for the next change when the store does not answer', async () => {
  sessions = [written('a', MINUTE)];
  await live.ask();
  const failing = new LiveSessions({
    store: { listSessions: () => Promise.reject(new Error('away')) },
    isWorkspace: () => true,
    now: Date.now,
    onChange: (ids) => changes.push(ids),
    onProblem: (error) => problems.push(error),
  });
  await failing.ask();
  expect(problems).toHaveLength(1);
  expect(failing.sessions).toEqual([]);
  failing.dispose();
});
