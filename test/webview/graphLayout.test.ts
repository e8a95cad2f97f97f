/** The graph's layout, without a page: what must hold of any family. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FamilyBranch, FamilyGraph, FamilyMerge } from '../../src/core/family.ts';
import { LANE, layOut, type Laid } from '../../webview-ui/graph/layout.ts';
import { scaleOf } from '../../webview-ui/graph/scale.ts';
import { branch, familyOf } from './support/graphScenes.ts';

const merged = (sourceId: string, sessionId: string, index: number, at = 1) =>
  ({
    mergeId: `${sourceId}${at}`,
    mode: 'append',
    sourceId,
    sessionId,
    index,
    messages: 1,
    at,
  }) as const;

const family: fc.Arbitrary<FamilyGraph> = fc
  .array(
    fc.record({ parent: fc.nat(), at: fc.nat(), own: fc.nat({ max: 90 }), left: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .chain((seeds) =>
    fc.tuple(
      fc.constant(seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 6 }),
    ),
  )
  .map(([seeds, joins]) => {
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
    const merges = joins.flatMap(([from, to, place], at): FamilyMerge[] => {
      const [source, target] = [branches[from % branches.length], branches[to % branches.length]];
      if (!source || !target || source === target) return [];
      const index = target.at + (place % Math.max(1, target.length - target.at));
      return [merged(source.id, target.id, index, at)];
    });
    return { ...familyOf(branches), merges };
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

test('a merge leads down, and what comes after it stands as far down', () => {
  const { merges, byId } = layOut({
    ...familyOf([
      branch('root', { length: 20 }),
      branch('long', { parentId: 'root', at: 10, length: 400 }),
      branch('early', { parentId: 'root', at: 11, length: 14 }),
      branch('late', { parentId: 'root', at: 20, length: 22 }),
    ]),
    merges: [merged('long', 'root', 18)],
  });
  const [merge] = merges;
  expect(merge?.y).toBeGreaterThan(merge?.from.bottom ?? Infinity);
  expect(byId.get('root')?.bottom).toBeGreaterThanOrEqual(merge?.y ?? Infinity);
  expect(byId.get('late')?.top).toBe(byId.get('root')?.bottom);
  // What left before stays beside the messages it shares.
  expect(byId.get('early')?.bottom).toBeLessThan(merge?.from.bottom ?? 0);
});

test('merges to and fro, and of a branch into one that it is made of, are laid out all the same', () => {
  const family = familyOf([
    branch('root', { length: 30 }),
    branch('a', { parentId: 'root', at: 10, length: 40 }),
    branch('b', { parentId: 'root', at: 12, length: 50 }),
    branch('c', { parentId: 'a', at: 40, length: 60 }),
  ]);
  const { merges, branches } = layOut({
    ...family,
    merges: [merged('a', 'b', 45), merged('b', 'a', 38, 2), merged('c', 'a', 39, 3)],
  });
  expect(merges).toHaveLength(3);
  for (const { top, bottom } of branches) expect(bottom).toBeGreaterThan(top);
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
