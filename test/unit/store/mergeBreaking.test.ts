/** Merges under everything that may happen to them: two windows, archives, undo out of order, size. */
import { describe, expect, it } from 'vitest';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { expectDerivedAnew } from './support/derived.ts';
import { StoreFolder } from './support/openStore.ts';

async function texts(store: LocalStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 1000 });
  return messages.map(({ content }) =>
    content.map((one) => ('text' in one ? one.text : '')).join(),
  );
}

/** A parent with two messages, and forks of it with one of their own each. */
async function family(count: number) {
  const home = new StoreFolder();
  const store = await home.open();
  const parent = await store.createSession({ title: 'parent' });
  await store.appendMessages(parent.id, [
    { role: 'user', text: 'one' },
    { role: 'assistant', text: 'two' },
  ]);
  const forks: string[] = [];
  for (let nth = 0; nth < count; nth++) {
    const { session } = await store.forkSession(parent.id, { atMessage: 1, title: `fork ${nth}` });
    await store.appendMessages(session.id, [{ role: 'assistant', text: `way ${nth}` }]);
    forks.push(session.id);
  }
  return { home, store, parent: parent.id, forks };
}

describe('merging', () => {
  it('the same branch from two windows at once brings each message once', async () => {
    const { home, store, parent, forks } = await family(2);
    const [a = '', b = ''] = forks;
    const results = await Promise.all(
      [a, b, a, b, a].map((fork) => store.mergeFork(parent, fork, { acceptConflicts: true })),
    );
    expect(results.reduce((sum, { merged }) => sum + merged, 0)).toBe(2);
    expect((await texts(store, parent)).toSorted()).toEqual(['one', 'two', 'way 0', 'way 1']);
    await home.close();
    await expectDerivedAnew(home.storePath);
  });

  it('is taken back in any order, and from two windows at once only once', async () => {
    const { home, store, parent, forks } = await family(3);
    const merges: string[] = [];
    for (const fork of forks) {
      merges.push((await store.mergeFork(parent, fork, { acceptConflicts: true })).mergeId);
    }
    const [first = '', second = '', third = ''] = merges;
    await store.undoMerge(first);
    expect(await texts(store, parent)).toEqual(['one', 'two', 'way 1', 'way 2']);
    const both = await Promise.allSettled([store.undoMerge(third), store.undoMerge(third)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await store.undoMerge(second);
    expect(await texts(store, parent)).toEqual(['one', 'two']);
    await store.mergeFork(parent, forks[0] ?? '');
    expect(await texts(store, parent)).toEqual(['one', 'two', 'way 0']);
    await home.close();
    await expectDerivedAnew(home.storePath);
  });

  it('into an archived session, from one, and taken back there', async () => {
    const { home, store, parent, forks } = await family(1);
    const [fork = ''] = forks;
    for (const id of [parent, fork]) await store.migrateToTier(id, 'cold', { reason: 'test' });
    const { mergeId, merged } = await store.mergeFork(parent, fork);
    expect(merged).toBe(1);
    await store.migrateToTier(parent, 'cold', { reason: 'test' });
    expect(await store.mergeFork(parent, fork)).toMatchObject({ merged: 0 });
    const [last] = (await store.readMessages(parent, { start: 2, end: 3 })).messages;
    expect(last?.metadata['merged']).toMatchObject({ merge: mergeId });
    await store.migrateToTier(parent, 'cold', { reason: 'test' });
    await store.undoMerge(mergeId);
    expect(await texts(store, parent)).toEqual(['one', 'two']);
    await home.close();
    await expectDerivedAnew(home.storePath);
    expect(await texts(await home.open(), parent)).toEqual(['one', 'two']);
  });

  it('outlives its source, which is then nowhere to be opened', async () => {
    const { store, parent, forks } = await family(1);
    const [fork = ''] = forks;
    const { mergeId } = await store.mergeFork(parent, fork);
    await store.deleteSession(fork);
    await store.purgeSessions([fork]);
    const [copy] = (await store.readMessages(parent, { start: 2, end: 3 })).messages;
    const merged = copy?.metadata['merged'] as { origins: string[] } | undefined;
    await expect(store.findMessage(fork, merged?.origins[0] ?? '')).rejects.toMatchObject({
      code: 'not-found',
    });
    await store.undoMerge(mergeId);
    expect(await texts(store, parent)).toEqual(['one', 'two']);
  });

  it('leaves a target that lies in the trash alone', async () => {
    const { store, parent, forks } = await family(1);
    await store.deleteSession(parent);
    await expect(store.mergeFork(parent, forks[0] ?? '')).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('plans and merges behind 20,000 messages without going through the prefix', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const parent = await store.createSession({ title: 'long' });
    for (let from = 0; from < 20_000; from += 2_000) {
      const messages = Array.from({ length: 2_000 }, (_, at) => ({
        role: 'assistant' as const,
        text: `message ${from + at}`,
      }));
      await store.appendMessages(parent.id, messages);
    }
    const { session } = await store.forkSession(parent.id, { atMessage: 19_999 });
    await store.appendMessages(session.id, [{ role: 'user', text: 'at the end' }]);
    const plan = await store.planMerge(parent.id, session.id);
    expect(plan).toMatchObject({ sharedCount: 20_000, messages: [20_000] });
    const { mergeId } = await store.mergeFork(parent.id, session.id);
    expect((await store.getSession(parent.id))?.messageCount).toBe(20_001);
    await store.undoMerge(mergeId);
    expect((await store.getSession(parent.id))?.messageCount).toBe(20_000);
  });
});
