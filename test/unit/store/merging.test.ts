/** Merging one branch into another, over a real store. */
import { describe, expect, it } from 'vitest';
import { expectDerivedAnew } from './support/derived.ts';
import { branches, said } from './support/branches.ts';
import { turns, type Line } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';

/** An edit of a file, as Claude Code notes it: the call, and its result in a record of its own. */
function edits(uuid: string, parent: string, minute: number, file: string): Line[] {
  const call = { type: 'tool_use', id: `call_${uuid}`, name: 'Edit' };
  const input = { file_path: file, old_string: 'a', new_string: 'b\nc' };
  const result = { type: 'tool_result', tool_use_id: `call_${uuid}`, content: 'done' };
  const line = (id: string, parentUuid: string, type: Line['type'], content: object): Line => ({
    uuid: id,
    parentUuid,
    type,
    text: '',
    minute,
    extra: {
      message: { id: `msg_${id}`, role: type, model: 'claude-sonnet-4-5', content: [content] },
    },
  });
  return [
    line(uuid, parent, 'assistant', { ...call, input }),
    line(`${uuid}-result`, uuid, 'user', result),
  ];
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
    expect(conflicts).toEqual({ targetMessages: 1, files: [], edits: [] });
    await expect(store.mergeFork(parent.id, fork.id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await said(store, parent.id)).toEqual(['fix it', 'how?', 'never mind']);
    await store.mergeFork(parent.id, fork.id, { acceptConflicts: true });
    expect(await said(store, parent.id)).toHaveLength(5);
  });

  it('names the files that both edited, and leaves them out with the messages that did', async () => {
    const home = new StoreFolder();
    home.claude.write(A, [
      ...turns('a', 2),
      ...turns('l', 1, { parent: 'a-1', minute: 9 }),
      ...edits('left', 'l-0', 10, '/tmp/shop/total.ts'),
      ...turns('r', 1, { parent: 'a-1', minute: 19 }),
      ...edits('right', 'r-0', 20, '/tmp/shop/total.ts'),
      ...edits('more', 'right-result', 21, '/tmp/shop/tax.ts'),
    ]);
    const store = await imported(home);
    const { sessions } = await store.listSessions({});
    const [left, right] = [
      sessions.find((one) => one.messageCount === 4),
      sessions.find((one) => one.messageCount === 5),
    ];
    const [target, source] = [left?.id ?? '', right?.id ?? ''];
    const { conflicts } = await store.planMerge(target, source);
    expect(conflicts.edits).toEqual([
      {
        path: 'total.ts',
        target: { added: 2, removed: 1, messages: [3] },
        source: { added: 2, removed: 1, messages: [3] },
      },
    ]);
    expect(conflicts.files).toEqual(['total.ts']);
    const rest = await store.planMerge(target, source, { mode: 'cherry-pick', messages: [4] });
    expect(rest.conflicts).toEqual({ targetMessages: 2, files: [], edits: [] });
    // Decided about when nothing clashed: what both touched since is not merged unasked.
    const decided = { acceptConflicts: true, acceptFiles: [] };
    await expect(store.mergeFork(target, source, decided)).rejects.toMatchObject({
      code: 'conflict',
    });
    await store.mergeFork(target, source, { ...decided, acceptFiles: ['total.ts'] });
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

describe('the way from a message to its copies and back', () => {
  it('leads over merges of merges', async () => {
    const { store, home, parent, fork } = await branches();
    const { session: other } = await store.forkSession(parent.id, { atMessage: 1, title: 'other' });
    await store.appendMessages(parent.id, [{ role: 'user', text: 'on' }]);
    await store.mergeFork(parent.id, fork.id, { acceptConflicts: true });
    await store.mergeFork(other.id, parent.id);
    const [first] = (await store.readMessages(fork.id, { start: 2, end: 3 })).messages;
    const origin = first?.id ?? '';
    // In the fork itself, in the parent behind its own message, and in the other by way of that.
    expect(await store.findMessage(fork.id, origin)).toBe(2);
    expect(await store.findMessage(parent.id, origin)).toBe(3);
    expect(await store.findMessage(other.id, origin)).toBe(3);
    const { merges } = await store.readMessages(fork.id, { start: 0, end: 10 });
    expect(merges.filter(({ atMessage }) => atMessage === 2)).toEqual([
      { atMessage: 2, sessionId: parent.id, title: 'Login race', mode: 'append', origin },
      { atMessage: 2, sessionId: other.id, title: 'other', mode: 'append', origin },
    ]);
    // A copy tells where it went on to, not that it is where it is.
    const copies = (await store.readMessages(parent.id, { start: 3, end: 4 })).merges;
    expect(copies.map(({ sessionId }) => sessionId)).toEqual([other.id]);
    const [merged] = (await store.readMessages(other.id, { start: 3, end: 4 })).messages;
    expect(merged?.metadata['merged']).toMatchObject({ sessionId: parent.id, origins: [origin] });
    await store.deleteSession(other.id);
    const left = (await store.readMessages(parent.id, { start: 3, end: 4 })).merges;
    expect(left).toEqual([]);
    expect(await store.findMessage(fork.id, 'nobody:1')).toBeUndefined();
    await home.close();
    await expectDerivedAnew(home.storePath);
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

  it('takes nothing in twice that was said in the branch over it', async () => {
    const { store, home, target, fork } = await overlaid();
    const { sessionId } = await store.mergeFork(target, fork.id, { acceptConflicts: true });
    await store.appendMessages(sessionId, [{ role: 'user', text: 'mine' }]);
    const { session: onIt } = await store.forkSession(sessionId, { atMessage: 5, title: 'on it' });
    await store.appendMessages(onIt.id, [{ role: 'user', text: 'new' }]);
    const whole = [...(await said(store, sessionId)), 'new'];
    expect(await store.planMerge(target, sessionId)).toMatchObject({ messages: [] });
    expect(await store.mergeFork(target, onIt.id, { acceptConflicts: true })).toMatchObject({
      sessionId,
      merged: 1,
    });
    expect(await said(store, sessionId)).toEqual(whole);
    await home.close();
    await expectDerivedAnew(home.storePath);
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
