/** Families that the graph is drawn of in tests. */
import type { FamilyBranch, FamilyGraph } from '../../../src/core/family.ts';

const NOW = Date.now();
const HOUR = 3_600_000;

export function branch(id: string, rest: Partial<FamilyBranch> = {}): FamilyBranch {
  const { at = 0, length = 10 } = rest;
  return {
    id,
    at,
    length,
    title: id,
    agent: 'multipath',
    kind: rest.parentId === undefined ? 'imported' : 'fork',
    createdAt: NOW - 50 * HOUR,
    updatedAt: NOW - 2 * HOUR,
    own: { messages: length - at, tokens: (length - at) * 1200, cost: (length - at) * 0.011 },
    ...rest,
  };
}

export function familyOf(branches: readonly FamilyBranch[]): FamilyGraph {
  return { rootId: branches[0]?.id ?? '', branches, merges: [], total: branches.length };
}

/** As a person has it: forks of forks, one merged back, one abandoned, one without a known price. */
export const usualFamily: FamilyGraph = {
  ...familyOf([
    branch('login', {
      title: 'Fix login race',
      agent: 'claude-code',
      model: 'claude-sonnet-4-5',
      length: 60,
    }),
    branch('mutex', {
      parentId: 'login',
      at: 42,
      length: 51,
      title: 'mutex around refresh',
      agent: 'claude-code',
      score: 52,
    }),
    branch('flight', {
      parentId: 'login',
      at: 42,
      length: 64,
      title: 'single-flight promise',
      agent: 'codex',
      model: 'gpt-5.2-codex',
      score: 81,
      best: true,
      strategy: 'Dialectical',
    }),
    branch('queue', {
      parentId: 'login',
      at: 42,
      length: 50,
      title: 'rewrite as queue',
      abandoned: true,
      own: { messages: 8, tokens: 61_000, cost: 0.44 },
    }),
    branch('abort', {
      parentId: 'flight',
      at: 51,
      length: 58,
      title: '…with abort signal',
      agent: 'codex',
      merged: true,
      own: { messages: 7, tokens: 9000, knownCost: 0.1, unpriced: 2 },
    }),
    branch('rate', {
      parentId: 'login',
      at: 12,
      length: 20,
      title: 'Would rate limiting help here?',
      abandoned: true,
      kind: 'abandoned',
      agent: 'claude-code',
    }),
  ]),
  merges: [
    {
      mergeId: 'm1',
      mode: 'append',
      sourceId: 'abort',
      sessionId: 'flight',
      index: 58,
      messages: 7,
      at: NOW - HOUR,
    },
  ],
};

/** So many branches as no person has: forks everywhere, one in four abandoned. */
export function largeFamily(count: number): FamilyGraph {
  const branches: FamilyBranch[] = [branch('b0', { title: 'The first of many', length: 400 })];
  // A fixed sequence: every run draws the same family.
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let index = 1; index < count; index++) {
    const parent = branches[next(3) === 0 ? 0 : next(index)];
    if (!parent) continue;
    const at = 1 + next(parent.length);
    branches.push(
      branch(`b${index}`, {
        parentId: parent.id,
        at,
        length: at + next(60),
        title: `Attempt ${index} at the login race`,
        agent: ['claude-code', 'codex', 'pi', 'multipath'][next(4)] ?? 'pi',
        score: next(100),
        createdAt: NOW - 50 * HOUR + index,
        ...(next(4) === 0 && { abandoned: true }),
      }),
    );
  }
  return familyOf(branches);
}
