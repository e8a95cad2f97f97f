import { describe, expect, it } from 'vitest';
import type { BranchActions, BranchSummary } from '../../../src/core/comparison.ts';
import { NO_TOKENS } from '../../../src/core/message.ts';
import {
  bestOf,
  DEFAULT_WEIGHTS,
  scoreBranches,
  type ScoredBranch,
  type ScoreWeights,
} from '../../../src/core/score.ts';

const NOTHING: BranchActions = {
  toolCalls: 0,
  retries: 0,
  commands: { passed: 0, failed: 0 },
  tests: { passed: 0, failed: 0 },
};

function branch(
  sessionId: string,
  rest: Partial<BranchSummary> = {},
  actions: Partial<BranchActions> = {},
  rating?: number,
): ScoredBranch {
  const summary = {
    sessionId,
    title: sessionId,
    models: [],
    messages: 4,
    tokens: NO_TOKENS,
    errors: 0,
    files: [],
    commands: [],
    ...rest,
    actions: { ...NOTHING, ...actions },
  };
  return { summary, ...(rating !== undefined && { rating }) };
}

function only(part: keyof ScoreWeights): ScoreWeights {
  const none = Object.fromEntries(Object.keys(DEFAULT_WEIGHTS).map((name) => [name, 0]));
  return { ...DEFAULT_WEIGHTS, ...none, [part]: 1 };
}

const totals = (branches: readonly ScoredBranch[], weights?: ScoreWeights): number[] =>
  scoreBranches(branches, weights).map(({ total }) => Math.round(total));

describe('scoreBranches', () => {
  it('prefers the branch whose tests ended well, however they began', () => {
    const branches = [
      branch('red', {}, { tests: { passed: 3, failed: 1 }, lastTest: 'failed' }),
      branch('green', {}, { tests: { passed: 1, failed: 3 }, lastTest: 'passed' }),
    ];
    expect(totals(branches, only('tests'))).toEqual([0, 100]);
    expect(bestOf(branches, scoreBranches(branches))).toBe('green');
  });

  it('counts half what is not known', () => {
    const branches = [
      branch('silent'),
      branch('green', {}, { lastTest: 'passed' }),
      branch('red', {}, { lastTest: 'failed' }),
    ];
    expect(totals(branches, only('tests'))).toEqual([50, 100, 0]);
    const [silent] = scoreBranches(branches, only('tests'));
    expect(silent?.parts).toEqual([{ part: 'tests', weight: 1 }]);
  });

  it('measures cost, time, length and diff against the least of the branches', () => {
    const branches = [
      branch('cheap', { cost: 1, durationMs: 2_000, messages: 2, files: file(10) }),
      branch('dear', { cost: 4, durationMs: 4_000, messages: 8, files: file(40) }),
    ];
    expect(totals(branches, only('cost'))).toEqual([100, 25]);
    expect(totals(branches, only('time'))).toEqual([100, 50]);
    expect(totals(branches, only('length'))).toEqual([100, 25]);
    expect(totals(branches, only('diff'))).toEqual([100, 25]);
  });

  it('gives what costs nothing full points beside what costs something', () => {
    const branches = [branch('free', { cost: 0 }), branch('paid', { cost: 3 })];
    expect(totals(branches, only('cost'))).toEqual([100, 0]);
    expect(totals([branch('free', { cost: 0 })], only('cost'))).toEqual([100]);
  });

  it('lets fewer errors and retries win, and a rating from 1 to 5 count', () => {
    const branches = [
      branch('a', { errors: 0 }, { retries: 0 }, 1),
      branch('b', { errors: 3 }, { retries: 1 }, 5),
    ];
    expect(totals(branches, only('errors'))).toEqual([100, 25]);
    expect(totals(branches, only('retries'))).toEqual([100, 50]);
    expect(totals(branches, only('rating'))).toEqual([0, 100]);
    expect(bestOf(branches, scoreBranches(branches))).toBe('b');
  });

  it('does not depend on the order of the branches', () => {
    const branches = [
      branch('a', { cost: 2, errors: 1 }),
      branch('b', { cost: 1, errors: 4 }, { lastTest: 'passed' }),
      branch('c', { durationMs: 10 }, {}, 3),
    ];
    const forward = new Map(scoreBranches(branches).map((score) => [score.sessionId, score]));
    for (const score of scoreBranches(branches.toReversed())) {
      expect(score).toEqual(forward.get(score.sessionId));
    }
  });

  it('takes the cheaper, then the shorter, then the first of equals', () => {
    const best = (...branches: readonly ScoredBranch[]): string | undefined =>
      bestOf(branches, scoreBranches(branches, only('errors')));
    expect(best(branch('dear', { cost: 2 }), branch('cheap', { cost: 1 }))).toBe('cheap');
    expect(best(branch('long', { messages: 9 }), branch('short', { messages: 3 }))).toBe('short');
    expect(best(branch('first'), branch('second'))).toBe('first');
    expect(bestOf([], [])).toBeUndefined();
  });

  it('gives nobody anything when nothing has weight', () => {
    const none = { ...only('cost'), cost: 0 };
    expect(scoreBranches([branch('a')], none)).toEqual([{ sessionId: 'a', total: 0, parts: [] }]);
  });
});

function file(lines: number): BranchSummary['files'] {
  return [{ path: 'a.ts', added: lines, removed: 0 }];
}
