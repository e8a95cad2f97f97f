import { describe, expect, it } from 'vitest';
import {
  abandonedBranches,
  SIDE_BY_SIDE_MS,
  type JudgedBranch,
} from '../../../src/core/abandoned.ts';

const HOUR = SIDE_BY_SIDE_MS;

function branch(id: string, rest: Partial<JudgedBranch> = {}): JudgedBranch {
  const parentId = id === 'root' ? {} : { parentId: 'root' };
  return { id, ...parentId, at: 0, length: 10, kind: 'fork', updatedAt: 0, ...rest };
}
const root = branch('root', { length: 10 });

function given(branches: readonly JudgedBranch[], merged: readonly string[] = []): string[] {
  return [
    ...abandonedBranches(
      branches,
      merged.map((sourceId) => ({ sourceId })),
    ),
  ];
}

describe('abandonedBranches', () => {
  it('leaves out what was tried side by side, until somebody goes on with one of them', () => {
    const tried = ['a', 'b', 'c'].map((id, at) =>
      branch(id, { at: 10, length: 12, updatedAt: at }),
    );
    expect(given([root, ...tried])).toEqual([]);
    const [a, b, c] = tried;
    if (!a || !b || !c) throw new Error('three were tried');
    const gone = { ...b, length: 20, updatedAt: 2 + HOUR + 1 };
    expect(given([root, a, gone, c])).toEqual(['a', 'c']);
    expect(given([root, a, { ...gone, updatedAt: HOUR }, c])).toEqual([]);
  });

  it('takes the parent that goes on after the message for going on beside it', () => {
    const fork = branch('fork', { at: 4, length: 6, updatedAt: 5 });
    expect(given([{ ...root, updatedAt: 6 + HOUR }, fork])).toEqual(['fork']);
    // Where the parent ends at the fork point, the fork is the one that goes on.
    expect(given([{ ...root, length: 4, updatedAt: 6 + HOUR }, fork])).toEqual([]);
    // What leaves the parent further down goes on with the parent.
    const later = branch('later', { at: 8, length: 12, updatedAt: 6 + HOUR });
    expect(given([root, fork, later])).toEqual(['fork']);
    expect(given([root, later, { ...fork, at: 9, updatedAt: 0 }])).toEqual([]);
  });

  it('counts a merge as going on, and keeps what was merged, pinned, or leads there', () => {
    const forks = ['a', 'b'].map((id) => branch(id, { at: 10, length: 12, updatedAt: 1 }));
    expect(given([root, ...forks], ['a'])).toEqual(['b']);
    const deep = branch('deep', { parentId: 'b', at: 12, length: 14, updatedAt: 1 });
    expect(given([root, ...forks, deep], ['a', 'deep'])).toEqual([]);
    expect(given([root, ...forks, { ...deep, pinned: true }], ['a'])).toEqual([]);
    expect(given([root, ...forks, deep], ['a'])).toEqual(['b', 'deep']);
  });

  it('counts what leaves a branch as going on with it', () => {
    const a = branch('a', { at: 10, length: 12, updatedAt: 1 });
    const b = branch('b', { at: 10, length: 12, updatedAt: 1 });
    const on = branch('on', { parentId: 'b', at: 12, length: 14, updatedAt: 2 + HOUR });
    expect(given([root, a, b, on])).toEqual(['a']);
  });

  it('takes an agent at its word, unless the person went on from there', () => {
    const left = branch('left', { at: 4, length: 6, kind: 'abandoned' });
    expect(given([root, left])).toEqual(['left']);
    expect(given([root, { ...left, pinned: true }])).toEqual([]);
    const on = branch('on', { parentId: 'left', at: 6, length: 8, updatedAt: 1 });
    expect(given([root, left, on])).toEqual([]);
    expect(given([root, left, { ...on, length: 6 }])).toEqual(['left']);
    expect(given([root, left, { ...on, kind: 'abandoned' }])).toEqual(['left', 'on']);
  });

  it('never takes a fork without messages, or one in the trash, for abandoned', () => {
    const empty = branch('empty', { at: 4, length: 4 });
    const deleted = branch('deleted', { at: 4, length: 6, deleted: true });
    expect(given([{ ...root, updatedAt: 2 * HOUR }, empty, deleted])).toEqual([]);
  });

  it('looks at thousands of siblings', () => {
    const forks = Array.from({ length: 5000 }, (_, at) =>
      branch(`f${at}`, { at: at % 50, length: 60, updatedAt: at }),
    );
    expect(given([{ ...root, length: 60, updatedAt: 2 * HOUR }, ...forks])).toHaveLength(5000);
  });
});
