/** What was found and is not in the store: listed with its title, and read one by one when asked for. */
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MultipathError } from '../../../src/core/errors.ts';
import { Looks } from '../../../src/server/importing/looks.ts';
import type { Session } from '../../../src/core/session.ts';
import { FileImport } from '../../../src/server/importing/fileImport.ts';
import { ImportQueue } from '../../../src/server/importing/queue.ts';
import type { Found } from '../../../src/server/importing/sources.ts';
import { UnderWay } from '../../../src/server/importing/underWay.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from '../store/support/claudeHome.ts';
import { StoreFolder } from '../store/support/openStore.ts';
import { DAY, id, looking, natives, writeOld } from './support/oldSessions.ts';

/** A store in which one session was read and `count` are over the budget, one day apart. */
async function withOld(home: StoreFolder, count: number): Promise<LocalStore> {
  writeOld(home, 0, 1);
  for (let n = 1; n <= count; n++) writeOld(home, n, 30 + n);
  const store = await home.open();
  await store.setConsent('claude-code', 'granted', { budget: { days: 7 } });
  await store.importSessions();
  return store;
}

describe('sessions that wait', () => {
  it('are listed newest first, in pages, with what their files tell', async () => {
    const home = new StoreFolder();
    const store = await withOld(home, 5);
    const first = await store.listWaitingSessions({ limit: 2 });
    expect(first.total).toBe(5);
    expect(first.sessions.map(({ title }) => title)).toEqual(['user s1 0', 'user s2 0']);
    expect(first.sessions[0]).toMatchObject({
      agent: 'claude-code',
      path: home.claude.file(id(1)),
      bytes: statSync(home.claude.file(id(1))).size,
      reason: 'over-budget',
      cwd: '/tmp/shop',
    });
    if (!first.next) expect.unreachable('There are more.');
    // What was imported meanwhile leaves no gap.
    await store.importSession('claude-code', home.claude.file(id(1)));
    const rest = await store.listWaitingSessions({ after: first.next, limit: 200 });
    expect(rest).toMatchObject({ total: 4, isKnown: true });
    expect(rest.next).toBeUndefined();
    expect(rest.sessions.map(({ title }) => title)).toEqual([
      'user s3 0',
      'user s4 0',
      'user s5 0',
    ]);
    expect(await natives(store)).toEqual([id(0), id(1)]);
  });

  it('are read one by one, whatever the budget says; it holds for the others', async () => {
    const home = new StoreFolder();
    const store = await withOld(home, 3);
    const session = await store.importSession('claude-code', home.claude.file(id(2)));
    expect(session).toMatchObject({ title: 'user s2 0', messageCount: 2 });
    expect((await store.readMessages(session.id, { start: 0, end: 2 })).messages).toHaveLength(2);
    const { sessions, total } = await store.listWaitingSessions({ limit: 200 });
    expect(total).toBe(2);
    expect(sessions.map(({ title }) => title)).toEqual(['user s1 0', 'user s3 0']);
    await store.importSessions();
    expect(await natives(store)).toEqual([id(0), id(2)]);
    // From then on it is followed like any other.
    home.claude.write(id(2), turns('s2', 4));
    await store.importSessions();
    expect(await store.getSession(session.id)).toMatchObject({ messageCount: 4 });
    // What is in already is found, not read again.
    expect(await store.importSession('claude-code', home.claude.file(id(2)))).toMatchObject({
      id: session.id,
    });
  });

  it('say when they were left because an import was stopped, and can be read all the same', async () => {
    const home = new StoreFolder();
    for (const n of [1, 2, 3]) writeOld(home, n, n);
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    const goOn = await looking(store);
    const cancelled = store.cancelImport();
    await goOn();
    await cancelled;
    const { sessions } = await store.listWaitingSessions({ limit: 10 });
    expect(sessions.map(({ reason }) => reason)).toEqual(['stopped', 'stopped', 'stopped']);
    await store.importSession('claude-code', home.claude.file(id(2)));
    expect(await natives(store)).toEqual([id(2)]);
  });

  it('are read while an import is still looking for more', async () => {
    const home = new StoreFolder();
    writeOld(home, 1, 1);
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    const goOn = await looking(store);
    expect(await store.importSession('claude-code', home.claude.file(id(1)))).toMatchObject({
      title: 'user s1 0',
    });
    await goOn();
    expect(await natives(store)).toEqual([id(1)]);
  });

  it('are read once, however often they are asked for', async () => {
    const home = new StoreFolder();
    const store = await withOld(home, 1);
    const ask = (): Promise<Session> => store.importSession('claude-code', home.claude.file(id(1)));
    const again = Promise.withResolvers<Session>();
    const read = vi.spyOn(FileImport.prototype, 'read');
    onTestFinished(() => read.mockRestore());
    // Asked for once more while the reader is at it.
    const end = vi.spyOn(UnderWay.prototype, 'end').mockImplementationOnce(function (
      this: UnderWay,
      begun,
    ) {
      again.resolve(ask());
      this.end(begun);
    });
    onTestFinished(() => end.mockRestore());
    const [one, two] = await Promise.all([ask(), again.promise]);
    expect(two.id).toBe(one.id);
    await store.importSessions(); // What is left in the queue is read by then.
    expect(read).toHaveBeenCalledOnce();
  });

  it('are read although the import that has them planned is stopped', async () => {
    const home = new StoreFolder();
    for (const n of [1, 2, 3]) writeOld(home, n, n);
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    let cancelled: Promise<void> | undefined;
    const asked = Promise.withResolvers<Session>();
    const spy = vi.spyOn(FileImport.prototype, 'read').mockImplementationOnce(function (
      this: FileImport,
      ...args
    ) {
      const outcome = this.read(...args);
      asked.resolve(store.importSession('claude-code', args[0].path));
      cancelled = store.cancelImport();
      return outcome;
    });
    onTestFinished(() => spy.mockRestore());
    await store.importSessions();
    await cancelled;
    expect(await asked.promise).toMatchObject({ title: 'user s1 0', messageCount: 2 });
    expect(await natives(store)).toEqual([id(1)]);
  });

  it('are found where the list was that of another owner of the store', async () => {
    const home = new StoreFolder();
    await withOld(home, 1);
    const store = await home.reopen();
    expect(await store.listWaitingSessions({ limit: 1 })).toEqual({
      sessions: [],
      total: 0,
      isKnown: false,
    });
    expect(await store.importSession('claude-code', home.claude.file(id(1)))).toMatchObject({
      title: 'user s1 0',
    });
  });

  it('do not come back when an agent is withdrawn while it is looked at', async () => {
    const home = new StoreFolder();
    writeOld(home, 1, 1);
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    const spy = vi.spyOn(Looks.prototype, 'atAll').mockImplementationOnce(async function (
      this: Looks,
      ...args
    ) {
      const look = await this.atAll(...args);
      await store.setConsent('claude-code', 'declined');
      return look;
    });
    onTestFinished(() => spy.mockRestore());
    await store.importSessions();
    expect((await store.listWaitingSessions({ limit: 10 })).sessions).toEqual([]);
  });

  it('tell nothing of an agent that is withdrawn while they are looked into', async () => {
    const home = new StoreFolder();
    const store = await withOld(home, 2);
    const spy = vi.spyOn(FileImport.prototype, 'glimpse').mockImplementationOnce(async function (
      this: FileImport,
      files,
    ) {
      const glimpses = await this.glimpse(files);
      await store.setConsent('claude-code', 'declined');
      return glimpses;
    });
    onTestFinished(() => spy.mockRestore());
    expect((await store.listWaitingSessions({ limit: 10 })).sessions).toEqual([]);
  });

  it('that cannot be read say so', async () => {
    const home = new StoreFolder();
    const store = await withOld(home, 1);
    const spy = vi
      .spyOn(FileImport.prototype, 'read')
      .mockResolvedValueOnce({ type: 'failed', message: 'It is locked.' });
    onTestFinished(() => spy.mockRestore());
    await expect(store.importSession('claude-code', home.claude.file(id(1)))).rejects.toMatchObject(
      {
        code: 'corrupt-file',
        message: 'It is locked.',
      },
    );
    const { sessions } = await store.listWaitingSessions({ limit: 10 });
    expect(sessions.map(({ reason }) => reason)).toEqual(['failed']);
  });

  it('blame the store, not the file, where it cannot be written', async () => {
    const home = new StoreFolder();
    const store = await withOld(home, 1);
    const spy = vi
      .spyOn(FileImport.prototype, 'read')
      .mockRejectedValueOnce(new MultipathError('poisoned', 'The disk is full.'));
    onTestFinished(() => spy.mockRestore());
    await expect(store.importSession('claude-code', home.claude.file(id(1)))).rejects.toMatchObject(
      {
        code: 'poisoned',
      },
    );
  });

  it('are those of agents that may be read', async () => {
    const home = new StoreFolder();
    const store = await withOld(home, 1);
    await store.setConsent('claude-code', 'declined');
    expect(await store.listWaitingSessions({ limit: 10 })).toEqual({
      sessions: [],
      total: 0,
      isKnown: true,
    });
    await expect(store.importSession('claude-code', home.claude.file(id(1)))).rejects.toMatchObject(
      {
        code: 'not-found',
      },
    );
  });

  it('are no other files of the machine', async () => {
    const home = new StoreFolder();
    const store = await withOld(home, 1);
    const other = path.join(home.folder, 'secret.jsonl');
    writeFileSync(other, readFileSync(home.claude.file(id(1))));
    await expect(store.importSession('claude-code', other)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('that are gone, or hold no conversation, say so', async () => {
    const home = new StoreFolder();
    const store = await withOld(home, 2);
    rmSync(home.claude.file(id(1)));
    const { sessions } = await store.listWaitingSessions({ limit: 10 });
    expect(sessions.map(({ title }) => title)).toEqual([undefined, 'user s2 0']);
    await expect(store.importSession('claude-code', home.claude.file(id(1)))).rejects.toMatchObject(
      {
        code: 'not-found',
        message: expect.stringContaining('is not there any more') as string,
      },
    );
    expect((await store.listWaitingSessions({ limit: 10 })).total).toBe(1);
    writeFileSync(home.claude.file(id(2)), '{"type":"summary"}\n');
    await expect(store.importSession('claude-code', home.claude.file(id(2)))).rejects.toThrow(
      /no conversation/,
    );
  });

  it('are looked into once as long as they stay as they are', async () => {
    const home = new StoreFolder();
    const store = await withOld(home, 1);
    await store.listWaitingSessions({ limit: 10 });
    const at = new Date(Date.now() - 31 * DAY);
    const text = readFileSync(home.claude.file(id(1)), 'utf8').replaceAll('user s1', 'user x1');
    const { mtime } = statSync(home.claude.file(id(1)));
    writeFileSync(home.claude.file(id(1)), text);
    utimesSync(home.claude.file(id(1)), mtime, mtime);
    const again = await store.listWaitingSessions({ limit: 10 });
    expect(again.sessions[0]?.title).toBe('user s1 0');
    utimesSync(home.claude.file(id(1)), at, at);
    await store.importSessions();
    const changed = await store.listWaitingSessions({ limit: 10 });
    expect(changed.sessions[0]?.title).toBe('user x1 0');
  });
});

it('what was asked for comes before what was just written to, and once', () => {
  const file = (name: string): Found => ({ agent: 'pi', path: name, bytes: 1, modifiedAt: 1 });
  const queue = new ImportQueue();
  queue.plan([file('a'), file('b')]);
  queue.notice([file('c')]);
  queue.ask(file('b'));
  const order = [queue.next(), queue.next(), queue.next(), queue.next()];
  expect(order.map((queued) => queued && [queued.file.path, queued.isPlanned])).toEqual([
    ['b', true],
    ['c', false],
    ['a', true],
    undefined,
  ]);
  expect(queue.isEmpty).toBe(true);
});
