/**
 * How far a compressed file may be unpacked. What a person agrees to is counted as files are on the
 * disk; a file made to be small there and endless when it is read must not take more than that.
 */
import type { ImportBudget } from '../../core/sessionStore.ts';
import { isCompressed } from '../../agents/walk.ts';
import { number, type Database } from '../../store/database.ts';
import type { Found } from './sources.ts';

/** Sessions are compressed to a tenth, seldom to a fiftieth. */
const MOST_TIMES = 200;
/** What any file may come to where nothing less was agreed to. */
const LEAST_BYTES = 64 << 20;
/** All logs are summed up for it: not again for every file of an import. */
const KEPT_MS = 1_000;

interface Refusal {
  readonly bytes: number;
  readonly modifiedAt: number;
  readonly room: number;
  readonly message: string;
}

export class UnpackedRoom {
  readonly #database: Database;
  readonly #budgetOf: (agent: string) => ImportBudget | undefined;
  /** Files that came to more than their room, by path: as they were, and the room they had. */
  readonly #refused = new Map<string, Refusal>();
  readonly #sums = new Map<string, { readonly bytes: number; readonly at: number }>();

  constructor(database: Database, budgetOf: (agent: string) => ImportBudget | undefined) {
    this.#database = database;
    this.#budgetOf = budgetOf;
  }

  /** Bytes; `undefined` for a file that is not compressed. */
  of({ agent, path, bytes, replaces = [] }: Found): number | undefined {
    if (!isCompressed(path)) return undefined;
    const byRatio = Math.max(LEAST_BYTES, bytes * MOST_TIMES);
    const agreed = this.#budgetOf(agent)?.bytes;
    if (agreed === undefined) return byRatio;
    const own = this.#database.get(
      `SELECT coalesce(sum(byte_count), 0) AS bytes FROM log
       WHERE path IN (SELECT value FROM json_each(?)) AND superseded = 0`,
      // The plain file that was compressed counts once.
      [JSON.stringify([path, ...replaces])],
    );
    // The sum may be from before the file's own bytes came in.
    const others = Math.max(0, this.#sum(agent) - (own ? number(own, 'bytes') : 0));
    return Math.min(byRatio, Math.max(0, agreed - others));
  }

  /** Notes that a file came to more than the room it had. */
  refuse({ path, bytes, modifiedAt }: Found, room: number, message: string): void {
    this.#refused.set(path, { bytes, modifiedAt, room, message });
  }

  /** Why there is no use in unpacking a file again: it is as it was, and has no more room. */
  refusal({ path, bytes, modifiedAt }: Found, room: number): string | undefined {
    const known = this.#refused.get(path);
    if (!known || room > known.room) return undefined;
    return known.bytes === bytes && known.modifiedAt === modifiedAt ? known.message : undefined;
  }

  #sum(agent: string): number {
    const known = this.#sums.get(agent);
    const now = performance.now();
    if (known && now - known.at < KEPT_MS) return known.bytes;
    const row = this.#database.get(
      'SELECT coalesce(sum(byte_count), 0) AS bytes FROM log WHERE agent = ? AND superseded = 0',
      [agent],
    );
    const bytes = row ? number(row, 'bytes') : 0;
    this.#sums.set(agent, { bytes, at: now });
    return bytes;
  }
}
