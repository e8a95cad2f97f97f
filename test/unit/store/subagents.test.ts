/** Subagents belong to the session they worked for: listed with it, deleted with it, never lost. */
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import type { SessionStore } from '../../../src/core/sessionStore.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns, type Line } from './support/claudeHome.ts';
import { expectDerivedAnew } from './support/derived.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';

/** Where Claude Code keeps the transcript of a subagent, below the folder of its session. */
const place = (trunk: string, name: string): string => `${trunk}/subagents/agent-${name}`;

function work(trunk: string, name: string, count: number): Line[] {
  return turns(name, count, { minute: 5 }).map((line) => ({
    ...line,
    extra: { sessionId: trunk, isSidechain: true, agentId: name },
  }));
}

function withSubagents(home: StoreFolder): void {
  home.claude.write(A, turns('a', 4));
  home.claude.write(place(A, 'one'), work(A, 'one', 4));
  home.claude.write(place(A, 'two'), work(A, 'two', 2));
}

/** A session whose second record calls subagents, and whose third holds the first one's result. */
function calling(...names: readonly string[]): Line[] {
  return turns('a', 4).map((line, index) => {
    const calls = names.map((name) => ({
      type: 'tool_use',
      id: `call-${name}`,
      name: 'Task',
      input: { prompt: `do ${name}` },
    }));
    const [first = ''] = names;
    const content =
      index === 1
        ? calls
        : [{ type: 'tool_result', tool_use_id: `call-${first}`, content: 'done' }];
    const extra = {
      message: { id: 'msg_1', role: line.type, model: 'claude-sonnet-4-5', content },
      ...(index === 2 && { toolUseResult: { agentId: first } }),
    };
    return index === 1 || index === 2 ? { ...line, extra } : line;
  });
}

async function rootsOf(store: SessionStore): Promise<readonly Session[]> {
  return (await store.listSessions({ parentId: null })).sessions;
}

async function only(store: SessionStore): Promise<Session> {
  const [session, ...others] = await rootsOf(store);
  if (!session || others.length > 0) throw new Error(`${others.length + 1} roots, one expected`);
  return session;
}

async function subagentsOf(store: SessionStore, id: string): Promise<readonly Session[]> {
  return (await store.listSessions({ subagentsOf: id })).sessions;
}

async function texts(store: SessionStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 100 });
  return messages.map((message) => textOf(message));
}

describe('subagents', () => {
  it('are listed with their session only, counted, with what they used', async () => {
    const home = new StoreFolder();
    withSubagents(home);
    const store = await imported(home);
    const trunk = await only(store);
    expect(trunk.origin?.nativeId).toBe(A);
    const [first, second] = await subagentsOf(store, trunk.id);
    expect(first?.origin?.nativeId).toBe('agent-one');
    expect(second?.origin?.nativeId).toBe('agent-two');
    for (const one of [first, second]) expect(one?.subagentOf).toBe(trunk.id);
    expect(trunk.subagents).toEqual({
      modifiedAt: Math.max(...[first, second].map((one) => one?.origin?.modifiedAt ?? 0)),
      count: 2,
      totalTokens: (first?.totalTokens ?? 0) + (second?.totalTokens ?? 0),
      estimatedCost: (first?.estimatedCost ?? 0) + (second?.estimatedCost ?? 0),
    });
    expect(trunk.subagents?.totalTokens).toBe(450);
    expect(trunk.forkCount).toBe(0);
    expect((await store.listSessions({})).total).toBe(1);
    expect((await store.listGroups({ by: 'agent', parentId: null }))[0]?.count).toBe(1);
  });

  it('can be read and forked; the fork hangs on the subagent', async () => {
    const home = new StoreFolder();
    withSubagents(home);
    const store = await imported(home);
    const trunk = await only(store);
    const [one] = await subagentsOf(store, trunk.id);
    const { session: fork } = await store.forkSession(one?.id ?? '', { atMessage: 1 });
    expect(fork.parentId).toBe(one?.id);
    await store.appendMessages(fork.id, [{ role: 'user', text: 'otherwise' }]);
    expect(await texts(store, fork.id)).toEqual(['user one 0', 'assistant one 1', 'otherwise']);
    expect((await store.getSession(one?.id ?? ''))?.forkCount).toBe(1);
    expect((await store.listSessions({ parentId: one?.id ?? '' })).sessions[0]?.id).toBe(fork.id);
    expect((await store.getSessionTree(fork.id)).session.id).toBe(one?.id);
    expect((await rootsOf(store)).map(({ id }) => id)).toEqual([trunk.id]);
  });

  it('without their session are listed like any other, until it comes', async () => {
    const home = new StoreFolder();
    home.claude.write(place(A, 'one'), work(A, 'one', 4));
    const store = await imported(home);
    const orphan = await only(store);
    expect(orphan).toMatchObject({ subagentOfNative: A });
    expect(orphan.subagentOf).toBeUndefined();
    home.claude.write(A, turns('a', 4));
    await store.importSessions();
    const trunk = await only(store);
    expect(trunk.subagents?.count).toBe(1);
    expect((await store.getSession(orphan.id))?.subagentOf).toBe(trunk.id);
  });

  it.each(['before', 'behind', 'with'])(
    'name the call that started them, whether they come %s their session',
    async (when) => {
      const home = new StoreFolder();
      const lines = calling('one', 'two');
      if (when !== 'before') home.claude.write(A, lines);
      if (when !== 'behind') home.claude.write(place(A, 'one'), work(A, 'one', 2));
      const store = await imported(home);
      home.claude.write(A, lines);
      home.claude.write(place(A, 'one'), work(A, 'one', 2));
      home.claude.write(place(A, 'two'), work(A, 'two', 2));
      await store.importSessions();
      const trunk = await only(store);
      const call = (await store.readMessage(trunk.id, 1)).anchor;
      const callsOf = async (from: SessionStore): Promise<unknown[]> =>
        (await subagentsOf(from, trunk.id))
          .toSorted((a, b) => a.title.localeCompare(b.title))
          .map(({ calledFrom }) => calledFrom);
      // Of the second nothing says which call it was.
      const known = [{ logId: call.logId, seq: 1 }, undefined];
      expect(await callsOf(store)).toEqual(known);
      await home.close();
      const again = await home.open();
      home.claude.write(place(A, 'one'), work(A, 'one', 4));
      await again.importSessions();
      const counts = (await subagentsOf(again, trunk.id)).map(({ messageCount }) => messageCount);
      expect(counts.sort()).toEqual([2, 4]);
      expect(await callsOf(again)).toEqual(known);
      const report = await again.runDoctor({ repair: false });
      expect(report.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
      await home.close();
      await expectDerivedAnew(home.storePath);
    },
  );

  it('are refused to be deleted alone, and go to the trash and back with their session', async () => {
    const home = new StoreFolder();
    withSubagents(home);
    home.claude.write(B, turns('b', 2));
    const store = await imported(home);
    const trunk = (await rootsOf(store)).find(({ origin }) => origin?.nativeId === A);
    const [one, two] = await subagentsOf(store, trunk?.id ?? '');
    await expect(store.deleteSession(one?.id ?? '')).rejects.toMatchObject({ code: 'bad-request' });
    await store.deleteSession(trunk?.id ?? '');
    expect(await store.getSession(one?.id ?? '')).toBeUndefined();
    expect((await store.listTrash()).map(({ session }) => session.id)).toEqual([trunk?.id]);
    // What the agent wrote meanwhile, of an old subagent and of a new one, does not fall out of it.
    home.claude.append(place(A, 'two'), work(A, 'two', 4).slice(2));
    home.claude.write(place(A, 'late'), work(A, 'late', 2));
    await store.importSessions();
    expect((await store.listSessions({})).total).toBe(1);
    await store.restoreSession(trunk?.id ?? '');
    expect((await store.getSession(trunk?.id ?? ''))?.subagents?.count).toBe(3);
    expect((await store.getSession(two?.id ?? ''))?.messageCount).toBe(4);
  });

  it('are removed for good with their session, except what a fork still reads', async () => {
    const home = new StoreFolder();
    withSubagents(home);
    const store = await imported(home);
    const trunk = await only(store);
    const [one, two] = await subagentsOf(store, trunk.id);
    const { session: fork } = await store.forkSession(one?.id ?? '', { atMessage: 1 });
    await store.deleteSession(trunk.id);
    expect((await store.getSession(fork.id))?.parentId).toBeUndefined();
    const outcome = await store.purgeSessions([trunk.id]);
    expect(outcome).toMatchObject({ sessionIds: [trunk.id], skipped: [] });
    expect(await store.listTrash()).toEqual([]);
    await expect(store.readMessages(two?.id ?? '', { start: 0, end: 1 })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await texts(store, fork.id)).toEqual(['user one 0', 'assistant one 1']);
    // The unchanged files are known, and nothing comes back.
    await store.importSessions();
    expect((await rootsOf(store)).map(({ id }) => id)).toEqual([fork.id]);
    const check = await store.runDoctor({ repair: false });
    expect(check.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    await store.deleteSession(fork.id);
    await store.purgeSessions(undefined);
    await expect(store.readMessages(one?.id ?? '', { start: 0, end: 1 })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('hang where they did when everything is derived anew', async () => {
    const home = new StoreFolder();
    withSubagents(home);
    home.claude.write(place(B, 'lost'), work(B, 'lost', 2));
    const store: LocalStore = await imported(home);
    const trunk = (await rootsOf(store)).find(({ origin }) => origin?.nativeId === A);
    await store.updateSession(trunk?.id ?? '', { pinned: true, note: 'Ask Ada' });
    await home.close();
    await expectDerivedAnew(home.storePath);
    const again = await home.open();
    expect((await again.getSession(trunk?.id ?? ''))?.subagents?.count).toBe(2);
    expect(await rootsOf(again)).toHaveLength(2);
  });

  it('of a store that an older version wrote are found at its opening', async () => {
    const home = new StoreFolder();
    withSubagents(home);
    const { id } = await only(await imported(home));
    await home.close();
    const core = await openStoreOver({
      storePath: home.storePath,
      hotBytes: 1_000_000,
      readOnly: false,
    });
    core.database.transaction(() => {
      core.database.run('UPDATE session SET listed = 0, trunk_id = NULL WHERE listed = 2');
      core.database.run('UPDATE log SET subagent_of = NULL');
    });
    core.access.dispose();
    core.database.close();
    core.archive.close();
    const store = await home.open();
    await expect
      .poll(async () => (await store.getSession(id))?.subagents?.count, { timeout: 10_000 })
      .toBe(2);
    expect(home.problems).toEqual([]);
  });
});
