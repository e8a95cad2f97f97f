/** What the store makes of agents' files: catalogue, growth, rewrites, copies, consent. */
import { copyFileSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';

async function only(store: LocalStore): Promise<Session> {
  const { sessions } = await store.listSessions({});
  expect(sessions).toHaveLength(1);
  const [session] = sessions;
  if (!session) throw new Error('no session');
  return session;
}

async function texts(store: LocalStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 1000 });
  return messages.map((message) => textOf(message));
}

function touch(file: string): void {
  const later = new Date(statSync(file).mtimeMs + 5_000);
  utimesSync(file, later, later);
}

describe('import', () => {
  it('reads nothing before the person agreed, and counts without opening', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const store = await home.open();
    const [survey] = await store.surveyAgents();
    expect(survey).toMatchObject({ agent: 'claude-code', files: 1 });
    expect(survey?.consent).toBeUndefined();
    expect(survey?.bytes).toBe(home.claude.bytes(A).length);

    await store.importSessions();
    expect((await store.listSessions({})).total).toBe(0);

    await store.setConsent('claude-code', 'declined');
    await store.importSessions();
    expect((await store.listSessions({})).total).toBe(0);
  });

  it('lists a session with its project, models, tokens and cost', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const session = await only(await imported(home));
    expect(session).toMatchObject({
      title: 'user a 0',
      kind: 'imported',
      messageCount: 4,
      models: ['claude-sonnet-4-5'],
      ownTokens: { input: 200, output: 100, cacheRead: 0, cacheWrite: 0 },
      project: { path: '/tmp/shop', name: 'shop' },
      storageTier: 'warm',
    });
    expect(session.origin).toMatchObject({ agent: 'claude-code', nativeId: A });
    // 200 input tokens at $3 and 100 output tokens at $15 per million.
    expect(session.estimatedCost).toBeCloseTo(0.0021, 6);
  });

  it('does not open a file again that has not changed', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const store = await imported(home);
    expect(await store.importSessions()).toMatchObject({ filesTotal: 0, state: 'done' });
  });

  it('adds what an agent appended and keeps the session', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4), '{"type":"user","uuid":"torn');
    const store = await imported(home);
    const before = await only(store);
    home.claude.write(A, turns('a', 6));
    await store.importSessions();
    const after = await only(store);
    expect(after.id).toBe(before.id);
    expect(after.messageCount).toBe(6);
    expect(after.ownTokens.output).toBe(150);
  });

  it('begins a new generation when a file was rewritten, and forks keep the old records', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 6));
    const store = await imported(home);
    const session = await only(store);
    const { session: fork } = await store.forkSession(session.id, { atMessage: 3 });
    const before = await texts(store, fork.id);

    home.claude.write(A, turns('b', 2, { text: ' rewritten' }));
    touch(home.claude.file(A));
    await store.importSessions();
    expect(await texts(store, session.id)).toEqual([
      'user b 0 rewritten',
      'assistant b 1 rewritten',
    ]);
    expect(await texts(store, fork.id)).toEqual(before);
    expect((await store.getSession(fork.id))?.parentId).toBe(session.id);
  });

  it('tells copies of a file apart, through rewrites of either', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const copy = home.claude.file(A).replace('-tmp-shop', '-tmp-copy');
    mkdirSync(path.dirname(copy), { recursive: true });
    copyFileSync(home.claude.file(A), copy);
    const store = await imported(home);
    const ids = async (): Promise<string[]> =>
      (await store.listSessions({})).sessions.map(({ id }) => id).sort();
    const before = await ids();
    expect(before).toHaveLength(2);
    home.claude.write(A, turns('b', 2));
    touch(home.claude.file(A));
    await store.importSessions();
    expect(await ids()).toEqual(before);
  });

  it('keeps sessions whose file is gone', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const store = await imported(home);
    rmSync(home.claude.file(A));
    await store.importSessions();
    expect(await texts(store, (await only(store)).id)).toHaveLength(4);
  });

  it('shows an in-file rewind as an abandoned branch under the live one', async () => {
    const home = new StoreFolder();
    home.claude.write(A, [
      ...turns('a', 4),
      ...turns('r', 2, { parent: 'a-1', minute: 30, text: ' instead' }),
    ]);
    const store = await imported(home);
    const { sessions } = await store.listSessions({});
    const live = sessions.find((session) => session.kind === 'imported');
    const abandoned = sessions.find((session) => session.kind === 'abandoned');
    expect(live?.messageCount).toBe(4);
    expect(abandoned).toMatchObject({ parentId: live?.id, inheritedCount: 2, messageCount: 4 });
    expect(await texts(store, live?.id ?? '')).toEqual([
      'user a 0',
      'assistant a 1',
      'user r 0 instead',
      'assistant r 1 instead',
    ]);
    expect((await texts(store, abandoned?.id ?? ''))[2]).toBe('user a 2');
    // The shared prefix is counted once.
    expect(abandoned?.ownTokens.output).toBe(50);
  });

  it.each([
    ['the original first', [A, B]],
    ['the copy first', [B, A]],
  ])('links a copied fork to its source, %s', async (_name, order) => {
    const home = new StoreFolder();
    const source = turns('a', 6);
    const copy = [...turns('a', 4), ...turns('f', 2, { parent: 'a-3', minute: 60 })];
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    for (const id of order) {
      home.claude.write(id, id === A ? source : copy);
      await store.importSessions();
    }
    const { sessions } = await store.listSessions({});
    const parent = sessions.find((session) => session.origin?.nativeId === A);
    const fork = sessions.find((session) => session.origin?.nativeId === B);
    expect(fork).toMatchObject({
      kind: 'copied-fork',
      parentId: parent?.id,
      inheritedCount: 4,
      messageCount: 6,
    });
    expect(parent?.parentId).toBeUndefined();
    expect(fork?.ownTokens.output).toBe(50);
    const { messages } = await store.readMessages(fork?.id ?? '', { start: 0, end: 10 });
    expect(messages.map((message) => message.inherited)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('goes on where a cancelled import stopped', async () => {
    const home = new StoreFolder();
    for (let i = 0; i < 20; i++) {
      home.claude.write(
        `${String(i).padStart(8, '0')}-1111-4111-8111-111111111111`,
        turns(`s${i}`, 4),
      );
    }
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    let cancelled: Promise<void> | undefined;
    store.onDidChange((event) => {
      if (event.type === 'sessions') cancelled ??= store.cancelImport();
    });
    const first = await store.importSessions();
    await cancelled;
    expect(first.state).toBe('cancelled');
    expect((await store.importSessions()).state).toBe('done');
    expect((await store.listSessions({})).total).toBe(20);
  });

  it('has taken in what was under way when it says that a file was cancelled', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2));
    const workerFile = new URL('support/hastyWorker.ts', import.meta.url);
    const store = await home.open({ workerFile });
    await store.setConsent('claude-code', 'granted');
    await store.importSessions();
    let bytes = 0;
    for await (const records of store.readSource(home.claude.file(A))) {
      bytes += records.reduce((sum, record) => sum + record.length, 0);
    }
    expect(bytes).toBe(300_000);
  });

  it('loses only the file that ends its worker, not the one that waits behind it', async () => {
    const home = new StoreFolder();
    const names = Array.from({ length: 5 }, (_, at) => `${at}0000000-1111-4111-8111-111111111111`);
    for (const name of names) home.claude.write(name, turns(name, 2));
    const workerFile = new URL('support/endingWorker.ts', import.meta.url);
    const store = await home.open({ workerFile });
    await store.setConsent('claude-code', 'granted');
    const { failures, filesDone } = await store.importSessions();
    expect(filesDone).toBe(5);
    const told = failures.map(({ path, message }) => `${/(\d)0{7}-/.exec(path)?.[1]} ${message}`);
    expect(told.sort()).toEqual([
      '0 read',
      '1 read',
      '2 The import worker ended unexpectedly.',
      '3 read',
      '4 read',
    ]);
  });

  it('keeps every byte of a file, damage included', async () => {
    const home = new StoreFolder();
    home.claude.write(
      A,
      turns('a', 4),
      'garbage\n\n\0\0{"type":"user"}{"type":"assistant"}\n{"torn',
    );
    const store = await imported(home);
    const parts: Uint8Array[] = [];
    for await (const records of store.readSource(home.claude.file(A))) parts.push(...records);
    expect(Buffer.concat(parts).equals(home.claude.bytes(A))).toBe(true);
    expect((await only(store)).problemCount).toBeGreaterThan(0);
  });
});
