/** Small parts of the tree: what is unfolded, dates by the calendar, when rows may move, what is remembered, dropping. */
import { describe, expect, it } from 'vitest';
import {
  FIRST_ARRANGEMENT,
  isFiltered,
  isSameArrangement,
  parseArrangement,
  queryOfFilter,
} from '../../../src/ui/tree/arrangement.ts';
import { describeFilter, viewTitle } from '../../../src/ui/tree/arrangementText.ts';
import { dateGroups, nextMidnight } from '../../../src/ui/tree/dateGroups.ts';
import { TreeDragAndDrop } from '../../../src/ui/tree/dragAndDrop.ts';
import { PINNED } from '../../../src/ui/tree/groups.ts';
import { GroupNode, SessionNode, type Group } from '../../../src/ui/tree/nodes.ts';
import { earliestMove, PAUSE_MS, type Pace } from '../../../src/ui/tree/pace.ts';
import { groupsToUnfold } from '../../../src/ui/tree/unfolding.ts';
import { firstDayOfWeek } from '../../../src/ui/tree/weeks.ts';
import { session } from './support.ts';

describe('groups that are unfolded', () => {
  const group = (key: string, isWorkspace = false, flat = false) =>
    new GroupNode({ kind: 'project', key, name: key, count: 1, filter: {} }, isWorkspace, flat);
  const keys = (nodes: ReadonlySet<GroupNode>) => [...nodes].map((node) => node.group.key);
  const [tides, winds, here] = [group('tides'), group('winds'), group('here', true)];

  it('are the first one and this workspace, not each that comes first for a moment', () => {
    const first = groupsToUnfold([tides], new Set(), false);
    expect(keys(first)).toEqual(['tides']);
    const second = groupsToUnfold([winds, group('tides')], first, false);
    expect(keys(second)).toEqual(['tides']);
    expect(keys(groupsToUnfold([here, winds, tides], second, false))).toEqual(['here', 'tides']);
    expect(keys(groupsToUnfold([here, winds], new Set(), false))).toEqual(['here']);
  });

  it('begin anew where none of them is listed any more', () => {
    expect(keys(groupsToUnfold([winds], new Set([tides]), false))).toEqual(['winds']);
    expect(keys(groupsToUnfold([], new Set([tides]), false))).toEqual([]);
  });

  it('are some more of what a filter found', () => {
    const found = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => group(key, false, true));
    expect(keys(groupsToUnfold(found, new Set(), true))).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(keys(groupsToUnfold([tides, winds], new Set(found), false))).toEqual(['tides']);
  });
});

describe('groups of dates', () => {
  const names = (year: number, month: number, day: number, firstDay = 1) =>
    dateGroups(new Date(year, month - 1, day, 15).getTime(), firstDay)
      .slice(0, 6)
      .map(({ name }) => name);

  it('leave out what the calendar leaves empty', () => {
    // A Thursday in the middle of a month.
    expect(names(2026, 11, 19)).toEqual([
      'today',
      'yesterday',
      'week',
      'month',
      '2026-10',
      '2026-09',
    ]);
    // A Monday: the week began today.
    expect(names(2026, 11, 23).slice(0, 3)).toEqual(['today', 'yesterday', 'month']);
    // The second of a month, a Wednesday: the week reaches into the month before.
    expect(names(2026, 12, 2).slice(0, 4)).toEqual(['today', 'yesterday', 'week', '2026-11']);
    expect(names(2026, 1, 1).slice(0, 4)).toEqual(['today', 'yesterday', 'week', '2025-12']);
    // Where weeks begin on Sundays.
    expect(names(2026, 11, 23, 0).slice(0, 3)).toEqual(['today', 'yesterday', 'month']);
    expect(names(2026, 11, 24, 0).slice(0, 3)).toEqual(['today', 'yesterday', 'week']);
  });

  it('follow each other without a gap, at midnights', () => {
    const groups = dateGroups(new Date(2026, 2, 30, 1).getTime(), 1);
    expect(groups.length).toBeGreaterThan(60);
    groups.reduce((after, group) => {
      expect(group.start).toBeLessThan(after.start);
      expect(new Date(group.start).getHours()).toBe(0);
      return group;
    });
    expect(new Date(nextMidnight(new Date(2026, 11, 31, 23).getTime()))).toEqual(
      new Date(2027, 0, 1),
    );
  });

  it('begin weeks where the language does', () => {
    expect([firstDayOfWeek('en-US'), firstDayOfWeek('de'), firstDayOfWeek('no language')]).toEqual([
      0, 1, 1,
    ]);
  });
});

describe('rows', () => {
  const pace = (given: Partial<Pace>): Pace => ({
    now: 100_000,
    movedAt: 0,
    touchedAt: 0,
    waitingSince: 100_000,
    isImporting: false,
    isEmpty: false,
    ...given,
  });

  it('move at once, but not twice within the time VS Code needs to draw', () => {
    expect(earliestMove(pace({}))).toBe(100_000);
    expect(earliestMove(pace({ movedAt: 99_900 }))).toBe(99_900 + PAUSE_MS);
    // Nor between two clicks of somebody who selects several rows.
    expect(earliestMove(pace({ touchedAt: 99_800 }))).toBe(100_800);
    expect(earliestMove(pace({ touchedAt: 99_800, isEmpty: true }))).toBe(100_000);
  });

  it('move seldom while an import runs, and hold still while the person is at work in them', () => {
    const importing = (given: Partial<Pace>) => earliestMove(pace({ isImporting: true, ...given }));
    expect(importing({})).toBe(100_000);
    expect(importing({ movedAt: 99_000 })).toBe(104_000);
    expect(importing({ touchedAt: 99_500 })).toBe(102_500);
    // Somebody who never stops sees what is new all the same.
    expect(importing({ touchedAt: 99_999, waitingSince: 86_000 })).toBe(101_000);
    expect(importing({ touchedAt: 99_999, waitingSince: 80_000 })).toBe(100_000);
    // The first sessions are not waited for.
    expect(importing({ movedAt: 99_000, isEmpty: true })).toBe(100_000);
  });
});

describe('an arrangement', () => {
  it('is remembered as far as it is one', () => {
    expect(parseArrangement({ by: 'date', workspaceOnly: true })).toEqual({
      by: 'date',
      workspaceOnly: true,
      filter: {},
    });
    for (const other of [undefined, null, 3, 'date', {}, { by: 'colour', workspaceOnly: 1 }]) {
      expect(parseArrangement(other)).toEqual(FIRST_ARRANGEMENT);
    }
  });

  it('is the same one whatever the order and whatever is off', () => {
    const filtered = (filter: typeof FIRST_ARRANGEMENT.filter) => ({
      ...FIRST_ARRANGEMENT,
      filter,
    });
    const one = filtered({ text: 'a', pinned: true });
    expect(isSameArrangement(one, filtered({ pinned: true, text: 'a', live: false }))).toBe(true);
    expect(isSameArrangement(one, filtered({ text: 'a' }))).toBe(false);
    expect(isSameArrangement(one, { ...one, by: 'tag' })).toBe(false);
    expect(isFiltered({ text: undefined, live: false })).toBe(false);
    expect(isFiltered({ rescued: true })).toBe(true);
  });

  it('is told in words and asked of the store', () => {
    const filter = { text: 'x', agent: 'codex', tag: 'bug', tier: 'cold', pinned: true } as const;
    expect(describeFilter(filter)).toBe(
      'Filter: titles with “x”, pinned, Codex CLI, tag bug, Cold: archived',
    );
    expect(describeFilter({})).toBeUndefined();
    expect(queryOfFilter({ ...filter, live: true, rescued: true }, ['a'])).toEqual({
      title: 'x',
      agent: 'codex',
      tag: 'bug',
      tier: 'cold',
      ids: ['a'],
      rescued: true,
      pinned: true,
    });
    expect(viewTitle(FIRST_ARRANGEMENT)).toBe('Sessions');
    expect(viewTitle({ ...FIRST_ARRANGEMENT, by: 'date', workspaceOnly: true })).toBe(
      'Sessions · by date · this workspace only',
    );
  });
});

describe('dragging', () => {
  const group = (given: Partial<Group>) => new GroupNode({ ...PINNED, ...given }, false);
  const items = new Map<string, { readonly value: unknown }>();
  // Of what is transferred, the tree uses these.
  const transfer = {
    get: (type: string) => items.get(type),
    set: (type: string, item: { readonly value: unknown }) => void items.set(type, item),
  } as unknown as Parameters<TreeDragAndDrop['handleDrop']>[1];

  async function dropped(target: Parameters<TreeDragAndDrop['handleDrop']>[0]): Promise<unknown[]> {
    const drops: unknown[] = [];
    const dragAndDrop = new TreeDragAndDrop();
    dragAndDrop.onDrop((ids, onto) => {
      drops.push([...ids, `${onto.kind} ${onto.key}`]);
      return Promise.resolve();
    });
    const from = group({ kind: 'project', key: '/p' });
    const rows = ['a', 'b', 'a'].map((id) => new SessionNode(session(id), from, false));
    dragAndDrop.handleDrag([...rows, from], transfer);
    await dragAndDrop.handleDrop(target, transfer);
    return drops;
  }

  it('gives sessions what the group stands for, also over one of its rows', async () => {
    const tag = group({ kind: 'tag', key: 'bug' });
    expect(await dropped(tag)).toEqual([['a', 'b', 'tag bug']]);
    expect(await dropped(new SessionNode(session('c'), tag, false))).toEqual([
      ['a', 'b', 'tag bug'],
    ]);
    expect(await dropped(group({}))).toEqual([['a', 'b', 'pinned ']]);
    expect(await dropped(group({ kind: 'tier', key: 'cold' }))).toEqual([['a', 'b', 'tier cold']]);
  });

  it('does nothing where a group stands for what sessions are', async () => {
    expect(await dropped(group({ kind: 'project', key: '/q' }))).toEqual([]);
    expect(await dropped(group({ kind: 'date', name: 'today' }))).toEqual([]);
    expect(await dropped(group({ kind: 'tag', key: '' }))).toEqual([]);
    expect(await dropped(undefined)).toEqual([]);
  });
});
