/**
 * What comparing branches yields: a summary per branch, and rows that align what comes after the
 * true common ancestor. Rows carry indexes; their texts are read in ranges, with word-level
 * changes computed when they are asked for.
 */
import type { FileLines, Message, Role, TokenUsage } from './message.ts';

/** Branches compared at a time. */
export const MOST_BRANCHES = 8;

/** How often something was run to its end. */
export interface RunCounts {
  readonly passed: number;
  readonly failed: number;
}

/** What the tool calls of a branch did, as far as its transcript says. */
export interface BranchActions {
  readonly toolCalls: number;
  /** Calls that were made again, word for word, after they had failed. */
  readonly retries: number;
  /** Command lines that have a result. */
  readonly commands: RunCounts;
  /** Those of them that run a project's tests. */
  readonly tests: RunCounts;
  /** How the last run of the tests ended; absent when there was none. */
  readonly lastTest?: 'passed' | 'failed';
}

/** A command line, once however often it ran. */
export interface BranchCommand {
  /** On one line, as the transcript shows it. */
  readonly text: string;
  readonly passed: number;
  readonly failed: number;
  /** True when it runs a project's tests. */
  readonly isTest: boolean;
  /** How its last run ended; absent when no run has a result. */
  readonly last?: 'passed' | 'failed';
  /** Message of its last run. */
  readonly index: number;
}

export interface BranchSummary {
  readonly sessionId: string;
  readonly title: string;
  readonly agent?: string;
  readonly models: readonly string[];
  /** Messages after the common ancestor; the figures below count these alone. */
  readonly messages: number;
  readonly tokens: TokenUsage;
  /** US dollars; absent when a price is unknown. */
  readonly cost?: number;
  /** The part of the cost that is known, where another is not. */
  readonly knownCost?: number;
  /** Messages whose price is unknown; absent for none. */
  readonly unpriced?: number;
  /** Milliseconds from the first to the last own message. */
  readonly durationMs?: number;
  readonly errors: number;
  /** In the order they were first touched. */
  readonly files: readonly FileLines[];
  /** In the order they were first run; the first 500 where there are more. */
  readonly commands: readonly BranchCommand[];
  /** Command lines beyond those listed; absent for none. */
  readonly moreCommands?: number;
  readonly actions: BranchActions;
}

/** Position of one branch's message in a row; `undefined` where it has no counterpart. */
export interface RowOutline {
  readonly indexes: readonly (number | undefined)[];
  /** Of all the row's messages: only messages of one role stand side by side. */
  readonly role: Role;
  readonly changed: boolean;
}

export interface Comparison {
  readonly branches: readonly BranchSummary[];
  /** Session that holds the last shared message; absent when the sessions are unrelated. */
  readonly ancestorId?: string;
  /** Messages shared by all branches, counted once. */
  readonly sharedCount: number;
  readonly sharedTokens: TokenUsage;
  readonly sharedCost?: number;
  readonly sharedKnownCost?: number;
  readonly sharedUnpriced?: number;
  /** First words of the last shared message. */
  readonly sharedExcerpt: string;
  readonly forkedAt?: number;
  readonly rows: readonly RowOutline[];
}

/** A run of text; `same` stands on both sides, the others on one. */
export interface TextRun {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

export interface ComparisonCell {
  readonly message: Message;
  /**
   * The message's text with its changes against its counterpart: the reference's message in the row
   * (the row's first where the reference has none), or for that one the next. `undefined`: no
   * counterpart, or `replaced`.
   */
  readonly runs?: readonly TextRun[];
  /** True when there is a counterpart and the whole text counts as replaced. */
  readonly replaced: boolean;
  /** True when some of it was not compared word by word because the time allowed ran out. */
  readonly gaveUp?: boolean;
}

export interface ComparisonRow {
  readonly cells: readonly (ComparisonCell | undefined)[];
  readonly changed: boolean;
}

/** What a branch wrote into a file, as far as its tool calls tell. */
export interface BranchFile {
  readonly path: string;
  /**
   * `whole`: `text` is the file. `edits`: only what was changed in it is known. `removed`: it was
   * deleted. `untouched`: no call of the branch changed it.
   */
  readonly known: 'whole' | 'edits' | 'removed' | 'untouched';
  /** Empty unless the whole of it is known. */
  readonly text: string;
  /** All edits as a patch, by message; a whole text stands there as lines that were added. */
  readonly patch: string;
  readonly edits: number;
}
