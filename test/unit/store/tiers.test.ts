/** Moving between tiers: nothing changes but the place, and the ledger tells why. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MultipathError } from '../../../src/core/errors.ts';
import type { Message } from '../../../src/core/message.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';
const LONG = ' x'.repeat(200_000);

async function all(store: LocalStore, id: string): Promise<readonly Message[]> {
  return (await store.readMessages(id, { start: 0, end: 1000 })).messages;
}

async function firstId(store: LocalStore): Promise<string> {
  return (await store.listSessions({})).sessions[0]?.id ?? '';
}

/** Waits until the ledger has so many moves. */
async function moved(store: LocalStore, count: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if ((await store.getMigrationHistory(10)).length === count) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`there were not ${count} moves`);
}

/** Waits until the archive holds nothing: the ledger tells of a move when it begins. */
async function emptied(store: LocalStore): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if ((await store.getTierStatistics()).coldRawBytes === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the archive still holds something');
}

describe('tiers', () => {
  it('keep every byte in the archive, readable by any gunzip, and bring it back when opened', async () => {
    const home = new StoreFolder();
    home.claude.write(A, [...turns('a', 20), ...turns('b', 2, { parent: 'a-19', text: LONG })]);
    const store = await imported(home);
    const id = await firstId(store);
    const before = await all(store, id);
    expect((await store.getSession(id))?.storageTier).toBe('hot');

    const archived = await store.migrateToTier(id, 'cold', { reason: 'asked' });
    expect(archived.storageTier).toBe('cold');
    const segment = path.join(
      home.storePath,
      'archive',
      readdirSync(path.join(home.storePath, 'archive'))[0] ?? '',
    );
    expect(gunzipSync(readFileSync(segment)).equals(home.claude.bytes(A))).toBe(true);
    const { tiers, coldRawBytes } = await store.getTierStatistics();
    expect(tiers.cold.sessions).toBe(1);
    expect(coldRawBytes).toBe(home.claude.bytes(A).length);
    expect(tiers.cold.bytes).toBeLessThan(coldRawBytes);

    const reopened = await home.reopen();
    expect((await reopened.getSession(id))?.storageTier).toBe('cold');
    expect(await all(reopened, id)).toEqual(before);
    await moved(reopened, 2);
    await emptied(reopened);
    const history = await reopened.getMigrationHistory(10);
    expect(history).toMatchObject([
      { sessionId: id, from: 'cold', to: 'warm', reason: 'opened' },
      { sessionId: id, from: 'hot', to: 'cold', reason: 'asked' },
    ]);
    const again = await home.reopen();
    expect((await again.getSession(id))?.storageTier).toBe('warm');
    expect(await all(again, id)).toEqual(before);
  });

  it('let an archived session grow over its cold prefix', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const store = await imported(home);
    const id = await firstId(store);
    const { session: fork } = await store.forkSession(id, { atMessage: 1 });
    await store.appendMessages(fork.id, [{ role: 'user', text: 'before' }]);
    await store.migrateToTier(id, 'cold', { reason: 'asked' });
    await store.migrateToTier(fork.id, 'cold', { reason: 'asked' });
    home.claude.append(A, turns('b', 2, { parent: 'a-3', minute: 9 }));
    await store.importSessions();
    await store.appendMessages(fork.id, [{ role: 'user', text: 'after' }]);
    expect((await store.getSession(fork.id))?.storageTier).toBe('cold');
    expect(await all(store, id)).toHaveLength(6);
    expect(await all(store, fork.id)).toHaveLength(4);
  });

  it('keep a critical session at hand', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2));
    const store = await imported(home);
    const id = await firstId(store);
    await store.updateSession(id, { retentionPolicy: 'critical' });
    const archive = store.migrateToTier(id, 'cold', { reason: 'asked' });
    await expect(archive).rejects.toSatisfy((error) => MultipathError.is(error, 'bad-request'));
  });

  it('keep a critical session at hand that shares its file with another one', async () => {
    const home = new StoreFolder();
    home.claude.write(A, [...turns('a', 4), ...turns('r', 2, { parent: 'a-1', minute: 30 })]);
    const store = await imported(home);
    const { sessions } = await store.listSessions({});
    const id = (kind: string) => sessions.find((session) => session.kind === kind)?.id ?? '';
    await store.updateSession(id('abandoned'), { retentionPolicy: 'critical' });
    const archive = store.migrateToTier(id('imported'), 'cold', { reason: 'asked' });
    await expect(archive).rejects.toThrow(/critical/);
  });

  it('keep large records in files of their own, and shorten them on a page only', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2, { text: LONG }));
    const store = await imported(home);
    const id = await firstId(store);
    expect(existsSync(path.join(home.storePath, 'blobs'))).toBe(true);
    const [message] = await all(store, id);
    const [block] = message?.content ?? [];
    expect(block).toMatchObject({ type: 'text', fullLength: 'user a 0'.length + LONG.length });
    const whole = await store.readMessage(id, 0);
    expect(whole.content[0]).toEqual({ type: 'text', text: `user a 0${LONG}` });
  });

  it('count reads without writing them one by one, and keep the count', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2));
    const store = await imported(home);
    const id = await firstId(store);
    await all(store, id);
    await all(store, id);
    const session = await (await home.reopen()).getSession(id);
    expect(session?.accessCount).toBe(2);
    expect(session?.accessFrequency).toBeGreaterThan(1.9);
  });
});
