/**
 * A session is a branch: a log and a leaf in it, reached through parents. This is the catalogue
 * row that the tree, the panels and the API see; bodies are read in pages, never with it.
 */
import type { Anchor } from './anchor.ts';
import type { TokenUsage } from './message.ts';

export type Tier = 'hot' | 'warm' | 'cold';

/** `critical` never leaves warm nor is deleted by itself; `temporary` goes N days after its last access. */
export type RetentionPolicy = 'standard' | 'critical' | 'temporary';

export interface Project {
  /** Stable key that groups sessions: the folder's path as the agent recorded it. */
  readonly key: string;
  readonly path: string;
  readonly name: string;
}

export interface SessionOrigin {
  /** Agent id, a key of the agents table (`claude-code`). */
  readonly agent: string;
  readonly nativeId: string;
  /** The agent's file, as it was when last seen; empty for a session loaded from a file of ours. */
  readonly path: string;
  readonly gitBranch?: string;
  /** When its file was last written to, as far as it was read. */
  readonly modifiedAt?: number;
  /** Since when the agent's file is missed; absent while it is there. The session is *rescued*. */
  readonly gone?: number;
}

/** What the subagents of a session came to, all of them together. */
export interface SubagentUse {
  readonly count: number;
  readonly totalTokens: number;
  /** US dollars; absent when a price is unknown. */
  readonly estimatedCost?: number;
  /** The part of the cost that is known, where another is not. */
  readonly knownCost?: number;
  /** Messages whose model has no known price; absent for none. */
  readonly unpricedMessages?: number;
  /** When one of their files was last written to, as far as they were read. */
  readonly modifiedAt?: number;
}

export interface Session {
  /** UUIDv7. */
  readonly id: string;
  readonly parentId?: string;
  /** The last shared message, in the parent's log. */
  readonly forkPoint?: Anchor;
  /** Messages shared with the parent: they are the first of this session. 0 for a root. */
  readonly inheritedCount: number;
  readonly title: string;
  /** True when the title is the person's own. */
  readonly renamed: boolean;
  /** Milliseconds since the epoch, like all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastAccessedAt: number;
  readonly accessCount: number;
  /** Accesses per hour, decayed. */
  readonly accessFrequency: number;
  readonly estimatedSizeBytes: number;
  readonly storageTier: Tier;
  readonly tags: readonly string[];
  /** When the person pinned it; absent while it is not. */
  readonly pinnedAt?: number;
  /** What the person wrote about it; absent when there is nothing. */
  readonly note?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly providersUsed: readonly string[];
  readonly models: readonly string[];
  /** All messages, inherited ones included. */
  readonly messageCount: number;
  /** Of the messages after the fork point only, so that sums over a family count each once. */
  readonly ownTokens: TokenUsage;
  readonly totalTokens: number;
  /** US dollars for the own messages; absent when a price is unknown. */
  readonly estimatedCost?: number;
  /** The part of the cost that is known, where another is not: the whole is more than this. */
  readonly knownCost?: number;
  /** Own messages that took tokens but whose model has no known price; absent for none. */
  readonly unpricedMessages?: number;
  readonly retentionPolicy: RetentionPolicy;
  /** A fork's is its parent's. */
  readonly project: Project;
  /** Absent for sessions that began here. */
  readonly origin?: SessionOrigin;
  /** How the branch came to be. */
  readonly kind: 'imported' | 'abandoned' | 'copied-fork' | 'fork' | 'created';
  readonly forkCount: number;
  /**
   * The session that this one is a subagent of. Where that is not in the store the subagent is
   * listed like any other session, and names what its agent calls that session in `subagentOfNative`.
   */
  readonly subagentOf?: string;
  readonly subagentOfNative?: string;
  /** Of a subagent: where the tool call that started it stands, as far as the records tell. */
  readonly calledFrom?: Anchor;
  /** Absent for a session without subagents. Their tokens are not among the session's own. */
  readonly subagents?: SubagentUse;
  /** Lines of the agent's file that could not be read as what they should be. */
  readonly problemCount: number;
}

export interface SessionTreeNode {
  readonly session: Session;
  readonly children: readonly SessionTreeNode[];
}
