/**
 * What the driver asked of the store and what it was told is done: the truth that a run's end is
 * held against. Every message's text begins with a key of its own, by which it is known again.
 */

/** Messages of one request, in their order. */
export interface Append {
  /** Sends one request after the other, so its messages keep their order. */
  readonly actor: string;
  readonly texts: readonly string[];
  acknowledged: boolean;
}

export interface ExpectedSession {
  readonly id: string;
  /** Of a fork: the parent and how many of its messages were taken over. */
  readonly parentId?: string;
  readonly inherited: number;
  readonly appends: Append[];
  /** What it may be called: one title, or two while a change of it was never answered. */
  titles: readonly string[];
  /** As `titles`, each a sorted list joined by commas. */
  tags: readonly string[];
  deleted: boolean;
  /** Removed for good: what it said, for the forks that still say it. */
  purged?: readonly string[];
  /** Requests under way; an edit or a deletion is made only of a session that has none. */
  users: number;
  /** Being edited or deleted: nobody else touches it. */
  taken: boolean;
}

export class Journal {
  readonly sessions = new Map<string, ExpectedSession>();
  /** Requests that would have made a session and were never answered. */
  unansweredBirths = 0;
  /** Changes that the store said are done. */
  acknowledged = 0;
  readonly problems: string[] = [];

  born(session: Pick<ExpectedSession, 'id' | 'parentId' | 'inherited' | 'titles' | 'tags'>): void {
    if (this.sessions.has(session.id)) {
      this.problems.push(`session ${session.id} was made twice`);
      return;
    }
    this.sessions.set(session.id, {
      ...session,
      appends: [],
      deleted: false,
      users: 0,
      taken: false,
    });
  }

  /** Sessions that may be used now. */
  usable(): ExpectedSession[] {
    return [...this.sessions.values()].filter(({ deleted, taken }) => !deleted && !taken);
  }
}

/** By which a message is known again, however long it is. */
export function keyOf(text: string): string {
  return text.split(' ', 1)[0] ?? '';
}
