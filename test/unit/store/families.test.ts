/** A family in one answer, and what it took, over a real store. */
import { describe, expect, it } from 'vitest';
import type { FamilyBranch } from '../../../src/core/family.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { StoreFolder } from './support/openStore.ts';

const MODEL = 'claude-sonnet-4-5';
const tokens = { input: 1000, output: 100, cacheRead: 0, cacheWrite: 0 };

async function family() {
  const home = new StoreFolder();
  const store = await home.open();
  const root = await store.createSession({ title: 'Login race' });
  await store.appendMessages(root.id, [
    { role: 'user', text: 'fix it' },
    { role: 'assistant', text: 'how?', model: MODEL, tokens },
  ]);
  const fork = async (title: string, parent = root.id, more = {}): Promise<string> => {
    const { session } = await store.forkSession(parent, { atMessage: 1, title, ...more });
    await store.appendMessages(session.id, [
      { role: 'user', text: title },
      { role: 'assistant', text: 'done', model: MODEL, tokens },
    ]);
    return session.id;
  };
  const lock = await fork('lock', root.id, {
    tags: ['try'],
    metadata: { reason: 'two tabs', strategy: 'single' },
  });
  const queue = await fork('queue');
  return { home, store, root: root.id, lock, queue, fork };
}

async function branchesOf(store: LocalStore, id: string): Promise<Record<string, FamilyBranch>> {
  const { branches } = await store.getFamilyGraph(id);
  return Object.fromEntries(branches.map((branch) => [branch.id, branch]));
}

describe('getFamilyGraph', () => {
  it('gives the whole family, whichever of it was asked about', async () => {
    const { store, root, lock, queue } = await family();
    const graph = await store.getFamilyGraph(queue);
    expect(graph).toMatchObject({ rootId: root, merges: [], total: 3 });
    expect(graph.branches.map(({ id }) => id)).toEqual([root, lock, queue]);
    expect(graph.branches[1]).toMatchObject({
      parentId: root,
      at: 2,
      length: 4,
      title: 'lock',
      agent: 'multipath',
      model: MODEL,
      kind: 'fork',
      reason: 'two tabs',
      strategy: 'single',
      own: { messages: 2, tokens: 1100, cost: expect.any(Number) as number },
    });
    expect((await store.getSession(lock))?.tags).toEqual(['try']);
    await expect(store.getFamilyGraph('nobody')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('draws merges where they went, and counts what came by merging where it was said', async () => {
    const { store, root, lock, queue } = await family();
    const { mergeId } = await store.mergeFork(root, lock);
    const { merges, branches } = await store.getFamilyGraph(root);
    expect(merges).toEqual([
      expect.objectContaining({
        mergeId,
        mode: 'append',
        sourceId: lock,
        sessionId: root,
        index: 2,
        messages: 2,
      }),
    ]);
    const byId = new Map(branches.map((branch) => [branch.id, branch]));
    expect(byId.get(lock)).toMatchObject({ merged: true });
    expect(byId.get(root)?.own.messages).toBe(2);
    // The other attempt was given up with that.
    expect(byId.get(queue)).toMatchObject({ abandoned: true });
    await store.undoMerge(mergeId);
    expect((await store.getFamilyGraph(root)).merges).toEqual([]);
  });

  it('keeps a parent that lies in the trash while branches hang on it', async () => {
    const { store, root, lock, queue, fork } = await family();
    const deep = await fork('deep', lock);
    await store.deleteSession(lock);
    await store.deleteSession(queue);
    const graph = await store.getFamilyGraph(deep);
    expect(graph.branches.map(({ id, deleted }) => [id, deleted])).toEqual([
      [root, undefined],
      [lock, true],
      [deep, undefined],
    ]);
    await expect(store.getFamilyGraph(lock)).rejects.toMatchObject({ code: 'not-found' });
    const { whole } = await store.getFamilyLedger(root);
    expect(whole).toMatchObject({ messages: 6, tokens: 3300 });
  });

  it('that is too deep to be sent as a tree is refused as one, and given flat and as text', async () => {
    const { store, root } = await family();
    let id = root;
    for (let depth = 1; depth <= 501; depth++) {
      id = (await store.forkSession(id, { atMessage: 1, title: `deep ${depth}` })).session.id;
    }
    await expect(store.getSessionTree(root)).rejects.toMatchObject({ code: 'bad-request' });
    const { branches } = await store.getFamilyGraph(id);
    expect(branches.length).toBeGreaterThan(501);
    expect(await store.visualizeSessionTree(id)).toContain('(501 deep)');
    await store.deleteSession(id);
    expect((await store.getSessionTree(root)).session.id).toBe(root);
  });

  it('remembers what branches were given, until they go on', async () => {
    const { home, store, lock, queue } = await family();
    await store.updateSession(queue, { metadata: { rating: 5 } });
    const told: string[][] = [];
    store.onDidChange((event) => {
      if (event.type === 'sessions') told.push([...event.changed].sort());
    });
    const { scores } = await store.compareForkResults([lock, queue]);
    const before = await branchesOf(store, lock);
    expect(before[queue]).toMatchObject({ best: true });
    expect(before[lock]?.score).toBeCloseTo(scores[0]?.total ?? 0, 0);
    // Told once: who judges again whenever something changed comes to an end.
    await store.compareForkResults([queue, lock]);
    expect(told).toEqual([[lock, queue].sort()]);
    await store.appendMessages(queue, [{ role: 'user', text: 'more' }]);
    expect((await branchesOf(store, lock))[queue]?.score).toBeUndefined();
    await store.close();
    const again = await home.open();
    expect((await branchesOf(again, lock))[lock]?.score).toBe(before[lock]?.score);
  });
});

describe('getFamilyLedger', () => {
  it('counts the shared prefix once, and what abandoned branches cost', async () => {
    const { store, root, lock, queue } = await family();
    await store.mergeFork(root, lock);
    const ledger = await store.getFamilyLedger(lock);
    expect(ledger.lines.map(({ sessionId, depth, use }) => [sessionId, depth, use.tokens])).toEqual(
      [
        [root, 0, 1100],
        [lock, 1, 1100],
        [queue, 1, 1100],
      ],
    );
    expect(ledger.whole).toMatchObject({ messages: 6, tokens: 3300 });
    const cost = (await store.getSession(root))?.estimatedCost ?? NaN;
    expect(ledger.whole.cost).toBeCloseTo(3 * cost);
    expect(ledger).toMatchObject({ abandonedCount: 1, sharedMessages: 4 });
    expect(ledger.abandoned.cost).toBeCloseTo(cost);
  });

  it('is the least it can be where a price is unknown', async () => {
    const { store, root, fork } = await family();
    const id = await fork('odd');
    await store.appendMessages(id, [{ role: 'assistant', text: '?', model: 'homemade', tokens }]);
    const { whole } = await store.getFamilyLedger(root);
    expect(whole.cost).toBeUndefined();
    expect(whole).toMatchObject({
      unpriced: 1,
      tokens: 5500,
      knownCost: expect.any(Number) as number,
    });
  });
});
