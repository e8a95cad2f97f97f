/** Sessions that move by themselves, with a clock that the test turns. */
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/message.ts';
import type { Tier } from '../../../src/core/session.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/tierPolicy.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from './support/claudeHome.ts';
import { TestClock } from './support/clocks.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const BEGAN = Date.UTC(2026, 4, 4, 9, 30);
/** More than one look of the engine. */
const A_WHILE = 11 * 60_000;
const BIG = ' x'.repeat(100_000);

async function tierOf(store: LocalStore, id: string): Promise<Tier | undefined> {
  return (await store.getSession(id))?.storageTier;
}

async function read(store: LocalStore, id: string): Promise<readonly Message[]> {
  return (await store.readMessages(id, { start: 0, end: 1000 })).messages;
}

async function create(store: LocalStore, text: string, count = 1): Promise<string> {
  const { id } = await store.createSession({ title: text.slice(0, 20) });
  for (let i = 0; i < count; i++) await store.appendMessages(id, [{ role: 'user', text }]);
  return id;
}

describe('sessions that move by themselves', () => {
  it('leave memory after an hour and go to the archive after seven days, with rule and reason', async () => {
    const clock = new TestClock(BEGAN);
    const store = await new StoreFolder().open({ clock });
    const id = await create(store, 'one');
    const before = await read(store, id);
    expect(await tierOf(store, id)).toBe('hot');
    await clock.advance(HOUR_MS - A_WHILE);
    expect(await tierOf(store, id)).toBe('hot');
    await clock.advance(2 * A_WHILE);
    expect(await tierOf(store, id)).toBe('warm');
    await clock.advance(7 * DAY_MS - 2 * HOUR_MS);
    expect(await tierOf(store, id)).toBe('warm');
    expect(await store.planMoves({})).toEqual([]);
    await clock.advance(2 * HOUR_MS);
    expect(await tierOf(store, id)).toBe('cold');
    expect(await store.getMigrationHistory(10)).toMatchObject(
      [
        {
          sessionId: id,
          from: 'warm',
          to: 'cold',
          rule: 'low-access',
          reason: /not used for 7 days/,
        },
        { sessionId: id, from: 'hot', to: 'warm', rule: 'hot-idle' },
      ].map(({ reason, ...entry }) => ({
        ...entry,
        ...(reason && { reason: expect.stringMatching(reason) as string }),
      })),
    );
    expect(await read(store, id)).toEqual(before);
  });

  it('stand back while somebody waits for the store, and say why', async () => {
    const clock = new TestClock(BEGAN);
    const store = await new StoreFolder().open({ clock });
    const id = await create(store, 'one');
    clock.set(BEGAN + 8 * DAY_MS);
    // Somebody pages through another session without end: every wait is over before they are.
    const other = await create(store, 'other');
    for (let i = 0; i < 40; i++) {
      await read(store, other);
      await clock.advance(1_900);
    }
    expect(await tierOf(store, id)).toBe('warm');
    await read(store, other);
    await clock.advance(0);
    const { queue } = await store.getTierStatistics();
    expect(queue).toMatchObject({ state: 'paused', pausedBecause: 'The store is in use.' });
    await clock.advance(A_WHILE);
    expect(await tierOf(store, id)).toBe('cold');
    expect((await store.getTierStatistics()).queue).toEqual({ state: 'idle', pending: 0 });
  });

  it('stay where they are when that is turned off, and go when it is turned on', async () => {
    const clock = new TestClock(BEGAN);
    const home = new StoreFolder();
    const store = await home.open({ clock, policy: { automatic: false } });
    const id = await create(store, 'one');
    await clock.advance(8 * DAY_MS);
    expect(await tierOf(store, id)).toBe('warm');
    expect((await store.getTierStatistics()).queue).toEqual({ state: 'off', pending: 0 });
    expect(await store.planMoves({})).toMatchObject([{ sessionId: id, to: 'cold' }]);
    const policy = { hotPerHour: 50, warmPerHour: 10, coldPerHour: 1, warmBytes: 0 };
    const times = { hotIdleMs: HOUR_MS, warmIdleMs: DAY_MS, temporaryMs: DAY_MS, trashMs: DAY_MS };
    await store.setStoragePolicy({ ...policy, ...times, automatic: true });
    await clock.advance(A_WHILE);
    expect(await tierOf(store, id)).toBe('cold');
  });

  it('leave critical ones alone, and what their prefix is in; bring them back from the archive', async () => {
    const clock = new TestClock(BEGAN);
    const store = await new StoreFolder().open({ clock });
    const parent = await create(store, 'parent', 2);
    const { session: fork } = await store.forkSession(parent, { atMessage: 0 });
    await store.appendMessages(fork.id, [{ role: 'user', text: 'own' }]);
    await store.updateSession(fork.id, { retentionPolicy: 'critical' });
    const late = await create(store, 'late');
    await clock.advance(8 * DAY_MS);
    expect(await tierOf(store, late)).toBe('cold');
    expect(await tierOf(store, fork.id)).toBe('warm');
    expect(await tierOf(store, parent)).toBe('warm');
    await store.updateSession(late, { retentionPolicy: 'critical' });
    await clock.advance(A_WHILE);
    expect(await tierOf(store, late)).toBe('warm');
    expect(await store.getMigrationHistory(1)).toMatchObject([{ rule: 'critical-returns' }]);
  });

  it('put temporary ones into the trash and remove them from there in the end', async () => {
    const clock = new TestClock(BEGAN);
    const store = await new StoreFolder().open({ clock });
    const id = await create(store, 'try');
    await store.updateSession(id, { retentionPolicy: 'temporary' });
    const kept = await create(store, 'critical');
    await store.updateSession(kept, { retentionPolicy: 'critical' });
    await store.deleteSession(kept);
    await clock.advance(8 * DAY_MS);
    expect((await store.listTrash()).map(({ session }) => session.id).sort()).toEqual(
      [id, kept].sort(),
    );
    await clock.advance(31 * DAY_MS);
    expect((await store.listTrash()).map(({ session }) => session.id)).toEqual([kept]);
    expect(await store.getMigrationHistory(1)).toMatchObject([
      { sessionId: id, to: 'removed', rule: 'trash-expired' },
    ]);
  });

  it('make room by the least valuable first, and only as much as is needed', async () => {
    const clock = new TestClock(BEGAN);
    const store = await new StoreFolder().open({ clock, policy: { warmBytes: 450_000 } });
    const old = await create(store, `old${BIG}`);
    await clock.advance(2 * DAY_MS);
    const newer = await create(store, `newer${BIG}`);
    await clock.advance(DAY_MS);
    expect(await tierOf(store, old)).toBe('warm');
    const last = await create(store, `last${BIG}`);
    await clock.advance(A_WHILE);
    expect(await tierOf(store, old)).toBe('cold');
    expect(await tierOf(store, newer)).toBe('warm');
    expect(await tierOf(store, last)).toBe('warm');
    expect(await store.getMigrationHistory(1)).toMatchObject([
      { sessionId: old, rule: 'pressure' },
    ]);
  });

  it('bring back an archived session that is used much, and put it into memory again after a restart', async () => {
    const clock = new TestClock(BEGAN);
    const home = new StoreFolder();
    let store = await home.open({ clock });
    const id = await create(store, 'one');
    for (let i = 0; i < 60; i++) await read(store, id);
    store = await home.reopen({ clock });
    expect(await tierOf(store, id)).toBe('warm');
    await store.migrateToTier(id, 'cold', { reason: 'asked' });
    await clock.advance(A_WHILE);
    expect(await tierOf(store, id)).toBe('hot');
    const rules = (await store.getMigrationHistory(10)).map(({ rule }) => rule);
    expect(rules).toEqual(['high-access', 'medium-access', 'asked']);
    expect((await store.getTierStatistics()).coldRawBytes).toBe(0);
  });

  it('go one by one where one of them is damaged, which is reported and left for an hour', async () => {
    const clock = new TestClock(BEGAN);
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2, { text: ' x'.repeat(200_000) }));
    const store = await imported(home, { clock });
    const damaged = (await store.listSessions({})).sessions[0]?.id ?? '';
    const others = [await create(store, 'one'), await create(store, 'two')];
    const blobs = path.join(home.storePath, 'blobs');
    for (const entry of readdirSync(blobs, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) writeFileSync(path.join(entry.parentPath, entry.name), 'not what it was');
    }
    await clock.advance(7 * DAY_MS + A_WHILE);
    for (const id of others) expect(await tierOf(store, id)).toBe('cold');
    expect(await tierOf(store, damaged)).toBe('warm');
    const reported = home.problems.length;
    expect(home.problems.at(-1)).toMatch(/damaged/);
    // Its last message is half an hour older than the others': so long ago it failed.
    await clock.advance(HOUR_MS / 6);
    expect(home.problems).toHaveLength(reported);
    await clock.advance(HOUR_MS);
    expect(home.problems.length).toBeGreaterThan(reported);
  });

  it('go on after a clock that went back, and do not wait for one that was ahead', async () => {
    const clock = new TestClock(BEGAN + 400 * DAY_MS);
    const store = await new StoreFolder().open({ clock });
    const id = await create(store, 'from the future');
    await read(store, id);
    clock.set(BEGAN);
    await read(store, id);
    const session = await store.getSession(id);
    expect(session?.lastAccessedAt).toBe(BEGAN);
    expect(session?.accessFrequency).toBeLessThanOrEqual(session?.accessCount ?? 0);
    await clock.advance(A_WHILE);
    expect(await tierOf(store, id)).toBe('hot');
    await clock.advance(8 * DAY_MS);
    expect(await tierOf(store, id)).toBe('cold');
  });
});

describe('old histories', () => {
  it('go straight to the archive when they are imported, and grow on from there', async () => {
    const clock = new TestClock(BEGAN + 30 * DAY_MS);
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    home.claude.write(B, turns('b', 4));
    const at = (ms: number) => new Date(ms);
    utimesSync(home.claude.file(A), at(BEGAN), at(BEGAN));
    utimesSync(home.claude.file(B), at(clock.now()), at(clock.now()));
    const store = await imported(home, { clock });
    const { sessions } = await store.listSessions({});
    const id = (native: string) =>
      sessions.find(({ origin }) => origin?.nativeId === native)?.id ?? '';
    expect(await tierOf(store, id(A))).toBe('cold');
    expect(await tierOf(store, id(B))).toBe('warm');
    expect(await store.getMigrationHistory(10)).toMatchObject([
      {
        sessionId: id(A),
        from: 'warm',
        to: 'cold',
        rule: 'imported',
        reason: expect.stringContaining('imported cold') as string,
      },
    ]);
    home.claude.append(A, turns('c', 2, { parent: 'a-3', minute: 9 }));
    utimesSync(home.claude.file(A), at(clock.now()), at(clock.now()));
    await store.importSessions();
    expect(await tierOf(store, id(A))).toBe('cold');
    const { tiers } = await store.getTierStatistics();
    expect(tiers.warm.bytes).toBeGreaterThan(home.claude.bytes(B).length);
    expect((await read(store, id(A))).map(({ anchor }) => anchor.nativeId)).toEqual([
      'a-0',
      'a-1',
      'a-2',
      'a-3',
      'c-0',
      'c-1',
    ]);
  });

  it('stay at hand where somebody used them here since', async () => {
    const clock = new TestClock(BEGAN + 30 * DAY_MS);
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const old = new Date(BEGAN);
    const store = await imported(home, { clock });
    const id = (await store.listSessions({})).sessions[0]?.id ?? '';
    await store.updateSession(id, { tags: ['mine'] });
    home.claude.append(A, turns('b', 2, { parent: 'a-3', minute: 9 }));
    utimesSync(home.claude.file(A), old, old);
    await store.importSessions();
    expect(await tierOf(store, id)).toBe('warm');
    expect(await read(store, id)).toHaveLength(6);
  });
});
