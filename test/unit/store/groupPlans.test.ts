/**
 * What the tree asks for must cost little in a store of twenty thousand sessions: groups are counted
 * within indexes, without a look at any session's row, and a page of a group is found in the order it
 * is shown in, so that its limit ends it.
 */
import { expect, it, vi } from 'vitest';
import type { GroupQuery, SessionQuery } from '../../../src/core/sessionStore.ts';
import { PagedDatabase } from '../../../src/store/pages/database.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

/** How SQLite walks through sessions, as it plans the statements that `work` runs. */
async function stepsOf(work: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(PagedDatabase.prototype, 'all');
  const one = vi.spyOn(PagedDatabase.prototype, 'get');
  await work();
  const asked = [spy, one].flatMap(({ mock }) =>
    mock.calls.map(([sql, parameters], nth) => ({ sql, parameters, on: mock.contexts[nth] })),
  );
  spy.mockRestore();
  one.mockRestore();
  return asked.flatMap(({ sql, parameters, on }) =>
    on instanceof PagedDatabase && /FROM session s\b|JOIN session s\b/.test(sql)
      ? on
          .all(`EXPLAIN QUERY PLAN ${sql}`, parameters)
          .map((row) => String(row['detail']))
          .filter((step) => /^(SCAN|SEARCH) s |TEMP B-TREE FOR ORDER/.test(step))
      : [],
  );
}

async function prepared(): Promise<LocalStore> {
  const home = new StoreFolder();
  home.claude.write('11111111-1111-4111-8111-111111111111', turns('a', 4));
  return imported(home);
}

const starts = [3, 2, 1];
const GROUPS: Readonly<Record<string, GroupQuery>> = {
  projects: { by: 'project', parentId: null },
  agents: { by: 'agent', parentId: null },
  tiers: { by: 'tier', parentId: null },
  dates: { by: 'date', parentId: null, starts },
};

for (const [name, query] of Object.entries(GROUPS)) {
  it(`counts ${name} within an index`, async () => {
    const store = await prepared();
    const steps = await stepsOf(() => store.listGroups(query));
    const byId = /^SEARCH s USING INDEX sqlite_autoindex_session_1 \(id=\?\)$/;
    expect(steps.length).toBeGreaterThan(0);
    // The few that are in memory are looked up each.
    const rows = steps.filter((step) => !step.includes('TEMP B-TREE'));
    expect(rows.filter((step) => !step.includes('COVERING INDEX') && !byId.test(step))).toEqual([]);
  });
}

const LISTS: Readonly<Record<string, SessionQuery>> = {
  'a project': { project: '/tmp/shop', parentId: null },
  'an agent': { agent: 'claude-code', parentId: null },
  'the archive': { tier: 'cold', parentId: null },
  'what is at hand': { tier: 'warm', parentId: null },
  'what has no tag': { tag: null, parentId: null },
  'a month': { updatedFrom: 1, updatedTo: 2, parentId: null },
};

for (const [name, query] of Object.entries(LISTS)) {
  it(`reads a page of ${name} in its order`, async () => {
    const store = await prepared();
    const steps = await stepsOf(() => store.listSessions({ ...query, pinnedFirst: true }));
    const sorted = steps.filter((step) => step.includes('TEMP B-TREE'));
    // Those that are pinned are few, and found by their ids.
    expect(sorted.length).toBeLessThanOrEqual(1);
    expect(steps.some((step) => /^SEARCH s USING INDEX session_by_(time|tree) /.test(step))).toBe(
      true,
    );
    expect(steps.filter((step) => step.startsWith('SCAN'))).toEqual([]);
  });
}

it('finds pinned sessions and subagents by indexes of their own', async () => {
  const store = await prepared();
  const pinned = await stepsOf(() => store.listSessions({ pinned: true }));
  expect(pinned.filter((step) => !/\(id=\?\)|TEMP B-TREE/.test(step))).toEqual([]);
  const subagents = await stepsOf(() => store.listSessions({ subagentsOf: 'x' }));
  expect(subagents.filter((step) => !/session_by_trunk|TEMP B-TREE/.test(step))).toEqual([]);
});
