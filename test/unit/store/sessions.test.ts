/** What a person does with sessions: new ones, messages, forks, titles, tags, the trash. */
import { describe, expect, it } from 'vitest';
import { MultipathError } from '../../../src/core/errors.ts';
import { textOf } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import type { StoreEvent } from '../../../src/core/sessionStore.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns, type Line } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';

async function oneImported(lines: readonly Line[]): Promise<[LocalStore, Session, StoreFolder]> {
  const home = new StoreFolder();
  home.claude.write(A, lines);
  const store = await imported(home);
  const session = (await store.listSessions({})).sessions.find(({ kind }) => kind === 'imported');
  if (!session) throw new Error('nothing was imported');
  return [store, session, home];
}

async function texts(store: LocalStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 1000 });
  return messages.map((message) => textOf(message));
}

describe('forks', () => {
  it('share their prefix and take messages of their own', async () => {
    const [store, parent] = await oneImported(turns('a', 6));
    const { session: fork, atMessage } = await store.forkSession(parent.id, { atMessage: 3 });
    expect(atMessage).toBe(3);
    expect(fork).toMatchObject({
      kind: 'fork',
      parentId: parent.id,
      inheritedCount: 4,
      messageCount: 4,
      project: parent.project,
      totalTokens: 0,
    });
    expect(fork.forkPoint?.nativeId).toBe('a-3');
    const grown = await store.appendMessages(fork.id, [
      { role: 'user', text: 'another way' },
      {
        role: 'assistant',
        text: 'done',
        model: 'claude-sonnet-4-5',
        tokens: { input: 1000, output: 1000, cacheRead: 0, cacheWrite: 0 },
      },
    ]);
    expect(grown).toMatchObject({ messageCount: 6, totalTokens: 2000 });
    expect(grown.estimatedCost).toBeCloseTo(0.018, 6);
    expect(await texts(store, fork.id)).toEqual([
      'user a 0',
      'assistant a 1',
      'user a 2',
      'assistant a 3',
      'another way',
      'done',
    ]);
    expect((await store.getSession(parent.id))?.forkCount).toBe(1);
    const page = await store.readMessages(parent.id, { start: 0, end: 10 });
    expect(fork.title).toBe(parent.title);
    expect(page.forks).toEqual([{ atMessage: 3, sessionId: fork.id, title: 'another way' }]);
  });

  it('of forks read through all their ancestors, and survive a reopening', async () => {
    const [store, parent, home] = await oneImported(turns('a', 6));
    const { session: one } = await store.forkSession(parent.id, { atMessage: 1 });
    await store.appendMessages(one.id, [
      { role: 'user', text: 'first' },
      { role: 'assistant', text: 'second' },
    ]);
    const { session: two } = await store.forkSession(one.id, { atMessage: 2, title: 'deeper' });
    await store.appendMessages(two.id, [{ role: 'assistant', text: 'third' }]);
    const { session: three } = await store.forkSession(two.id, { atMessage: 0 });
    const again = await home.reopen();
    expect(await texts(again, two.id)).toEqual(['user a 0', 'assistant a 1', 'first', 'third']);
    expect(await texts(again, three.id)).toEqual(['user a 0']);
    expect((await again.getSessionParent(two.id))?.id).toBe(one.id);
    expect((await again.getSessionForks(one.id)).map(({ id }) => id)).toEqual([two.id]);
    const tree = await again.getSessionTree(three.id);
    expect(tree.session.id).toBe(parent.id);
    expect(tree.children[0]?.children[0]?.children[0]?.session.id).toBe(three.id);
  });

  it('keep their prefix as it was when the agent adds to the forked message', async () => {
    const lines = turns('a', 4);
    const [store, parent, home] = await oneImported(lines);
    const { session: fork } = await store.forkSession(parent.id, { atMessage: 3 });
    // A second line of the same answer: the agent writes one line per content block.
    home.claude.append(A, [
      {
        uuid: 'a-3b',
        parentUuid: 'a-3',
        type: 'assistant',
        text: '',
        minute: 3,
        extra: {
          message: {
            id: 'msg_a-3',
            role: 'assistant',
            model: 'claude-sonnet-4-5',
            content: [{ type: 'text', text: 'and more' }],
            usage: { input_tokens: 100, output_tokens: 80 },
          },
        },
      },
    ]);
    await store.importSessions();
    expect((await texts(store, parent.id))[3]).toBe('assistant a 3\n\nand more');
    expect((await texts(store, fork.id))[3]).toBe('assistant a 3');
  });

  it('follow their anchor when the agent is rewound behind it', async () => {
    const [store, parent, home] = await oneImported(turns('a', 6));
    const { session: fork } = await store.forkSession(parent.id, { atMessage: 4 });
    const before = await texts(store, fork.id);
    home.claude.append(A, turns('r', 2, { parent: 'a-1', minute: 30 }));
    await store.importSessions();
    expect(await texts(store, fork.id)).toEqual(before);
    const abandoned = (await store.listSessions({})).sessions.find(
      ({ kind }) => kind === 'abandoned',
    );
    expect((await store.getSession(fork.id))?.parentId).toBe(abandoned?.id);
  });

  it('are never cut between a tool call and its missing result', async () => {
    const call = {
      message: {
        id: 'msg_call',
        role: 'assistant',
        model: 'claude-sonnet-4-5',
        content: [{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls' } }],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    };
    const lines = turns('a', 3);
    const last: Line = {
      uuid: 'a-3',
      parentUuid: 'a-2',
      type: 'assistant',
      text: '',
      minute: 3,
      extra: call,
    };
    const [store, parent] = await oneImported([...lines, last]);
    const result = await store.forkSession(parent.id, { atMessage: 3 });
    expect(result.atMessage).toBe(2);
    expect(result.movedBecause).toMatch(/tool/);
    await expect(store.forkSession(parent.id, { atMessage: 4 })).rejects.toThrow(/no message 5/);
  });
});

describe('agents’ sessions', () => {
  it('are never written to', async () => {
    const [store, parent, home] = await oneImported(turns('a', 2));
    const before = home.claude.bytes(A);
    const append = store.appendMessages(parent.id, [{ role: 'user', text: 'no' }]);
    await expect(append).rejects.toSatisfy((error) => MultipathError.is(error, 'bad-request'));
    expect(home.claude.bytes(A)).toEqual(before);
  });

  it('keep a title, tags and retention that the person gave them through every import', async () => {
    const [store, session, home] = await oneImported(turns('a', 2));
    await store.updateSession(session.id, {
      title: 'Mine',
      tags: ['b', 'a', 'a'],
      retentionPolicy: 'critical',
      metadata: { note: 'x' },
    });
    home.claude.append(A, turns('c', 2, { parent: 'a-1', minute: 10 }));
    await store.importSessions();
    const after = await store.getSession(session.id);
    expect(after).toMatchObject({
      title: 'Mine',
      renamed: true,
      tags: ['a', 'b'],
      retentionPolicy: 'critical',
      metadata: { note: 'x' },
      messageCount: 4,
    });
    expect((await store.listSessions({ tag: 'a' })).sessions).toHaveLength(1);
    expect((await store.listSessions({ title: 'MIN' })).sessions).toHaveLength(1);
    expect((await store.listSessions({ title: '%' })).sessions).toHaveLength(0);
    expect((await store.updateSession(session.id, { title: '' })).title).toBe('user a 0');
  });
});

describe('the trash', () => {
  it('hides a session, keeps the prefix of its forks, and gives it back', async () => {
    const [store, parent] = await oneImported(turns('a', 4));
    const { session: fork } = await store.forkSession(parent.id, { atMessage: 1 });
    await store.deleteSession(parent.id);
    expect(await store.getSession(parent.id)).toBeUndefined();
    const { sessions } = await store.listSessions({ parentId: null });
    expect(sessions.map(({ id }) => id)).toEqual([fork.id]);
    expect(await texts(store, fork.id)).toEqual(['user a 0', 'assistant a 1']);

    const restored = await store.restoreSession(parent.id);
    expect(restored.forkCount).toBe(1);
    expect((await store.getSession(fork.id))?.parentId).toBe(parent.id);
  });

  it('takes no changes to what lies in it', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const { id } = await store.createSession({ title: 'kept' });
    await store.deleteSession(id);
    const changes = [
      store.appendMessages(id, [{ role: 'user', text: 'lost' }]),
      store.updateSession(id, { title: 'other' }),
      store.forkSession(id, { atMessage: 0 }),
    ];
    for (const change of await Promise.allSettled(changes)) {
      expect(change.status === 'rejected' && MultipathError.is(change.reason, 'not-found')).toBe(
        true,
      );
    }
    expect(await store.restoreSession(id)).toMatchObject({ title: 'kept', messageCount: 0 });
  });

  it('keeps what lies in it out of later imports', async () => {
    const [store, session, home] = await oneImported(turns('a', 2));
    await store.deleteSession(session.id);
    home.claude.append(A, turns('c', 2, { parent: 'a-1', minute: 10 }));
    await store.importSessions();
    expect((await store.listSessions({})).total).toBe(0);
    expect((await store.restoreSession(session.id)).messageCount).toBe(4);
  });
});

describe('requests', () => {
  it('with the same id take effect once', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const first = await store.createSession({ title: 'one', requestId: 'r1' });
    const again = await (await home.reopen()).createSession({ title: 'one', requestId: 'r1' });
    expect(again.id).toBe(first.id);
    const reopened = await home.reopen();
    const options = { requestId: 'r2' };
    await reopened.appendMessages(first.id, [{ role: 'user', text: 'hi' }], options);
    await reopened.appendMessages(first.id, [{ role: 'user', text: 'hi' }], options);
    expect((await reopened.getSession(first.id))?.messageCount).toBe(1);
    const fork = { atMessage: 0, requestId: 'r3' };
    const { session: one } = await reopened.forkSession(first.id, fork);
    const { session: two } = await reopened.forkSession(first.id, fork);
    expect(two.id).toBe(one.id);
  });

  it('that fail leave nothing behind and may be tried again', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const missing = store.forkSession('nobody', { atMessage: 0, requestId: 'r1' });
    await expect(missing).rejects.toSatisfy((error) => MultipathError.is(error, 'not-found'));
    expect((await store.createSession({ requestId: 'r1' })).title).toBe('New session');
  });

  it('are announced once they are on disk, with a growing revision', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const events: StoreEvent[] = [];
    const stop = store.onDidChange((event) => events.push(event));
    const session = await store.createSession({ project: '/work/shop' });
    await store.appendMessages(session.id, [{ role: 'user', text: 'Add a cart\nplease' }]);
    stop();
    await store.updateSession(session.id, { title: 'unheard' });
    expect(events).toMatchObject([
      { type: 'sessions', revision: 1, changed: [session.id] },
      { type: 'sessions', revision: 2, changed: [session.id] },
    ]);
    expect((await store.listProjects()).map(({ name }) => name)).toEqual(['shop']);
  });
});

describe('a clock that goes backwards', () => {
  it('makes no session older than it is', async () => {
    let now = Date.UTC(2026, 4, 4);
    const home = new StoreFolder();
    const store = await home.open({ now: () => now });
    const { id, createdAt } = await store.createSession({ title: 'one' });
    now -= 86_400_000;
    const grown = await store.appendMessages(id, [{ role: 'user', text: 'hi' }]);
    expect(grown.updatedAt).toBeGreaterThanOrEqual(createdAt);
  });
});

describe('a new session', () => {
  it('takes its title from its first prompt unless it has one', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const untitled = await store.createSession({});
    const titled = await store.createSession({ title: 'Plan' });
    const prompt = { role: 'user', text: 'Add a cart\nplease' } as const;
    expect((await store.appendMessages(untitled.id, [prompt])).title).toBe('Add a cart');
    expect((await store.appendMessages(titled.id, [prompt])).title).toBe('Plan');
  });
});
