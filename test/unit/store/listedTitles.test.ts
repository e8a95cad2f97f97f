/** Titles in memory: whatever is done to sessions, they are those of the database. */
import { expect, it, vi } from 'vitest';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { PagedDatabase } from '../../../src/store/pages/database.ts';
import { chosenSessions } from '../../../src/store/searchScope.ts';
import type { StoreCore } from '../../../src/store/storeCore.ts';
import { ListedTitles } from '../../../src/store/listedTitles.ts';
import { StoreFolder } from './support/openStore.ts';

async function opened() {
  const home = new StoreFolder();
  const core = await openStoreOver({ storePath: home.storePath, hotBytes: 1, readOnly: false });
  const titles = new ListedTitles(core.database, false);
  const shown = async () => {
    await titles.follow();
    return titles
      .with([['']], 10_000)
      .map(({ id, title }) => `${id} ${title}`)
      .sort();
  };
  const inDatabase = () =>
    core.database
      .all(
        `SELECT s.id, coalesce(f.title, s.title) AS title FROM session s
         LEFT JOIN fact f ON f.session_id = s.id WHERE s.listed = 1`,
      )
      .map((row) => `${String(row['id'])} ${String(row['title'])}`)
      .sort();
  const close = () => {
    core.access.dispose();
    core.database.close();
    core.archive.close();
  };
  return { core, titles, shown, inDatabase, close };
}

/** Steps of the plans of statements that look at more rows than they were asked for. */
function walked(core: StoreCore, calls: readonly (readonly unknown[])[]): string[] {
  return calls.flatMap(([sql]) =>
    core.database
      .all(`EXPLAIN QUERY PLAN ${String(sql)}`)
      .map((row) => String(row['detail']))
      .filter((step) => !/rowid[>=]|session_id=|temp|SCAN retitled/.test(step)),
  );
}

it('follow every change of a title, the trash, and what is rolled back', async () => {
  const { core, shown, inDatabase, close } = await opened();
  const { edits, database } = core;
  const made = Array.from({ length: 5 }, (_, nth) => edits.create({ title: `one of ${nth}` }));
  const [first, second, third, fourth] = made.map(({ sessionId }) => sessionId);
  if (!first || !second || !third || !fourth) throw new Error('Nothing was made.');
  expect(await shown()).toEqual(inDatabase());

  edits.update(first, { title: 'renamed' });
  edits.append(second, [{ role: 'user', text: 'hello' }]);
  edits.fork(second, { atMessage: 0, title: 'a fork' });
  edits.setDeleted(third, true);
  edits.setDeleted(fourth, true);
  edits.setDeleted(fourth, false);
  expect(await shown()).toEqual(inDatabase());
  expect((await shown()).join()).toContain('renamed');
  expect(await shown()).toHaveLength(5);

  expect(() =>
    database.transaction(() => {
      edits.update(first, { title: 'never' });
      throw new Error('rolled back');
    }),
  ).toThrow('rolled back');
  database.run('DELETE FROM session WHERE id = ?', [second]);
  database.run('DELETE FROM fact WHERE session_id = ?', [first]);
  expect(await shown()).toEqual(inDatabase());
  close();
});

it('read all sessions once, and then those that changed', async () => {
  const { core, titles, close } = await opened();
  const made = Array.from({ length: 700 }, (_, nth) =>
    core.edits.create({ title: `one of ${nth}` }),
  );
  const all = vi.spyOn(PagedDatabase.prototype, 'all');
  await titles.follow();
  expect(walked(core, all.mock.calls)).toEqual([]);
  all.mockClear();
  const get = vi.spyOn(PagedDatabase.prototype, 'get');
  core.edits.update(made[3]?.sessionId ?? '', { title: 'another' });
  const before = get.mock.calls.length;
  await titles.follow();
  expect(titles.with([['ano']], 10)).toHaveLength(1);
  const rows = all.mock.results.reduce(
    (sum, { value }) => sum + (Array.isArray(value) ? value.length : 0),
    0,
  );
  expect(rows + get.mock.calls.length - before).toBeLessThan(5);
  vi.restoreAllMocks();
  close();
});

it('prefer what has the most pieces, then what is newest, wherever it stands', async () => {
  const { core, titles, close } = await opened();
  const titled = (title: string) => core.edits.create({ title }).sessionId;
  titled('anything at all');
  for (let nth = 0; nth < 30; nth++) titled(`testing ${nth}`);
  titled('nothing');
  await titles.follow();
  const pieces = [['any', 'nyt', 'thi', 'ing']];
  const found = titles.with(pieces, 4).map(({ title }) => title);
  expect(found.slice(0, 2)).toEqual(['anything at all', 'nothing']);
  expect(found).toHaveLength(4);
  expect(titles.with([['thi'], ['tes']], 4)).toEqual([]);
  expect(titles.with(pieces, 4, ({ title }) => title === 'nothing')).toHaveLength(1);
  close();
});

it('and sessions that filters choose are read in parts that cost what they hold', async () => {
  const { core, close } = await opened();
  for (let nth = 0; nth < 3; nth++) core.edits.create({ title: `one of ${nth}`, project: '/a' });
  const all = vi.spyOn(PagedDatabase.prototype, 'all');
  const none = { notes: [], notNotes: [], tags: [], notTags: [], notAgents: [], notProjects: [] };
  const choice = { ...none, agents: [], projects: ['a'] };
  const chosen = await chosenSessions(core.database, choice);
  const { calls } = all.mock;
  vi.restoreAllMocks();
  expect(chosen).toHaveLength(3);
  const steps = calls.flatMap(([sql, parameters]) =>
    core.database.all(`EXPLAIN QUERY PLAN ${sql}`, parameters),
  );
  expect(String(steps[0]?.['detail'])).toMatch(/^SEARCH s .*rowid>/);
  close();
});

it('look at few letters of titles that lack the pieces', async () => {
  const { core, titles, close } = await opened();
  for (let nth = 0; nth < 200; nth++) core.edits.create({ title: `some other title ${nth}` });
  core.edits.create({ title: 'The Needle' });
  await titles.follow();
  const compared: string[] = [];
  const found = titles.with([['nee', 'eed', 'dle']], 10, ({ title }) => {
    compared.push(title);
    return true;
  });
  expect(found.map(({ title }) => title)).toEqual(['The Needle']);
  expect(compared.length).toBeLessThan(100);
  expect(titles.with([['th']], 1_000)).toHaveLength(201);
  close();
});
