/** Logs of which nothing is left but that they were there: their sessions were removed for good. */
import { number, type Database } from '../database.ts';
import { recordId } from '../records.ts';

/** True where nothing of a log is left, and nothing may come back by itself. */
export function isEmptied(database: Database, log: number): boolean {
  const row = database.get('SELECT record_count, file_bytes FROM log WHERE num = ?', [log]);
  return row?.['record_count'] === 0 && number(row, 'file_bytes') >= 0;
}

/** Removes what is of a log, but not the log. */
export function emptyLog(database: Database, log: number): void {
  database.run('DELETE FROM record WHERE id >= ? AND id < ?', [
    recordId(log, 0),
    recordId(log + 1, 0),
  ]);
  for (const table of [
    'member',
    'branch',
    'outline',
    'problem',
    'base',
    'merge',
    'merged_message',
    'session',
    'native',
  ]) {
    database.run(`DELETE FROM ${table} WHERE log = ?`, [log]);
  }
  database.run(
    `UPDATE log SET record_count = 0, byte_count = 0, cold_count = 0, terminated_count = 0,
       terminated_bytes = 0, copied_count = 0, prefix_hash = '' WHERE num = ?`,
    [log],
  );
}
