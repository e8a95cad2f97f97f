/**
 * The run that filled a fork, for a copy of the fork outside the store, and taken back from there.
 *
 * Invariant: what a file says of runs is taken in only where nothing is known here, and nothing in
 * it is under way: whoever ran it is elsewhere.
 */
import * as v from 'valibot';
import { factOf, putFact, type KeyedFact } from './copies/factRows.ts';
import { text, type Database } from './database.ts';
import { budgetOf } from './runRows.ts';

/** Tokens, as the setting has them that a person has not changed. */
const MOST_TOKENS = 1_000_000;

export interface ExploredContents {
  readonly exploration: KeyedFact;
  readonly run: KeyedFact;
}

/** `undefined` for a session that no exploration made. */
export function exploredContents(
  database: Database,
  sessionId: string,
): ExploredContents | undefined {
  const row = database.get('SELECT id, exploration FROM run WHERE session_id = ?', [sessionId]);
  if (!row) return undefined;
  const [run, exploration] = [text(row, 'id'), text(row, 'exploration')];
  const value = factOf(database, 'exploration', exploration);
  if (value === undefined) return undefined;
  return {
    exploration: { id: exploration, value },
    run: { id: run, value: factOf(database, 'run', run) },
  };
}

/** Inside a transaction. What makes no sense is left out: the fork is whole without it. */
export function restoreExplored(
  database: Database,
  sessionId: string,
  { exploration, run }: ExploredContents,
): void {
  const known = 'SELECT 1 FROM run WHERE id = ? OR session_id = ?';
  if (database.get(known, [run.id, sessionId])) return;
  // Put in first and looked at then, it would have taken the place of another session's run.
  if (!v.is(v.looseObject({ session: v.literal(sessionId) }), run.value)) return;
  if (!putFact(database, 'run', run.id, run.value)) return;
  database.run(
    `UPDATE run SET state = 'interrupted' WHERE id = ? AND state IN ('queued', 'running')`,
    [run.id],
  );
  database.run('UPDATE run SET exploration = ? WHERE id = ?', [exploration.id, run.id]);
  if (database.get('SELECT 1 FROM exploration WHERE id = ?', [exploration.id])) return;
  if (putFact(database, 'exploration', exploration.id, exploration.value)) {
    limitBudget(database, exploration.id);
  } else database.run('DELETE FROM run WHERE id = ?', [run.id]);
}

/** Whoever retries the run here did not choose its budget: somebody else's file has none without end. */
function limitBudget(database: Database, id: string): void {
  const row = database.get('SELECT budget FROM exploration WHERE id = ?', [id]);
  const budget = row ? budgetOf(row) : {};
  const tokens = Math.min(budget.tokens ?? MOST_TOKENS, MOST_TOKENS);
  database.run('UPDATE exploration SET budget = ? WHERE id = ?', [
    JSON.stringify({ ...budget, tokens }),
    id,
  ]);
}
