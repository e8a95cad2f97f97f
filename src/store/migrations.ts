/** Brings a database to this version's schema, or finds that a newer version wrote it. */
import { number, text, type Database } from './database.ts';
import { MIGRATIONS } from './schema.ts';

export type SchemaState = 'current' | 'newer';

/** Applies what is missing, each migration in a transaction of its own with its record. */
export function migrate(
  database: Database & { exec(sql: string): void },
  now: number,
): SchemaState {
  if (isNewer(database)) return 'newer';
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
  return 'current';
}

function isNewer(database: Database): boolean {
  const row = database.get(
    "SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table' AND name = 'migration'",
  );
  if (!row || number(row, 'n') === 0) return false;
  const known = new Set(MIGRATIONS.map((migration) => migration.id));
  return idsOf(database).some((id) => !known.has(id));
}

function idsOf(database: Database): string[] {
  return database.all('SELECT id FROM migration').map((row) => text(row, 'id'));
}
