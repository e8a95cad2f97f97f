/**
 * The answer of a run as it comes: pieces that are only added, so that a long answer costs a write
 * of its newest piece and not of all of it, and the facts log none. Places count UTF-16 units.
 */
import { MultipathError } from '../core/errors.ts';
import { number, text, type Database } from './database.ts';

/** Units of the answer that are there. */
export function textLength(database: Database, run: string): number {
  const row = database.get('SELECT max(end) AS end FROM run_text WHERE run = ?', [run]);
  return typeof row?.['end'] === 'number' ? row['end'] : 0;
}

export function textOfRun(database: Database, run: string): string {
  return database
    .all('SELECT text FROM run_text WHERE run = ? ORDER BY first', [run])
    .map((row) => text(row, 'text'))
    .join('');
}

/**
 * Adds what of a piece is not there yet. Inside a transaction.
 * @throws MultipathError `bad-request` where something is missing before it
 */
export function addText(
  database: Database,
  run: string,
  piece: { readonly at: number; readonly text: string },
): void {
  const length = textLength(database, run);
  if (piece.at > length) {
    throw new MultipathError(
      'bad-request',
      `The answer has ${length} characters, not ${piece.at}.`,
    );
  }
  const added = piece.text.slice(length - piece.at);
  if (added === '') return;
  database.run('INSERT INTO run_text (run, first, end, text) VALUES (?, ?, ?, ?)', [
    run,
    length,
    length + added.length,
    added,
  ]);
}

/** Inside a transaction. */
export function removeText(database: Database, run: string): void {
  database.run('DELETE FROM run_text WHERE run = ?', [run]);
}

/** Forgets the runs of a session, and explorations that have none left. Inside a transaction. */
export function removeRuns(database: Database, sessionId: string): void {
  const rows = database.all('SELECT id, exploration FROM run WHERE session_id = ?', [sessionId]);
  for (const row of rows) {
    removeText(database, text(row, 'id'));
    database.run('DELETE FROM run WHERE id = ?', [text(row, 'id')]);
    const exploration = text(row, 'exploration');
    const left = database.get('SELECT count(*) AS n FROM run WHERE exploration = ?', [exploration]);
    if (left && number(left, 'n') > 0) continue;
    database.run('DELETE FROM exploration WHERE id = ?', [exploration]);
  }
}
