/** The operations the product is named for: branches seen as a tree, compared, judged. */
import type { Comparison } from './comparison.ts';
import type { Judgement } from './judge.ts';
import type { FamilyGraph, FamilyLedger } from './family.ts';
import type {
  MergeEdge,
  MergeFork,
  MergeMode,
  MergePlan,
  MergeResult,
  UndoMerge,
} from './merge.ts';
import type { BranchScore, ScoreWeights } from './score.ts';

/** Fields as in the functional specification, and what the choice rests on. */
export interface ForkResults {
  readonly totalForks: number;
  readonly comparison: Comparison;
  /** In the order the branches were given. */
  readonly scores: readonly BranchScore[];
  /** Id of the session with the highest score. */
  readonly bestFork: string;
  /** What a model said of just these branches, where one was asked; it never changes the scores. */
  readonly judgement?: Judgement;
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
  /** What `mergeFork` would do; nothing is changed. */
  planMerge(
    targetId: string,
    sourceId: string,
    options?: { readonly mode?: MergeMode; readonly messages?: readonly number[] },
  ): Promise<MergePlan>;
  /**
   * Merges what a branch has of its own into another of its family: all of it, chosen messages, or
   * one summary. Only what is not there yet is added. An agent's session is never written to: the
   * messages go to a branch of ours over it. Fails with `conflict` where both sides went on, unless
   * that is accepted.
   */
  mergeFork(targetId: string, sourceId: string, options?: MergeFork): Promise<MergeResult>;
  /**
   * Takes a merge back; the session is as it was. Fails with `bad-request` while another session was
   * forked after it, with `not-found` when it was taken back before.
   */
  undoMerge(mergeId: string, options?: UndoMerge): Promise<void>;
  /** Merges out of these sessions and into them, oldest first. */
  getMerges(sessionIds: readonly string[]): Promise<readonly MergeEdge[]>;
  /**
   * The session's whole family in one answer: its branches with what each took, where they leave
   * their parents and where they were merged. No transcript is read.
   */
  getFamilyGraph(sessionId: string): Promise<FamilyGraph>;
  /** What the family took, each message counted once, and what its abandoned branches did. */
  getFamilyLedger(sessionId: string): Promise<FamilyLedger>;
  /**
   * Index in a session of the message with this id, or of the first that was merged from it: from
   * the origins of a merged message one finds where it was said, and from there where it went.
   * `undefined` when the session has neither.
   */
  findMessage(sessionId: string, messageId: string): Promise<number | undefined>;
  /** The session's whole family as text, one line a session; this one is marked with a star. */
  visualizeSessionTree(sessionId: string): Promise<string>;
}
