/**
 * What is asked often must cost the same in a store of a hundred sessions and of a hundred
 * thousand: SQLite says of every statement of these operations that it looks up rows by an index
 * and walks through no table of the catalogue.
 */
import { expect, it, vi } from 'vitest';
import { PagedDatabase } from '../../../src/store/pages/database.ts';
import type { Params } from '../../../src/store/pages/statementCache.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const NATIVE = '11111111-1111-4111-8111-111111111111';
/** Small for ever, or rows that the statement found before. */
const SMALL = /^SCAN (consent|migration|meta|up|down|each_one|CONSTANT|\(subquery|temp)/;

/** Found in the order that is asked for, so that the limit ends it. */
const ORDERED = 'SEARCH s USING INDEX session_by_time (listed=?)';
const FIRST_PAGE = 'the first page of all sessions';

function isWalk(step: string): boolean {
  return (step.startsWith('SCAN') && !SMALL.test(step)) || step.startsWith(ORDERED);
}

interface Prepared {
  readonly store: LocalStore;
  readonly id: string;
  readonly fork: string;
}

async function prepared(): Promise<Prepared> {
  const home = new StoreFolder();
  home.claude.write(NATIVE, turns('a', 6));
  const store = await imported(home);
  const [session] = (await store.listSessions({})).sessions;
  if (!session) throw new Error('nothing was imported');
  const { session: fork } = await store.forkSession(session.id, { atMessage: 3 });
  await store.updateSession(fork.id, { tags: ['a'], metadata: { of: 'b' } });
  return { store, id: session.id, fork: fork.id };
}

/** The steps of all statements that `work` runs, as SQLite plans them. */
async function plansOf(work: () => Promise<unknown>): Promise<string[]> {
  const asked = new Map<string, { database: PagedDatabase; params: Params | undefined }>();
  const spies = (['get', 'all', 'run'] as const).map((name) =>
    vi.spyOn(PagedDatabase.prototype, name),
  );
  await work();
  for (const { mock } of spies) {
    mock.calls.forEach(([sql, params], nth) => {
      const database = mock.contexts[nth];
      if (database instanceof PagedDatabase) asked.set(sql, { database, params });
    });
  }
  for (const spy of spies) spy.mockRestore();
  return [...asked].flatMap(([sql, { database, params }]) =>
    /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)/.test(sql)
      ? database
          .all(`EXPLAIN QUERY PLAN ${sql}`, params)
          .map((row) => `${String(row['detail'])}  <-  ${sql.replaceAll(/\s+/g, ' ').trim()}`)
      : [],
  );
}

const OPERATIONS: Readonly<Record<string, (on: Prepared) => Promise<unknown>>> = {
  getSession: ({ store, id }) => store.getSession(id),
  createSession: ({ store }) => store.createSession({ title: 'x' }),
  appendMessages: ({ store, fork }) => store.appendMessages(fork, [{ role: 'user', text: 'more' }]),
  forkSession: ({ store, id }) => store.forkSession(id, { atMessage: 1 }),
  updateSession: ({ store, id }) => store.updateSession(id, { title: 'y', tags: ['a', 'b'] }),
  deleteSession: ({ store, fork }) => store.deleteSession(fork),
  readMessages: ({ store, fork }) => store.readMessages(fork, { start: 0, end: 10 }),
  getSessionForks: ({ store, id }) => store.getSessionForks(id),
  getSessionParent: ({ store, fork }) => store.getSessionParent(fork),
  getSessionSiblings: ({ store, fork }) => store.getSessionSiblings(fork),
  getSessionTree: ({ store, fork }) => store.getSessionTree(fork),
  getFamilyGraph: ({ store, fork }) => store.getFamilyGraph(fork),
  getFamilyLedger: ({ store, fork }) => store.getFamilyLedger(fork),
  findSessionsByTag: ({ store }) => store.findSessionsByTag('a'),
  findSessionsByDateRange: ({ store }) => store.findSessionsByDateRange({ from: 1, to: 2 }),
  [FIRST_PAGE]: ({ store }) => store.listSessions({}),
  'the first page of a project': ({ store }) =>
    store.listSessions({ project: '/home/ada/project', parentId: null }),
  'the children of a session': ({ store, id }) => store.listSessions({ parentId: id }),
  listProjects: ({ store }) => store.listProjects(),
  getStatus: ({ store }) => store.getStatus(),
};

for (const [name, operation] of Object.entries(OPERATIONS)) {
  it(`${name} looks rows up and walks through none`, async () => {
    const on = await prepared();
    const plans = await plansOf(() => operation(on));
    expect(plans.length).toBeGreaterThan(0);
    expect(
      plans.filter((step) => isWalk(step) && !(name === FIRST_PAGE && step.startsWith(ORDERED))),
    ).toEqual([]);
  });
}

it('finds what lasted longer than a range by its own index, and the rest between two times', async () => {
  const { store } = await prepared();
  const plans = await plansOf(() => store.findSessionsByDateRange({ from: 1, to: 2 }));
  const steps = plans.filter((step) => step.startsWith('SEARCH s '));
  expect(steps).toHaveLength(4);
  for (const step of steps) {
    expect(step).toMatch(
      /session_lasting \(listed=\? AND created_at<\?\)|session_by_time \(listed=\? AND updated_at>\? AND updated_at<\?\)/,
    );
  }
});

it('would notice a walk', async () => {
  const { store } = await prepared();
  const plans = await plansOf(() => store.getTierStatistics());
  expect(plans.some(isWalk)).toBe(true);
});

it('sweeps the records of what is removed by their keys, so many at a time', async () => {
  const { store, id, fork } = await prepared();
  await store.deleteSession(fork);
  await store.deleteSession(id);
  const plans = await plansOf(() => store.purgeSessions([fork, id]));
  const steps = plans.filter((step) =>
    /<- {2}SELECT .* FROM record WHERE id >= .* LIMIT/.test(step),
  );
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) expect(step).toContain('SEARCH record USING INTEGER PRIMARY KEY');
});
