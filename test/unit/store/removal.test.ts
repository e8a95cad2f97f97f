/** What was removed for good stays gone: for the doctor, a rebuild, the search, and a slow archive. */
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../src/core/message.ts';
import { DEFAULT_STORAGE_POLICY } from '../../../src/core/tierPolicy.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from './support/claudeHome.ts';
import { expectDerivedAnew } from './support/derived.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';

/** One session removed with all it had, one held by a fork, one that stays. */
async function purged(
  home: StoreFolder,
  options: { search?: boolean } = {},
): Promise<{ store: LocalStore; fork: string }> {
  home.claude.write(A, [...turns('a', 4), ...turns('r', 2, { parent: 'a-1', minute: 30 })]);
  home.claude.write(B, turns('b', 4));
  const store = await imported(home, options);
  const { sessions } = await store.listSessions({});
  const ofB = sessions.find(({ origin }) => origin?.nativeId === B)?.id ?? '';
  const { session: fork } = await store.forkSession(ofB, { atMessage: 1 });
  await store.appendMessages(fork.id, [{ role: 'user', text: 'mine' }]);
  await store.createSession({ title: 'stays' });
  for (const { id } of sessions) await store.deleteSession(id);
  const { sessionIds, skipped } = await store.purgeSessions(undefined);
  expect([sessionIds.length, skipped.length]).toEqual([3, 0]);
  return { store, fork: fork.id };
}

describe('what was removed for good', () => {
  it('is nothing the doctor finds fault with, and its fork reads on', async () => {
    const home = new StoreFolder();
    const { store, fork } = await purged(home);
    const check = await store.runDoctor({ repair: false });
    expect(check.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    await store.runDoctor({ repair: true });
    const { messages } = await store.readMessages(fork, { start: 0, end: 10 });
    expect(messages.map((message) => textOf(message))).toEqual([
      'user b 0',
      'assistant b 1',
      'mine',
    ]);
    expect((await store.listSessions({})).total).toBe(2);
    expect(await store.listTrash()).toEqual([]);
  });

  it('does not come back when everything is derived anew', async () => {
    const home = new StoreFolder();
    await purged(home);
    await home.close();
    await expectDerivedAnew(home.storePath);
    const again = await home.open();
    expect((await again.listSessions({})).total).toBe(2);
  });

  it('is found no more, but what a fork still reads is', async () => {
    const home = new StoreFolder();
    const { store, fork } = await purged(home, { search: true });
    const hits = async (words: string): Promise<string[]> => {
      for (let tries = 0; tries < 500; tries++) {
        const result = await store.searchSessionsByContent(words);
        if (result.pending === 0) return result.hits.map(({ session }) => session.id);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error('the index does not catch up');
    };
    expect(await hits('"assistant a 3"')).toEqual([]);
    expect(await hits('"assistant b 1"')).toEqual([fork]);
    expect(await hits('"assistant b 3"')).toEqual([]);
    expect(await hits('mine')).toEqual([fork]);
  });
});

describe('removing while records are moved', () => {
  it('waits for the prefix that goes with the last fork', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const { id } = await store.createSession({ title: 'parent' });
    const text = 'y'.repeat(200_000);
    for (let i = 0; i < 6; i++) await store.appendMessages(id, [{ role: 'user', text }]);
    const { session: fork } = await store.forkSession(id, { atMessage: 5 });
    await store.deleteSession(fork.id);
    const moving = store.migrateToTier(id, 'cold', { reason: 'asked' });
    await store.deleteSession(id);
    const outcomes = await Promise.all([
      store.purgeSessions([id, fork.id]),
      moving.catch(() => undefined),
    ]);
    expect(outcomes[0].sessionIds).toEqual([id, fork.id]);
    const { tiers, coldRawBytes } = await store.getTierStatistics();
    expect([tiers.warm.bytes, coldRawBytes]).toEqual([0, 0]);
    await home.close();
    await expectDerivedAnew(home.storePath);
  });
});

describe('a store that is closed', () => {
  it('does not wait for a long move: what is left of it comes with the next one', async () => {
    const home = new StoreFolder();
    let store = await home.open();
    const { id } = await store.createSession({ title: 'large' });
    // Each fills an archive member of its own.
    const texts = Array.from({ length: 30 }, (_, index) => `${index} ${'y'.repeat(250_000)}`);
    for (const text of texts) await store.appendMessages(id, [{ role: 'user', text }]);
    const total = (await store.getTierStatistics()).tiers.warm.bytes;
    const archived = store.archiveOldSessions({ olderThan: 0 });
    await new Promise<void>((resolve) => {
      const stop = store.onDidChange(() => {
        stop();
        resolve();
      });
    });
    await home.close();
    const { cancelled, bytes } = await archived;
    expect(cancelled).toBe(true);
    expect(bytes).toBeLessThan(total);
    store = await home.open({ policy: { ...DEFAULT_STORAGE_POLICY, automatic: false } });
    await store.archiveOldSessions({ olderThan: 0 });
    expect((await store.getTierStatistics()).coldRawBytes).toBe(total);
    const { messages } = await store.readMessages(id, { start: 0, end: 100 });
    expect(messages).toHaveLength(texts.length);
    expect(textOf(await store.readMessage(id, 29))).toBe(texts[29]);
  });
});
