/** Work over thousands of messages gives others their turn, however quick the machine is. */
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { summariseMessages } from '../../../src/core/mergeSummary.ts';
import { message } from '../core/messages.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { StoreFolder } from './support/openStore.ts';

const MANY = 800;
const many = (word: string) =>
  Array.from({ length: MANY }, (_, nth) => ({ role: 'user' as const, text: `${word} ${nth}` }));

beforeEach(() => {
  // Any piece of work takes longer than a slice of it may.
  let time = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (time += 50));
  onTestFinished(() => void vi.restoreAllMocks());
});

/** How often others had their turn meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let counted = setImmediate(function count() {
    turns++;
    counted = setImmediate(count);
  });
  await work();
  clearImmediate(counted);
  return turns;
}

describe('others have their turn', () => {
  it('while a branch is summed up', async () => {
    const messages = many('word').map(({ role, text }) => message(role, text));
    const turns = await turnsDuring(() => summariseMessages('t', messages));
    expect(turns).toBeGreaterThanOrEqual(MANY);
  });

  it('while messages are made ready to be merged, and while a merge is taken back', async () => {
    const store = await new StoreFolder().open();
    const { id: parent } = await store.createSession({ title: 'parent' });
    await store.appendMessages(parent, [{ role: 'user', text: 'begin' }]);
    const { session: fork } = await store.forkSession(parent, { atMessage: 0 });
    await store.appendMessages(fork.id, many('fork'));
    let mergeId = '';
    const merging = await turnsDuring(async () => {
      ({ mergeId } = await store.mergeFork(parent, fork.id));
    });
    expect(merging).toBeGreaterThanOrEqual(MANY);
    // Records are read 256 at a time.
    expect(await turnsDuring(() => store.undoMerge(mergeId))).toBeGreaterThanOrEqual(4);
    expect((await store.getSession(parent))?.messageCount).toBe(1);
  });

  it('while the second copy of many records is written', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const { id } = await store.createSession({ title: 'one' });
    await store.appendMessages(id, many('word'));
    await home.close();
    const core = await openStoreOver({
      storePath: home.storePath,
      readOnly: false,
      hotBytes: 1_000_000,
    });
    onTestFinished(() => {
      core.access.dispose();
      core.database.close();
      core.archive.close();
    });
    expect(await turnsDuring(() => core.facts.rewrite(false))).toBeGreaterThan(MANY / 64 + 12);
    expect(await core.facts.inspect()).toMatchObject({ missing: 0, surplus: 0, damaged: 0 });
  });
});
