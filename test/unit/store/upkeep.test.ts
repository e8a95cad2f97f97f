/** Upkeep that is asked for: bulk moves, the trash and what goes from it for good, the figures. */
import { rmSync, existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MultipathError } from '../../../src/core/errors.ts';
import { textOf } from '../../../src/core/message.ts';
import type { StoreEvent } from '../../../src/core/sessionStore.ts';
import { DAY_MS, DEFAULT_STORAGE_POLICY } from '../../../src/core/tierPolicy.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const LONG = ' x'.repeat(200_000);

async function texts(store: LocalStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 1000 });
  return messages.map((message) => textOf(message));
}

async function onlyId(store: LocalStore): Promise<string> {
  const { sessions } = await store.listSessions({});
  expect(sessions).toHaveLength(1);
  return sessions[0]?.id ?? '';
}

describe('archiving what is old', () => {
  it('moves it, leaves critical sessions alone and says so, and tells how far it is', async () => {
    let now = Date.UTC(2026, 5, 1);
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    home.claude.write(B, turns('b', 4));
    const store = await imported(home, { now: () => now });
    const { sessions } = await store.listSessions({});
    const [one, other] = sessions;
    if (!one || !other) throw new Error('two sessions were imported');
    const before = await texts(store, one.id);
    await store.updateSession(other.id, { retentionPolicy: 'critical' });
    now += 40 * DAY_MS;
    const events: StoreEvent[] = [];
    store.onDidChange((event) => events.push(event));

    const planned = await store.planMoves({ olderThan: 30 * DAY_MS });
    expect(planned).toMatchObject([{ sessionId: one.id, to: 'cold', rule: 'asked' }]);
    const request = { olderThan: 30 * DAY_MS, requestId: 'r' };
    const outcome = await store.archiveOldSessions(request);
    expect(outcome).toMatchObject({ sessionIds: [one.id], cancelled: false });
    expect(outcome.skipped).toMatchObject([{ sessionId: other.id }]);
    expect(outcome.bytes).toBe(home.claude.bytes(one.origin?.nativeId ?? '').length);
    expect(await store.archiveOldSessions(request)).toEqual(outcome);
    expect(await store.planMoves({ olderThan: 30 * DAY_MS })).toEqual([]);

    const { sessions: cold } = await store.listSessions({ tier: 'cold' });
    expect(cold.map(({ id }) => id)).toEqual([one.id]);
    const tasks = events.flatMap((event) => (event.type === 'task' ? [event.task.state] : []));
    expect(tasks).toEqual(['running', 'done']);
    const [entry] = await store.getMigrationHistory(1);
    expect(entry).toMatchObject({ sessionId: one.id, title: one.title, rule: 'asked', to: 'cold' });
    expect(await texts(store, one.id)).toEqual(before);
  });

  it('leaves alone what is damaged and says so, and moves the others', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2, { text: LONG }));
    const store = await imported(home);
    const damaged = await onlyId(store);
    const ids: string[] = [];
    for (const title of ['one', 'two']) {
      const { id } = await store.createSession({ title });
      await store.appendMessages(id, [{ role: 'user', text: title }]);
      ids.push(id);
    }
    const blobs = path.join(home.storePath, 'blobs');
    const [blob] = readdirSync(blobs, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    writeFileSync(path.join(blob?.parentPath ?? '', blob?.name ?? ''), 'not what it was');
    const { sessionIds, skipped } = await store.archiveOldSessions({ olderThan: 0 });
    expect(sessionIds).toEqual(ids);
    expect(skipped).toMatchObject([{ sessionId: damaged }]);
    expect(skipped[0]?.reason).toMatch(/damaged/);
    expect((await store.listSessions({ tier: 'cold' })).total).toBe(2);
  });

  it('moves many small sessions with many records, all of them', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const texts = Array.from({ length: 700 }, (_, index) => ({
      role: 'user' as const,
      text: `${index}`,
    }));
    for (const title of ['a', 'b', 'c']) {
      const { id } = await store.createSession({ title });
      await store.appendMessages(id, texts);
    }
    const { tiers } = await store.getTierStatistics();
    const { bytes, sessionIds } = await store.archiveOldSessions({ olderThan: 0 });
    expect(bytes).toBe(tiers.warm.bytes);
    expect(await store.planMoves({ olderThan: 0 })).toEqual([]);
    const { messages } = await store.readMessages(sessionIds[1] ?? '', { start: 690, end: 700 });
    expect(messages.map((message) => textOf(message)).at(-1)).toBe('699');
    const entered = (await store.getMigrationHistory(10)).reduce(
      (sum, entry) => sum + entry.bytes,
      0,
    );
    expect(entered).toBe(bytes);
  });

  it('moves sessions of one file together and says so in the ledger', async () => {
    const home = new StoreFolder();
    home.claude.write(A, [...turns('a', 4), ...turns('r', 2, { parent: 'a-1', minute: 30 })]);
    const store = await imported(home);
    const outcome = await store.archiveOldSessions({ olderThan: 0 });
    expect(outcome.sessionIds).toHaveLength(2);
    const history = await store.getMigrationHistory(10);
    expect(history.map(({ bytes }) => bytes).sort((a, b) => a - b)).toEqual([
      0,
      home.claude.bytes(A).length,
    ]);
    expect(
      history.filter(({ reason }) => /together with .* in the same file/.test(reason)),
    ).toHaveLength(1);
  });
});

describe('lists by tier', () => {
  it('hold each session once: in memory, at hand or in the archive', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2));
    home.claude.write(B, turns('b', 2));
    const store = await imported(home);
    expect((await store.listSessions({ tier: 'hot' })).total).toBe(0);
    expect((await store.listSessions({ tier: 'warm' })).total).toBe(2);
    const [one, other] = (await store.listSessions({})).sessions;
    await texts(store, one?.id ?? '');
    await store.migrateToTier(other?.id ?? '', 'cold', { reason: 'asked' });
    const ids = async (tier: 'hot' | 'warm' | 'cold') =>
      (await store.listSessions({ tier })).sessions.map(({ id }) => id);
    expect(await ids('hot')).toEqual([one?.id]);
    expect(await ids('warm')).toEqual([]);
    expect(await ids('cold')).toEqual([other?.id]);
    const { tiers } = await store.getTierStatistics();
    expect([tiers.hot.sessions, tiers.warm.sessions, tiers.cold.sessions]).toEqual([1, 0, 1]);
    expect(tiers.hot.accessesPerHour).toBeGreaterThan(0.9);
    expect(tiers.cold.accessesPerHour).toBe(0);
  });
});

describe('temporary sessions', () => {
  it('go into the trash once nobody used them for so long, and count as used when restored', async () => {
    let now = Date.UTC(2026, 5, 1);
    const home = new StoreFolder();
    const store = await home.open({ now: () => now });
    const { id } = await store.createSession({ title: 'try', retentionPolicy: 'temporary' });
    const { id: kept } = await store.createSession({ title: 'keep' });
    expect((await store.deleteTemporarySessions()).sessionIds).toEqual([]);
    now += DEFAULT_STORAGE_POLICY.temporaryMs;
    expect((await store.deleteTemporarySessions()).sessionIds).toEqual([id]);
    expect((await store.listSessions({})).sessions.map((session) => session.id)).toEqual([kept]);
    expect(await store.listTrash()).toMatchObject([
      {
        session: { id },
        deletedAt: now,
        removedAt: now + DEFAULT_STORAGE_POLICY.trashMs,
        neededBy: 0,
      },
    ]);
    expect(await store.getMigrationHistory(1)).toMatchObject([
      { sessionId: id, to: 'trash', rule: 'temporary-expired' },
    ]);
    await store.restoreSession(id);
    expect((await store.deleteTemporarySessions()).sessionIds).toEqual([]);
    expect(await store.listTrash()).toEqual([]);
  });
});

describe('removing for good', () => {
  it('takes records, blobs and archive members along, and cannot be undone', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const { id } = await store.createSession({ title: 'secret plan' });
    await store.appendMessages(id, [
      { role: 'user', text: LONG },
      { role: 'user', text: 'short' },
    ]);
    await store.migrateToTier(id, 'cold', { reason: 'asked' });
    await store.appendMessages(id, [{ role: 'user', text: LONG }]);
    expect(await store.purgeSessions([id])).toMatchObject({
      sessionIds: [],
      skipped: [{ sessionId: id }],
    });
    await store.deleteSession(id);
    const outcome = await store.purgeSessions(undefined);
    expect(outcome).toMatchObject({ sessionIds: [id], skipped: [] });
    expect(outcome.bytes).toBeGreaterThan(2 * LONG.length);
    await expect(store.restoreSession(id)).rejects.toSatisfy((error) =>
      MultipathError.is(error, 'not-found'),
    );
    const { trash, tiers, files } = await store.getTierStatistics();
    expect(trash).toEqual({ sessions: 0, bytes: 0 });
    expect(tiers.warm.bytes + tiers.cold.bytes).toBe(0);
    expect(files.archiveGarbage).toBeGreaterThan(0);
    const blobs = path.join(home.storePath, 'blobs');
    const left = existsSync(blobs)
      ? readdirSync(blobs, { recursive: true, withFileTypes: true })
      : [];
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
    const [entry] = await (await home.reopen()).getMigrationHistory(1);
    expect(entry).toMatchObject({ sessionId: id, to: 'removed' });
    expect(entry).not.toHaveProperty('title');
  });

  it('takes the files of large records along, and not those that others have too', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2, { text: LONG }));
    home.claude.write(B, [...turns('a', 2, { text: LONG }), ...turns('b', 2, { parent: 'a-1' })]);
    const store = await imported(home);
    const files = (): number => {
      const entries = readdirSync(path.join(home.storePath, 'blobs'), {
        recursive: true,
        withFileTypes: true,
      });
      return entries.filter((entry) => entry.isFile()).length;
    };
    const before = files();
    expect(before).toBeGreaterThan(0);
    const { sessions } = await store.listSessions({});
    for (const { id } of sessions) {
      await store.deleteSession(id);
      await store.purgeSessions([id]);
      const left = await store.listSessions({});
      for (const other of left.sessions) {
        const whole = textOf(await store.readMessage(other.id, 0));
        expect(whole.length).toBe('user a 0'.length + LONG.length);
      }
    }
    expect(files()).toBe(0);
  });

  it('keeps what forks read until the last of them has gone, and lets it go with that', async () => {
    const home = new StoreFolder();
    let store = await home.open();
    const { id } = await store.createSession({ title: 'plan' });
    await store.appendMessages(id, [
      { role: 'user', text: 'one' },
      { role: 'assistant', text: 'two' },
      { role: 'user', text: 'three' },
    ]);
    const { session: fork } = await store.forkSession(id, { atMessage: 1 });
    await store.appendMessages(fork.id, [{ role: 'user', text: 'other' }]);
    const { session: deep } = await store.forkSession(fork.id, { atMessage: 2 });
    await store.appendMessages(deep.id, [{ role: 'user', text: 'deep' }]);
    await store.deleteSession(id);
    await store.deleteSession(fork.id);
    expect((await store.listTrash()).map(({ neededBy }) => neededBy)).toEqual([1, 1]);
    expect((await store.purgeSessions(undefined)).sessionIds).toHaveLength(2);
    expect(await store.listTrash()).toEqual([]);
    expect(await texts(store, deep.id)).toEqual(['one', 'two', 'other', 'deep']);
    store = await home.reopen();
    expect(await texts(store, deep.id)).toEqual(['one', 'two', 'other', 'deep']);
    expect((await store.getSession(deep.id))?.parentId).toBeUndefined();
    await expect(store.restoreSession(id)).rejects.toThrow(/removed for good/);
    await store.deleteSession(deep.id);
    await store.purgeSessions([deep.id]);
    expect((await store.getTierStatistics()).tiers.warm.bytes).toBe(0);
  });

  it('hangs forks of an inherited message on the session that still has it', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const { id } = await store.createSession({ title: 'plan' });
    await store.appendMessages(id, [
      { role: 'user', text: 'one' },
      { role: 'assistant', text: 'two' },
    ]);
    const { session: middle } = await store.forkSession(id, { atMessage: 1 });
    await store.appendMessages(middle.id, [{ role: 'user', text: 'middle' }]);
    const { session: leaf } = await store.forkSession(middle.id, { atMessage: 0 });
    await store.deleteSession(middle.id);
    await store.purgeSessions([middle.id]);
    expect((await store.getSession(leaf.id))?.parentId).toBe(id);
    expect(await texts(store, leaf.id)).toEqual(['one']);
  });

  it('does not bring an agent’s session back until the agent goes on with it', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const store = await imported(home);
    const id = await onlyId(store);
    await store.deleteSession(id);
    await store.purgeSessions([id]);
    await store.importSessions();
    utimesSync(home.claude.file(A), new Date(), new Date());
    await store.importSessions();
    expect((await store.listSessions({})).total).toBe(0);
    home.claude.append(A, turns('b', 2, { parent: 'a-3', minute: 9 }));
    await store.importSessions();
    expect(await onlyId(store)).toBe(id);
    expect(await texts(store, id)).toHaveLength(6);
  });

  it('shows a copy of a removed session with all its messages', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const store = await imported(home);
    const id = await onlyId(store);
    home.claude.write(B, [...turns('a', 2), ...turns('c', 2, { parent: 'a-1', minute: 50 })]);
    await store.importSessions();
    const { sessions } = await store.listSessions({});
    const copy = sessions.find((session) => session.id !== id);
    expect(copy).toMatchObject({ parentId: id, inheritedCount: 2 });
    await store.deleteSession(id);
    await store.purgeSessions([id]);
    rmSync(home.claude.file(A));
    const left = await store.getSession(copy?.id ?? '');
    expect(left).toMatchObject({ kind: 'imported', inheritedCount: 0, messageCount: 4 });
    expect(left).not.toHaveProperty('parentId');
  });
});
