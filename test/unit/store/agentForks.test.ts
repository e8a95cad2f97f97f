/** Forks across the files of Codex and pi: copied, by reference, and of each other. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { expectDerivedAnew } from './support/derived.ts';
import { StoreFolder } from './support/openStore.ts';

const A = '019fd67d-0000-7000-8000-00000000000a';
const B = '019fd67d-0000-7000-8000-00000000000b';
const C = '019fd67d-0000-7000-8000-00000000000c';
const BEGAN = Date.UTC(2026, 7, 1, 9, 0);

type Line = Readonly<Record<string, unknown>>;

const at = (minute: number): string => new Date(BEGAN + minute * 60_000).toISOString();
const usage = (input: number): Line => ({
  input_tokens: input,
  cached_input_tokens: 0,
  output_tokens: 1,
});

/** A turn: a prompt, its answer, and the ten tokens it took. */
function turn(id: string, minute: number, total: number): Line[] {
  const timestamp = at(minute);
  const event = (payload: Line): Line => ({ timestamp, type: 'event_msg', payload });
  const item = (role: string, text: string): Line => ({
    timestamp,
    type: 'response_item',
    payload: { type: 'message', role, content: [{ type: 'input_text', text }] },
  });
  return [
    event({ type: 'task_started', turn_id: `turn-${id}` }),
    { timestamp, type: 'turn_context', payload: { turn_id: `turn-${id}`, model: 'gpt-5.5' } },
    item('user', `prompt ${id}`),
    event({
      type: 'item_completed',
      item: { type: 'UserMessage', content: [{ type: 'text', text: `prompt ${id}` }] },
    }),
    item('assistant', `answer ${id}`),
    event({
      type: 'token_count',
      info: { total_token_usage: usage(total), last_token_usage: usage(10) },
    }),
  ];
}
const TURN = turn('', 0, 0).length;

function header(id: string, minute: number, more: Line = {}): Line {
  const payload = { id, cwd: '/home/ada/engine', model_provider: 'openai', ...more };
  return { timestamp: at(minute), type: 'session_meta', payload };
}

function numbered(lines: readonly Line[], first = 0): Line[] {
  return lines.map((line, index) => ({ ...line, ordinal: first + index }));
}

const base = (thread: string, end: number): Line => ({
  forked_from_id: thread,
  history_mode: 'paginated',
  history_base: { thread_id: thread, end_ordinal_exclusive: end },
});

class Agents {
  readonly home = new StoreFolder();
  #store: LocalStore | undefined;

  codex(id: string, lines: readonly Line[]): void {
    this.#write('codex/sessions/2026/08/01', `rollout-2026-08-01T09-00-00-${id}.jsonl`, lines);
  }

  pi(id: string, lines: readonly Line[]): void {
    this.#write('pi/sessions/--home-ada--', `2026-08-01T09-00-00-000Z_${id}.jsonl`, lines);
  }

  #write(folder: string, name: string, lines: readonly Line[]): void {
    const below = path.join(this.home.folder, folder);
    mkdirSync(below, { recursive: true });
    writeFileSync(
      path.join(below, name),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
  }

  async import(): Promise<LocalStore> {
    this.#store ??= await this.home.open();
    for (const agent of ['codex', 'pi']) await this.#store.setConsent(agent, 'granted');
    const { failures } = await this.#store.importSessions();
    expect(failures).toEqual([]);
    return this.#store;
  }
}

async function sessionOf(store: LocalStore, nativeId: string, kind?: string): Promise<Session> {
  const { sessions } = await store.listSessions({});
  const found = sessions.find(
    (session) =>
      session.origin?.nativeId === nativeId &&
      (kind === undefined ? session.kind !== 'abandoned' : session.kind === kind),
  );
  if (!found) throw new Error(`There is no session of ${nativeId}.`);
  return found;
}

async function texts(store: LocalStore, id: string): Promise<string[]> {
  const page = await store.readMessages(id, { start: 0, end: 100 });
  expect(page.messages).toHaveLength(page.total);
  return page.messages.map(textOf);
}

async function tokens(store: LocalStore): Promise<number> {
  const { sessions } = await store.listSessions({});
  return sessions.reduce((sum, session) => sum + session.ownTokens.input, 0);
}

describe('a fork of Codex that copies its source', () => {
  it.each([
    ['source first', [A, B]],
    ['fork first', [B, A]],
  ])('hangs on it and counts the prefix once: %s', async (_name, order) => {
    const agents = new Agents();
    const source = [header(A, 0), ...turn('1', 1, 10), ...turn('2', 2, 20)];
    const copied = [header(A, 0), ...turn('1', 30, 10)].map((line) => ({
      ...line,
      timestamp: at(30),
    }));
    const logs: Record<string, Line[]> = {
      [A]: source,
      [B]: [header(B, 30, { forked_from_id: A }), ...copied, ...turn('3', 31, 20)],
    };
    let store: LocalStore | undefined;
    for (const id of order) {
      agents.codex(id, logs[id] ?? []);
      store = await agents.import();
    }
    if (!store) throw new Error('Nothing was imported.');
    const parent = await sessionOf(store, A);
    const fork = await sessionOf(store, B);
    expect(fork).toMatchObject({ parentId: parent.id, kind: 'copied-fork', inheritedCount: 2 });
    expect(await texts(store, fork.id)).toEqual(['prompt 1', 'answer 1', 'prompt 3', 'answer 3']);
    expect(await tokens(store)).toBe(30);
    await agents.home.close();
    await expectDerivedAnew(agents.home.storePath);
  });
});

describe('a fork of Codex by reference', () => {
  const source = numbered([header(A, 0), ...turn('1', 1, 10), ...turn('2', 2, 20)]);
  const end = 1 + TURN;
  const fork = numbered([header(B, 30, base(A, end)), ...turn('3', 31, 20)], end);

  it.each([
    ['source first', [A, B]],
    ['fork first', [B, A]],
  ])('reads what comes before in its source: %s', async (_name, order) => {
    const agents = new Agents();
    const logs: Record<string, Line[]> = { [A]: source, [B]: fork };
    let store: LocalStore | undefined;
    for (const id of order) {
      agents.codex(id, logs[id] ?? []);
      store = await agents.import();
    }
    if (!store) throw new Error('Nothing was imported.');
    const parent = await sessionOf(store, A);
    const child = await sessionOf(store, B);
    expect(child).toMatchObject({
      parentId: parent.id,
      kind: 'copied-fork',
      inheritedCount: 2,
      messageCount: 4,
    });
    expect(await texts(store, child.id)).toEqual(['prompt 1', 'answer 1', 'prompt 3', 'answer 3']);
    expect(await texts(store, parent.id)).toEqual(['prompt 1', 'answer 1', 'prompt 2', 'answer 2']);
    expect(await tokens(store)).toBe(30);
    const { forks } = await store.readMessages(parent.id, { start: 0, end: 10 });
    expect(forks).toMatchObject([{ sessionId: child.id, atMessage: 1 }]);
    await agents.home.close();
    await expectDerivedAnew(agents.home.storePath);
  });

  it('stands for itself while its source is unknown', async () => {
    const agents = new Agents();
    agents.codex(B, fork);
    const store = await agents.import();
    const child = await sessionOf(store, B);
    expect(child).toMatchObject({ inheritedCount: 0, messageCount: 2 });
    expect(child.parentId).toBeUndefined();
    expect(await texts(store, child.id)).toEqual(['prompt 3', 'answer 3']);
  });

  it('may have forks by reference and rollbacks of its own, and a fork of ours', async () => {
    const agents = new Agents();
    const rolledBack: Line = {
      timestamp: at(32),
      type: 'event_msg',
      payload: { type: 'thread_rolled_back', num_turns: 1 },
    };
    const grandEnd = end + 1 + TURN;
    // The youngest first: each is linked when what it refers to comes.
    agents.codex(C, numbered([header(C, 40, base(B, grandEnd)), ...turn('5', 41, 30)], grandEnd));
    await agents.import();
    agents.codex(B, numbered([...fork, rolledBack, ...turn('4', 33, 30)], end));
    const store = await agents.import();
    const own = await store.forkSession((await sessionOf(store, B)).id, { atMessage: 1 });
    agents.codex(A, source);
    await agents.import();

    expect(await texts(store, (await sessionOf(store, B)).id)).toEqual([
      'prompt 1',
      'answer 1',
      'prompt 4',
      'answer 4',
    ]);
    const abandoned = await sessionOf(store, B, 'abandoned');
    expect(abandoned).toMatchObject({ messageCount: 4, inheritedCount: 2 });
    expect(await texts(store, abandoned.id)).toEqual([
      'prompt 1',
      'answer 1',
      'prompt 3',
      'answer 3',
    ]);
    const grandchild = await sessionOf(store, C);
    expect(grandchild).toMatchObject({
      parentId: abandoned.id,
      messageCount: 6,
      inheritedCount: 4,
    });
    expect(await texts(store, grandchild.id)).toEqual([
      'prompt 1',
      'answer 1',
      'prompt 3',
      'answer 3',
      'prompt 5',
      'answer 5',
    ]);
    const ours = await store.getSession(own.session.id);
    expect(ours).toMatchObject({ messageCount: 4, inheritedCount: 4 });
    expect(await texts(store, own.session.id)).toEqual([
      'prompt 1',
      'answer 1',
      'prompt 4',
      'answer 4',
    ]);
    await agents.home.close();
    await expectDerivedAnew(agents.home.storePath);
  });

  it('reaches past the log it names', async () => {
    const agents = new Agents();
    agents.codex(A, source);
    agents.codex(B, fork);
    agents.codex(C, numbered([header(C, 40, base(B, end)), ...turn('5', 41, 30)], end));
    const store = await agents.import();
    const grandchild = await sessionOf(store, C);
    expect(grandchild).toMatchObject({ parentId: (await sessionOf(store, A)).id });
    expect(await texts(store, grandchild.id)).toEqual([
      'prompt 1',
      'answer 1',
      'prompt 5',
      'answer 5',
    ]);
  });

  it('is no ring, whatever files claim', async () => {
    const agents = new Agents();
    agents.codex(A, numbered([header(A, 0, base(B, 4)), ...turn('1', 1, 10)]));
    agents.codex(B, numbered([header(B, 5, base(A, 4)), ...turn('2', 6, 20)]));
    agents.codex(C, numbered([header(C, 7, base(C, 4)), ...turn('3', 8, 30)]));
    const store = await agents.import();
    for (const id of [A, B, C]) {
      const { id: session, messageCount } = await sessionOf(store, id);
      expect(await texts(store, session)).toHaveLength(messageCount);
    }
  });

  it('keeps its prefix when its source is removed for good', async () => {
    const agents = new Agents();
    agents.codex(A, source);
    agents.codex(B, fork);
    const store = await agents.import();
    const child = await sessionOf(store, B);
    await store.deleteSession((await sessionOf(store, A)).id);
    await store.purgeSessions(undefined);
    expect(await texts(store, child.id)).toEqual(['prompt 1', 'answer 1', 'prompt 3', 'answer 3']);
  });
});

describe('a session of pi that was branched from another', () => {
  const message = (id: string, parentId: string | null, role: string, minute: number): Line => ({
    type: 'message',
    id,
    parentId,
    timestamp: at(minute),
    message: {
      role,
      content: [{ type: 'text', text: `${role} ${id}` }],
      ...(role === 'assistant' && { provider: 'anthropic', model: 'm', usage: { input: 10 } }),
    },
  });
  const first = [message('aa', null, 'user', 1), message('ab', 'aa', 'assistant', 2)];
  const session = (id: string, minute: number, more: Line = {}): Line => ({
    type: 'session',
    version: 3,
    id,
    timestamp: at(minute),
    cwd: '/home/ada',
    ...more,
  });

  it('hangs on it, on any system its path is told in', async () => {
    const agents = new Agents();
    agents.pi(A, [
      session(A, 0),
      ...first,
      message('ac', 'ab', 'user', 3),
      message('ad', 'ac', 'assistant', 4),
    ]);
    agents.pi(B, [
      session(B, 5, { parentSession: `C:\\Users\\ada\\.pi\\2026-08-01T09-00-00-000Z_${A}.jsonl` }),
      ...first,
      message('ba', 'ab', 'user', 6),
    ]);
    const store = await agents.import();
    const fork = await sessionOf(store, B);
    expect(fork).toMatchObject({
      parentId: (await sessionOf(store, A)).id,
      kind: 'copied-fork',
      inheritedCount: 2,
    });
    expect(await tokens(store)).toBe(20);
    await agents.home.close();
    await expectDerivedAnew(agents.home.storePath);
  });
});
