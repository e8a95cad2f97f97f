/**
 * The ledger of moves between the tiers: a row for each session that moved, with the rule and its
 * reason. Rows are written in the transactions that move the records, so that a process killed in
 * the middle of a long move leaves a ledger that says how far it came.
 */
import type { Tier } from '../../core/session.ts';
import type { MigrationEntry } from '../../core/sessionStore.ts';
import type { PlannedMove } from '../../core/storage.ts';
import { number, text, textOrNull, type Database } from '../database.ts';

/** Newest rows that are kept. */
const KEPT_ROWS = 20_000;
const MAX_ROWS = 10_000;

/** Why a session moves: a rule of the decision table and its reason in words. */
export interface MoveReason {
  readonly rule: string;
  readonly reason: string;
}

export interface LedgerMove extends MoveReason {
  readonly sessionId: string;
  readonly from: Tier;
  readonly to: PlannedMove['to'];
  readonly bytes: number;
  readonly milliseconds: number;
}

export class Ledger {
  readonly #database: Database;
  readonly #isHot: (sessionId: string) => boolean;
  readonly #now: () => number;

  constructor(database: Database, isHot: (sessionId: string) => boolean, now: () => number) {
    this.#database = database;
    this.#isHot = isHot;
    this.#now = now;
  }

  /** Inside a transaction. Returns the row's number. */
  enter(move: LedgerMove): number {
    this.#database.run(
      `INSERT INTO move (session_id, from_tier, to_tier, rule, reason, bytes, milliseconds, at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        move.sessionId,
        move.from,
        move.to,
        move.rule,
        move.reason,
        move.bytes,
        move.milliseconds,
        this.#now(),
      ],
    );
    const row = this.#database.get('SELECT last_insert_rowid() AS num');
    return row ? number(row, 'num') : 0;
  }

  /**
   * Begins the move of a log's records for all of its sessions; the bytes go to `sessionId`, or to
   * the first of them. The function that is returned counts what a transaction moved, inside it.
   */
  begin(
    log: number,
    to: 'warm' | 'cold',
    why: MoveReason,
    sessionId?: string,
  ): (bytes: number) => void {
    const started = performance.now();
    const sessions = this.#sessionsIn(log);
    const main = sessions.find(({ id }) => id === sessionId) ?? sessions[0];
    const fromOf = (id: string): Tier => {
      if (to === 'warm') return 'cold';
      return this.#isHot(id) ? 'hot' : 'warm';
    };
    const moves = sessions.map(({ id }) => ({
      sessionId: id,
      from: fromOf(id),
      to,
      rule: why.rule,
      reason:
        id === main?.id
          ? why.reason
          : `${why.reason}; together with “${main?.title ?? ''}”, which is in the same file`,
    }));
    let bytes = 0;
    let row: number | undefined;
    return (more) => {
      bytes += more;
      const milliseconds = performance.now() - started;
      if (row === undefined) {
        row = 0;
        for (const move of moves) {
          const isMain = move.sessionId === main?.id;
          const num = this.enter({ ...move, bytes: isMain ? bytes : 0, milliseconds });
          if (isMain) row = num;
        }
        return;
      }
      this.#database.run('UPDATE move SET bytes = ?, milliseconds = ? WHERE num = ?', [
        bytes,
        milliseconds,
        row,
      ]);
    };
  }

  /** Newest first. */
  history(limit: number): MigrationEntry[] {
    return this.#database
      .all(
        `SELECT m.*, coalesce(f.title, s.title) AS title FROM move m
         LEFT JOIN session s ON s.id = m.session_id LEFT JOIN fact f ON f.session_id = s.id
         ORDER BY m.num DESC LIMIT ?`,
        [Math.max(1, Math.min(limit, MAX_ROWS))],
      )
      .map((row) => {
        const title = textOrNull(row, 'title');
        const rule = textOrNull(row, 'rule');
        return {
          sessionId: text(row, 'session_id'),
          ...(title !== undefined && { title }),
          // The ledger's tiers are written above, from the type's own values.
          from: text(row, 'from_tier') as Tier,
          to: text(row, 'to_tier') as PlannedMove['to'],
          ...(rule !== undefined && { rule }),
          reason: text(row, 'reason'),
          bytes: number(row, 'bytes'),
          milliseconds: number(row, 'milliseconds'),
          at: number(row, 'at'),
        };
      });
  }

  /** Drops the oldest rows where there are very many. */
  prune(): void {
    this.#database.run('DELETE FROM move WHERE num <= (SELECT max(num) FROM move) - ?', [
      KEPT_ROWS,
    ]);
  }

  #sessionsIn(log: number): { readonly id: string; readonly title: string }[] {
    return this.#database
      .all(
        `SELECT s.id, coalesce(f.title, s.title) AS title FROM session s
         LEFT JOIN fact f ON f.session_id = s.id WHERE s.log = ? ORDER BY s.branch`,
        [log],
      )
      .map((row) => ({ id: text(row, 'id'), title: text(row, 'title') }));
  }
}
