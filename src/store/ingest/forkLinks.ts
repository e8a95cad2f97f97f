/**
 * Our own forks follow the log that they were cut from: their prefix is found anew from its anchor
 * whenever that log was derived again.
 */
import type { Catalogue } from '../catalogue.ts';
import { number, text, textOrNull, type Database, type Row } from '../database.ts';
import { ownerOf, sameMessage } from '../families.ts';
import type { Outlines } from '../outlines.ts';
import { positionOf } from '../transcripts.ts';

export class ForkLinks {
  readonly #database: Database;
  readonly #catalogue: Catalogue;
  readonly #outlines: Outlines;

  constructor(database: Database, catalogue: Catalogue, outlines: Outlines) {
    this.#database = database;
    this.#catalogue = catalogue;
    this.#outlines = outlines;
  }

  /**
   * Native forks of a log follow it, and forks of those: the length of their prefix is found anew
   * from the anchor, and when their parent no longer runs through it (the agent was rewound), so
   * is their parent. A parent whose file was rewritten stays, and shares what both still say.
   */
  refresh(log: number): string[] {
    const changed = new Set<string>();
    const logs = new Set([log]);
    // A set that grows while it is walked: every log is followed once.
    for (const base of logs) {
      for (const row of this.#forksOf(base)) {
        if (!this.#refreshFork(row, changed)) continue;
        logs.add(number(row, 'log'));
      }
    }
    return [...changed];
  }

  /** Native forks that are anchored in a log, or whose parent is in it. */
  #forksOf(log: number): Row[] {
    return this.#database.all(
      `SELECT s.id, s.log, s.parent_id, s.inherited, s.parent_shared, s.message_count,
         n.parent_id AS wanted, n.fork_log, n.fork_seq
       FROM native n JOIN session s ON s.id = n.session_id WHERE n.session_id IN (
         SELECT session_id FROM native WHERE fork_log = ?1
         UNION SELECT c.id FROM session p JOIN session c ON c.parent_id = p.id WHERE p.log = ?1)
         AND n.fork_log IS NOT NULL`,
      [log],
    );
  }

  /** True when the fork has another length now; then its own forks have as well. */
  #refreshFork(row: Row, changed: Set<string>): boolean {
    const owner = ownerOf(
      this.#database,
      this.#outlines,
      number(row, 'fork_log'),
      number(row, 'fork_seq'),
    );
    if (!owner) return false;
    const inherited = owner.place.index + 1;
    const wanted = text(row, 'wanted');
    const holder = [wanted, owner.sessionId].find((id) => {
      const at = positionOf(this.#database, id);
      return at && this.#outlines.passes(at.log, at.branch, owner.place);
    });
    const parentId = holder ?? wanted;
    const shared = holder === undefined ? this.#shared(row, inherited, wanted) : inherited;
    const before = number(row, 'inherited');
    const oldParent = textOrNull(row, 'parent_id');
    if (before === inherited && oldParent === parentId && number(row, 'parent_shared') === shared) {
      return false;
    }
    const id = text(row, 'id');
    this.#database.run(
      `UPDATE session SET parent_id = ?, inherited = ?, parent_shared = ?, message_count = ?
       WHERE id = ?`,
      [parentId, inherited, shared, number(row, 'message_count') - before + inherited, id],
    );
    this.#catalogue.hang(id);
    for (const touched of [id, parentId, oldParent]) {
      if (touched !== undefined) changed.add(touched);
    }
    return before !== inherited;
  }

  /** Leading messages of a fork that another session has in the same places. */
  #shared(fork: Row, inherited: number, otherId: string): number {
    const other = positionOf(this.#database, otherId);
    if (!other) return 0;
    const mine = this.#outlines.entries(number(fork, 'log'), 0, 0, inherited);
    const theirs = this.#outlines.entries(other.log, other.branch, 0, inherited);
    const differs = mine.findIndex(({ entry }, index) => {
      const counterpart = theirs[index];
      return !counterpart || !sameMessage(entry, counterpart.entry);
    });
    return differs === -1 ? inherited : differs;
  }
}
