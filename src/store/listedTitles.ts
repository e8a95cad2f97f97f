/**
 * The titles of all listed sessions, in memory and newest first. A word that few titles have is
 * looked for in every one of them, with each keystroke: the rows of tens of thousands of sessions
 * are too many to walk through for that.
 *
 * Invariant: after `follow`, they are those of the database, which notes by itself what changes.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { number, text, type Database } from './database.ts';

export interface ListedTitle {
  readonly id: string;
  readonly title: string;
  /** Milliseconds since the epoch, both. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The title in lower case. */
  readonly lower: string;
}

/** Sessions read between two turns of the event loop. */
const SLICE = 500;
/** Titles compared between two turns. */
const COMPARED = 4_000;
const SELECT = `
  SELECT s.rowid AS nth, s.id, coalesce(f.title, s.title) AS title, s.created_at, s.updated_at
  FROM session s LEFT JOIN fact f ON f.session_id = s.id
  WHERE s.listed = 1`;
/** `OLD` and `NEW` name the rows of a trigger. */
const NOTED = [
  ['session', 'INSERT', 'NEW.id'],
  ['session', 'UPDATE OF title, listed, created_at, updated_at', 'NEW.id'],
  ['session', 'DELETE', 'OLD.id'],
  ['fact', 'INSERT', 'NEW.session_id'],
  ['fact', 'UPDATE OF title', 'NEW.session_id'],
  ['fact', 'DELETE', 'OLD.session_id'],
] as const;

export class ListedTitles {
  readonly #database: Database;
  readonly #isFixed: boolean;
  readonly #titles = new Map<string, ListedTitle>();
  #newestFirst: readonly ListedTitle[] | undefined;
  #following: Promise<void> | undefined;
  #isRead = false;

  /** `isFixed`: the database is only read, so that nothing in it changes. */
  constructor(database: Database, isFixed: boolean) {
    this.#database = database;
    this.#isFixed = isFixed;
  }

  /** Takes in what changed since the last time; at first, everything. A slice at a time. */
  follow(): Promise<void> {
    this.#following ??= this.#follow().finally(() => (this.#following = undefined));
    return this.#following;
  }

  /**
   * Titles that have, of each list of pieces, at least one (pieces in lower case), of the sessions
   * that `accepts` agrees to: those with the most pieces, the newest of them first, at most `limit`.
   */
  async with(
    pieces: readonly (readonly string[])[],
    limit: number,
    accepts: (session: ListedTitle) => boolean = () => true,
  ): Promise<ListedTitle[]> {
    this.#newestFirst ??= [...this.#titles.values()].sort((a, b) => b.updatedAt - a.updatedAt);
    const newestFirst = this.#newestFirst;
    const byCount: ListedTitle[][] = [];
    for (let start = 0; start < newestFirst.length; start += COMPARED) {
      if (start > 0) await nextTurn();
      for (const session of newestFirst.slice(start, start + COMPARED)) {
        const count = countIn(session.lower, pieces);
        const alike = (byCount[count] ??= []);
        if (count > 0 && alike.length < limit && accepts(session)) alike.push(session);
      }
    }
    return byCount.reverse().flat().slice(0, limit);
  }

  async #follow(): Promise<void> {
    if (!this.#isRead) await this.#readAll();
    if (this.#isFixed) return;
    for (;;) {
      const changed = this.#database.all('SELECT id FROM temp.retitled LIMIT ?', [SLICE]);
      if (changed.length === 0) return;
      for (const row of changed) this.#readAgain(text(row, 'id'));
      if (changed.length === SLICE) await nextTurn();
    }
  }

  async #readAll(): Promise<void> {
    if (!this.#isFixed) this.#note();
    let last = -1;
    for (;;) {
      const rows = this.#database.all(`${SELECT} AND s.rowid > ? ORDER BY s.rowid LIMIT ?`, [
        last,
        SLICE,
      ]);
      for (const row of rows) {
        this.#put(row);
        last = number(row, 'nth');
      }
      if (rows.length < SLICE) break;
      await nextTurn();
    }
    this.#isRead = true;
  }

  #readAgain(id: string): void {
    const row = this.#database.get(`${SELECT} AND s.id = ?`, [id]);
    this.#newestFirst = undefined;
    this.#titles.delete(id);
    if (row) this.#put(row);
    this.#database.run('DELETE FROM temp.retitled WHERE id = ?', [id]);
  }

  #put(row: Parameters<typeof text>[0]): void {
    const title = text(row, 'title');
    const id = text(row, 'id');
    this.#titles.set(id, {
      id,
      title,
      lower: title.toLowerCase(),
      createdAt: number(row, 'created_at'),
      updatedAt: number(row, 'updated_at'),
    });
  }

  #note(): void {
    this.#database.run(
      'CREATE TEMP TABLE IF NOT EXISTS retitled (id TEXT PRIMARY KEY) WITHOUT ROWID',
    );
    for (const [nth, [table, event, id]] of NOTED.entries()) {
      this.#database.run(`CREATE TEMP TRIGGER IF NOT EXISTS retitled_${nth}
        AFTER ${event} ON main.${table} BEGIN
          INSERT OR IGNORE INTO retitled (id) VALUES (${id}); END`);
    }
  }
}

/** How many of the pieces a title has; 0 where it has none of some list. */
function countIn(title: string, pieces: readonly (readonly string[])[]): number {
  let count = 0;
  for (const some of pieces) {
    let found = 0;
    for (const piece of some) if (title.includes(piece)) found++;
    if (found === 0) return 0;
    count += found;
  }
  return count;
}
