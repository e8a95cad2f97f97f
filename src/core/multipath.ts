/** The operations the product is named for: branches seen as a tree, compared, judged. */
import type { Comparison } from './comparison.ts';
import type { BranchScore, ScoreWeights } from './score.ts';

/** Fields as in the functional specification, and what the choice rests on. */
export interface ForkResults {
  readonly totalForks: number;
  readonly comparison: Comparison;
  /** In the order the branches were given. */
  readonly scores: readonly BranchScore[];
  /** Id of the session with the highest score. */
  readonly bestFork: string;
}

export interface CompareForkResults {
  /** Relative weights of the parts of the score; those left out keep their usual weight. */
  readonly weights?: Partial<ScoreWeights>;
}

export interface MultipathOperations {
  /**
   * Compares branches and judges them by what their transcripts show: errors, retries, tests and
   * commands, size of the change, length, cost, time, and the person's own rating
   * (`metadata.rating`, 1 to 5). No model is asked.
   */
  compareForkResults(
    sessionIds: readonly string[],
    options?: CompareForkResults,
  ): Promise<ForkResults>;
  /** The session's whole family as text, one line a session; this one is marked with a star. */
  visualizeSessionTree(sessionId: string): Promise<string>;
}
