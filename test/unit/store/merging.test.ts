/** Merging one branch into another, over a real store. */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/message.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { expectDerivedAnew } from './support/derived.ts';
import { turns } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';

async function said(store: LocalStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 1000 });
  return messages.map(words);
}

function words({ content }: Message): string {
  return content.map((block) => ('text' in block ? block.text : block.type)).join('|');
}

/** A session of ours with two messages, and a fork of it with two of its own. */
async function branches(home = new StoreFolder()) {
  const store = await home.open();
  const parent = await store.createSession({ title: 'Login race' });
  await store.appendMessages(parent.id, [
    { role: 'user', text: 'fix it' },
    { role: 'assistant', text: 'how?' },
  ]);
  const { session: fork } = await store.forkSession(parent.id, { atMessage: 1, title: 'lock' });
  await store.appendMessages(fork.id, [
    { role: 'user', text: 'with a lock' },
    {
      role: 'assistant',
      text: 'done',
      tokens: { input: 9, output: 1, cacheRead: 0, cacheWrite: 0 },
    },
  ]);
  return { home, store, parent, fork };
}

describe('merging into a session of our own', () => {
  it('adds what comes after the fork point, with where it came from, and counts no tokens twice', async () => {
    const { store, home, parent, fork } = await branches();
    const result = await store.mergeFork(parent.id, fork.id);
    expect(result).toMatchObject({ sessionId: parent.id, merged: 2 });
    expect(await said(store, parent.id)).toEqual(['fix it', 'how?', 'with a lock', 'done']);
    const { messages } = await store.readMessages(parent.id, { start: 2, end: 4 });
    const own = await store.readMessages(fork.id, { start: 2, end: 4 });
    for (const [at, message] of messages.entries()) {
      expect(message.metadata['merged']).toMatchObject({
        merge: result.mergeId,
        mode: 'append',
        sessionId: fork.id,
        targetId: parent.id,
        origins: [own.messages[at]?.id],
      });
    }
    expect((await store.getSession(parent.id))?.totalTokens).toBe(0);
    expect(await store.getMerges([fork.id])).toEqual([
      expect.objectContaining({ sourceId: fork.id, sessionId: parent.id, messages: 2 }),
    ]);
    await home.close();
    await expectDerivedAnew(home.storePath);
  });

  it('merges only what is new the next time', async () => {
    const { store, parent, fork } = await branches();
    await store.mergeFork(parent.id, fork.id);
    expect(await store.mergeFork(parent.id, fork.id)).toMatchObject({ merged: 0 });
    await store.appendMessages(fork.id, [{ role: 'user', text: 'and a test' }]);
    expect(await store.planMerge(parent.id, fork.id)).toMatchObject({
      messages: [4],
      alreadyMerged: [2, 3],
    });
    expect(await store.mergeFork(parent.id, fork.id)).toMatchObject({ merged: 1 });
    expect((await said(store, parent.id)).slice(2)).toEqual(['with a lock', 'done', 'and a test']);
  });

  it('does a repeated request once, and undoes it once', async () => {
    const { store, parent, fork } = await branches();
    const first = await store.mergeFork(parent.id, fork.id, { requestId: 'm' });
    await store.appendMessages(fork.id, [{ role: 'user', text: 'more' }]);
    expect(await store.mergeFork(parent.id, fork.id, { requestId: 'm' })).toEqual(first);
    await store.undoMerge(first.mergeId, { requestId: 'u' });
    await store.undoMerge(first.mergeId, { requestId: 'u' });
    expect(await said(store, parent.id)).toEqual(['fix it', 'how?']);
    await expect(store.undoMerge(first.mergeId)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('restores the session exactly, also after messages of its own, and can merge again', async () => {
    const { store, home, parent, fork } = await branches();
    const { mergeId } = await store.mergeFork(parent.id, fork.id);
    await store.appendMessages(parent.id, [{ role: 'user', text: 'thanks' }]);
    await store.undoMerge(mergeId);
    expect(await said(store, parent.id)).toEqual(['fix it', 'how?', 'thanks']);
    expect((await store.getSession(parent.id))?.messageCount).toBe(3);
    expect(await store.getMerges([parent.id])).toEqual([]);
    await store.mergeFork(parent.id, fork.id, { acceptConflicts: true });
    const whole = ['fix it', 'how?', 'thanks', 'with a lock', 'done'];
    expect(await said(store, parent.id)).toEqual(whole);
    await home.close();
    await expectDerivedAnew(home.storePath);
    expect(await said(await home.open(), parent.id)).toEqual(whole);
  });

  it('keeps a merge whose messages a later fork needs', async () => {
    const { store, parent, fork } = await branches();
    const { mergeId } = await store.mergeFork(parent.id, fork.id);
    const { session } = await store.forkSession(parent.id, { atMessage: 3, title: 'later' });
    await expect(store.undoMerge(mergeId)).rejects.toThrow(/“later” was forked after the merge/);
    await store.deleteSession(session.id);
    await expect(store.undoMerge(mergeId)).rejects.toMatchObject({ code: 'bad-request' });
    await store.purgeSessions([session.id]);
    await store.undoMerge(mergeId);
    expect(await said(store, parent.id)).toEqual(['fix it', 'how?']);
  });

  it('believes nobody’s metadata that a message was merged', async () => {
    const { store, parent, fork } = await branches();
    const [own] = (await store.readMessages(fork.id, { start: 2, end: 3 })).messages;
    const merged = {
      merge: 'm',
      mode: 'append',
      sessionId: fork.id,
      targetId: parent.id,
      origins: [own?.id],
      at: 1,
    };
    await store.appendMessages(parent.id, [
      { role: 'user', text: 'mine', metadata: { merged, kept: 1 } },
    ]);
    const { messages } = await store.readMessages(parent.id, { start: 2, end: 3 });
    expect(messages[0]?.metadata).toEqual({ kept: 1 });
    expect(await store.planMerge(parent.id, fork.id)).toMatchObject({
      messages: [2, 3],
      conflicts: { targetMessages: 1 },
    });
  });

  it('keeps what was merged when its source is removed for good', async () => {
    const { store, home, parent, fork } = await branches();
    await store.mergeFork(parent.id, fork.id);
    await store.deleteSession(fork.id);
    await store.purgeSessions([fork.id]);
    expect(await said(store, parent.id)).toEqual(['fix it', 'how?', 'with a lock', 'done']);
    await home.close();
    await expectDerivedAnew(home.storePath);
  });
});

describe('what both sides did', () => {
  it('is told before anything is merged, and left to the person', async () => {
    const { store, parent, fork } = await branches();
    await store.appendMessages(parent.id, [{ role: 'user', text: 'never mind' }]);
    const { conflicts } = await store.planMerge(parent.id, fork.id);
    expect(conflicts).toEqual({ targetMessages: 1, files: [] });
    await expect(store.mergeFork(parent.id, fork.id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await said(store, parent.id)).toEqual(['fix it', 'how?', 'never mind']);
    await store.mergeFork(parent.id, fork.id, { acceptConflicts: true });
    expect(await said(store, parent.id)).toHaveLength(5);
  });

  it('refuses what makes no sense', async () => {
    const { store, parent, fork } = await branches();
    const stranger = await store.createSession({ title: 'stranger' });
    await store.appendMessages(stranger.id, [{ role: 'user', text: 'hello' }]);
    await expect(store.mergeFork(parent.id, stranger.id)).rejects.toThrow(/no common ancestor/);
    await expect(store.mergeFork(parent.id, parent.id)).rejects.toThrow(/into itself/);
    const pick = { mode: 'cherry-pick' as const };
    await expect(store.mergeFork(parent.id, fork.id, pick)).rejects.toThrow(/Choose the messages/);
    for (const index of [0, 1, 4, -1, 2.5]) {
      await expect(
        store.mergeFork(parent.id, fork.id, { ...pick, messages: [index] }),
      ).rejects.toMatchObject({ code: 'bad-request' });
    }
    await expect(store.mergeFork('nobody', fork.id)).rejects.toMatchObject({ code: 'not-found' });
  });
});

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

describe('merging into an agent’s session', () => {
  async function overlaid() {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const store = await imported(home);
    const [root] = (await store.listSessions({})).sessions;
    const target = root?.id ?? '';
    const { session: fork } = await store.forkSession(target, { atMessage: 1 });
    await store.appendMessages(fork.id, [{ role: 'assistant', text: 'another way' }]);
    return { home, store, target, fork };
  }

  it('makes a branch of ours over it, which takes in later merges too', async () => {
    const { store, target, fork } = await overlaid();
    const before = await said(store, target);
    const { sessionId, mergeId } = await store.mergeFork(target, fork.id, {
      acceptConflicts: true,
    });
    expect(sessionId).not.toBe(target);
    expect(await said(store, target)).toEqual(before);
    expect(await said(store, sessionId)).toEqual([...before, 'another way']);
    expect((await store.getSession(sessionId))?.parentId).toBe(target);
    await store.appendMessages(fork.id, [{ role: 'assistant', text: 'and on' }]);
    const again = await store.mergeFork(target, fork.id, { acceptConflicts: true });
    expect(again).toMatchObject({ sessionId, merged: 1 });
    await store.undoMerge(again.mergeId);
    expect(await said(store, sessionId)).toEqual([...before, 'another way']);
    // With its last merge the branch goes too.
    await store.undoMerge(mergeId);
    expect(await store.getSession(sessionId)).toBeUndefined();
    expect(await store.getSessionForks(target)).toHaveLength(1);
    const anew = await store.mergeFork(target, fork.id, { acceptConflicts: true });
    expect(anew.sessionId).not.toBe(sessionId);
  });

  it('is not disturbed by the agent going on', async () => {
    const { home, store, target, fork } = await overlaid();
    const { sessionId, mergeId } = await store.mergeFork(target, fork.id, {
      acceptConflicts: true,
    });
    const merged = await said(store, sessionId);
    home.claude.append(A, turns('z', 2, { parent: 'a-3', minute: 50 }));
    await store.importSessions();
    expect(await said(store, sessionId)).toEqual(merged);
    expect(await said(store, target)).toHaveLength(6);
    await store.undoMerge(mergeId);
    await home.close();
    await expectDerivedAnew(home.storePath);
  });
});
