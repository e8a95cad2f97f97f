/** Subagents inside the file of their session are sessions of their own, shown and kept with it. */
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import type { SessionStore } from '../../../src/core/sessionStore.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { turns, type Line } from './support/claudeHome.ts';
import { expectDerivedAnew } from './support/derived.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';

/** A prompt, a call of two subagents, what they said, and the end of it. */
function conversation(): Line[] {
  const [prompt, answer] = turns('a', 2);
  if (!prompt || !answer) throw new Error('Two were asked for.');
  const call = (id: string, words: string) => ({
    type: 'tool_use',
    id,
    name: 'Task',
    input: { prompt: words },
  });
  const calling: Line = {
    ...answer,
    extra: {
      message: {
        id: 'msg_calling',
        role: 'assistant',
        model: 'claude-sonnet-4-5',
        content: [call('call-one', 'user one 0'), call('call-two', 'user two 0')],
        usage: { input_tokens: 100, output_tokens: 50 },
      },
    },
  };
  return [prompt, calling, ...side('one', 4), ...side('two', 2)];
}

function side(name: string, count: number): Line[] {
  return turns(name, count, { minute: 5 }).map((line) => ({
    ...line,
    extra: { isSidechain: true },
  }));
}

const last: Line = {
  uuid: 'z-2',
  parentUuid: 'a-1',
  type: 'user',
  text: 'and now?',
  minute: 9,
};

async function only(store: SessionStore): Promise<Session> {
  const { sessions } = await store.listSessions({ parentId: null });
  const [session, ...others] = sessions;
  if (!session || others.length > 0) throw new Error(`${sessions.length} roots, one expected`);
  return session;
}

async function subagentsOf(store: SessionStore, id: string): Promise<readonly Session[]> {
  const { sessions } = await store.listSessions({ subagentsOf: id });
  return sessions.toSorted((a, b) => a.title.localeCompare(b.title));
}

async function texts(store: SessionStore, id: string | undefined): Promise<string[]> {
  const { messages } = await store.readMessages(id ?? '', { start: 0, end: 100 });
  return messages.map((message) => textOf(message));
}

describe('subagents inside the file of their session', () => {
  it('are sessions under it, read and counted once, and name the call', async () => {
    const home = new StoreFolder();
    home.claude.write(A, conversation());
    const store = await imported(home);
    const trunk = await only(store);
    expect(trunk).toMatchObject({ kind: 'imported', messageCount: 2, totalTokens: 150 });
    const [one, two] = await subagentsOf(store, trunk.id);
    expect(one).toMatchObject({ title: 'user one 0', kind: 'imported', totalTokens: 300 });
    expect(two).toMatchObject({ title: 'user two 0', subagentOf: trunk.id, totalTokens: 150 });
    expect(trunk.subagents).toMatchObject({ count: 2, totalTokens: 450 });
    expect(trunk.forkCount).toBe(0);
    expect(await texts(store, one?.id)).toEqual(
      [0, 1, 2, 3].map((nth) => `${nth % 2 ? 'assistant' : 'user'} one ${nth}`),
    );
    const calling = (await store.readMessages(trunk.id, { start: 1, end: 2 })).messages[0];
    for (const subagent of [one, two]) {
      expect(subagent?.calledFrom).toEqual({
        logId: calling?.anchor.logId,
        seq: calling?.anchor.seq,
      });
    }
    expect((await store.listSessions({})).total).toBe(1);
    const report = await store.runDoctor({ repair: false });
    expect(report.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  });

  it('grow with the file and stay the same sessions, its bytes as they were', async () => {
    const home = new StoreFolder();
    const all = conversation();
    home.claude.write(A, all.slice(0, 3));
    const store = await imported(home);
    const trunk = await only(store);
    const [one] = await subagentsOf(store, trunk.id);
    expect(await texts(store, one?.id)).toEqual(['user one 0']);
    home.claude.append(A, all.slice(3));
    home.claude.append(A, [last]);
    await store.importSessions();
    expect((await only(store)).id).toBe(trunk.id);
    const [again, two] = await subagentsOf(store, trunk.id);
    expect(again?.id).toBe(one?.id);
    expect(again?.messageCount).toBe(4);
    expect(two?.messageCount).toBe(2);
    expect((await texts(store, trunk.id)).at(-1)).toBe(last.text);
    const kept: Uint8Array[] = [];
    for await (const batch of store.readSource(home.claude.file(A))) kept.push(...batch);
    expect(Buffer.concat(kept).equals(home.claude.bytes(A))).toBe(true);
  });

  it('can be forked, and keep their forks when the conversation is left for another', async () => {
    const home = new StoreFolder();
    home.claude.write(A, conversation());
    const store = await imported(home);
    const trunk = await only(store);
    const [one] = await subagentsOf(store, trunk.id);
    const { session: fork } = await store.forkSession(one?.id ?? '', { atMessage: 1 });
    await store.appendMessages(fork.id, [{ role: 'user', text: 'otherwise' }]);
    // A branch of the conversation comes before those of subagents in the log.
    home.claude.append(A, [{ ...last, uuid: 'w-0', type: 'user', text: 'go on' }]);
    home.claude.append(A, [{ ...last, uuid: 'w-1', type: 'user', text: 'or not', minute: 60 }]);
    await store.importSessions();
    expect((await store.getSession(trunk.id))?.forkCount).toBe(1);
    expect((await subagentsOf(store, trunk.id)).map(({ id }) => id)).toContain(one?.id);
    expect(await texts(store, fork.id)).toEqual(['user one 0', 'assistant one 1', 'otherwise']);
    expect((await store.getSession(fork.id))?.parentId).toBe(one?.id);
  });

  it('go to the trash with their session, also those that come later, and for good', async () => {
    const home = new StoreFolder();
    home.claude.write(A, conversation());
    const store = await imported(home);
    const trunk = await only(store);
    const [one] = await subagentsOf(store, trunk.id);
    await expect(store.deleteSession(one?.id ?? '')).rejects.toMatchObject({ code: 'bad-request' });
    await store.deleteSession(trunk.id);
    home.claude.append(A, side('late', 2));
    await store.importSessions();
    expect((await store.listSessions({})).total).toBe(0);
    await store.restoreSession(trunk.id);
    expect((await store.getSession(trunk.id))?.subagents?.count).toBe(3);
    await store.deleteSession(trunk.id);
    await store.purgeSessions([trunk.id]);
    expect(await store.listTrash()).toEqual([]);
    expect((await store.listSessions({})).total).toBe(0);
  });

  it('are found in a store that hid them', async () => {
    const home = new StoreFolder();
    const old = conversation().map((line) => ({
      ...line,
      extra: {
        ...line.extra,
        timestamp: new Date(Date.UTC(2025, 6, 1, 9, line.minute)).toISOString(),
      },
    }));
    home.claude.write(A, old);
    await imported(home);
    await home.close();
    // As a version before 0.4 left it.
    const core = await openStoreOver({ storePath: home.storePath, hotBytes: 1, readOnly: false });
    core.database.transaction(() => {
      for (const table of ['branch', 'session', 'outline']) {
        const column = table === 'branch' ? 'number' : 'branch';
        core.database.run(`DELETE FROM ${table} WHERE ${column} > 0`);
      }
      core.database.run("INSERT INTO meta (key, value) VALUES ('sidechains_before', 1000)");
    });
    core.database.flush();
    core.access.dispose();
    core.database.close();
    core.archive.close();
    const store = await home.open();
    let hasEnded = false;
    store.onDidChange((event) => {
      if (event.type === 'task' && event.task.state === 'done') hasEnded = true;
    });
    const trunk = await only(store);
    await expect.poll(async () => (await store.getSession(trunk.id))?.subagents?.count).toBe(2);
    // Whoever closes the store before that cuts it short, and it begins again at the next opening.
    await expect.poll(() => hasEnded).toBe(true);
    await home.close();
    const again = await openStoreOver({ storePath: home.storePath, hotBytes: 1, readOnly: true });
    expect(again.database.all("SELECT 1 FROM meta WHERE key = 'sidechains_before'")).toEqual([]);
    again.access.dispose();
    again.database.close();
    again.archive.close();
    await expectDerivedAnew(home.storePath);
  });
});
