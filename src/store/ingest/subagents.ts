/**
 * Subagents and the sessions they work for. A subagent's log names the session that started it, by
 * the agent's own id; that may be a subagent again, and everything is shown with the session at the
 * end of that chain, the trunk. A sidechain is a subagent in the log of the session it works for.
 *
 * Invariant: a subagent whose trunk is in the store is listed with it (`listed` 2) and goes to the
 * trash with it; one whose trunk is unknown is listed like any session, so that it is never lost.
 *
 * Which call started a subagent stands in the trunk's log. What it says is kept in memory from when
 * the log was last derived, for subagents whose logs come after it; a log that is derived later
 * finds those that are there.
 */
import type { EncodedLog } from '../encodedLog.ts';
import type { Catalogue } from '../catalogue.ts';
import { number, numberOrNull, text, textOrNull, type Database, type Row } from '../database.ts';

export class Subagents {
  readonly #database: Database;
  readonly #catalogue: Catalogue;
  /** Per log: the records of the calls that started subagents, by these' native ids. */
  readonly #calls = new Map<number, ReadonlyMap<string, number>>();

  constructor(database: Database, catalogue: Catalogue) {
    this.#database = database;
    this.#catalogue = catalogue;
  }

  /** Keeps what a derived log says of the calls that started subagents. */
  hear(log: number, { subagentCalls = [] }: Pick<EncodedLog, 'subagentCalls'>): void {
    if (subagentCalls.length === 0) this.#calls.delete(log);
    else this.#calls.set(log, new Map(subagentCalls.map((one) => [one.nativeId, one.call.seq])));
  }

  /** The record of the trunk's log that is known to have started a session. */
  callOf(id: string): number | undefined {
    const row = this.#database.get('SELECT call_seq FROM session WHERE id = ?', [id]);
    return row && numberOrNull(row, 'call_seq');
  }

  /** The session that a log's sessions are subagents of, where both is known. */
  trunkOf(log: number): string | undefined {
    const visited = new Set([log]);
    let row = this.#log(log);
    if (!row || row['subagent_of'] === null) return undefined;
    const path = textOrNull(row, 'path') ?? '';
    while (row && row['subagent_of'] !== null) {
      const above: number | undefined = this.#named(row, path, visited);
      if (above === undefined) return undefined;
      visited.add(above);
      row = this.#log(above);
    }
    const session = row && this.#mainSession(number(row, 'num'));
    return session && text(session, 'id');
  }

  /**
   * Hangs a log's subagents, and those of its subagents, on their trunk; and itself, if it is one.
   * Inside a transaction. Returns the sessions that are shown elsewhere now.
   */
  relink(log: number): string[] {
    const changed = new Set<string>();
    const logs = new Set([log]);
    // A set that grows while it is walked: every log is followed once.
    for (const one of logs) {
      const row = this.#log(one);
      if (!row) continue;
      for (const id of this.#settle(row)) changed.add(id);
      const named = this.#database.all('SELECT num FROM log WHERE agent = ? AND subagent_of = ?', [
        text(row, 'agent'),
        text(row, 'native_id'),
      ]);
      for (const child of named) logs.add(number(child, 'num'));
    }
    return [...changed];
  }

  #settle(row: Row): string[] {
    const log = number(row, 'num');
    const isSubagent = row['subagent_of'] !== null;
    const sessions = this.#database.all(
      `SELECT s.id, s.trunk_id, s.call_seq, b.number, b.sidechain FROM session s
       JOIN branch b ON b.log = s.log AND b.number = s.branch
       WHERE s.log = ? AND (?2 OR b.sidechain = 1)`,
      [log, isSubagent ? 1 : 0],
    );
    if (sessions.length === 0) return [];
    const ofLog = this.trunkOf(log);
    const main = this.#mainSession(log);
    const call = this.#callOfLog(row, ofLog);
    const ofSidechains = ofLog ?? (main && text(main, 'id'));
    const changed = new Set<string>();
    for (const session of sessions) {
      const id = text(session, 'id');
      const trunk = session['sidechain'] === 1 ? ofSidechains : ofLog;
      const before = textOrNull(session, 'trunk_id');
      if (trunk !== undefined) changed.add(trunk);
      if (before !== trunk) {
        // What is known of the call is a record of the trunk that was.
        const isCallLost = before !== undefined && session['sidechain'] !== 1;
        this.#database.run(
          `UPDATE session SET trunk_id = ?1, listed = CASE WHEN listed = 0 THEN 0
             WHEN ?1 IS NULL THEN 1 ELSE 2 END, call_seq = CASE WHEN ?3 THEN NULL ELSE call_seq END
           WHERE id = ?2`,
          [trunk ?? null, id, isCallLost ? 1 : 0],
        );
        changed.add(id);
        if (before !== undefined) changed.add(before);
      }
      if (call !== undefined && number(session, 'number') === 0 && session['call_seq'] !== call) {
        this.#database.run('UPDATE session SET call_seq = ? WHERE id = ?', [call, id]);
        changed.add(id);
      }
      if (trunk === undefined) continue;
      for (const one of this.#followToTrash(id, trunk)) changed.add(one);
    }
    return [...changed];
  }

  /** The record of the trunk's own log whose call started a subagent's log. */
  #callOfLog(row: Row, trunk: string | undefined): number | undefined {
    if (trunk === undefined) return undefined;
    const above = this.#database.get('SELECT log FROM session WHERE id = ?', [trunk]);
    const calls = above && this.#calls.get(number(above, 'log'));
    return calls?.get(text(row, 'native_id'));
  }

  /** A subagent that is found while its trunk lies in the trash lies there, too. */
  #followToTrash(id: string, trunk: string): string[] {
    const deletedAt = this.#database.get('SELECT deleted_at FROM fact WHERE session_id = ?', [
      trunk,
    ])?.['deleted_at'];
    if (typeof deletedAt !== 'number') return [];
    const own = this.#database.get('SELECT deleted_at FROM fact WHERE session_id = ?', [id]);
    if (typeof own?.['deleted_at'] === 'number') return [];
    this.#database.run('INSERT OR IGNORE INTO fact (session_id) VALUES (?)', [id]);
    this.#database.run('UPDATE fact SET deleted_at = ? WHERE session_id = ?', [deletedAt, id]);
    this.#database.run('UPDATE session SET listed = 0 WHERE id = ?', [id]);
    this.#catalogue.hang(id);
    return [id, ...this.#catalogue.hangDescendants(id)];
  }

  #log(log: number): Row | undefined {
    return this.#database.get(
      'SELECT num, agent, native_id, subagent_of, path FROM log WHERE num = ?',
      [log],
    );
  }

  /** The log with the id that a subagent names; of copies, the one that lies nearest to it. */
  #named(row: Row, path: string, visited: ReadonlySet<number>): number | undefined {
    const candidates = this.#database
      .all(
        `SELECT num, path FROM log
         WHERE agent = ? AND native_id = ? AND superseded = 0 AND record_count > 0 ORDER BY num`,
        [text(row, 'agent'), text(row, 'subagent_of')],
      )
      .filter((candidate) => !visited.has(number(candidate, 'num')))
      .map((candidate) => ({
        log: number(candidate, 'num'),
        shared: sharedLength(textOrNull(candidate, 'path') ?? '', path),
      }));
    return candidates.toSorted((a, b) => b.shared - a.shared || a.log - b.log)[0]?.log;
  }

  /** The live branch of a log, unless it was removed for good. */
  #mainSession(log: number): Row | undefined {
    return this.#database.get(
      `SELECT s.id FROM branch b JOIN session s ON s.id = b.session_id
       LEFT JOIN fact f ON f.session_id = s.id
       WHERE b.log = ? AND b.number = 0 AND f.purged_at IS NULL`,
      [log],
    );
  }
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
