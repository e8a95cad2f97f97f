/** Agents' sessions that were found and are not imported, as they are listed for the person to choose. */

/** A session of an agent that was found and is not in the store. */
export interface WaitingSession {
  readonly agent: string;
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** It has its turn, is over the budget, was left when an import was stopped, or could not be read. */
  readonly reason: 'queued' | 'over-budget' | 'stopped' | 'failed';
  /** What the beginning and the end of the file tell; absent where they tell nothing. */
  readonly title?: string;
  readonly cwd?: string;
  readonly createdAt?: number;
  /** Set for what an agent had another one do. */
  readonly isSubagent?: true;
}

export interface WaitingQuery {
  /** The last one of the page before; from the newest on when absent. */
  readonly after?: { readonly modifiedAt: number; readonly path: string };
  /** At most 200. */
  readonly limit: number;
}

/** Newest first. A page may hold fewer than were asked for while more follow. */
export interface WaitingSessions {
  readonly sessions: readonly WaitingSession[];
  readonly total: number;
  /** False while agents' folders were not all looked at yet. */
  readonly isKnown: boolean;
  /** Where the next page begins; absent on the last one. */
  readonly next?: NonNullable<WaitingQuery['after']>;
}
