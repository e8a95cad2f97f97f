/**
 * Which branch did best, without asking a model: each branch gets points for what its transcript
 * shows, every part is there to be read, and the weights are the person's. A part that is not known
 * of a branch counts half, so that nothing is won by leaving no trace.
 *
 * Invariant: a branch's total depends on the branches compared, never on their order.
 */
import type { BranchSummary, RunCounts } from './comparison.ts';

/** What is judged; each is better the nearer its points are to 1. */
export type ScorePart =
  'tests' | 'commands' | 'errors' | 'retries' | 'diff' | 'length' | 'cost' | 'time' | 'rating';
/** Weights are relative to each other; 0 leaves a part out. */
export type ScoreWeights = Readonly<Record<ScorePart, number>>;

/** The outcome counts most, what it took less; a person's own rating outweighs any one of them. */
export const DEFAULT_WEIGHTS: ScoreWeights = {
  tests: 30,
  commands: 10,
  errors: 15,
  retries: 5,
  diff: 5,
  length: 5,
  cost: 10,
  time: 5,
  rating: 40,
};

export interface PartScore {
  readonly part: ScorePart;
  readonly weight: number;
  /** 0 to 1; absent when the transcript does not tell, and then it counts half. */
  readonly points?: number;
  /** The figure behind it, in the unit of `ScoredBranch`; absent like the points. */
  readonly figure?: number;
}

export interface BranchScore {
  readonly sessionId: string;
  /** 0 to 100. */
  readonly total: number;
  /** Those with weight, in one order for all branches. */
  readonly parts: readonly PartScore[];
}

/** What is scored: a branch's summary, and how the person rated it, from 1 to 5. */
export interface ScoredBranch {
  readonly summary: BranchSummary;
  readonly rating?: number;
}

const PARTS: readonly ScorePart[] = [
  'tests',
  'commands',
  'errors',
  'retries',
  'diff',
  'length',
  'cost',
  'time',
  'rating',
];
const UNKNOWN = 0.5;

/** Scores in the order of the branches. No weight at all gives everybody nothing. */
export function scoreBranches(
  branches: readonly ScoredBranch[],
  weights: ScoreWeights = DEFAULT_WEIGHTS,
): readonly BranchScore[] {
  const weighed = PARTS.filter((part) => weights[part] > 0);
  const whole = weighed.reduce((sum, part) => sum + weights[part], 0);
  const figures = new Map(
    weighed.map((part) => [part, branches.map((branch) => figureOf(part, branch))] as const),
  );
  return branches.map(({ summary }, at) => {
    const parts = weighed.map((part): PartScore => {
      const all = figures.get(part) ?? [];
      const figure = all[at];
      const weight = weights[part];
      if (figure === undefined) return { part, weight };
      return { part, weight, figure, points: pointsOf(part, figure, all) };
    });
    const sum = parts.reduce((sum, { weight, points = UNKNOWN }) => sum + weight * points, 0);
    return { sessionId: summary.sessionId, total: whole === 0 ? 0 : (100 * sum) / whole, parts };
  });
}

/**
 * The branch with the highest total; among equals the one that cost least, then the one that needed
 * fewer messages, then the first. `undefined` without branches.
 */
export function bestOf(
  branches: readonly ScoredBranch[],
  scores: readonly BranchScore[],
): string | undefined {
  const ranked = branches.map(({ summary }, at) => ({ summary, total: scores[at]?.total ?? 0 }));
  ranked.sort(
    (a, b) =>
      b.total - a.total ||
      (a.summary.cost ?? Infinity) - (b.summary.cost ?? Infinity) ||
      a.summary.messages - b.summary.messages,
  );
  return ranked[0]?.summary.sessionId;
}

/** tests, commands: share that passed; rating: 1 to 5; the others: count, lines, dollars, milliseconds. */
function figureOf(part: ScorePart, { summary, rating }: ScoredBranch): number | undefined {
  const { actions } = summary;
  switch (part) {
    case 'tests':
      // How the tests ended says more than how often they failed on the way.
      if (actions.lastTest === undefined) return undefined;
      return actions.lastTest === 'passed' ? 1 : 0;
    case 'commands':
      return shareOf(actions.commands);
    case 'errors':
      return summary.errors;
    case 'retries':
      return actions.retries;
    case 'diff':
      if (summary.files.length === 0) return undefined;
      return summary.files.reduce((sum, file) => sum + file.added + file.removed, 0);
    case 'length':
      return summary.messages;
    case 'cost':
      return summary.cost;
    case 'time':
      return summary.durationMs;
    case 'rating':
      return rating;
  }
}

function shareOf({ passed, failed }: RunCounts): number | undefined {
  return passed + failed === 0 ? undefined : passed / (passed + failed);
}

function pointsOf(part: ScorePart, figure: number, all: readonly (number | undefined)[]): number {
  switch (part) {
    case 'tests':
    case 'commands':
      return figure;
    case 'rating':
      return Math.min(1, Math.max(0, (figure - 1) / 4));
    case 'errors':
    case 'retries':
      return 1 / (1 + figure);
    default: {
      // Less is better: measured against the least of those compared.
      const least = Math.min(...all.filter((other) => other !== undefined));
      return figure === 0 ? 1 : least / figure;
    }
  }
}
