import { describe, expect, it } from 'vitest';
import { buildFamily, commonAncestor, type LineageNode } from '../../../src/core/lineage.ts';
import type { SessionTreeNode } from '../../../src/core/session.ts';
import { session } from './messages.ts';

function finder(...nodes: LineageNode[]): (id: string) => LineageNode | undefined {
  return (id) => nodes.find((node) => node.id === id);
}

const family = finder(
  { id: 'root', inheritedCount: 0 },
  { id: 'a', parentId: 'root', inheritedCount: 10 },
  { id: 'a1', parentId: 'a', inheritedCount: 14 },
  { id: 'a2', parentId: 'a', inheritedCount: 4 },
  { id: 'b', parentId: 'root', inheritedCount: 7, parentSharedCount: 6 },
  { id: 'stranger', inheritedCount: 0 },
);

describe('commonAncestor', () => {
  it('is the nearest session all descend from, with the least that any of them kept', () => {
    expect(commonAncestor(['a1', 'b'], family)).toEqual({ id: 'root', sharedCount: 6 });
    expect(commonAncestor(['a1', 'a2'], family)).toEqual({ id: 'a', sharedCount: 4 });
    expect(commonAncestor(['a1', 'a2', 'b'], family)).toEqual({ id: 'root', sharedCount: 4 });
  });

  it('may be one of the sessions', () => {
    expect(commonAncestor(['a', 'a1'], family)).toEqual({ id: 'a', sharedCount: 14 });
    expect(commonAncestor(['a1', 'root'], family)).toEqual({ id: 'root', sharedCount: 10 });
  });

  it('is none for strangers and for what is not known', () => {
    expect(commonAncestor(['a', 'stranger'], family)).toBeUndefined();
    expect(commonAncestor(['a', 'gone'], family)).toBeUndefined();
    expect(commonAncestor([], family)).toBeUndefined();
  });

  it('ends on a ring of parents', () => {
    const ring = finder(
      { id: 'x', parentId: 'y', inheritedCount: 3 },
      { id: 'y', parentId: 'x', inheritedCount: 2 },
    );
    expect(commonAncestor(['x', 'y'], ring)).toEqual({ id: 'x', sharedCount: 2 });
    expect(commonAncestor(['x', 'gone'], ring)).toBeUndefined();
  });
});

describe('buildFamily', () => {
  const shape = (node: SessionTreeNode | undefined): unknown =>
    node && [node.session.id, ...node.children.map(shape)];

  it('grows from the topmost ancestor, children oldest first, strangers left out', () => {
    const sessions = [
      session('late', { parentId: 'root', createdAt: 5 }),
      session('early', { parentId: 'root', createdAt: 2 }),
      session('grandchild', { parentId: 'late', createdAt: 9 }),
      session('root', { createdAt: 1 }),
      session('other'),
    ];
    expect(shape(buildFamily(sessions, 'grandchild'))).toEqual([
      'root',
      ['early'],
      ['late', ['grandchild']],
    ]);
  });

  it('takes the topmost known session as root where the parent is gone', () => {
    expect(shape(buildFamily([session('orphan', { parentId: 'gone' })], 'orphan'))).toEqual([
      'orphan',
    ]);
    expect(buildFamily([], 'gone')).toBeUndefined();
  });

  it('opens a ring of parents into a line', () => {
    const ring = [session('x', { parentId: 'y' }), session('y', { parentId: 'x' })];
    expect(shape(buildFamily(ring, 'x'))).toEqual(['y', ['x']]);
  });

  it('holds a chain of forks deeper than the call stack', () => {
    const chain = Array.from({ length: 20_000 }, (_, at) =>
      session(String(at), at === 0 ? {} : { parentId: String(at - 1) }),
    );
    let node = buildFamily(chain, '19999');
    let depth = 0;
    for (; node; node = node.children[0]) depth++;
    expect(depth).toBe(20_000);
  });
});
