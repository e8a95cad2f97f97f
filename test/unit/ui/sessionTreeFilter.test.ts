/** What the tree shows while it is filtered. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionTreeModel } from '../../../src/ui/tree/sessionTreeModel.ts';
import { type FakeCatalogue, NOW, project, session } from './support.ts';
import { labels, TreeOverFake } from './treeOverFake.ts';

let store: FakeCatalogue;
let model: SessionTreeModel;
let tree: TreeOverFake;

beforeEach(() => {
  tree = new TreeOverFake();
  ({ store, model } = tree);
});

describe('filter', () => {
  beforeEach(() => {
    store.projects = [project('/p'), project('/q')];
    store.sessions = [
      session('a', { title: 'Fix login race', forkCount: 1 }),
      session('b', { title: 'Add cache', updatedAt: NOW }),
      session('c', { title: 'login again', parentId: 'a', updatedAt: NOW }),
      session('d', {
        title: 'Login page',
        project: { key: '/q', path: '/q', name: 'q' },
        updatedAt: NOW - 9,
      }),
    ];
  });

  it('keeps the groups, and lists what it found flat in them, forks among it', async () => {
    tree.arrange({ filter: { text: 'LOGIN' } });
    const groups = await model.roots();
    expect(groups.map(({ group }) => [group.key, group.count])).toEqual([
      ['/p', 2],
      ['/q', 1],
    ]);
    const [first, second] = groups;
    if (!first || !second) throw new Error('two groups expected');
    const found = await model.children(first);
    expect(labels(found)).toEqual(['c', 'a']);
    expect(labels(await model.children(second))).toEqual(['d']);
    for (const node of found) expect(await model.children(node)).toEqual([]);
    expect(model.parent(found[0] ?? first)).toBe(first);
    tree.arrange({});
    expect(labels(await model.children(await tree.firstProject()))).toEqual(['b', 'a']);
  });

  it('goes together with any grouping, and what it asks for is asked of groups and lists', async () => {
    tree.arrange({ by: 'tier', filter: { text: 'login' } });
    const [warm] = await model.roots();
    expect(warm?.group).toMatchObject({ key: 'warm', count: 3 });
    expect(labels(await model.children(warm ?? (await tree.firstProject())))).toEqual([
      'c',
      'd',
      'a',
    ]);
  });

  it('shows what runs here now, and nothing when nothing does', async () => {
    tree.live = ['c'];
    tree.arrange({ filter: { live: true } });
    const [group] = await model.roots();
    expect(group && labels(await model.children(group))).toEqual(['c']);
    tree.live = [];
    tree.arrange({ by: 'agent', filter: { live: true } });
    expect(await model.roots()).toEqual([]);
  });

  it('by a tag, grouped by tags, is that group alone', async () => {
    store.sessions = [session('a', { tags: ['x', 'y'] }), session('b', { tags: ['y'] })];
    tree.arrange({ by: 'tag', filter: { tag: 'x' } });
    expect(labels(await model.roots())).toEqual(['x']);
  });
});
