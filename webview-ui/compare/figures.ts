/** Which branch has the best figure of each column. Pure. */
import type { BranchSummary } from '../../src/core/comparison.ts';
import { totalTokens } from '../../src/core/message.ts';
import type { BranchScore } from '../../src/core/score.ts';

/** The columns where less is better, and where their figures come from. Unknown: `undefined`. */
const LESS = {
  messages: (branch: BranchSummary) => branch.messages,
  tokens: (branch: BranchSummary) => totalTokens(branch.tokens) || undefined,
  cost: (branch: BranchSummary) => branch.cost,
  time: (branch: BranchSummary) => branch.durationMs,
  errors: (branch: BranchSummary) => branch.errors,
  retries: (branch: BranchSummary) => branch.actions.retries,
  files: (branch: BranchSummary) => branch.files.length,
  diff: (branch: BranchSummary) => sizeOf(branch) || undefined,
} as const;

export type Column = keyof typeof LESS | 'tests';

/**
 * Ids of the branches with the best figure of a column. None where all are equal, where one is
 * unknown, or where a branch has not begun: nothing was won there.
 */
export function bestOf(branches: readonly BranchSummary[], column: Column): ReadonlySet<string> {
  // Of tests, how they ended; less is better there too.
  const figureOf = column === 'tests' ? failedTests : LESS[column];
  const figures = branches.map(figureOf);
  const known = figures.filter((figure) => figure !== undefined);
  const lowest = Math.min(...known);
  const comparable =
    known.length === branches.length &&
    known.some((figure) => figure !== lowest) &&
    branches.every((branch) => branch.messages > 0);
  if (!comparable) return new Set();
  return new Set(
    branches.filter((_, at) => figures[at] === lowest).map((branch) => branch.sessionId),
  );
}

function failedTests({ actions }: BranchSummary): number | undefined {
  if (actions.lastTest === undefined) return undefined;
  return actions.lastTest === 'passed' ? 0 : 1;
}

/** Lines a branch added and removed over all its files. */
export function linesOf(branch: Pick<BranchSummary, 'files'>): {
  readonly added: number;
  readonly removed: number;
} {
  return branch.files.reduce(
    (sum, file) => ({ added: sum.added + file.added, removed: sum.removed + file.removed }),
    { added: 0, removed: 0 },
  );
}

function sizeOf(branch: BranchSummary): number {
  const { added, removed } = linesOf(branch);
  return added + removed;
}

/** Parts that tell how it came out; the others tell what it took. */
const OUTCOME: ReadonlySet<string> = new Set(['tests', 'commands', 'errors', 'retries', 'rating']);

/** What is not known of a branch counts half. */
const UNKNOWN = 0.5;

/** A score's points out of 100, by what they are for. */
export function sharesOf({ parts }: BranchScore): {
  readonly outcome: number;
  readonly effort: number;
} {
  const whole = parts.reduce((sum, { weight }) => sum + weight, 0);
  let outcome = 0;
  let effort = 0;
  for (const { part, weight, points = UNKNOWN } of parts) {
    const share = (100 * weight * points) / whole;
    if (OUTCOME.has(part)) outcome += share;
    else effort += share;
  }
  return { outcome, effort };
}

/** What a part adds to its score, of 100. */
export function pointsOf(score: BranchScore, part: string): number | undefined {
  const whole = score.parts.reduce((sum, { weight }) => sum + weight, 0);
  const found = score.parts.find((one) => one.part === part);
  return found && (100 * found.weight * (found.points ?? UNKNOWN)) / whole;
}
