/** Groups of sessions and the lists behind them: every count is that of the list it stands for. */
import { describe, expect, it } from 'vitest';
import type { GroupQuery, SessionQuery } from '../../../src/core/sessionStore.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const DAY = 86_400_000;
const BEGAN = Date.UTC(2026, 4, 4, 9, 0);
const nativeId = (n: number): string => `${String(n).repeat(8)}-1111-4111-8111-111111111111`;

interface Filled {
  readonly store: LocalStore;
  /** Ids of the agent's sessions, the oldest first: one a day. */
  readonly ids: readonly string[];
  readonly own: string;
  readonly fork: string;
}

async function filled(): Promise<Filled> {
  const home = new StoreFolder();
  for (let n = 1; n <= 5; n++) {
    home.claude.write(
      nativeId(n),
      turns(`s${n}`, 4, { minute: n * 24 * 60 }).map((line) => ({
        ...line,
        extra: { cwd: n > 3 ? '/tmp/other' : '/tmp/shop' },
      })),
    );
  }
  const store = await imported(home);
  const { sessions } = await store.listSessions({});
  const ids = sessions.map(({ id }) => id).reverse();
  const { id: own } = await store.createSession({ title: 'Mine', project: '/tmp/shop' });
  const { session: fork } = await store.forkSession(ids[0] ?? '', { atMessage: 1 });
  await store.updateSession(ids[1] ?? '', { tags: ['bug', 'api'] });
  await store.updateSession(fork.id, { tags: ['bug'] });
  await store.migrateToTier(ids[2] ?? '', 'cold', { reason: 'test' });
  return { store, ids, own, fork: fork.id };
}

/** What the list behind each group of a query holds. */
function listOf(query: GroupQuery, key: string): SessionQuery {
  const { by, starts = [], parentId, ...anywhere } = query;
  const filter = { ...anywhere, ...(parentId !== undefined && { parentId }) };
  switch (by) {
    case 'project':
      return { ...filter, project: key };
    case 'agent':
      return { ...filter, agent: key };
    case 'tier':
      return { ...filter, tier: key === 'hot' || key === 'cold' ? key : 'warm' };
    case 'tag': {
      if (key === '') return { ...filter, tag: null };
      return { ...anywhere, tag: key };
    }
    case 'date': {
      const nth = starts.indexOf(Number(key));
      const to = key === '' ? starts.at(-1) : starts[nth - 1];
      return {
        ...filter,
        ...(key !== '' && { updatedFrom: Number(key) }),
        ...(to !== undefined && { updatedTo: to }),
      };
    }
  }
}

const starts = [BEGAN + 6 * DAY, BEGAN + 4 * DAY, BEGAN + 3 * DAY];

const QUERIES: Readonly<Record<string, GroupQuery>> = {
  'projects of roots': { by: 'project', parentId: null },
  'agents of roots': { by: 'agent', parentId: null },
  'tiers of roots': { by: 'tier', parentId: null },
  'tags of roots': { by: 'tag', parentId: null },
  'dates of roots': { by: 'date', parentId: null, starts },
  'agents of two projects': { by: 'agent', parentId: null, projects: ['/tmp/shop', '/tmp/none'] },
  'dates of one project': { by: 'date', parentId: null, projects: ['/tmp/other'], starts },
  'projects where a title holds a word': { by: 'project', title: 'S2' },
  'tags where a title holds a word': { by: 'tag', title: 's1' },
  'dates of an agent': { by: 'date', agent: 'claude-code', starts },
  'projects of what is archived': { by: 'project', tier: 'cold' },
  'projects of what is pinned': { by: 'project', pinned: true },
  'tiers of a tag': { by: 'tier', tag: 'bug' },
  'agents of what is not rescued': { by: 'agent', rescued: false },
  'nothing rescued': { by: 'tag', rescued: true },
};

describe('groups', () => {
  for (const [name, query] of Object.entries(QUERIES)) {
    it(`count what their lists hold: ${name}`, async () => {
      const { store, ids } = await filled();
      await store.updateSession(ids[4] ?? '', { pinned: true });
      const groups = await store.listGroups(query);
      for (const { key, count } of groups) {
        const { sessions, total } = await store.listSessions(listOf(query, key));
        expect([key, sessions.length, total]).toEqual([key, count, count]);
      }
      const { by } = query;
      const all = await store.listSessions(query);
      const sum = groups.reduce((total, { count }) => total + count, 0);
      // A session is in the group of each of its tags.
      if (by === 'tag') expect(sum).toBeGreaterThanOrEqual(all.total);
      else expect(sum).toBe(all.total);
    });
  }

  it('are named and ordered', async () => {
    const { store } = await filled();
    expect(await store.listGroups({ by: 'project', parentId: null })).toMatchObject([
      { key: '/tmp/shop', name: 'shop', path: '/tmp/shop', count: 4 },
      { key: '/tmp/other', name: 'other', path: '/tmp/other', count: 2 },
    ]);
    expect(await store.listGroups({ by: 'agent', parentId: null })).toEqual([
      { key: 'claude-code', count: 5 },
      { key: 'multipath', count: 1 },
    ]);
    // The tagged fork counts though it is no root; what has no tag comes last.
    expect(await store.listGroups({ by: 'tag', parentId: null })).toEqual([
      { key: 'api', count: 1 },
      { key: 'bug', count: 2 },
      { key: '', count: 5 },
    ]);
    expect(await store.listGroups({ by: 'date', parentId: null, starts })).toEqual([
      { key: String(starts[0]), count: 1 },
      { key: String(starts[1]), count: 2 },
      { key: String(starts[2]), count: 1 },
      { key: '', count: 2 },
    ]);
    expect(await store.listGroups({ by: 'tier', parentId: null })).toEqual([
      { key: 'warm', count: 5 },
      { key: 'cold', count: 1 },
    ]);
  });

  it('know a session that is in memory, and one that comes back from the archive', async () => {
    const { store, ids } = await filled();
    const cold = ids[2] ?? '';
    await store.readMessages(cold, { start: 0, end: 10 });
    const tiers = await store.listGroups({ by: 'tier', parentId: null });
    expect(tiers[0]).toEqual({ key: 'hot', count: 1 });
    expect((await store.listSessions({ tier: 'hot' })).sessions[0]?.id).toBe(cold);
    await store.migrateToTier(cold, 'warm', { reason: 'test' });
    expect((await store.listSessions({ tier: 'cold' })).total).toBe(0);
  });
});

describe('pinned sessions', () => {
  it('come before the others of their list, page by page, and keep their time', async () => {
    const { store, ids } = await filled();
    const [oldest = '', , third = ''] = ids;
    await store.updateSession(oldest, { pinned: true });
    const { pinnedAt } = await store.updateSession(third, { pinned: true });
    expect((await store.updateSession(third, { pinned: true })).pinnedAt).toBe(pinnedAt);
    const list = async (query: SessionQuery) =>
      (await store.listSessions({ parentId: null, pinnedFirst: true, ...query })).sessions.map(
        ({ id }) => id,
      );
    const all = await list({});
    expect(all.slice(0, 2)).toEqual([third, oldest]);
    expect(all).toHaveLength(6);
    const pages = [];
    for (let offset = 0; offset < 6; offset++) pages.push(...(await list({ offset, limit: 1 })));
    expect(pages).toEqual(all);
    expect((await store.listSessions({ pinned: true })).total).toBe(2);
    const loose = await store.updateSession(third, { pinned: false });
    expect(loose.pinnedAt).toBeUndefined();
    expect((await list({}))[0]).toBe(oldest);
  });
});

describe('notes', () => {
  it('are kept whole, and go when they are emptied', async () => {
    const { store, ids } = await filled();
    const [id = ''] = ids;
    const note = 'Ask Ada about “rounding”.\nThen try\tagain.';
    expect((await store.updateSession(id, { note })).note).toBe(note);
    expect((await store.updateSession(id, { title: 'Other' })).note).toBe(note);
    expect((await store.updateSession(id, { note: ' \n' })).note).toBeUndefined();
  });
});
