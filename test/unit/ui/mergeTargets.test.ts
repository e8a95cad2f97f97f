import { expect, it } from 'vitest';
import type { FamilyBranch, FamilyGraph } from '../../../src/core/family.ts';
import { mergeTargets } from '../../../src/ui/mergeTargets.ts';

function branch(id: string, parentId?: string, more: Partial<FamilyBranch> = {}): FamilyBranch {
  return {
    ...{ id, at: 0, length: 1, title: id, agent: 'multipath', kind: 'fork', createdAt: 0 },
    ...{ updatedAt: 0, own: { messages: 1, tokens: 0 }, ...(parentId && { parentId }) },
    ...more,
  };
}

function storeOf(branches: readonly FamilyBranch[]) {
  const graph: FamilyGraph = { rootId: 'root', branches, merges: [], total: branches.length };
  return { getFamilyGraph: () => Promise.resolve(graph) };
}

it('offers the parent first, then those further up, then the others, and nothing of the trash', async () => {
  const store = storeOf([
    branch('root'),
    branch('gone', 'root', { deleted: true }),
    branch('parent', 'gone'),
    branch('sibling', 'parent'),
    branch('source', 'parent'),
    branch('child', 'source'),
  ]);
  const targets = await mergeTargets(store, { id: 'source', parentId: 'parent' });
  expect(targets.map(({ sessionId, relation }) => `${sessionId}: ${relation}`)).toEqual([
    'parent: parent',
    'root: ancestor',
    'sibling: relative',
    'child: relative',
  ]);
});

it('offers the nearest of a chain of forks deeper than the call stack', async () => {
  const chain = Array.from({ length: 5_000 }, (_, at) =>
    branch(`b${at}`, at === 0 ? undefined : `b${at - 1}`),
  );
  const targets = await mergeTargets(storeOf(chain), { id: 'b4999', parentId: 'b4998' });
  expect(targets).toHaveLength(500);
  expect(targets[0]).toEqual({ sessionId: 'b4998', title: 'b4998', relation: 'parent' });
});
