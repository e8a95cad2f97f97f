/** A merge of many messages is written some at a time: nobody is held up, and nobody sees a part. */
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { MultipathError } from '../../../src/core/errors.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import type { StoreCore } from '../../../src/store/storeCore.ts';
import { recordId } from '../../../src/store/records.ts';
import { said } from './support/branches.ts';
import { turns } from './support/claudeHome.ts';
import { openCore } from './support/openCore.ts';
import { imported, StoreFolder } from './support/openStore.ts';
import { damageTable, snapshotOf, warm, withCore } from './upkeep/support/damage.ts';

const AGENTS = '11111111-1111-4111-8111-111111111111';
const MANY = 900;

beforeEach(() => {
  // Any piece of work takes longer than a slice of it may.
  let time = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (time += 50));
  onTestFinished(() => void vi.restoreAllMocks());
});

const many = (word: string, count = MANY) =>
  Array.from({ length: count }, (_, nth) => ({ role: 'user' as const, text: `${word} ${nth}` }));
const words = (word: string, count = MANY) => many(word, count).map(({ text }) => text);

/** A session of ours with five messages, and a fork of it with many of its own. */
async function branches(home = new StoreFolder()) {
  const store = await home.open();
  const { id: parent } = await store.createSession({ title: 'parent' });
  await store.appendMessages(parent, many('begin', 5));
  const { session } = await store.forkSession(parent, { atMessage: 4, title: 'fork' });
  await store.appendMessages(session.id, many('fork'));
  return { home, store, parent, fork: session.id };
}

/** Calls `look` whenever others have their turn while `work` is done, one call at a time. */
async function during<T>(work: Promise<T>, look: () => unknown): Promise<T> {
  const waiting = new Set([work]);
  const done = work.finally(() => waiting.clear());
  while (waiting.size > 0) {
    await new Promise((resolve) => setImmediate(resolve));
    if (waiting.size > 0) await look();
  }
  return done;
}

function countIn({ database }: Pick<StoreCore, 'database'>, table: string): number {
  return Number(database.get(`SELECT count(*) AS n FROM ${table}`)?.['n']);
}

function isNotOwner(name: string): boolean {
  return !/owner\.\w+$/.test(name);
}

/** A merge of a fork's own messages, up to the one with an index. */
async function preparedMerge(
  core: StoreCore,
  targetId: string,
  sourceId: string,
  end: number,
  begin = 5,
) {
  const position = core.catalogue.position(sourceId);
  const messages = position ? await core.transcripts.read(position, begin, end) : [];
  const chosen = messages.map((message) => ({ message, origins: [message.id] }));
  return core.merges.prepare({ targetId, sourceId, mode: 'append', messages: chosen });
}

/** Begins to merge all that a fork has. */
async function merging(core: StoreCore, targetId: string, sourceId: string, begin = 5) {
  const prepared = await preparedMerge(core, targetId, sourceId, begin + MANY, begin);
  // The id is new: nothing comes back from the table.
  const commit = <T>(work: () => T) => core.requests.once(undefined, work, (one) => one as T);
  return { done: core.stagedMerges.apply(prepared, commit) };
}

async function expectWell(store: LocalStore): Promise<void> {
  const { findings } = await store.runDoctor({ repair: false });
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
}

describe('a merge of many messages', () => {
  it('is seen by nobody before all of it is there, and is there once', async () => {
    const { store, home, parent, fork } = await branches();
    const before = await store.getSession(parent);
    const request = { requestId: 'once' } as const;
    const seen = new Set<number>();
    const merging = Promise.all([
      store.mergeFork(parent, fork, request),
      store.mergeFork(parent, fork, request),
      store.mergeFork(parent, fork, { requestId: 'another' }),
    ]);
    const [first, again, other] = await during(merging, async () => {
      const session = await store.getSession(parent);
      const messages = await said(store, parent);
      seen.add(messages.length);
      expect(session?.messageCount).toBe(messages.length);
      if (messages.length === before?.messageCount) {
        expect(await store.getMerges([parent])).toEqual([]);
      }
    });
    expect(first).toMatchObject({ sessionId: parent, merged: MANY });
    expect(again).toEqual(first);
    expect(other.merged).toBe(0);
    expect([...seen].every((count) => count === 5 || count === 5 + MANY)).toBe(true);
    expect(seen).toContain(5);
    expect(await said(store, parent)).toEqual([...words('begin', 5), ...words('fork')]);
    expect(await store.mergeFork(parent, fork, request)).toEqual(first);
    await expectWell(store);
    await store.undoMerge(first.mergeId);
    expect(await said(store, parent)).toEqual(words('begin', 5));
    expect(await said(await home.reopen(), parent)).toEqual(words('begin', 5));
  });

  it('comes behind what was added meanwhile, and brings nothing twice', async () => {
    const { store, home, parent, fork } = await branches();
    await store.close();
    const core = await openCore(home.storePath);
    const records = countIn(core, 'record');
    let changes = 0;
    await during((await merging(core, parent, fork)).done, async () => {
      if (changes === 2 || countIn(core, 'record') < records + MANY / 2) return;
      if (changes++ === 0) {
        const later = [{ role: 'user' as const, text: 'meanwhile' }];
        core.database.transaction(() => core.edits.append(parent, later));
        return;
      }
      // Another window took in the first of them.
      const prepared = await preparedMerge(core, parent, fork, 6);
      core.database.transaction(() => core.merges.apply(prepared));
    });
    expect(changes).toBe(2);
    expect(countIn(core, 'merged_message')).toBe(MANY);
    expect(core.outlines.unseen.logs()).toEqual([]);
    core.database.flush();
    const copy = new StoreFolder();
    cpSync(home.storePath, copy.storePath, { recursive: true, filter: isNotOwner });
    const opened = await copy.open();
    const expected = [...words('begin', 5), 'meanwhile', ...words('fork')];
    expect(await said(opened, parent)).toEqual(expected);
    await expectWell(opened);
  });

  it('makes a branch over an agent’s session that is there with all of it', async () => {
    const home = new StoreFolder();
    home.claude.write(AGENTS, turns('a', 4));
    const store = await imported(home);
    const target = (await store.listSessions({})).sessions[0]?.id ?? '';
    const { session: fork } = await store.forkSession(target, { atMessage: 3, title: 'fork' });
    await store.appendMessages(fork.id, many('fork'));
    const counts = new Set<number>();
    const result = await during(store.mergeFork(target, fork.id), async () => {
      const { sessions } = await store.listSessions({});
      counts.add(sessions.length);
      for (const { id, messageCount } of sessions) {
        if (id !== target) expect(messageCount).toBe(4 + MANY);
      }
    });
    expect([...counts].every((count) => count === 2 || count === 3)).toBe(true);
    expect(counts).toContain(2);
    expect(result).toMatchObject({ merged: MANY });
    expect((await said(store, result.sessionId)).slice(4)).toEqual(words('fork'));
    expect((await said(store, target)).length).toBe(4);
    await expectWell(store);
    await store.undoMerge(result.mergeId);
    expect((await store.listSessions({})).total).toBe(2);
  });

  it('makes one log for such a branch, however often it is begun anew', async () => {
    const home = new StoreFolder();
    home.claude.write(AGENTS, turns('a', 4));
    const store = await imported(home);
    const target = (await store.listSessions({})).sessions[0]?.id ?? '';
    const { session: fork } = await store.forkSession(target, { atMessage: 3, title: 'fork' });
    await store.appendMessages(fork.id, many('fork'));
    await store.close();
    const core = await openCore(home.storePath);
    const logs = countIn(core, 'log');
    const begun = vi.spyOn(core.staged, 'writeAhead');
    const { done } = await merging(core, target, fork.id, 4);
    const { sessionId } = await during(done, () => {
      const position = core.catalogue.position(target);
      if (position) core.outlines.changed(position.log);
    });
    expect(begun.mock.calls.length).toBeGreaterThan(1);
    expect(countIn(core, 'log')).toBe(logs + 1);
    expect(core.catalogue.get(sessionId).messageCount).toBe(4 + MANY);
    expect(core.outlines.unseen.logs()).toEqual([]);
  });

  it('that cannot be ended leaves nothing', async () => {
    const { store, home, parent, fork } = await branches();
    await store.close();
    const core = await openCore(home.storePath);
    const records = countIn(core, 'record');
    let isTrashed = false;
    const { done } = await merging(core, parent, fork);
    const failure = done.then(undefined, (error: unknown) => error);
    const why = await during(failure, () => {
      if (isTrashed || countIn(core, 'record') < records + MANY / 2) return;
      isTrashed = true;
      core.database.transaction(() => core.edits.setDeleted(parent, true));
    });
    expect(MultipathError.is(why, 'not-found')).toBe(true);
    expect(isTrashed).toBe(true);
    expect(countIn(core, 'record')).toBe(records);
    expect(countIn(core, 'merged_message')).toBe(0);
    expect(core.outlines.unseen.logs()).toEqual([]);
  });

  it('sums up thousands of messages in many turns', async () => {
    const { store, parent, fork } = await branches();
    await store.appendMessages(fork, many('more', 1_500));
    const { merged } = await store.mergeFork(parent, fork, { mode: 'summary', summary: 'All.' });
    expect(merged).toBe(1);
    expect(await said(store, parent)).toEqual([...words('begin', 5), 'All.']);
    const { messages } = await store.planMerge(parent, fork, { mode: 'summary' });
    expect(messages).toEqual([]);
  });
});

describe('a process that ends while it merges', () => {
  /** A copy of the store as it was when about half of a merge was written ahead. */
  async function halfMerged() {
    const { store, home, parent, fork } = await branches();
    await store.close();
    const core = await openCore(home.storePath);
    const left = new StoreFolder();
    let isTaken = false;
    await during((await merging(core, parent, fork)).done, () => {
      if (isTaken || countIn(core, 'merged_message') < MANY / 2) return;
      isTaken = true;
      core.database.flush();
      cpSync(home.storePath, left.storePath, { recursive: true, filter: isNotOwner });
    });
    expect(isTaken).toBe(true);
    return { left, parent, fork };
  }

  it('leaves nothing of it to be seen, and asked again it is done once', async () => {
    const { left, parent, fork } = await halfMerged();
    const store = await left.open();
    expect(await said(store, parent)).toEqual(words('begin', 5));
    expect(await store.getMerges([parent])).toEqual([]);
    await expectWell(store);
    // What is added comes in the place of what nobody saw.
    await store.appendMessages(parent, [{ role: 'user', text: 'later' }]);
    expect(await said(store, parent)).toEqual([...words('begin', 5), 'later']);
    const accepted = { acceptConflicts: true } as const;
    expect((await store.mergeFork(parent, fork, accepted)).merged).toBe(MANY);
    expect(await said(store, parent)).toEqual([...words('begin', 5), 'later', ...words('fork')]);
    await expectWell(store);
  });

  it('leaves rows that the next one sweeps', async () => {
    const { left } = await halfMerged();
    const core = await openCore(left.storePath);
    expect(countIn(core, 'record')).toBeGreaterThan(5 + MANY);
    const counts: number[] = [];
    await during(core.staged.sweep(), () => counts.push(countIn(core, 'record')));
    expect(counts.length).toBeGreaterThan(2);
    expect(countIn(core, 'record')).toBe(5 + MANY);
    expect(countIn(core, 'merged_message')).toBe(0);
    expect(core.outlines.unseen.logs()).toEqual([]);
  });

  it('leaves nothing that the store doctor takes for a record that is lost', async () => {
    const { left, parent } = await halfMerged();
    await snapshotOf(left);
    const store = await left.open();
    await store.appendMessages(parent, [{ role: 'user', text: 'later' }]);
    await left.close();
    rmSync(path.join(left.storePath, 'copies', 'facts.log'));
    await withCore(left, ({ database, catalogue }) => {
      const log = catalogue.position(parent)?.log ?? 0;
      expect(countIn({ database }, `record WHERE id = ${recordId(log, 5)}`)).toBe(1);
      database.run('DELETE FROM record WHERE id = ?', [recordId(log, 5)]);
      database.flush();
    });
    const again = await left.open();
    await again.runDoctor({ repair: true });
    await expect(said(again, parent)).rejects.toThrow('Record 5 of this session is missing');
  });

  it.each([
    [
      'a snapshot',
      (home: StoreFolder) => {
        rmSync(warm(home));
        return Promise.resolve();
      },
    ],
    [
      'a damaged file',
      (home: StoreFolder) => {
        rmSync(path.join(home.storePath, 'copies'), { recursive: true });
        return damageTable(home, 'sqlite_autoindex_migration_1');
      },
    ],
    [
      'a damaged file that no longer says which logs are being written to',
      async (home: StoreFolder) => {
        rmSync(path.join(home.storePath, 'copies'), { recursive: true });
        await damageTable(home, 'sqlite_autoindex_meta_1');
        await damageTable(home, 'sqlite_autoindex_migration_1');
      },
    ],
  ])('leaves nothing that comes back with %s', async (_, damage) => {
    const { left, parent, fork } = await halfMerged();
    await snapshotOf(left);
    rmSync(path.join(left.storePath, 'copies', 'facts.log'));
    await damage(left);
    const store = await left.open();
    expect(await said(store, parent)).toEqual(words('begin', 5));
    expect((await store.mergeFork(parent, fork)).merged).toBe(MANY);
    expect(await said(store, parent)).toEqual([...words('begin', 5), ...words('fork')]);
  });
});
