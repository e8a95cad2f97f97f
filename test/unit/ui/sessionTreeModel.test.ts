/** The tree shows what the store holds, in order and in pages, and draws again only what changed. */
import { beforeEach, describe, expect, it } from 'vitest';
import { MoreNode, ProjectNode, SessionNode, type TreeNode } from '../../../src/ui/tree/nodes.ts';
import { gather, PAGE_SIZE, SessionTreeModel } from '../../../src/ui/tree/sessionTreeModel.ts';
import { FakeCatalogue, NOW, project, session } from './support.ts';

let store: FakeCatalogue;
let model: SessionTreeModel;

beforeEach(() => {
  store = new FakeCatalogue();
  model = new SessionTreeModel(store, (path) => path === '/here');
});

const labels = (nodes: readonly TreeNode[]) =>
  nodes.map((node) =>
    node instanceof ProjectNode
      ? node.project.key
      : node instanceof SessionNode
        ? node.session.id
        : `+${node.remaining}`,
  );

async function firstProject(): Promise<TreeNode> {
  const [first] = await model.roots();
  if (!first) throw new Error('no project');
  return first;
}

function changes(changed: readonly string[], removed: readonly string[] = [], all = false) {
  return { changed: new Set(changed), removed: new Set(removed), all };
}

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
    const sessions = await model.children(await firstProject());
    expect(labels(sessions)).toEqual(['newer', 'older']);
    const [newer, older] = sessions;
    if (!newer || !older) throw new Error('two sessions expected');
    expect(await model.children(newer)).toEqual([]);
    const forks = await model.children(older);
    expect(labels(forks)).toEqual(['fork2', 'fork1']);
    expect(labels(await model.children(forks[0] ?? newer))).toEqual(['deep']);
    expect(await model.parent(forks[0] ?? newer)).toBe(older);
  });

  it('answers the whole way up from a session it has not shown', async () => {
    store.projects = [project('/p')];
    store.sessions = [session('a', { forkCount: 1 }), session('b', { parentId: 'a' })];
    const root = await firstProject();
    const node = await model.find('b');
    const parent = node && (await model.parent(node));
    expect(parent && labels([parent])).toEqual(['a']);
    expect(parent && (await model.parent(parent))).toBe(root);
    expect(await model.parent(root)).toBeUndefined();
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
    const shown = await model.children(await firstProject());
    expect(shown).toHaveLength(PAGE_SIZE + 1);
    expect(labels(shown.slice(-1))).toEqual(['+9800']);
    expect(store.limits).toEqual([PAGE_SIZE]);
  });

  it('shows one page more on request, and keeps the nodes it had', async () => {
    const root = await firstProject();
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
    const root = await firstProject();
    for (let page = 0; page < 7; page++) {
      const more = (await model.children(root)).at(-1);
      if (more instanceof MoreNode) model.showMore(more);
    }
    store.limits.length = 0;
    expect(await model.children(root)).toHaveLength(8 * PAGE_SIZE + 1);
    expect(Math.max(...store.limits)).toBeLessThanOrEqual(1000);
  });

  it('ends when the store gives less than it announced', async () => {
    const root = await firstProject();
    store.listSessions = () => Promise.resolve({ sessions: [], total: 12 });
    expect(labels(await model.children(root))).toEqual(['+12']);
  });
});

describe('filter', () => {
  it('lists matching sessions of all projects flat, forks among them', async () => {
    store.projects = [project('/p')];
    store.sessions = [
      session('a', { title: 'Fix login race', forkCount: 1 }),
      session('b', { title: 'Add cache', updatedAt: NOW }),
      session('c', { title: 'login again', parentId: 'a', updatedAt: NOW }),
    ];
    model.setFilter('LOGIN');
    const found = await model.roots();
    expect(labels(found)).toEqual(['c', 'a']);
    const [first, second] = found;
    if (!first || !second) throw new Error('two sessions expected');
    expect(await model.children(second)).toEqual([]);
    expect(await model.parent(first)).toBeUndefined();
    model.setFilter(undefined);
    expect(labels(await model.roots())).toEqual(['/p']);
  });
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
    root = await firstProject();
    shown = await model.children(root);
    for (const node of shown) await model.children(node);
    store.asked.length = 0;
  });

  const change = (id: string, given: Parameters<typeof session>[1]) => {
    store.sessions = store.sessions.map((one) => (one.id === id ? { ...one, ...given } : one));
  };

  it('draws only the session whose title changed', async () => {
    change('b', { title: 'Renamed' });
    expect(await model.refresh(changes(['b']))).toEqual([shown[1]]);
    expect(store.asked).toEqual(['getSession b']);
    expect(shown[1] instanceof SessionNode && shown[1].session.title).toBe('Renamed');
  });

  it('draws the list when a session moves up in it', async () => {
    change('b', { updatedAt: NOW });
    expect(await model.refresh(changes(['b']))).toEqual([root]);
  });

  it('draws the parent when a fork appears', async () => {
    store.sessions.push(session('g', { parentId: 'b' }));
    change('b', { forkCount: 1 });
    expect(await model.refresh(changes(['g', 'b']))).toEqual([shown[1]]);
  });

  it('draws the project when a session appears or goes', async () => {
    store.sessions.push(session('new'));
    expect(await model.refresh(changes(['new']))).toEqual([root]);
    store.sessions = store.sessions.filter(({ id }) => id !== 'b');
    expect(await model.refresh(changes([], ['b']))).toEqual([root]);
    expect(await model.find('b')).toBeUndefined();
  });

  it('draws the list for a new session that was asked for before the event came', async () => {
    store.sessions.push(session('new'));
    await model.find('new');
    expect(await model.refresh(changes(['new']))).toEqual([root]);
  });

  it('takes a changed session that the store no longer has for removed', async () => {
    store.sessions = store.sessions.filter(({ id }) => id !== 'f');
    expect(await model.refresh(changes(['f']))).toEqual([shown[0]]);
  });

  it('draws nothing for a fork below a session that was never shown', async () => {
    store.sessions.push(session('x', { parentId: 'unseen' }));
    expect(await model.refresh(changes(['x']))).toEqual([]);
  });

  it('draws everything when a project appears, the order changes, or much changed', async () => {
    store.sessions.push(session('n', { project: { key: '/n', path: '/n', name: 'n' } }));
    store.projects.push(project('/n'));
    expect(await model.refresh(changes(['n']))).toEqual([undefined]);
    store.projects = [project('/p', { updatedAt: NOW - 9 }), project('/q'), project('/n')];
    change('b', { updatedAt: NOW + 1 });
    expect(await model.refresh(changes(['b']))).toEqual([undefined]);
    const many = Array.from({ length: 100 }, (_, n) => `s${n}`);
    store.asked.length = 0;
    expect(await model.refresh(changes(many))).toEqual([undefined]);
    expect(store.asked).toEqual([]);
    expect(await model.refresh(changes([], [], true))).toEqual([undefined]);
  });

  it('brings the project’s figures up to date', async () => {
    store.sessions.push(session('new'));
    store.projects = [project('/p', { sessionCount: 7 }), project('/q', { updatedAt: NOW - 1 })];
    await model.refresh(changes(['new']));
    expect(root instanceof ProjectNode && root.project.sessionCount).toBe(7);
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
