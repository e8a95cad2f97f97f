/** Sessions handed on to an agent, and what the agent adds read back under the same parent. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { textOf } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import { partOf } from '../../../src/server/agentFiles/newFile.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { LogFiles } from '../../../src/store/logFiles.ts';
import { turns } from './support/claudeHome.ts';
import { expectDerivedAnew } from './support/derived.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '0b5f7c1e-0000-4000-8000-00000000000a';

/** A store with one imported session of six messages, in a folder that is there. */
async function begin(): Promise<{
  home: StoreFolder;
  store: LocalStore;
  session: Session;
  folder: string;
}> {
  const home = new StoreFolder();
  const folder = path.join(home.folder, 'it’s a "shop" – Łódź');
  mkdirSync(folder);
  home.claude.write(
    A,
    turns('m', 6).map((line) => ({ ...line, extra: { cwd: folder } })),
  );
  const store = await imported(home);
  for (const agent of ['codex', 'pi']) await store.setConsent(agent, 'granted');
  const [session] = (await store.listSessions({})).sessions;
  if (!session) throw new Error('Nothing was imported.');
  return { home, store, session, folder };
}

/** Closes the store and takes the answer to a request out of it, as if it had never been given. */
async function forget(home: StoreFolder): Promise<void> {
  await home.close();
  const core = await openStoreOver({
    storePath: home.storePath,
    hotBytes: 1_000_000,
    readOnly: false,
  });
  core.database.transaction(() => {
    core.database.run("DELETE FROM request WHERE id = 'r1'");
    core.database.run('UPDATE resume SET written = 0');
  });
  core.access.dispose();
  core.database.close();
  core.archive.close();
}

async function textsOf(store: LocalStore, id: string): Promise<string[]> {
  return (await store.readMessages(id, { start: 0, end: 100 })).messages.map(textOf);
}

async function readBack(store: LocalStore, nativeId: string): Promise<Session> {
  const { failures } = await store.importSessions();
  expect(failures).toEqual([]);
  const { sessions } = await store.listSessions({});
  const found = sessions.find((session) => session.origin?.nativeId === nativeId);
  if (!found) throw new Error(`${nativeId} was not read back.`);
  return found;
}

const now = new Date().toISOString();

/** What each agent would add: a prompt and an answer that took 7 tokens. */
function goOn(agent: string, file: string, nativeId: string): void {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const last = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const add = (...records: readonly object[]): void =>
    appendFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  if (agent === 'claude-code') {
    const parentUuid = last.findLast(({ type }) => type === 'assistant' || type === 'user')?.[
      'uuid'
    ];
    const shared = { sessionId: nativeId, timestamp: now, isSidechain: false };
    add(
      {
        ...shared,
        parentUuid,
        uuid: 'next-1',
        type: 'user',
        message: { role: 'user', content: 'next' },
      },
      {
        ...shared,
        parentUuid: 'next-1',
        uuid: 'next-2',
        type: 'assistant',
        message: {
          id: 'n',
          role: 'assistant',
          model: 'claude-sonnet-4-5',
          content: [{ type: 'text', text: 'done' }],
          usage: { input_tokens: 3, output_tokens: 4 },
        },
      },
    );
  } else if (agent === 'codex') {
    const item = (role: string, text: string) => ({
      timestamp: now,
      type: 'response_item',
      payload: { type: 'message', role, content: [{ type: 'input_text', text }] },
    });
    const event = (payload: object) => ({ timestamp: now, type: 'event_msg', payload });
    add(
      event({ type: 'task_started', turn_id: 'turn-next' }),
      item('user', 'next'),
      event({ type: 'user_message', message: 'next' }),
      item('assistant', 'done'),
      event({
        type: 'token_count',
        info: { last_token_usage: { input_tokens: 3, output_tokens: 4 } },
      }),
    );
  } else {
    const entry = (id: string, parentId: unknown, message: object) => ({
      type: 'message',
      id,
      parentId,
      timestamp: now,
      message,
    });
    add(
      entry('nextnext', last.at(-1)?.['id'], { role: 'user', content: 'next', timestamp: 1 }),
      entry('donedone', 'nextnext', {
        role: 'assistant',
        content: [{ type: 'text', text: 'done' }],
        model: 'm',
        provider: 'p',
        usage: { input: 3, output: 4, cacheRead: 0, cacheWrite: 0 },
      }),
    );
  }
}

const AGENTS = ['claude-code', 'codex', 'pi'] as const;

describe('a session carried on', () => {
  it.each(AGENTS)(
    'in %s is planned, written once, and read back as a fork of it',
    async (agent) => {
      const { home, store, session, folder } = await begin();
      const plan = await store.planResume(session.id, { agent, atMessage: 3 });
      expect(plan).toMatchObject({ agent, atMessage: 3, folder, folderExists: true });
      expect(existsSync(plan.path)).toBe(false);

      const options = { agent, atMessage: 3, requestId: 'r1' };
      const [resumed, again] = await Promise.all([
        store.resumeInAgent(session.id, options),
        store.resumeInAgent(session.id, options),
      ]);
      expect(again).toEqual(resumed);
      expect(await store.resumeInAgent(session.id, options)).toEqual(resumed);
      expect(resumed.bytes).toBe(statSync(resumed.path).size);
      if (process.platform !== 'win32') expect(statSync(resumed.path).mode & 0o777).toBe(0o600);
      expect(readFileSync(resumed.path, 'utf8').endsWith('}\n')).toBe(true);
      const beside = readdirSync(path.dirname(resumed.path));
      expect(beside.filter((name) => name.includes(resumed.nativeId))).toHaveLength(1);
      expect(beside.filter((name) => name.endsWith('.part'))).toEqual([]);

      const fork = await readBack(store, resumed.nativeId);
      expect(fork).toMatchObject({ parentId: session.id, messageCount: fork.inheritedCount });
      expect(await textsOf(store, fork.id)).toEqual((await textsOf(store, session.id)).slice(0, 4));
      expect(fork.ownTokens).toMatchObject({ input: 0, output: 0 });

      goOn(agent, resumed.path, resumed.nativeId);
      const grown = await readBack(store, resumed.nativeId);
      expect(grown).toMatchObject({ id: fork.id, parentId: session.id, inheritedCount: 4 });
      expect((await textsOf(store, fork.id)).slice(-2)).toEqual(['next', 'done']);
      expect(grown.ownTokens).toMatchObject({ input: 3, output: 4 });
      expect(await store.getSession(session.id)).toMatchObject({ messageCount: 6, forkCount: 1 });
      await home.close();
      await expectDerivedAnew(home.storePath);
    },
  );

  it.each(AGENTS)('in %s from a fork of our own hangs on that fork', async (agent) => {
    const { store, session } = await begin();
    const { session: own } = await store.forkSession(session.id, { atMessage: 1 });
    await store.appendMessages(own.id, [
      { role: 'user', text: 'ours' },
      { role: 'assistant', text: 'and theirs', model: 'some-model' },
    ]);
    const resumed = await store.resumeInAgent(own.id, { agent });
    goOn(agent, resumed.path, resumed.nativeId);
    const fork = await readBack(store, resumed.nativeId);
    expect(fork).toMatchObject({ parentId: own.id, inheritedCount: 4, messageCount: 6 });
    expect(await textsOf(store, fork.id)).toEqual([
      'user m 0',
      'assistant m 1',
      'ours',
      'and theirs',
      'next',
      'done',
    ]);
  });

  it('follows its parent when that grows, and survives a database made anew', async () => {
    const { home, store, session } = await begin();
    const { nativeId } = await store.resumeInAgent(session.id, { agent: 'codex', atMessage: 3 });
    const fork = await readBack(store, nativeId);
    home.claude.append(A, turns('n', 2, { parent: 'm-5', minute: 10 }));
    const followed = await readBack(store, nativeId);
    expect(followed).toMatchObject({ parentId: session.id, inheritedCount: fork.inheritedCount });
    await home.close();
    for (const name of readdirSync(home.storePath)) {
      if (name.startsWith('warm.db')) rmSync(path.join(home.storePath, name));
    }
    const anew = await home.open();
    expect(await readBack(anew, nativeId)).toMatchObject({
      id: fork.id,
      parentId: session.id,
      inheritedCount: fork.inheritedCount,
    });
    await home.close();
    await expectDerivedAnew(home.storePath);
  });

  it.each(AGENTS)(
    'in %s is finished, not begun anew, when a server died on the way',
    async (agent) => {
      const { home, store, session } = await begin();
      const options = { agent, atMessage: 3, requestId: 'r1' };
      const resumed = await store.resumeInAgent(session.id, options);
      const written = readFileSync(resumed.path);
      // Died after the file had its name, and before the request was answered.
      await forget(home);
      const later = await home.open();
      expect(await later.resumeInAgent(session.id, options)).toEqual(resumed);
      expect(readFileSync(resumed.path)).toEqual(written);
      // Died before that, in the middle of the file.
      await forget(home);
      rmSync(resumed.path);
      writeFileSync(partOf(resumed.path), written.subarray(0, 100));
      const last = await home.open();
      expect(await last.resumeInAgent(session.id, options)).toEqual(resumed);
      expect(readFileSync(resumed.path)).toEqual(written);
      expect(
        readdirSync(path.dirname(resumed.path)).filter((name) => name.startsWith('.')),
      ).toEqual([]);
      // One that was never asked for again leaves no part behind either.
      await forget(home);
      rmSync(resumed.path);
      writeFileSync(partOf(resumed.path), 'part');
      const other = await home.open();
      await other.resumeInAgent(session.id, { agent, requestId: 'r2' });
      expect(existsSync(partOf(resumed.path))).toBe(false);
      expect(existsSync(resumed.path)).toBe(false);
    },
  );

  it('keeps its parent when it is saved and loaded elsewhere', async () => {
    const { home, store, session } = await begin();
    const { nativeId, path: file } = await store.resumeInAgent(session.id, { agent: 'pi' });
    goOn('pi', file, nativeId);
    const fork = await readBack(store, nativeId);
    const [saved, savedFork] = ['s', 'f'].map((name) => path.join(home.folder, `${name}.jsonl`));
    if (saved === undefined || savedFork === undefined) throw new Error('No names.');
    await store.saveSessionToDisk(session.id, saved);
    await store.saveSessionToDisk(fork.id, savedFork);
    const other = await new StoreFolder().open();
    await other.loadSessionFromDisk(saved);
    expect(await other.loadSessionFromDisk(savedFork)).toMatchObject({
      id: fork.id,
      parentId: session.id,
      inheritedCount: 6,
      messageCount: 8,
    });
  });

  it('says which folder is missing, and goes on in another one', async () => {
    const { home, store, session, folder } = await begin();
    rmSync(folder, { recursive: true });
    const plan = await store.planResume(session.id, { agent: 'claude-code' });
    expect(plan).toMatchObject({ folderExists: false, folder });
    await expect(store.resumeInAgent(session.id, { agent: 'claude-code' })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining(folder) as string,
    });
    const elsewhere = path.join(home.folder, 'else where');
    mkdirSync(elsewhere);
    const resumed = await store.resumeInAgent(session.id, {
      agent: 'claude-code',
      folder: elsewhere,
    });
    expect(path.dirname(resumed.path)).toBe(
      path.join(home.claude.folder, 'projects', elsewhere.replace(/[^A-Za-z0-9]/g, '-')),
    );
    expect(readFileSync(resumed.path, 'utf8')).not.toContain(JSON.stringify(folder));
  });

  it('lists the agents that can go on, its own first, and refuses others', async () => {
    const { store, session } = await begin();
    expect(await store.listResumeTargets(session.id)).toEqual([
      { agent: 'claude-code', label: 'Claude Code', isOrigin: true },
      { agent: 'codex', label: 'Codex CLI', isOrigin: false },
      { agent: 'pi', label: 'pi', isOrigin: false },
    ]);
    await expect(store.planResume(session.id, { agent: 'gemini' })).rejects.toThrow('Gemini CLI');
    await expect(
      store.planResume(session.id, { agent: 'pi', atMessage: 99 }),
    ).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('moves to the first answer where the agent keeps nothing without one', async () => {
    const { store, session } = await begin();
    const plan = await store.planResume(session.id, { agent: 'pi', atMessage: 0 });
    expect(plan).toMatchObject({
      atMessage: 1,
      movedBecause: expect.stringContaining('pi') as string,
    });
    const created = await store.createSession({ title: 'Only asked' });
    await store.appendMessages(created.id, [{ role: 'user', text: 'Hello?' }]);
    await expect(store.planResume(created.id, { agent: 'pi' })).rejects.toMatchObject({
      code: 'invalid-fork-point',
    });
  });

  it('is copied as a prompt with everything in it', async () => {
    const { store, session } = await begin();
    const { text, atMessage } = await store.promptOf(session.id, { atMessage: 2 });
    expect(atMessage).toBe(2);
    expect(text).toContain(
      '## User\n\nuser m 0\n\n## Assistant\n\nassistant m 1\n\n## User\n\nuser m 2',
    );
    expect(text).not.toContain('m 3');
  });
});

describe('a session whose agent deleted its file', () => {
  it('is written back as it was, never over a file', async () => {
    const { home, store, session } = await begin();
    const bytes = home.claude.bytes(A);
    await expect(store.restoreToAgent(session.id)).rejects.toMatchObject({ code: 'bad-request' });
    rmSync(path.dirname(home.claude.file(A)), { recursive: true });
    await store.importSessions();
    expect((await store.getSession(session.id))?.origin?.gone).toBeDefined();
    const restored = await store.restoreToAgent(session.id, { requestId: 'x' });
    expect((await store.getSession(session.id))?.origin?.gone).toBeUndefined();
    expect(restored).toMatchObject({ path: home.claude.file(A), bytes: bytes.length });
    expect(home.claude.bytes(A)).toEqual(bytes);
    expect(await store.restoreToAgent(session.id, { requestId: 'x' })).toEqual(restored);
    await expect(store.restoreToAgent(session.id)).rejects.toMatchObject({ code: 'bad-request' });
    const again = await readBack(store, A);
    expect(again.id).toBe(session.id);
  });

  it.each([
    ['right after', false],
    ['once the folders were looked at', true],
  ])('is done where the store ended before it had noted so: asked %s', async (_when, looked) => {
    const { home, store, session } = await begin();
    const bytes = home.claude.bytes(A);
    rmSync(home.claude.file(A));
    await store.importSessions();
    const noting = vi.spyOn(LogFiles.prototype, 'setGone').mockImplementationOnce(() => {
      throw new Error('the store ended here');
    });
    await expect(store.restoreToAgent(session.id, { requestId: 'x' })).rejects.toThrow('ended');
    noting.mockRestore();
    expect(home.claude.bytes(A)).toEqual(bytes);
    const later = await home.reopen();
    if (looked) await later.importSessions();
    const restored = await later.restoreToAgent(session.id, { requestId: 'x' });
    expect(restored).toMatchObject({ path: home.claude.file(A), bytes: bytes.length });
    expect((await later.getSession(session.id))?.origin?.gone).toBeUndefined();
    expect(await later.restoreToAgent(session.id, { requestId: 'x' })).toEqual(restored);
    await expect(later.restoreToAgent(session.id)).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('is not taken for done where another file stands in its place', async () => {
    const { home, store, session } = await begin();
    rmSync(home.claude.file(A));
    await store.importSessions();
    const noting = vi.spyOn(LogFiles.prototype, 'setGone').mockImplementationOnce(() => {
      throw new Error('the store ended here');
    });
    await expect(store.restoreToAgent(session.id, { requestId: 'x' })).rejects.toThrow('ended');
    noting.mockRestore();
    writeFileSync(home.claude.file(A), 'something else\n');
    const later = await home.reopen();
    await expect(later.restoreToAgent(session.id, { requestId: 'x' })).rejects.toMatchObject({
      code: 'bad-request',
    });
    expect(readFileSync(home.claude.file(A), 'utf8')).toBe('something else\n');
  });

  it('goes into the agent’s folder of today, as the same session', async () => {
    const { home, store, session } = await begin();
    const bytes = home.claude.bytes(A);
    rmSync(home.claude.folder, { recursive: true });
    await home.close();
    const moved = path.join(home.folder, 'new config');
    const later = await home.open({ agentRoots: { 'claude-code': [moved] } });
    const restored = await later.restoreToAgent(session.id);
    expect(restored.path).toBe(path.join(moved, 'projects', '-tmp-shop', `${A}.jsonl`));
    expect(readFileSync(restored.path)).toEqual(Buffer.from(bytes));
    await later.importSessions();
    expect((await later.listSessions({})).sessions.map(({ id }) => id)).toEqual([session.id]);
    expect(store).not.toBe(later);
  });

  it('of no agent says so', async () => {
    const { store } = await begin();
    const created = await store.createSession({ title: 'Ours' });
    await expect(store.restoreToAgent(created.id)).rejects.toMatchObject({ code: 'not-found' });
  });
});
