/**
 * The titles of all listed sessions, in memory and newest first. A word that few titles have is
 * looked for in every one of them, with each keystroke: the rows of tens of thousands of sessions
 * are too many to walk through for that.
 *
 * Invariant: after `follow`, they are those of the database, which notes by itself what changes.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { number, text, type Database } from './database.ts';
import { bitOfPiece, TitlePieces } from './titlePieces.ts';

export interface ListedTitle {
  readonly id: string;
  readonly title: string;
  /** Milliseconds since the epoch, both. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

interface Kept extends ListedTitle {
  /** Where its pieces are. */
  readonly place: number;
}

/** Sessions read between two turns of the event loop. */
const SLICE = 250;
/** Titles compared letter by letter at most, those that promise most first. */
const COMPARED = 2_000;
/** Behind the plus, no index of all listed sessions is walked through for a part of them. */
const SELECT = `
  SELECT s.rowid AS nth, s.id, coalesce(f.title, s.title) AS title, s.created_at, s.updated_at
  FROM session s LEFT JOIN fact f ON f.session_id = s.id
  WHERE +s.listed = 1`;
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
  readonly #titles = new Map<string, Kept>();
  readonly #pieces = new TitlePieces();
  #newestFirst: readonly Kept[] | undefined;
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
  with(
    pieces: readonly (readonly string[])[],
    limit: number,
    accepts: (session: ListedTitle) => boolean = () => true,
  ): ListedTitle[] {
    const exact: ListedTitle[][] = [];
    let compared = 0;
    for (const [most, alike] of this.#byCount(pieces)) {
      // What follows has fewer pieces at most.
      let found = atLeast(exact, most);
      for (const session of alike) {
        if (compared >= COMPARED || found >= limit) break;
        if (!accepts(session)) continue;
        compared++;
        const count = countIn(session.title.toLowerCase(), pieces);
        if (count > 0) (exact[count] ??= []).push(session);
        if (count >= most) found++;
      }
      if (compared >= COMPARED || found >= limit) break;
    }
    return exact
      .map((alike) => alike.sort((a, b) => b.updatedAt - a.updatedAt))
      .reverse()
      .flat()
      .slice(0, limit);
  }

  /** Titles that may have so many of the pieces: most first, among equals newest first. */
  #byCount(pieces: readonly (readonly string[])[]): [number, readonly Kept[]][] {
    const counts = this.#pieces.counts(pieces.map((some) => some.map(bitOfPiece)));
    const alike: Kept[][] = [];
    this.#newestFirst ??= [...this.#titles.values()].sort((a, b) => b.updatedAt - a.updatedAt);
    for (const session of this.#newestFirst) {
      const count = counts[session.place] ?? 0;
      if (count > 0) (alike[count] ??= []).push(session);
    }
    return Object.entries(alike)
      .map(([count, some]): [number, readonly Kept[]] => [Number(count), some])
      .reverse();
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
    this.#remove(id);
    if (row) this.#put(row);
    this.#database.run('DELETE FROM temp.retitled WHERE id = ?', [id]);
  }

  #put(row: Parameters<typeof text>[0]): void {
    const title = text(row, 'title');
    const id = text(row, 'id');
    // Met twice where it was replaced while all were read.
    this.#remove(id);
    this.#titles.set(id, {
      id,
      title,
      place: this.#pieces.add(title.toLowerCase()),
      createdAt: number(row, 'created_at'),
      updatedAt: number(row, 'updated_at'),
    });
  }

  #remove(id: string): void {
    const known = this.#titles.get(id);
    this.#newestFirst = undefined;
    if (!known) return;
    this.#pieces.remove(known.place);
    this.#titles.delete(id);
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

/** How many titles have so many pieces or more. */
function atLeast(byCount: readonly (readonly unknown[] | undefined)[], count: number): number {
  return byCount.slice(count).reduce((sum, some) => sum + (some?.length ?? 0), 0);
}
