/** What sessions cost: every answer once, the same everywhere, and anew when prices change. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { addTokens, NO_TOKENS, totalTokens } from '../../../src/core/message.ts';
import type { Message } from '../../../src/core/message.ts';
import type { OwnPrice } from '../../../src/core/storage.ts';
import type { Session } from '../../../src/core/session.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns, type Line } from './support/claudeHome.ts';
import { expectDerivedAnew } from './support/derived.ts';
import { StoreFolder } from './support/openStore.ts';

const ids = ['a', 'b', 'c'].map((end) => `0e7b7bca-0000-4000-8000-00000000000${end}`);
const [A = '', B = '', C = ''] = ids;
const DOLLAR: OwnPrice = {
  pattern: '*',
  input: 1e6,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
};

async function imported(stores: StoreFolder, prices?: readonly OwnPrice[]): Promise<LocalStore> {
  const store = await stores.open(prices && { prices });
  for (const agent of ['claude-code', 'codex']) await store.setConsent(agent, 'granted');
  expect((await store.importSessions()).failures).toEqual([]);
  return store;
}

async function all(store: LocalStore): Promise<readonly Session[]> {
  return (await store.listSessions({})).sessions;
}

async function messagesOf(store: LocalStore, { id, messageCount }: Session): Promise<Message[]> {
  return [...(await store.readMessages(id, { start: 0, end: messageCount })).messages];
}

/** Waits until the catalogue shows it: sums follow the prices in the background. */
async function until(store: LocalStore, isReady: (sessions: readonly Session[]) => boolean) {
  for (let tries = 0; tries < 400; tries++) {
    const sessions = await all(store);
    if (isReady(sessions)) return sessions;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Never as expected: ${JSON.stringify(await all(store))}`);
}

/** A family: a conversation, an agent's copy of its beginning, and one of the copy. */
function writeFamily(stores: StoreFolder, order: readonly string[]): void {
  const own = turns('own', 8);
  const copy = [...own.slice(0, 4), ...turns('copy', 4, { parent: 'own-3', minute: 20 })];
  const again = [...copy.slice(0, 6), ...turns('again', 2, { parent: 'copy-1', minute: 40 })];
  const files = new Map<string, readonly Line[]>([
    [A, own],
    [B, copy],
    [C, again],
  ]);
  for (const id of order) stores.claude.write(id, files.get(id) ?? []);
}

describe('a family of sessions', () => {
  it.each([[[A, B, C]], [[C, B, A]], [[B, A, C]]])(
    'counts every answer once, in whatever order its files come: %j',
    async (order) => {
      const stores = new StoreFolder();
      let store = await imported(stores, [DOLLAR]);
      for (const id of order) {
        writeFamily(stores, [id]);
        await store.importSessions();
      }
      const sessions = await all(store);
      const answers = 4 + 2 + 1;
      const tokens = sessions.reduce((sum, one) => addTokens(sum, one.ownTokens), NO_TOKENS);
      expect(tokens).toEqual({
        input: answers * 100,
        output: answers * 50,
        cacheRead: 0,
        cacheWrite: 0,
      });
      expect(sessions.reduce((sum, one) => sum + (one.estimatedCost ?? NaN), 0)).toBe(
        answers * 100,
      );
      // A row, its transcript and a comparison say the same.
      for (const session of sessions) {
        const own = (await messagesOf(store, session)).filter(({ inherited }) => !inherited);
        const cost = own.reduce((sum, one) => sum + (one.cost ?? 0), 0);
        expect(session.estimatedCost).toBe(cost);
        expect(session.totalTokens).toBe(
          own.reduce((sum, one) => sum + totalTokens(one.tokens ?? NO_TOKENS), 0),
        );
      }
      const [root, fork] = [A, B].map((id) => sessions.find((one) => one.origin?.nativeId === id));
      const compared = await store.compareSessions([root?.id ?? '', fork?.id ?? '']);
      expect(compared.sharedCost).toBe(200);
      expect(compared.branches.map(({ cost }) => cost)).toEqual([200, 200]);
      expect(fork?.estimatedCost).toBe(200);
      await stores.close();
      await expectDerivedAnew(stores.storePath, [DOLLAR]);
      store = await imported(stores, [DOLLAR]);
      expect((await all(store)).map(({ estimatedCost }) => estimatedCost).sort()).toEqual([
        100, 200, 400,
      ]);
    },
  );

  it('counts a file and an exact copy of it once', async () => {
    const stores = new StoreFolder();
    stores.claude.write(A, turns('own', 4));
    const copy = path.join(stores.claude.folder, 'projects', '-tmp-copy');
    mkdirSync(copy, { recursive: true });
    writeFileSync(path.join(copy, `${A}.jsonl`), stores.claude.bytes(A));
    const store = await imported(stores, [DOLLAR]);
    const sessions = await all(store);
    expect(sessions).toHaveLength(2);
    expect(sessions.reduce((sum, one) => sum + (one.estimatedCost ?? 0), 0)).toBe(200);
    await stores.close();
    await expectDerivedAnew(stores.storePath, [DOLLAR]);
  });

  it('counts a dead branch that was copied with its log only where it was written', async () => {
    const stores = new StoreFolder();
    const line = (payload: Readonly<Record<string, unknown>>, type = 'event_msg') => ({
      timestamp: '2026-08-01T09:00:00.000Z',
      type,
      payload,
    });
    const said = (role: string, text: string) =>
      line({ type: 'message', role, content: [{ type: 'input_text', text }] }, 'response_item');
    const turn = (id: string, total: number) => [
      line({ type: 'task_started', turn_id: id }),
      line({ turn_id: id, model: 'gpt-5.5' }, 'turn_context'),
      said('user', `prompt ${id}`),
      line({ type: 'user_message', message: `prompt ${id}` }),
      said('assistant', `answer ${id}`),
      line({
        type: 'token_count',
        info: {
          total_token_usage: { input_tokens: total, cached_input_tokens: 0, output_tokens: 0 },
          last_token_usage: { input_tokens: 10, cached_input_tokens: 0, output_tokens: 0 },
        },
      }),
    ];
    const source = '019fd67d-0000-7000-8000-00000000000a';
    const copy = '019fd67d-0000-7000-8000-00000000000b';
    const own = [
      line({ id: source, cwd: '/tmp/shop' }, 'session_meta'),
      ...turn('one', 10),
      ...turn('two', 20),
      line({ type: 'thread_rolled_back', num_turns: 1 }),
      ...turn('three', 30),
    ];
    const copied = [
      line({ id: copy, cwd: '/tmp/shop', forked_from_id: source }, 'session_meta'),
      ...own,
      ...turn('four', 40),
    ];
    const folder = path.join(stores.folder, 'codex', '2026', '08', '01');
    mkdirSync(folder, { recursive: true });
    const write = (id: string, lines: readonly unknown[]) => {
      const text = lines.map((one) => `${JSON.stringify(one)}\n`).join('');
      writeFileSync(path.join(folder, `rollout-2026-08-01T09-00-00-${id}.jsonl`), text);
    };
    write(copy, copied);
    const store = await imported(stores, [DOLLAR]);
    write(source, own);
    await store.importSessions();
    const sessions = await all(store);
    expect(sessions.map(({ kind }) => kind).sort()).toEqual([
      'abandoned',
      'abandoned',
      'copied-fork',
      'imported',
    ]);
    expect(sessions.reduce((sum, one) => sum + one.totalTokens, 0)).toBe(40);
    expect(sessions.reduce((sum, one) => sum + (one.estimatedCost ?? 0), 0)).toBe(40);
    await stores.close();
    await expectDerivedAnew(stores.storePath, [DOLLAR]);
  });
});

describe('prices', () => {
  it('that the person gives hold at once for what is stored, and no longer when they go', async () => {
    const stores = new StoreFolder();
    stores.claude.write(A, turns('own', 4));
    const store = await imported(stores);
    const [before] = await all(store);
    expect(before?.estimatedCost).toBeGreaterThan(0);
    if (!before) throw new Error('Nothing was imported.');
    expect((await messagesOf(store, before))[1]?.cost).toBe((before.estimatedCost ?? 0) / 2);
    const events: unknown[] = [];
    store.onDidChange((event) => events.push(event));
    await store.setPrices([DOLLAR]);
    const [after] = await until(store, ([one]) => one?.estimatedCost === 200);
    if (!after) throw new Error('The session is gone.');
    expect((await messagesOf(store, after))[1]?.cost).toBe(100);
    // Told a moment after it is on disk.
    await vi.waitFor(() =>
      expect(events).toContainEqual(expect.objectContaining({ type: 'sessions', all: true })),
    );
    await store.setPrices([]);
    await until(store, ([one]) => one?.estimatedCost === before.estimatedCost);
    await stores.close();
    await expectDerivedAnew(stores.storePath);
  });

  it('that are not known are a dash, never 0: a sum says the least it can be', async () => {
    const stores = new StoreFolder();
    stores.claude.write(A, turns('own', 4));
    const store = await imported(stores, [{ ...DOLLAR, pattern: 'known' }]);
    const { id } = await store.createSession({ title: 'mine' });
    const answer = (model: string) =>
      ({
        role: 'assistant',
        text: model,
        model,
        tokens: { input: 3, output: 0, cacheRead: 0, cacheWrite: 0 },
      }) as const;
    expect(await store.getSession(id)).not.toHaveProperty('estimatedCost');
    await store.appendMessages(id, [answer('heard-of-by-nobody')]);
    const dash = await store.getSession(id);
    expect(dash).not.toHaveProperty('estimatedCost');
    expect(dash).not.toHaveProperty('knownCost');
    expect(dash?.unpricedMessages).toBe(1);
    await store.appendMessages(id, [answer('known'), answer('heard-of-by-nobody')]);
    const mixed = await store.getSession(id);
    expect(mixed).not.toHaveProperty('estimatedCost');
    expect(mixed).toMatchObject({ knownCost: 3, unpricedMessages: 2 });
    await store.setPrices([DOLLAR]);
    await until(store, (sessions) =>
      sessions.some((one) => one.id === id && one.estimatedCost === 9),
    );
    expect(await store.getSession(id)).not.toHaveProperty('unpricedMessages');
    await stores.close();
    await expectDerivedAnew(stores.storePath, [DOLLAR]);
  });

  it('are found for stores from before they could be, from the outlines', async () => {
    const stores = new StoreFolder();
    writeFamily(stores, ids);
    let store = await imported(stores, [DOLLAR]);
    const before = await all(store);
    await stores.close();
    const core = await openStoreOver({
      storePath: stores.storePath,
      hotBytes: 1e6,
      readOnly: false,
    });
    core.database.transaction(() => {
      core.database.run("DELETE FROM meta WHERE key = 'prices'");
      core.database.run('UPDATE session SET usage = NULL, unpriced = 0, cost = NULL');
    });
    core.access.dispose();
    core.database.close();
    core.archive.close();
    store = await stores.open({ prices: [DOLLAR] });
    const after = await until(store, (sessions) => sessions.every((one) => one.estimatedCost));
    expect(after.map(({ estimatedCost }) => estimatedCost)).toEqual(
      before.map(({ estimatedCost }) => estimatedCost),
    );
  });
});

it('take what pi recorded where no price is known, and a price as soon as there is one', async () => {
  const stores = new StoreFolder();
  const folder = path.join(stores.folder, 'pi', '--tmp-shop--');
  mkdirSync(folder, { recursive: true });
  const answer = (n: number, total: number) => ({
    type: 'message',
    id: `m${n}`,
    parentId: n === 1 ? null : `m${n - 1}`,
    timestamp: `2026-05-04T09:0${n}:00.000Z`,
    message: {
      role: 'assistant',
      provider: 'own',
      model: 'a-model-of-mine',
      content: [{ type: 'text', text: `answer ${n}` }],
      usage: { input: 1, output: 0, cacheRead: 0, cacheWrite: 0, cost: { total } },
    },
  });
  const lines = [
    { type: 'session', version: 3, id: A, timestamp: '2026-05-04T09:00:00.000Z', cwd: '/tmp/shop' },
    answer(1, 0.1),
    answer(2, 0.2),
    answer(3, 0),
  ];
  const file = path.join(folder, `2026-05-04T09-00-00-000Z_${A}.jsonl`);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const store = await stores.open();
  await store.setConsent('pi', 'granted');
  expect((await store.importSessions()).failures).toEqual([]);
  const [session] = await all(store);
  // 0 stands for a price that pi does not know either.
  expect(session).toMatchObject({ knownCost: 0.3, unpricedMessages: 1 });
  if (!session) throw new Error('It was not read.');
  expect((await messagesOf(store, session)).map(({ cost }) => cost)).toEqual([0.1, 0.2, undefined]);
  await store.setPrices([DOLLAR]);
  await until(store, ([one]) => one?.estimatedCost === 3);
  await store.setPrices([]);
  await until(store, ([one]) => one?.knownCost === 0.3);
  await stores.close();
  await expectDerivedAnew(stores.storePath);
});
