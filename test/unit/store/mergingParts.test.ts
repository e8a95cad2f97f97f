/** Merging some messages of a branch, or one that sums them up; and who wrote that. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { branches, said } from './support/branches.ts';
import { expectDerivedAnew } from './support/derived.ts';
import { StoreFolder } from './support/openStore.ts';

describe('cherry-picks and summaries', () => {
  it('takes chosen messages, each once', async () => {
    const { store, parent, fork } = await branches();
    const pick = (messages: number[]) =>
      store.mergeFork(parent.id, fork.id, { mode: 'cherry-pick', messages });
    expect(await pick([3])).toMatchObject({ merged: 1 });
    expect(await pick([3])).toMatchObject({ merged: 0 });
    expect(await pick([2, 3])).toMatchObject({ merged: 1 });
    expect((await said(store, parent.id)).slice(2)).toEqual(['done', 'with a lock']);
  });

  it('adds one message for all, by the given text or made from the branch', async () => {
    const { store, parent, fork } = await branches();
    const made = await store.mergeFork(parent.id, fork.id, { mode: 'summary' });
    expect(made.merged).toBe(1);
    const [summary] = (await said(store, parent.id)).slice(2);
    expect(summary).toContain('Summary of 2 messages from “lock”');
    expect(summary).toContain('- with a lock');
    expect(summary).toMatch(/\*\*Outcome\*\*\n\ndone$/);
    // Summed up once; but the messages themselves may still be wanted.
    expect(await store.mergeFork(parent.id, fork.id, { mode: 'summary' })).toMatchObject({
      merged: 0,
    });
    expect(await store.mergeFork(parent.id, fork.id)).toMatchObject({ merged: 2 });
    await store.undoMerge(made.mergeId);
    expect((await said(store, parent.id)).slice(2)).toEqual(['with a lock', 'done']);
    const { session: other } = await store.forkSession(parent.id, { atMessage: 1 });
    await store.mergeFork(other.id, fork.id, { mode: 'summary', summary: 'A lock did it.' });
    expect((await said(store, other.id)).slice(2)).toEqual(['A lock did it.']);
  });
});

it('sums up just what came after the last summary', async () => {
  const { store, parent, fork } = await branches();
  const options = { mode: 'summary', summary: 'A lock did it.', messages: [2, 3] } as const;
  await store.appendMessages(fork.id, [{ role: 'user', text: 'and tests?' }]);
  await store.mergeFork(parent.id, fork.id, options);
  const plan = await store.planMerge(parent.id, fork.id, { mode: 'summary' });
  expect(plan).toMatchObject({ messages: [4], alreadyMerged: [2, 3] });
  expect(plan.summary).toContain('Summary of 1 message');
  expect(await store.mergeFork(parent.id, fork.id, { mode: 'summary' })).toMatchObject({
    merged: 1,
  });
  const [last] = (await said(store, parent.id)).slice(-1);
  expect(last).toContain('- and tests?');
  expect(last).not.toContain('with a lock');
  expect((await store.planMerge(parent.id, fork.id, { mode: 'summary' })).messages).toEqual([]);
});

describe('who wrote a summary', () => {
  it('is kept with the merge, wherever the session goes', async () => {
    const { home, store, parent, fork } = await branches();
    const summaryBy = { model: 'gpt-5.2', edited: true };
    const options = { mode: 'summary', summary: 'A lock did it.', summaryBy } as const;
    const { mergeId } = await store.mergeFork(parent.id, fork.id, options);
    const saidBy = async (from: LocalStore): Promise<unknown[]> => {
      const { messages } = await from.readMessages(parent.id, { start: 2, end: 3 });
      const merged = messages[0]?.metadata['merged'] as { summaryBy?: unknown } | undefined;
      const [edge] = await from.getMerges([parent.id]);
      const { merges } = await from.getFamilyGraph(parent.id);
      return [merged?.summaryBy, edge?.summaryBy, merges[0]?.summaryBy];
    };
    const everywhere = [summaryBy, summaryBy, summaryBy];
    expect(await saidBy(store)).toEqual(everywhere);
    expect(await store.visualizeSessionTree(parent.id)).toContain(
      '1 message merged from @2 lock (merged summary by gpt-5.2, edited)',
    );
    const files = await Promise.all(
      [parent, fork].map(async ({ id }, at) => {
        const file = path.join(home.folder, `saved-${String(at)}.jsonl`);
        await store.saveSessionToDisk(id, file);
        return file;
      }),
    );
    await home.close();
    await expectDerivedAnew(home.storePath);
    expect(await saidBy(await home.open())).toEqual(everywhere);
    const elsewhere = await new StoreFolder().open();
    for (const file of files) await elsewhere.loadSessionFromDisk(file);
    expect(await saidBy(elsewhere)).toEqual(everywhere);
    await elsewhere.undoMerge(mergeId);
    expect(await elsewhere.getMerges([parent.id])).toEqual([]);
  });

  it('is nobody where it was made without a model, and not known where nobody says', async () => {
    const { store, parent, fork } = await branches();
    const authorOf = async (id: string): Promise<unknown> => (await store.getMerges([id]))[0];
    await store.mergeFork(parent.id, fork.id, { mode: 'summary' });
    expect(await authorOf(parent.id)).toMatchObject({ summaryBy: { edited: false } });
    const { session: other } = await store.forkSession(parent.id, { atMessage: 1 });
    await store.mergeFork(other.id, fork.id, { mode: 'summary', summary: 'A lock did it.' });
    expect(await authorOf(other.id)).not.toHaveProperty('summaryBy');
    const { session: third } = await store.forkSession(parent.id, { atMessage: 1 });
    await store.mergeFork(third.id, fork.id, { summaryBy: { model: 'x', edited: false } });
    expect(await authorOf(third.id)).not.toHaveProperty('summaryBy');
  });
});
