/** Brings a database to this version's schema, unless a newer version wrote it. */
import { MultipathError } from '../core/errors.ts';
import { number, text, type Database } from './database.ts';
import { MIGRATIONS } from './schema/migrations.ts';

export type SchemaState = 'older' | 'current' | 'newer';

/**
 * Applies what is missing, each migration in a transaction of its own with its record.
 * @throws MultipathError `newer-store`: look with `schemaState` before
 */
export function migrate(database: Database & { exec(sql: string): void }, now: number): void {
  if (schemaState(database) === 'newer') {
    throw new MultipathError('newer-store', 'A newer version of Multipath wrote this store.');
  }
  database.exec(
    'CREATE TABLE IF NOT EXISTS migration (id TEXT PRIMARY KEY, applied_at INTEGER NOT NULL)',
  );
  const applied = new Set(idsOf(database));
  for (const { id, sql, step } of MIGRATIONS) {
    if (applied.has(id)) continue;
    while (step && database.transaction(() => step(database))) database.flush();
    database.transaction(() => {
      database.exec(sql);
      database.run('INSERT INTO migration (id, applied_at) VALUES (?, ?)', [id, now]);
    });
  }
  database.flush();
}

/** Which version wrote a database, told by the migrations it lists. */
export function schemaState(database: Database): SchemaState {
  const row = database.get(
    "SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table' AND name = 'migration'",
  );
  if (!row || number(row, 'n') === 0) return 'older';
  const known = new Set(MIGRATIONS.map((migration) => migration.id));
  const applied = idsOf(database);
  if (applied.some((id) => !known.has(id))) return 'newer';
  return applied.length < known.size ? 'older' : 'current';
}

function idsOf(database: Database): string[] {
  return database.all('SELECT id FROM migration').map((row) => text(row, 'id'));
}
