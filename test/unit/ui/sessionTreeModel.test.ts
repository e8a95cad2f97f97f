/** The tree shows what the store holds, in order and in pages, and draws again only what changed. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  GroupNode,
  MoreNode,
  SessionNode,
  SubagentsNode,
  type TreeNode,
} from '../../../src/ui/tree/nodes.ts';
import { FIRST_ARRANGEMENT, type Arrangement } from '../../../src/ui/tree/arrangement.ts';
import { PAGE_SIZE } from '../../../src/ui/tree/drawnLists.ts';
import { gather, SessionTreeModel } from '../../../src/ui/tree/sessionTreeModel.ts';
import { FakeCatalogue, NOW, project, session } from './support.ts';

let store: FakeCatalogue;
let model: SessionTreeModel;
let live: string[];

beforeEach(() => {
  store = new FakeCatalogue();
  live = [];
  model = new SessionTreeModel(store, {
    isWorkspace: (path) => path === '/here',
    liveIds: () => live,
    now: () => NOW,
    firstDay: 1,
  });
});

const labels = (nodes: readonly TreeNode[]) =>
  nodes.map((node) =>
    node instanceof GroupNode
      ? node.group.key
      : node instanceof SessionNode
        ? node.session.id
        : node instanceof MoreNode
          ? `+${node.remaining}`
          : 'subagents',
  );

async function firstProject(): Promise<TreeNode> {
  const [first] = await model.roots();
  if (!first) throw new Error('no project');
  return first;
}

const arrange = (change: Partial<Arrangement>) =>
  model.arrange({ ...FIRST_ARRANGEMENT, ...change });

/** Nodes that stay where they are, and lists whose rows may move. */
const inPlace = (...nodes: unknown[]) => ({ inPlace: nodes, lists: [] });
const lists = (...nodes: unknown[]) => ({ inPlace: [], lists: nodes });

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
    expect(model.parent(forks[0] ?? newer)).toBe(older);
  });

  it('answers the whole way up from a session it has not shown', async () => {
    store.projects = [project('/p')];
    store.sessions = [session('a', { forkCount: 1 }), session('b', { parentId: 'a' })];
    const root = await firstProject();
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
    arrange({ filter: { text: 'LOGIN' } });
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
    arrange({});
    expect(labels(await model.children(await firstProject()))).toEqual(['b', 'a']);
  });

  it('goes together with any grouping, and what it asks for is asked of groups and lists', async () => {
    arrange({ by: 'tier', filter: { text: 'login' } });
    const [warm] = await model.roots();
    expect(warm?.group).toMatchObject({ key: 'warm', count: 3 });
    expect(labels(await model.children(warm ?? (await firstProject())))).toEqual(['c', 'd', 'a']);
  });

  it('shows what runs here now, and nothing when nothing does', async () => {
    live = ['c'];
    arrange({ filter: { live: true } });
    const [group] = await model.roots();
    expect(group && labels(await model.children(group))).toEqual(['c']);
    live = [];
    arrange({ by: 'agent', filter: { live: true } });
    expect(await model.roots()).toEqual([]);
  });

  it('by a tag, grouped by tags, is that group alone', async () => {
    store.sessions = [session('a', { tags: ['x', 'y'] }), session('b', { tags: ['y'] })];
    arrange({ by: 'tag', filter: { tag: 'x' } });
    expect(labels(await model.roots())).toEqual(['x']);
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
    arrange({ by: 'date' });
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
    arrange({ by: 'tag' });
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
    arrange({ by: 'tier' });
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
    arrange({ by: 'agent', workspaceOnly: true });
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
    await model.children(await firstProject());
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
    const [a] = await model.children(await firstProject());
    store.asked.length = 0;
    const below = await model.children(a ?? (await firstProject()));
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
    const group = await firstProject();
    const path = [];
    for (let node: TreeNode | undefined = await model.find('g'); node; node = model.parent(node)) {
      path.push(...labels([node]));
    }
    expect(path).toEqual(['g', 's2', 'subagents', 'a', '/p']);
    expect(group).toBe((await model.roots())[0]);
  });

  it('are drawn again with their session when one comes', async () => {
    const [a] = await model.children(await firstProject());
    store.sessions = store.sessions.map((one) =>
      one.id === 'a' ? { ...one, subagents: { count: 3, totalTokens: 9 } } : one,
    );
    store.sessions.push(session('s3', { subagentOf: 'a' }));
    const redraw = await model.refresh(changes(['a', 's3']));
    expect(redraw).toEqual(lists(a));
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
