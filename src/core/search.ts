/** What a search over all sessions gives back. */
import type { Role } from './message.ts';
import type { Session } from './session.ts';

/** Half-open, in UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** One line of text and the places of what was searched for; ranges ascend and do not overlap. */
export interface MarkedText {
  readonly text: string;
  readonly ranges: readonly TextRange[];
}

export interface SearchOptions {
  /** At most 200; 20 when absent. */
  readonly limit?: number;
  readonly offset?: number;
  /**
   * `relevance` ranks the newest 1,000 hits (more where the offset asks for them) by BM25. It is
   * what is taken when absent.
   */
  readonly order?: 'relevance' | 'newest';
}

export interface MessageHit {
  readonly session: Session;
  /** Where the message stands in that session now. */
  readonly messageIndex: number;
  readonly role: Role;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
  readonly snippet: MarkedText;
  /** Higher is better; comparable within one result only. */
  readonly score: number;
}

export interface TitleHit {
  readonly session: Session;
  readonly title: MarkedText;
  /** From 0 to 1, higher is better. */
  readonly score: number;
}

export interface SearchResult {
  /** Sessions whose title resembles the words; all that the filters choose where there are no words. */
  readonly titles: readonly TitleHit[];
  readonly hits: readonly MessageHit[];
  /** Messages found; at least so many where `more` is set. */
  readonly total: number;
  readonly more: boolean;
  /** Logs of sessions whose newest messages are not in the index yet; 0 once it is complete. */
  readonly pending: number;
  /** Why messages could not be searched, in words for the person. */
  readonly notice?: string;
}

/** Milliseconds since the epoch; an absent end is open. */
export interface DateRange {
  readonly from?: number;
  readonly to?: number;
}
