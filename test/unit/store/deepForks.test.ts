/** Forks of forks, thousands deep: further than calls can go, and each step of a walk costs as much. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { StoreFolder } from './support/openStore.ts';

const DEPTH = 5_000;

/** A session with a message, and forks of forks of it, each with one of its own. */
async function chain(home: StoreFolder): Promise<readonly string[]> {
  await home.open();
  await home.close();
  const core = await openStoreOver({ storePath: home.storePath, hotBytes: 1, readOnly: false });
  const ids = core.database.transaction(() => {
    const { sessionId: root } = core.edits.create({ title: 'root' });
    core.edits.append(root, [{ role: 'user', text: 'said 0' }]);
    const made = [root];
    for (let depth = 1; depth <= DEPTH; depth++) {
      const parent = made[depth - 1] ?? '';
      const { sessionId } = core.edits.fork(parent, { atMessage: depth - 1, title: `${depth}` });
      core.edits.append(sessionId, [{ role: 'assistant', text: `said ${depth}` }]);
      made.push(sessionId);
    }
    return made;
  });
  core.database.flush();
  core.access.dispose();
  core.database.close();
  core.archive.close();
  return ids;
}

test('are opened, read, compared, drawn, merged, saved and removed', async () => {
  const home = new StoreFolder();
  const ids = await chain(home);
  const [root = '', first = ''] = ids;
  const deepest = ids.at(-1) ?? '';
  const store = await home.open();
  const saidAt = async (at: number): Promise<unknown> => {
    const { messages } = await store.readMessages(deepest, { start: at, end: at + 1 });
    return messages[0]?.content[0];
  };
  expect((await store.getSession(deepest))?.messageCount).toBe(DEPTH + 1);
  expect(await saidAt(DEPTH)).toMatchObject({ text: `said ${DEPTH}` });
  expect(await saidAt(17)).toMatchObject({ text: 'said 17' });

  const near = await store.compareSessions([deepest, ids[DEPTH - 1] ?? '']);
  expect(near).toMatchObject({ sharedCount: DEPTH, rows: [{ changed: true }] });
  const far = await store.compareSessions([deepest, root]);
  expect([far.sharedCount, far.rows.length]).toEqual([1, DEPTH]);

  const text = await store.visualizeSessionTree(deepest);
  expect(text.split('\n')).toHaveLength(DEPTH + 1);
  const graph = await store.getFamilyGraph(deepest);
  expect([graph.rootId, graph.total]).toEqual([root, DEPTH + 1]);

  const merged = await store.mergeFork(root, deepest, { mode: 'cherry-pick', messages: [DEPTH] });
  expect(merged).toMatchObject({ sessionId: root, merged: 1 });
  await store.undoMerge(merged.mergeId);

  const file = path.join(home.folder, 'deepest.jsonl');
  await store.saveSessionToDisk(deepest, file);

  await store.deleteSession(first);
  await store.purgeSessions([first]);
  expect(await saidAt(1)).toMatchObject({ text: 'said 1' });
  await store.deleteSession(deepest);
  await store.purgeSessions([deepest]);
  expect(await store.getSession(deepest)).toBeUndefined();
  expect((await store.getSession(ids[DEPTH - 1] ?? ''))?.messageCount).toBe(DEPTH);
  expect(home.problems).toEqual([]);
}, 120_000);
