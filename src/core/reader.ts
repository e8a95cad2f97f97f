/**
 * What an agent's reader gives the store. Records are kept verbatim; everything here is derived
 * from them and can be derived again by a better reader.
 */
import type { ContentBlock, Role, TokenUsage } from './message.ts';

/** One message of a branch, as the store keeps it: which records it stands on, and what lists need. */
export interface OutlineEntry {
  readonly role: Role;
  /** Records the message is made of, ascending; tool results folded into it included. */
  readonly seqs: readonly number[];
  readonly nativeId?: string;
  /**
   * The message's id where it was first written: copies of it in other files (resumes, forks)
   * carry the same one. Equal to `nativeId` unless the record says otherwise.
   */
  readonly lineageId?: string;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
  readonly model?: string;
  readonly provider?: string;
  /** Counted once per answer, whatever number of lines repeats them. */
  readonly tokens?: TokenUsage;
  /** What the agent itself says it cost, in billionths of a US dollar, so that sums are exact. */
  readonly nanoDollars?: number;
  /** True while a tool call in it has no result: the fork guard does not cut here. */
  readonly open?: boolean;
  /** Tool calls in it, and how many of them ended in an error. */
  readonly tools?: number;
  readonly errors?: number;
  /** What came between the message before and this one; no record of its own says it. */
  readonly notice?: 'gap' | 'context-reset';
}

export interface DerivedBranch {
  /** Stable name within the log: `main` for the live branch, else the native id of its first own message. */
  readonly key: string;
  /**
   * Absent for the branch that starts the log. `length` = messages taken over from that branch,
   * those counted that it inherits itself.
   */
  readonly parent?: { readonly branch: number; readonly length: number };
  /** Own messages only. */
  readonly entries: readonly OutlineEntry[];
  /** First typed prompt of the branch's own part, for abandoned branches. */
  readonly title?: string;
  /**
   * Set where the branch is a conversation of its own inside the log, that of a subagent, or was
   * left within one. `call` is the tool call that started it, where the records tell.
   */
  readonly sidechain?: { readonly call?: SubagentCall };
}

export interface SubagentCall {
  /** The record that holds the call. */
  readonly seq: number;
  readonly callId: string;
}

/** Something in a file that is not as it should be. Data, never an exception. */
export interface ReadProblem {
  /** 1-based line of the file. */
  readonly line: number;
  /** What is wrong, in words. */
  readonly message: string;
  /** The line's first 100 characters. */
  readonly text: string;
}

export interface DerivedLog {
  readonly nativeId: string;
  readonly title: string;
  /** Working folder as the records say it; absent when none does. */
  readonly cwd?: string;
  readonly gitBranch?: string;
  /** The remote repository of the folder, as `remoteName` writes it. */
  readonly repository?: string;
  readonly createdAt?: number;
  readonly updatedAt?: number;
  /** [0] is the live branch. Empty when the file holds no conversation. */
  readonly branches: readonly DerivedBranch[];
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly problems: readonly ReadProblem[];
  /** Set for logs that are not listed on their own: a subagent's log belongs to this session. */
  readonly subagentOf?: string;
  /** Calls in this log that started subagents with logs of their own, by those logs' native ids. */
  readonly subagentCalls?: readonly { readonly nativeId: string; readonly call: SubagentCall }[];
  /** The session this log was forked from, and the message where its records say so. */
  readonly forkedFrom?: { readonly nativeId: string; readonly messageId?: string };
  /**
   * The log whose records before `end` come before the ones here, none of them copied. `end` counts
   * as `firstOrdinal` of that log does.
   */
  readonly base?: { readonly nativeId: string; readonly end: number };
  /** The number the agent gave the log's first record, where it numbers them across logs. */
  readonly firstOrdinal?: number;
}

/** Folds a log's records, in order, into what it means. Never throws on what a file may hold. */
export interface LogReader {
  /** `record` includes its terminator and may be garbage. */
  add(seq: number, record: Uint8Array): void;
  finish(): DerivedLog;
}

/** How much text a rendered block may carry, in characters. */
export interface TextLimits {
  readonly text: number;
  readonly toolResult: number;
}

export const PAGE_LIMITS: TextLimits = { text: 20_000, toolResult: 4_000 };
export const NO_LIMITS: TextLimits = { text: Infinity, toolResult: Infinity };

export interface RenderedMessage {
  readonly content: readonly ContentBlock[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Turns the records of one message into what is shown. Never throws on what a record may hold. */
export interface MessageRenderer {
  /** `records` are those of `entry.seqs`, in that order. */
  render(entry: OutlineEntry, records: readonly Uint8Array[], limits: TextLimits): RenderedMessage;
}
