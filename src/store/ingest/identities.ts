/**
 * Which session a branch of an agent's log is: the same one through every new derivation, and through
 * every generation of the file. Identities are facts; nothing can find them again.
 */
import { newId } from '../../core/ids.ts';
import { text, textOrNull, type Database } from '../database.ts';

/** What the sessions of a log are known by. */
export interface KnownLog {
  readonly agent: string;
  readonly nativeId: string;
}

/** The session that a branch is, made on first sight. */
export function sessionOfBranch(database: Database, known: KnownLog, branchKey: string): string {
  const key = [known.agent, known.nativeId, branchKey];
  const found = database.get(
    'SELECT session_id FROM identity WHERE agent = ? AND native_id = ? AND branch_key = ?',
    key,
  );
  if (found) return text(found, 'session_id');
  const id = newId();
  database.run(
    'INSERT INTO identity (agent, native_id, branch_key, session_id) VALUES (?, ?, ?, ?)',
    [...key, id],
  );
  return id;
}

/**
 * What a log's sessions are known by. Two files may hold the same native id (a copied folder): the
 * one that came later is told apart by its path, a log without a file by its own id. Which came
 * first is a matter of files, not of their generations.
 */
export function identityOf(database: Database, log: number, nativeId: string): KnownLog {
  const row = database.get('SELECT id, agent, path FROM log WHERE num = ?', [log]);
  if (!row) return { agent: '', nativeId };
  const agent = text(row, 'agent');
  const path = textOrNull(row, 'path');
  if (path === undefined) return { agent, nativeId: text(row, 'id') };
  const earlier = database.get(
    `SELECT 1 FROM log o WHERE o.agent = ?1 AND o.native_id = ?2 AND o.path <> ?3
       AND (SELECT min(num) FROM log WHERE path = o.path) <
           (SELECT min(num) FROM log WHERE path = ?3) LIMIT 1`,
    [agent, nativeId, path],
  );
  return { agent, nativeId: earlier ? `${nativeId}\n${path}` : nativeId };
}
