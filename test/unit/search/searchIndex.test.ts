/** The index by itself: shards that fill, are sealed, rebuilt, damaged and lost. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SqlJsStatic } from 'sql.js';
import { DEFAULT_INDEX_LIMITS, SearchIndex } from '../../../src/search/searchIndex.ts';
import { IndexFiles } from '../../../src/search/indexFiles.ts';
import type { NewDocument } from '../../../src/search/documents.ts';
import type { IndexQuery } from '../../../src/search/searchShards.ts';
import { Shard } from '../../../src/search/shard.ts';
import { PagedDatabase } from '../../../src/store/pages/database.ts';
import { loadSqlJs } from '../../../src/store/pages/loadSqlJs.ts';

const BEGAN = Date.UTC(2026, 4, 4);
const MINUTE = 60_000;
let sql: SqlJsStatic;
beforeAll(async () => {
  sql = await loadSqlJs();
});

const document = (log: number, position: number, terms = 'alpha'): NewDocument => ({
  log,
  branch: 0,
  position,
  seq: position,
  at: BEGAN + (log * 1000 + position) * MINUTE,
  mark: 1,
  terms,
});
const documents = (log: number, count: number, terms?: string) =>
  Array.from({ length: count }, (_, position) => document(log, position, terms));
/** A part for each 32 messages, as the store's outlines have them. */
const parts = (count: number, hash = 1) =>
  Array.from({ length: Math.ceil(count / 32) }, (_, chunk) => ({ branch: 0, chunk, hash }));

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'multipath-index-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function opened(where: string, given: { purpose?: string; readOnly?: boolean } = {}) {
  const damage: string[] = [];
  const index = new SearchIndex({
    sql,
    folder: where,
    purpose: 'test',
    readOnly: false,
    limits: { ...DEFAULT_INDEX_LIMITS, shardMessages: 100, leastDead: 5, batchMessages: 40 },
    now: () => 1,
    onDamage: (message) => damage.push(message),
    ...given,
  });
  return { index, damage };
}

/** As the feeder does it. */
function follow(index: SearchIndex, log: number, all: readonly NewDocument[], hash = 1): number {
  const every = parts(all.length, hash);
  const changed = index.compare(log, every).map((at) => every[at]);
  const some = changed.filter((part) => part !== undefined);
  const inParts = all.filter(({ position }) =>
    some.some(({ chunk }) => chunk === Math.floor(position / 32)),
  );
  const needed = index.reconcile(log, some, inParts);
  const added = needed.map((at) => inParts[at]).filter((one) => one !== undefined);
  index.add(added);
  index.finish({ log, revision: hash, parts: every });
  index.commit();
  return added.length;
}

const places = (index: SearchIndex, match: string, window = 1000) =>
  index
    .search({ match, window, order: 'newest', scope: { only: false, keys: new Set() } })
    .messages.map(({ log, position }) => `${log}/${position}`);

const rebuilt = (index: SearchIndex): number => {
  let texts = 0;
  for (let steps = 0; steps < 1000; steps++) {
    const needed = index.nextRebuild(16);
    if (!needed) return texts;
    texts += needed.length;
    index.addRebuilt(
      needed.map((one) => ({ ...one, terms: 'alpha' })),
      [],
    );
  }
  throw new Error('The rebuild does not end.');
};

describe('an index', () => {
  it('finds the newest first across sealed shards and the active one', () => {
    const where = folder();
    const { index } = opened(where);
    for (const log of [2, 1, 3]) follow(index, log, documents(log, 90));
    expect(readdirSync(where)).toEqual(expect.arrayContaining(['0001.db', '0002.db', 'active.db']));
    expect(places(index, '"alpha"', 3)).toEqual(['3/89', '3/88', '3/87']);
    expect(places(index, '"alpha"')).toHaveLength(270);
    index.close();
    const again = opened(where);
    expect(places(again.index, '"alpha"', 92).slice(88)).toEqual(['3/1', '3/0', '2/89', '2/88']);
    expect(again.index.revisions()).toEqual(new Map([2, 1, 3].map((log) => [log, 1])));
    again.index.close();
  });

  it('reads again only what is missing', () => {
    const { index } = opened(folder());
    expect(follow(index, 1, documents(1, 70))).toBe(70);
    expect(follow(index, 1, documents(1, 70))).toBe(0);
    expect(follow(index, 1, documents(1, 75), 2)).toBe(5);
    const moved = documents(1, 74).map((one) => ({ ...one, seq: one.seq + 1 }));
    expect(follow(index, 1, moved, 3)).toBe(0);
    expect(places(index, '"alpha"')).toHaveLength(74);
    expect([...index.documents()].every(({ seq, position }) => seq === position + 1)).toBe(true);
    index.close();
  });

  it('ranks what is short and rare above what is long and common', () => {
    const { index } = opened(folder());
    const filler = documents(1, 60, 'common words here');
    const special = [
      document(2, 0, 'rare'),
      document(2, 1, `rare ${'common '.repeat(80)}`),
      document(2, 2, 'common'),
    ];
    follow(index, 1, filler);
    follow(index, 2, special);
    const { messages } = index.search({
      match: '"rare" OR "common"',
      window: 1000,
      order: 'relevance',
      scope: { only: true, keys: new Set([2 * 2 ** 20]) },
    });
    expect(messages.map(({ position }) => position)).toEqual([0, 1, 2]);
    index.close();
  });

  it('lets go of dead messages when there are many, in sealed shards and in the active one', () => {
    const where = folder();
    const { index } = opened(where);
    follow(index, 1, documents(1, 100));
    follow(index, 2, documents(2, 30));
    follow(index, 1, documents(1, 64), 2);
    follow(index, 2, documents(2, 10), 2);
    expect(places(index, '"alpha"')).toHaveLength(74);
    expect(index.statistics()).toMatchObject({ documents: 130, dead: 56 });
    expect(rebuilt(index)).toBe(74);
    expect(index.statistics()).toMatchObject({ documents: 74, dead: 0 });
    expect(places(index, '"alpha"')).toHaveLength(74);
    index.forget([1]);
    index.commit();
    rebuilt(index);
    expect(readdirSync(where)).not.toContain('0001.db');
    index.close();
    const again = opened(where);
    expect(again.damage).toEqual([]);
    expect(places(again.index, '"alpha"')).toHaveLength(10);
    expect(again.index.revisions()).toEqual(new Map([[2, 2]]));
    again.index.close();
  });

  it('keeps up with changes while a shard is being rebuilt', () => {
    const { index } = opened(folder());
    follow(index, 1, documents(1, 90));
    follow(index, 1, documents(1, 64), 2);
    const first = index.nextRebuild(16) ?? [];
    index.addRebuilt(
      first.map((one) => ({ ...one, terms: 'alpha' })),
      [],
    );
    follow(index, 1, documents(1, 50), 3);
    follow(index, 1, [...documents(1, 50), document(1, 50, 'beta')], 4);
    rebuilt(index);
    expect(places(index, '"alpha"').length + places(index, '"beta"').length).toBeGreaterThan(50);
    expect([...index.documents()]).toHaveLength(51);
    expect(index.statistics().dead).toBe(0);
    index.close();
  });

  it('makes sealed shards anew without what merging leaves, and finds the same in them', () => {
    const where = folder();
    const { index } = opened(where);
    const texts = documents(1, 100).map((one) => ({
      ...one,
      terms: Array.from({ length: 200 }, (_, word) => `w${(word * one.position) % 5_000}`).join(
        ' ',
      ),
    }));
    follow(index, 1, texts);
    const found = places(index, '"w7*"');
    expect(found.length).toBeGreaterThan(10);
    let steps = 0;
    while (index.tidy() && steps < 1000) steps++;
    expect(steps).toBeLessThan(1000);
    expect(places(index, '"w7*"')).toEqual(found);
    expect(follow(index, 1, texts.slice(0, 64), 2)).toBe(0);
    expect(places(index, '"w7*"').length).toBeLessThan(found.length);
    index.close();
    const again = opened(where);
    expect(again.damage).toEqual([]);
    expect(again.index.tidy()).toBe(false);
    expect(again.index.statistics()).toEqual({ shards: 1, documents: 100, dead: 36 });
    again.index.close();
  });

  it('copies a sealed shard a little at a time, with what changes meanwhile', () => {
    const where = folder();
    const { index } = opened(where);
    follow(index, 1, documents(1, 100));
    const copied = vi.spyOn(Shard.prototype, 'copyRows');
    let steps = 0;
    while (copied.mock.calls.every(([, table]) => table !== 'doc') && steps < 1000) {
      expect(index.tidy('sealed')).toBe(true);
      steps++;
      expect(copied.mock.calls.length).toBeLessThanOrEqual(steps);
    }
    expect(places(index, '"alpha"')).toHaveLength(100);
    const left = documents(1, 96).map((one) => ({ ...one, seq: one.seq + 1 }));
    follow(index, 1, left, 2);
    while (index.tidy('sealed') && steps < 1000) steps++;
    expect(steps).toBeLessThan(1000);
    const found = places(index, '"alpha"');
    expect(found.toSorted()).toEqual(left.map(({ position }) => `1/${position}`).sort());
    expect(readdirSync(where)).not.toContain('0001.db.new');
    index.close();
    const again = opened(where);
    expect(again.damage).toEqual([]);
    expect(again.index.statistics()).toEqual({ shards: 2, documents: 101, dead: 5 });
    expect(places(again.index, '"alpha"')).toEqual(found);
    again.index.close();
    vi.restoreAllMocks();
  });

  it('loses nothing where the disk does not let a file take another one’s place', () => {
    const { index, damage } = opened(folder());
    const refused = vi.spyOn(IndexFiles.prototype, 'replace');
    const refuseNext = (): void => {
      refused.mockImplementationOnce(() => {
        throw Object.assign(new Error('EPERM: operation not permitted, rename'), { code: 'EPERM' });
      });
    };
    const tidied = (): void => {
      for (let steps = 0; index.tidy() && steps < 1000; steps++);
    };
    const all = documents(1, 120);
    refuseNext();
    expect(() => follow(index, 1, all)).toThrow('EPERM');
    expect(places(index, '"alpha"')).toHaveLength(100);
    follow(index, 1, all);
    expect(places(index, '"alpha"')).toHaveLength(120);
    refuseNext();
    expect(tidied).toThrow('EPERM');
    expect(places(index, '"alpha"')).toHaveLength(120);
    tidied();
    follow(index, 1, all.slice(0, 64), 2);
    refuseNext();
    expect(() => rebuilt(index)).toThrow('EPERM');
    expect(places(index, '"alpha"')).toHaveLength(64);
    expect(rebuilt(index)).toBe(64);
    expect(places(index, '"alpha"')).toHaveLength(64);
    expect(refused.mock.calls.length).toBeGreaterThan(4);
    expect(damage).toEqual([]);
    index.close();
    vi.restoreAllMocks();
  });

  it('looks into no shard that can hold nothing newer, or nothing of the time asked for', () => {
    const { index } = opened(folder());
    for (const log of [1, 2, 3, 4]) follow(index, log, documents(log, 100));
    expect(index.statistics().shards).toBe(4);
    const all = vi.spyOn(PagedDatabase.prototype, 'each');
    const looked = (query: Partial<IndexQuery>): number => {
      all.mockClear();
      const scope = { only: false, keys: new Set<number>() };
      index.search({ match: '"alpha"', window: 40, order: 'newest', scope, ...query });
      return all.mock.calls.length;
    };
    const began = (log: number): number => BEGAN + log * 1000 * MINUTE;
    expect(looked({})).toBe(1);
    expect(looked({ window: 150 })).toBe(2);
    expect(looked({ match: '"nothing"' })).toBe(4);
    expect(looked({ match: '"nothing"', after: began(4) })).toBe(1);
    expect(looked({ match: '"nothing"', before: began(2) - MINUTE })).toBe(1);
    expect(looked({ match: '"nothing"', after: began(2), before: began(3) - MINUTE })).toBe(1);
    expect(looked({ after: began(9) })).toBe(0);
    index.close();
    vi.restoreAllMocks();
  });
});

describe('files', () => {
  it('that are damaged are moved aside, the last of them kept, and made again', () => {
    const where = folder();
    const first = opened(where);
    follow(first.index, 1, documents(1, 100));
    follow(first.index, 2, documents(2, 50));
    first.index.close();
    for (const name of ['0001.db', 'state.db']) {
      const file = path.join(where, name);
      const bytes = readFileSync(file);
      // Every page, so that the first read meets one.
      for (let at = 4096; at < bytes.length; at += 1000) bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    }
    const { index, damage } = opened(where);
    expect(damage).toHaveLength(2);
    const aside = readdirSync(where).filter((name) => name.includes('damaged'));
    expect(aside.sort()).toEqual(['0001.db-redo.damaged-1', '0001.db.damaged-1']);
    expect(index.revisions()).toEqual(new Map([[2, -1]]));
    expect(follow(index, 2, documents(2, 50))).toBe(0);
    expect(follow(index, 1, documents(1, 100))).toBe(100);
    expect(places(index, '"alpha"')).toHaveLength(150);
    index.close();
  });

  it('of another store or another way of preparing texts are dropped', () => {
    const where = folder();
    const first = opened(where);
    follow(first.index, 1, documents(1, 10));
    first.index.close();
    const { index, damage } = opened(where, { purpose: 'other' });
    expect(index.revisions()).toEqual(new Map());
    expect(places(index, '"alpha"')).toEqual([]);
    expect(damage).toEqual([]);
    index.close();
  });

  it('are only read where nothing may be written', () => {
    const where = folder();
    const first = opened(where);
    follow(first.index, 1, documents(1, 10));
    first.index.close();
    const before = readdirSync(where).map((name) => [name, readFileSync(path.join(where, name))]);
    const { index } = opened(where, { readOnly: true });
    expect(places(index, '"alpha"')).toHaveLength(10);
    index.close();
    const after = readdirSync(where).map((name) => [name, readFileSync(path.join(where, name))]);
    expect(after).toEqual(before);
  });

  it('take messages of any time, many of the same time, and find each once', () => {
    const { index } = opened(folder());
    const odd = [0, -5e12, 9e15, BEGAN, BEGAN, BEGAN, BEGAN].map((at, position) => ({
      ...document(1, position),
      at,
    }));
    follow(index, 1, odd);
    expect(places(index, '"alpha"').sort()).toEqual(odd.map((_, at) => `1/${at}`));
    const query = { match: '"alpha"', window: 10, order: 'newest' as const };
    const scope = { only: false, keys: new Set<number>() };
    const around = { after: BEGAN, before: BEGAN + 1 };
    expect(index.search({ ...query, scope, ...around }).messages).toHaveLength(4);
    expect(index.search({ ...query, scope, before: BEGAN }).messages).toHaveLength(2);
    index.close();
  });
});
