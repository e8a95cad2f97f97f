/** Writes a row only where it says something else than what stands there: a page not written is a page not flushed. */
import type { Database, SqlValue } from './database.ts';

export type Columns = Readonly<Record<string, SqlValue>>;

/**
 * Puts a row in the place of the one with the same key. Columns that are not given become what a new
 * row has in them, when it is written. Inside a transaction. Returns false where nothing differed.
 */
export function putRow(database: Database, table: string, key: Columns, values: Columns): boolean {
  const keys = Object.keys(key);
  const where = keys.map((column) => `${column} = ?`).join(' AND ');
  const columns = [...keys, ...Object.keys(values)];
  const old = database.get(
    `SELECT ${columns.join(', ')} FROM ${table} WHERE ${where}`,
    Object.values(key),
  );
  if (old && Object.entries(values).every(([column, value]) => old[column] === value)) return false;
  database.run(
    `INSERT OR REPLACE INTO ${table} (${columns.join(', ')})
     VALUES (${columns.map(() => '?').join(', ')})`,
    [...Object.values(key), ...Object.values(values)],
  );
  return true;
}
