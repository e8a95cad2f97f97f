/**
 * Counts reads of sessions. Kept in memory and written in batches, never a disk write per read:
 * a crash loses at most the last batch of counts, which are statistics, not data.
 */
import { decayed } from '../core/tierPolicy.ts';
import { number, text, type Database } from './database.ts';

const FLUSH_MS = 30_000;
/** Of a million accesses an hour less than one in a hundred million is left after this. */
const FADED_MS = 36 * 3_600_000;

export interface Access {
  readonly count: number;
  readonly lastAt: number;
  /** Accesses per hour as they were at `lastAt`: each counts one and fades by e per hour. */
  readonly frequency: number;
}

export class AccessTracker {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #pending = new Map<string, Access>();
  readonly #timer: NodeJS.Timeout;

  constructor(database: Database, now: () => number, onError: (error: unknown) => void) {
    this.#database = database;
    this.#now = now;
    this.#timer = setInterval(() => {
      try {
        this.flush();
      } catch (error) {
        onError(error);
      }
    }, FLUSH_MS);
    this.#timer.unref();
  }

  record(sessionId: string): void {
    const now = this.#now();
    const { count, lastAt, frequency } = this.#pending.get(sessionId) ?? this.#load(sessionId);
    // The last access follows the clock when that goes backwards: kept in the future, it would
    // stop all fading until that time has come.
    this.#pending.set(sessionId, {
      count: count + 1,
      lastAt: now,
      frequency: decayed(frequency, now - lastAt) + 1,
    });
  }

  /** Accesses that are not in the table yet. */
  pending(sessionId: string): Access | undefined {
    return this.#pending.get(sessionId);
  }

  /** Sessions used lately, with their accesses per hour as of now. */
  frequencies(): Map<string, number> {
    const now = this.#now();
    const found = new Map<string, number>();
    const rows = this.#database.all(
      'SELECT session_id, last_at, frequency FROM access WHERE last_at > ?',
      [now - FADED_MS],
    );
    for (const row of rows) {
      const elapsed = now - number(row, 'last_at');
      found.set(text(row, 'session_id'), decayed(number(row, 'frequency'), elapsed));
    }
    for (const [id, { lastAt, frequency }] of this.#pending) {
      found.set(id, decayed(frequency, now - lastAt));
    }
    return found;
  }

  /** Forgets a session that was removed. Inside a transaction. */
  forget(sessionId: string): void {
    this.#pending.delete(sessionId);
    this.#database.run('DELETE FROM access WHERE session_id = ?', [sessionId]);
  }

  flush(): void {
    if (this.#pending.size === 0) return;
    this.#database.transaction(() => {
      for (const [id, { count, lastAt, frequency }] of this.#pending) {
        this.#database.run(
          'INSERT OR REPLACE INTO access (session_id, count, last_at, frequency) VALUES (?, ?, ?, ?)',
          [id, count, lastAt, frequency],
        );
      }
    });
    this.#database.flush();
    this.#pending.clear();
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  #load(sessionId: string): Access {
    const row = this.#database.get(
      'SELECT count, last_at, frequency FROM access WHERE session_id = ?',
      [sessionId],
    );
    return {
      count: row ? number(row, 'count') : 0,
      lastAt: row ? number(row, 'last_at') : this.#now(),
      frequency: row ? number(row, 'frequency') : 0,
    };
  }
}
