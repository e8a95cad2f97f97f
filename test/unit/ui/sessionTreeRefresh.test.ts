/** The tree draws again only what changed. */
import { beforeEach, describe, expect, it } from 'vitest';
import { GroupNode, SessionNode, type TreeNode } from '../../../src/ui/tree/nodes.ts';
import { gather, type SessionTreeModel } from '../../../src/ui/tree/sessionTreeModel.ts';
import { type FakeCatalogue, NOW, project, session } from './support.ts';
import { changes, inPlace, lists, TreeOverFake } from './treeOverFake.ts';

let store: FakeCatalogue;
let model: SessionTreeModel;
let tree: TreeOverFake;

beforeEach(() => {
  tree = new TreeOverFake();
  ({ store, model } = tree);
});

describe('refresh', () => {
  let root: TreeNode;
  let shown: readonly TreeNode[];

  beforeEach(async () => {
    store.projects = [project('/p'), project('/q', { updatedAt: NOW - 1 })];
    store.sessions = [
      session('a', { updatedAt: NOW - 1, forkCount: 1 }),
      session('b', { updatedAt: NOW - 2 }),
      session('f', { parentId: 'a', updatedAt: NOW - 1 }),
    ];
    root = await tree.firstProject();
    shown = await model.children(root);
    for (const node of shown) await model.children(node);
    store.asked.length = 0;
  });

  const change = (id: string, given: Parameters<typeof session>[1]) => {
    store.sessions = store.sessions.map((one) => (one.id === id ? { ...one, ...given } : one));
  };

  it('draws only the session whose title changed', async () => {
    change('b', { title: 'Renamed' });
    expect(await model.refresh(changes(['b']))).toEqual(inPlace(shown[1]));
    expect(store.asked).toEqual(['getSession b']);
    expect(shown[1] instanceof SessionNode && shown[1].session.title).toBe('Renamed');
  });

  it('draws the list when a session moves up in it', async () => {
    change('b', { updatedAt: NOW });
    expect(await model.refresh(changes(['b']))).toEqual(lists(root));
  });

  it('lets a session that goes on stay at the top of its list', async () => {
    change('a', { updatedAt: NOW + 5 });
    expect(await model.refresh(changes(['a']))).toEqual(inPlace(shown[0]));
  });

  it('draws the parent when a fork appears', async () => {
    store.sessions.push(session('g', { parentId: 'b' }));
    change('b', { forkCount: 1 });
    expect(await model.refresh(changes(['g', 'b']))).toEqual(lists(shown[1]));
  });

  it('draws the project when a session appears or goes', async () => {
    store.sessions.push(session('new'));
    expect(await model.refresh(changes(['new']))).toEqual(lists(root));
    store.sessions = store.sessions.filter(({ id }) => id !== 'b');
    expect(await model.refresh(changes([], ['b']))).toEqual(lists(root));
    expect(await model.find('b')).toBeUndefined();
  });

  it('draws the list for a new session that was asked for before the event came', async () => {
    store.sessions.push(session('new'));
    await model.find('new');
    expect(await model.refresh(changes(['new']))).toEqual(lists(root));
  });

  it('takes a changed session that the store no longer has for removed', async () => {
    store.sessions = store.sessions.filter(({ id }) => id !== 'f');
    expect(await model.refresh(changes(['f']))).toEqual(lists(shown[0]));
  });

  it('draws nothing for a fork below a session that was never shown', async () => {
    store.sessions.push(session('x', { parentId: 'unseen' }));
    expect(await model.refresh(changes(['x']))).toEqual(lists());
  });

  it('draws everything when a project appears, the order changes, or much changed', async () => {
    store.sessions.push(session('n', { project: { key: '/n', path: '/n', name: 'n' } }));
    store.projects.push(project('/n'));
    expect(await model.refresh(changes(['n']))).toEqual(lists(undefined));
    store.projects = [project('/p', { updatedAt: NOW - 9 }), project('/q'), project('/n')];
    change('b', { updatedAt: NOW + 1 });
    expect(await model.refresh(changes(['b']))).toEqual(lists(undefined));
    const many = Array.from({ length: 100 }, (_, n) => `s${n}`);
    store.asked.length = 0;
    expect(await model.refresh(changes(many))).toEqual(lists(undefined));
    expect(store.asked).toEqual([]);
    expect(await model.refresh(changes([], [], true))).toEqual(lists(undefined));
  });

  it('brings the project’s figures up to date', async () => {
    store.sessions.push(session('new'));
    store.projects = [project('/p', { sessionCount: 7 }), project('/q', { updatedAt: NOW - 1 })];
    await model.refresh(changes(['new']));
    expect(root instanceof GroupNode && root.group.count).toBe(7);
  });
});

describe('gather', () => {
  it('joins events and leaves others alone', () => {
    const event = (changed: string[], removed: string[], all?: boolean) =>
      ({ type: 'sessions', revision: 1, changed, removed, ...(all === true && { all }) }) as const;
    const first = gather(undefined, event(['a'], []));
    const second = gather(first, event(['b', 'a'], ['c'], true));
    expect(second).toEqual(changes(['a', 'b'], ['c'], true));
    const progress = {
      state: 'running',
      filesDone: 0,
      filesTotal: 1,
      bytesDone: 0,
      bytesTotal: 1,
      sessionsAdded: 0,
      sessionsUpdated: 0,
      failures: [],
    } as const;
    expect(gather(second, { type: 'import', progress })).toBe(second);
  });
});
