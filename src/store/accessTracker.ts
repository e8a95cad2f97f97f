/**
 * Counts reads of sessions. Kept in memory and written in batches, never a disk write per read:
 * a crash loses at most the last batch of counts, which are statistics, not data.
 */
import { number, type Database } from './database.ts';

const HOUR_MS = 3_600_000;
const FLUSH_MS = 30_000;

interface Access {
  count: number;
  lastAt: number;
  /** Accesses per hour: each counts one and fades by e per hour. */
  frequency: number;
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
    const access = this.#pending.get(sessionId) ?? this.#load(sessionId);
    // A clock that went backwards must not make the past look busier.
    const elapsed = Math.max(0, now - access.lastAt);
    access.frequency = access.frequency * Math.exp(-elapsed / HOUR_MS) + 1;
    access.count += 1;
    access.lastAt = Math.max(now, access.lastAt);
    this.#pending.set(sessionId, access);
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
