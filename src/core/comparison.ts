/**
 * What comparing branches yields: a summary per branch, and rows that align what comes after the
 * true common ancestor. Rows carry indexes; their texts are read in ranges, with word-level
 * changes computed when they are asked for.
 */
import type { Message, Role, TokenUsage } from './message.ts';

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
  readonly files: readonly {
    readonly path: string;
    readonly added: number;
    readonly removed: number;
  }[];
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
   * The message's text with its changes against the first branch's counterpart.
   * `undefined`: no counterpart, or the texts have too little in common, or could not be aligned in
   * the time allowed.
   */
  readonly runs?: readonly TextRun[];
  /** True when there is a counterpart and the whole text counts as replaced. */
  readonly replaced: boolean;
}

export interface ComparisonRow {
  readonly cells: readonly (ComparisonCell | undefined)[];
  readonly changed: boolean;
}
