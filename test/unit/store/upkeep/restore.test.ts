/** A database that is destroyed comes back from its copies, and the person is told from which. */
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../src/core/message.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import { until } from '../../server/support/wait.ts';
import { turns } from '../support/claudeHome.ts';
import { imported, StoreFolder } from '../support/openStore.ts';
import { damageTable, flip, snapshotOf, warm } from './support/damage.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const C = '33333333-3333-4333-8333-333333333333';

interface Seen {
  readonly title: string;
  readonly tags: readonly string[];
  readonly note: string | undefined;
  readonly pinnedAt: number | undefined;
  readonly kind: string;
  readonly parentId: string | undefined;
  readonly retention: string;
  readonly updatedAt: number;
  readonly texts: readonly string[];
}

async function seen(store: LocalStore): Promise<Map<string, Seen>> {
  const { sessions } = await store.listSessions({});
  const all = new Map<string, Seen>();
  for (const session of [...sessions].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const { messages } = await store.readMessages(session.id, { start: 0, end: 500 });
    all.set(session.id, {
      title: session.title,
      tags: session.tags,
      note: session.note,
      pinnedAt: session.pinnedAt,
      kind: session.kind,
      parentId: session.parentId,
      retention: session.retentionPolicy,
      updatedAt: session.updatedAt,
      texts: messages.map((message) => textOf(message)),
    });
  }
  return all;
}

async function idOf(store: LocalStore, nativeId: string): Promise<string> {
  const { sessions } = await store.listSessions({});
  return sessions.find((session) => session.origin?.nativeId === nativeId)?.id ?? '';
}

/** Agents' sessions warm and cold, forks of both, one of our own, tags, one in the trash. */
async function fill(home: StoreFolder): Promise<Map<string, Seen>> {
  home.claude.write(A, turns('a', 6));
  home.claude.write(B, turns('b', 40));
  home.claude.write(C, turns('c', 4));
  const store = await imported(home);
  const [a, b, c] = [await idOf(store, A), await idOf(store, B), await idOf(store, C)];
  const { session: fork } = await store.forkSession(a, { atMessage: 3 });
  await store.appendMessages(fork.id, [{ role: 'user', text: 'another way' }]);
  const { session: deep } = await store.forkSession(fork.id, { atMessage: 4, title: 'deep' });
  await store.appendMessages(deep.id, [{ role: 'user', text: 'deeper' }]);
  const own = await store.createSession({ title: 'own', project: '/tmp/own' });
  await store.appendMessages(own.id, [{ role: 'user', text: 'mine' }]);
  await store.updateSession(a, { tags: ['x', 'y'], title: 'renamed', retentionPolicy: 'critical' });
  await store.updateSession(own.id, { note: 'what I meant', pinned: true });
  await store.deleteSession(c);
  const before = await seen(store);
  await store.migrateToTier(b, 'cold', { reason: 'test' });
  return before;
}

async function rebuilt(home: StoreFolder): Promise<LocalStore> {
  const store = await home.open();
  let running = true;
  store.onDidChange((event) => {
    if (event.type === 'task' && event.task.kind === 'rebuild') {
      running = event.task.state === 'running';
    }
  });
  await until('the rebuild', () => !running);
  return store;
}

function asides(home: StoreFolder): string[] {
  return readdirSync(home.storePath).filter((name) => name.includes('damaged-'));
}

describe('a destroyed database', () => {
  it.each([
    ['cut short', (file: string) => truncateSync(file, 20_000)],
    ['without its beginning', (file: string) => flip(file, 20)],
    ['gone', (file: string) => rmSync(file)],
    ['gone with its log', (file: string) => [file, `${file}-redo`].forEach((one) => rmSync(one))],
  ])('comes back as it was: %s', async (_how, damage) => {
    const home = new StoreFolder();
    const before = await fill(home);
    await home.close();
    damage(warm(home));
    const store = await rebuilt(home);
    expect(await seen(store)).toEqual(before);
    const { notice } = await store.getStatus();
    expect(notice).toMatch(/made anew/);
    expect(notice).toMatch(/log of your own sessions/);
    expect(home.problems).toEqual([]);
    // Nothing has to be done again at the next opening.
    const again = await home.reopen();
    expect((await again.getStatus()).notice).toBeUndefined();
    expect(await seen(again)).toEqual(before);
  });

  it('comes back without the agents’ files, as far as the archive and the snapshot go', async () => {
    const home = new StoreFolder();
    const before = await fill(home);
    const snapshot = await snapshotOf(home);
    expect(gunzipSync(readFileSync(snapshot)).toString('latin1', 0, 15)).toBe('SQLite format 3');
    rmSync(home.claude.folder, { recursive: true });
    await home.close();
    rmSync(warm(home));
    const store = await rebuilt(home);
    expect(await seen(store)).toEqual(before);
    expect((await store.getStatus()).notice).toMatch(/snapshot of/);
  });

  it('comes back from the archive alone', async () => {
    const home = new StoreFolder();
    const before = await fill(home);
    rmSync(home.claude.folder, { recursive: true });
    await home.close();
    rmSync(warm(home));
    rmSync(path.join(home.storePath, 'copies'), { recursive: true });
    const store = await rebuilt(home);
    const { sessions } = await store.listSessions({});
    const cold = [...before.values()].find(({ texts }) => texts.length === 40);
    const texts = await Promise.all(
      sessions.map(
        async ({ id }) => [...(await seen(store)).entries()].find(([one]) => one === id)?.[1].texts,
      ),
    );
    expect(texts).toContainEqual(cold?.texts);
    expect((await store.getStatus()).notice).toMatch(/known from there alone/);
  });

  it('passes over a damaged snapshot to the one before', async () => {
    const home = new StoreFolder();
    const before = await fill(home);
    await snapshotOf(home);
    const newest = await snapshotOf(home);
    rmSync(home.claude.folder, { recursive: true });
    await home.close();
    flip(newest, Math.floor(statSync(newest).size / 2));
    rmSync(warm(home));
    const store = await rebuilt(home);
    expect(await seen(store)).toEqual(before);
    expect((await store.getStatus()).notice).toMatch(/not the snapshot/);
  });

  it('is begun again when it was killed on the way', async () => {
    const home = new StoreFolder();
    const before = await fill(home);
    await home.close();
    rmSync(warm(home));
    writeFileSync(`${warm(home)}.rebuilt`, 'half of it');
    writeFileSync(path.join(home.storePath, 'copies', 'warm-5.db.gz.new'), 'half of it');
    const store = await rebuilt(home);
    expect(await seen(store)).toEqual(before);
    expect(existsSync(`${warm(home)}.rebuilt`)).toBe(false);
  });

  it('gives what can still be read of a page that is damaged', async () => {
    const home = new StoreFolder();
    const before = await fill(home);
    await home.close();
    rmSync(path.join(home.storePath, 'copies'), { recursive: true });
    rmSync(home.claude.folder, { recursive: true });
    // The page of the schema's first table: the database cannot be opened for writing.
    await damageTable(home, 'sqlite_autoindex_migration_1');
    const store = await rebuilt(home);
    // When something was added to a session of one's own stands in the copies alone.
    const timeless = (all: Map<string, Seen>): unknown =>
      [...all].map(([id, session]) => [id, { ...session, updatedAt: 0 }]);
    expect(timeless(await seen(store))).toEqual(timeless(before));
    expect(asides(home)).toHaveLength(2);
    expect((await store.getStatus()).notice).toMatch(/what can be read of the damaged file/);
  });

  it('keeps what a snapshot has of records whose copy in the archive is damaged', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 30));
    await imported(home);
    await snapshotOf(home);
    home.claude.append(A, turns('b', 10, { parent: 'a-29', minute: 30 }));
    const store = await home.reopen();
    await store.importSessions();
    const id = await idOf(store, A);
    await store.migrateToTier(id, 'cold', { reason: 'test' });
    rmSync(home.claude.folder, { recursive: true });
    await home.close();
    flip(path.join(home.storePath, 'archive', '0001.cgz'), 900);
    rmSync(warm(home));
    const again = await rebuilt(home);
    const { messages } = await again.readMessages(id, { start: 0, end: 30 });
    expect(messages.map((message) => textOf(message)).at(-1)).toBe('assistant a 29');
    expect(messages).toHaveLength(30);
  });

  it('brings along what only its log had, killed while the two were moved aside', async () => {
    const home = new StoreFolder();
    await fill(home);
    await snapshotOf(home);
    const store = await home.reopen();
    const { id } = await store.createSession({ title: 'in the log' });
    await store.appendMessages(id, [{ role: 'user', text: 'kept' }]);
    const copy = new StoreFolder();
    cpSync(home.storePath, copy.storePath, { recursive: true });
    rmSync(path.join(copy.storePath, 'copies', 'facts.log'));
    const now = Date.now();
    renameSync(warm(copy), `${warm(copy)}.damaged-${now}`);
    const all = await seen(await rebuilt(copy));
    expect(all.get(id)?.texts).toEqual(['kept']);
    expect(asides(copy).sort()).toEqual([`warm.db-redo.damaged-${now}`, `warm.db.damaged-${now}`]);
  });

  it('is not made of a damaged file from long ago', async () => {
    const home = new StoreFolder();
    await fill(home);
    await home.close();
    truncateSync(warm(home), statSync(warm(home)).size - 5_000);
    await damageTable(home, 'sqlite_autoindex_migration_1');
    const store = await rebuilt(home);
    expect(asides(home)).toHaveLength(2);
    const a = await idOf(store, A);
    await store.updateSession(a, { title: 'of today', tags: ['y', 'z'], note: 'said since' });
    const own = (await store.listSessions({})).sessions.find(({ title }) => title === 'own');
    await store.deleteSession(own?.id ?? '');
    await store.purgeSessions(undefined);
    const before = await seen(store);
    await home.close();
    rmSync(warm(home));
    expect(await seen(await rebuilt(home))).toEqual(before);
  });

  it.each([true, false])(
    'brings back nothing that was removed for good (snapshot: %s)',
    async (snapshot) => {
      const home = new StoreFolder();
      await fill(home);
      if (snapshot) await snapshotOf(home);
      const store = await home.reopen();
      const b = await idOf(store, B);
      const a = await idOf(store, A);
      const own =
        (await store.listSessions({})).sessions.find(({ title }) => title === 'own')?.id ?? '';
      for (const id of [a, b, own]) await store.deleteSession(id);
      await store.purgeSessions(undefined);
      const before = await seen(store);
      expect([...before.values()].map(({ title }) => title).sort()).toEqual([
        'another way',
        'deep',
      ]);
      await home.close();
      rmSync(warm(home));
      const again = await rebuilt(home);
      expect(await seen(again)).toEqual(before);
      const report = await again.runDoctor({ repair: true });
      expect(report.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
      expect(await seen(again)).toEqual(before);
      await again.importSessions();
      expect(await seen(again)).toEqual(before);
    },
  );

  it('is not thought destroyed in a new folder', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    expect((await store.getStatus()).notice).toBeUndefined();
  });
});

describe('a redo log that is gone', () => {
  it('takes nothing of one’s own with it', async () => {
    const home = new StoreFolder();
    const store = await imported(home);
    const { id } = await store.createSession({ title: 'first' });
    await home.close();
    const open = await home.open();
    await open.appendMessages(id, [{ role: 'user', text: 'kept' }]);
    const later = await open.createSession({ title: 'later' });
    await open.updateSession(later.id, { tags: ['t'] });
    const before = await seen(open);
    const facts = path.join(home.storePath, 'copies', 'facts.log');
    await until('the facts', () => readFileSync(facts, 'utf8').includes('"t"'));
    const copy = new StoreFolder();
    cpSync(home.storePath, copy.storePath, { recursive: true });
    rmSync(`${warm(copy)}-redo`);
    const again = await rebuilt(copy);
    expect(await seen(again)).toEqual(before);
    expect((await again.getStatus()).notice).toMatch(/redo log was gone/);
  });
});
