/** The graph's layout, without a page: what must hold of any family. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FamilyBranch, FamilyGraph } from '../../src/core/family.ts';
import { LANE, layOut, type Laid } from '../../webview-ui/graph/layout.ts';
import { scaleOf } from '../../webview-ui/graph/scale.ts';
import { branch, familyOf } from './support/graphScenes.ts';

const family: fc.Arbitrary<FamilyGraph> = fc
  .array(
    fc.record({ parent: fc.nat(), at: fc.nat(), own: fc.nat({ max: 90 }), left: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((seeds) => {
    const branches: FamilyBranch[] = [];
    for (const [index, { parent, at, own, left }] of seeds.entries()) {
      const above = branches[parent % Math.max(1, index)];
      const from = above ? 1 + (at % Math.max(1, above.length)) : 0;
      branches.push(
        branch(`b${index}`, {
          ...(above && { parentId: above.id }),
          at: from,
          length: from + own,
          ...(left && above && { abandoned: true }),
        }),
      );
    }
    return familyOf(branches);
  });

test('a branch begins where it leaves its parent, right of it, and ends below', () => {
  fc.assert(
    fc.property(family, (graph) => {
      const { branches, byId, width, height } = layOut(graph);
      expect(branches).toHaveLength(graph.branches.length);
      for (const { branch: one, x, top, bottom, parent } of branches) {
        expect(bottom).toBeGreaterThan(top);
        expect(x % LANE).toBe(0);
        expect(x).toBeLessThan(width);
        expect(bottom).toBeLessThan(height);
        expect(parent).toBe(one.parentId === undefined ? undefined : byId.get(one.parentId));
        if (!parent) continue;
        expect(x).toBeGreaterThan(parent.x);
        expect(top).toBeLessThanOrEqual(parent.bottom);
      }
    }),
  );
});

test('no line lies over another', () => {
  fc.assert(
    fc.property(family, (graph) => {
      const lanes = Map.groupBy(layOut(graph).branches, ({ x }: Laid) => x);
      for (const lane of lanes.values()) {
        const sorted = lane.toSorted((a, b) => a.top - b.top);
        for (const [at, { top }] of sorted.entries()) {
          expect(top).toBeGreaterThanOrEqual(sorted[at - 1]?.bottom ?? top);
        }
      }
    }),
  );
});

test('the same message stands at the same height everywhere, and long runs are collapsed', () => {
  const { branches } = layOut(
    familyOf([
      branch('root', { length: 4000 }),
      branch('a', { parentId: 'root', at: 10, length: 3900 }),
      branch('b', { parentId: 'a', at: 20, length: 4000 }),
    ]),
  );
  const [root, a, b] = branches;
  expect(root?.bottom).toBe(b?.bottom);
  expect(root?.bottom).toBeLessThan(600);
  expect(b?.top).toBeGreaterThan(a?.top ?? Infinity);
  const scale = scaleOf([0, 10, 1000]);
  expect(scale(500)).toBeGreaterThan(scale(499));
  expect(scale(5000)).toBe(scale(1000));
});

test('counts the branches that leave at a message, and finds where they came back', () => {
  const { forkPoints, merges, byId } = layOut({
    ...familyOf([
      branch('root', { length: 60 }),
      branch('a', { parentId: 'root', at: 42, length: 50 }),
      branch('b', { parentId: 'root', at: 42, length: 55 }),
      branch('c', { parentId: 'b', at: 55, length: 57 }),
    ]),
    merges: [
      {
        mergeId: 'm',
        mode: 'append',
        sourceId: 'a',
        sessionId: 'root',
        index: 60,
        messages: 8,
        at: 1,
      },
      {
        mergeId: 'n',
        mode: 'append',
        sourceId: 'a',
        sessionId: 'gone',
        index: 1,
        messages: 8,
        at: 1,
      },
    ],
  });
  expect(
    forkPoints.map(({ branch: { branch: of }, at, count, isEnd }) => [of.id, at, count, isEnd]),
  ).toEqual([
    ['root', 42, 2, false],
    ['b', 55, 1, true],
  ]);
  expect(merges).toHaveLength(1);
  expect(merges[0]?.to).toBe(byId.get('root'));
});

test('holds a family of several roots, as a parent that is gone leaves it', () => {
  const { branches } = layOut(familyOf([branch('a'), branch('b')]));
  expect(branches.map(({ depth }) => depth)).toEqual([0, 0]);
  expect(branches[0]?.x).not.toBe(branches[1]?.x);
  expect(layOut(familyOf([])).branches).toEqual([]);
});
