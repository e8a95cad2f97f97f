/** The server that ships, as a later version of it will be: it knows one more migration. */
import type { Migration } from '../../../../src/store/schema/migration.ts';
import { MIGRATIONS } from '../../../../src/store/schema/migrations.ts';

// Only for this process, whose servers then are of another version than those of the others.
const migrations = MIGRATIONS as Migration[];
migrations.push({
  id: 'future/1',
  sql: 'CREATE TABLE future (what TEXT NOT NULL); INSERT INTO future VALUES (1);',
});
await import('../../../../src/server/main.ts');
