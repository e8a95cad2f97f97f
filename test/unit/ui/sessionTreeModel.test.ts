/** The tree shows what the store holds, in order, in groups and in pages. */
import { beforeEach, describe, expect, it } from 'vitest';
import { MoreNode, SubagentsNode, type TreeNode } from '../../../src/ui/tree/nodes.ts';
import { PAGE_SIZE } from '../../../src/ui/tree/drawnLists.ts';
import type { SessionTreeModel } from '../../../src/ui/tree/sessionTreeModel.ts';
import { type FakeCatalogue, NOW, project, session } from './support.ts';
import { changes, inPlace, labels, lists, TreeOverFake } from './treeOverFake.ts';

let store: FakeCatalogue;
let model: SessionTreeModel;
let tree: TreeOverFake;

beforeEach(() => {
  tree = new TreeOverFake();
  ({ store, model } = tree);
});

describe('order', () => {
  it('puts the workspace’s project first and the others by their last change', async () => {
    store.projects = [
      project('/old', { updatedAt: NOW - 3 }),
      project('/new', { updatedAt: NOW }),
      project('/here', { updatedAt: NOW - 9 }),
    ];
    expect(labels(await model.roots())).toEqual(['/here', '/new', '/old']);
  });

  it('lists sessions newest first, with forks under their parent only', async () => {
    store.projects = [project('/p')];
    store.sessions = [
      session('older', { updatedAt: NOW - 5, forkCount: 2 }),
      session('newer', { updatedAt: NOW - 1 }),
      session('fork1', { parentId: 'older', updatedAt: NOW - 3 }),
      session('fork2', { parentId: 'older', updatedAt: NOW - 2, forkCount: 1 }),
      session('deep', { parentId: 'fork2', updatedAt: NOW }),
    ];
    const sessions = await model.children(await tree.firstProject());
    expect(labels(sessions)).toEqual(['newer', 'older']);
    const [newer, older] = sessions;
    if (!newer || !older) throw new Error('two sessions expected');
    expect(await model.children(newer)).toEqual([]);
    const forks = await model.children(older);
    expect(labels(forks)).toEqual(['fork2', 'fork1']);
    expect(labels(await model.children(forks[0] ?? newer))).toEqual(['deep']);
    expect(model.parent(forks[0] ?? newer)).toBe(older);
  });

  it('answers the whole way up from a session it has not shown', async () => {
    store.projects = [project('/p')];
    store.sessions = [session('a', { forkCount: 1 }), session('b', { parentId: 'a' })];
    const root = await tree.firstProject();
    const node = await model.find('b');
    const parent = node && model.parent(node);
    expect(parent && labels([parent])).toEqual(['a']);
    expect(parent && model.parent(parent)).toBe(root);
    expect(model.parent(root)).toBeUndefined();
  });
});

describe('paging', () => {
  beforeEach(() => {
    store.projects = [project('/p', { sessionCount: 10_000 })];
    store.sessions = Array.from({ length: 10_000 }, (_, n) =>
      session(`s${n}`, { updatedAt: NOW - n }),
    );
  });

  it('reads one page of ten thousand and says how many more there are', async () => {
    const shown = await model.children(await tree.firstProject());
    expect(shown).toHaveLength(PAGE_SIZE + 1);
    expect(labels(shown.slice(-1))).toEqual(['+9800']);
    expect(store.limits).toEqual([PAGE_SIZE]);
  });

  it('shows one page more on request, and keeps the nodes it had', async () => {
    const root = await tree.firstProject();
    const before = await model.children(root);
    const more = before.at(-1);
    if (!(more instanceof MoreNode)) throw new Error('the list should end in a MoreNode');
    expect(model.showMore(more)).toBe(root);
    const after = await model.children(root);
    expect(after).toHaveLength(2 * PAGE_SIZE + 1);
    expect(after[0]).toBe(before[0]);
    expect(after.at(-1)).toBe(more);
    expect(more.remaining).toBe(9600);
  });

  it('never asks for more than the store gives at once', async () => {
    const root = await tree.firstProject();
    for (let page = 0; page < 7; page++) {
      const more = (await model.children(root)).at(-1);
      if (more instanceof MoreNode) model.showMore(more);
    }
    store.limits.length = 0;
    expect(await model.children(root)).toHaveLength(8 * PAGE_SIZE + 1);
    expect(Math.max(...store.limits)).toBeLessThanOrEqual(1000);
  });

  it('ends when the store gives less than it announced', async () => {
    const root = await tree.firstProject();
    store.listSessions = () => Promise.resolve({ sessions: [], total: 12 });
    expect(labels(await model.children(root))).toEqual(['+12']);
  });
});

describe('groups', () => {
  const DAY = 86_400_000;

  it('of dates are told by the calendar and hold what belongs into them', async () => {
    store.sessions = [
      session('now', { updatedAt: NOW - 1000 }),
      session('yesterday', { updatedAt: NOW - DAY }),
      session('monday', { updatedAt: NOW - 5 * DAY }),
      session('early', { updatedAt: NOW - 12 * DAY }),
      session('before', { updatedAt: NOW - 40 * DAY }),
      session('ancient', { updatedAt: NOW - 9000 * DAY }),
    ];
    tree.arrange({ by: 'date' });
    const groups = await model.roots();
    expect(groups.map(({ id }) => id)).toEqual([
      'date:today',
      'date:yesterday',
      'date:week',
      'date:month',
      'date:2026-10',
      'date:older',
    ]);
    const lists_ = await Promise.all(groups.map((group) => model.children(group)));
    expect(lists_.map(labels)).toEqual([
      ['now'],
      ['yesterday'],
      ['monday'],
      ['early'],
      ['before'],
      ['ancient'],
    ]);
  });

  it('of tags hold a session in each, a fork as well, and what has none last', async () => {
    store.sessions = [
      session('a', { tags: ['x', 'y'], forkCount: 1 }),
      session('f', { parentId: 'a', tags: ['y'], updatedAt: NOW }),
      session('b'),
      session('g', { parentId: 'b' }),
    ];
    tree.arrange({ by: 'tag' });
    const groups = await model.roots();
    expect(labels(groups)).toEqual(['x', 'y', '']);
    const lists_ = await Promise.all(groups.map((group) => model.children(group)));
    expect(lists_.map(labels)).toEqual([['a'], ['f', 'a'], ['b']]);
    // One session, two rows: both are drawn again, each with an id of its own.
    const rows = model.nodesOf(['a']);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(2);
    store.sessions = store.sessions.map((one) =>
      one.id === 'a' ? { ...one, title: 'Renamed' } : one,
    );
    expect(await model.refresh(changes(['a']))).toEqual(inPlace(...rows));
  });

  it('move a session from one to the other when it changes', async () => {
    store.sessions = [session('a'), session('b', { storageTier: 'cold' })];
    tree.arrange({ by: 'tier' });
    const groups = await model.roots();
    for (const group of groups) await model.children(group);
    store.sessions = [
      session('a', { storageTier: 'cold' }),
      session('c'),
      store.sessions[1] ?? session('b'),
    ];
    const redraw = await model.refresh(changes(['a', 'c']));
    expect(new Set(redraw.lists)).toEqual(new Set(groups));
  });

  it('are those of this workspace where only that is wanted', async () => {
    store.projects = [project('/here'), project('/else')];
    store.sessions = [
      session('a', { project: { key: '/here', path: '/here', name: 'here' } }),
      session('b', { project: { key: '/else', path: '/else', name: 'else' } }),
    ];
    tree.arrange({ by: 'agent', workspaceOnly: true });
    const [group] = await model.roots();
    expect(group?.group.count).toBe(1);
    expect(group && labels(await model.children(group))).toEqual(['a']);
    // What happens elsewhere is not seen, and nothing is drawn for it.
    expect(await model.refresh(changes(['b']))).toEqual(lists());
    expect(await model.find('b')).toBeUndefined();
  });
});

describe('pinned sessions', () => {
  beforeEach(() => {
    store.projects = [project('/p')];
    store.sessions = [
      session('new', { updatedAt: NOW }),
      session('old', { updatedAt: NOW - 9, pinnedAt: NOW, forkCount: 1 }),
      session('fork', { parentId: 'old', pinnedAt: NOW }),
    ];
  });

  it('stand first in their list, and in a group of their own at the top', async () => {
    const [pinned, group] = await model.roots();
    expect(pinned?.group).toMatchObject({ kind: 'pinned', count: 2 });
    expect(pinned && labels(await model.children(pinned))).toEqual(['old', 'fork']);
    expect(group && labels(await model.children(group))).toEqual(['old', 'new']);
    // Revealing leads to the place in the tree.
    expect((await model.find('old'))?.list).toBe(group);
  });

  it('draw everything when the first one comes or the last one goes', async () => {
    store.sessions = [session('a'), session('b')];
    await model.children(await tree.firstProject());
    store.sessions = [session('a', { pinnedAt: NOW }), session('b')];
    expect(await model.refresh(changes(['a']))).toEqual(lists(undefined));
    const [pinned] = await model.roots();
    if (!pinned) throw new Error('a group expected');
    await model.children(pinned);
    await model.children((await model.roots())[1] ?? pinned);
    store.sessions = [session('a'), session('b')];
    expect(await model.refresh(changes(['a']))).toEqual(lists(undefined));
  });
});

describe('subagents', () => {
  beforeEach(() => {
    store.projects = [project('/p')];
    store.sessions = [
      session('a', { subagents: { count: 2, totalTokens: 9 }, forkCount: 1 }),
      session('s1', { subagentOf: 'a', updatedAt: NOW }),
      session('s2', { subagentOf: 'a', forkCount: 1 }),
      session('f', { parentId: 'a' }),
      session('g', { parentId: 's2' }),
    ];
  });

  it('are folded away under their session, before its forks, and read when they are unfolded', async () => {
    const [a] = await model.children(await tree.firstProject());
    store.asked.length = 0;
    const below = await model.children(a ?? (await tree.firstProject()));
    expect(labels(below)).toEqual(['subagents', 'f']);
    expect(store.asked).toEqual(['listSessions']);
    const [folded] = below;
    if (!(folded instanceof SubagentsNode)) throw new Error('subagents expected');
    const subagents = await model.children(folded);
    expect(labels(subagents)).toEqual(['s1', 's2']);
    expect(labels(await model.children(subagents[1] ?? folded))).toEqual(['g']);
    expect(model.parent(folded)).toBe(a);
  });

  it('are found from a fork of one, the whole way up', async () => {
    const group = await tree.firstProject();
    const path = [];
    for (let node: TreeNode | undefined = await model.find('g'); node; node = model.parent(node)) {
      path.push(...labels([node]));
    }
    expect(path).toEqual(['g', 's2', 'subagents', 'a', '/p']);
    expect(group).toBe((await model.roots())[0]);
  });

  it('are drawn again with their session when one comes', async () => {
    const [a] = await model.children(await tree.firstProject());
    store.sessions = store.sessions.map((one) =>
      one.id === 'a' ? { ...one, subagents: { count: 3, totalTokens: 9 } } : one,
    );
    store.sessions.push(session('s3', { subagentOf: 'a' }));
    const redraw = await model.refresh(changes(['a', 's3']));
    expect(redraw).toEqual(lists(a));
  });
});
