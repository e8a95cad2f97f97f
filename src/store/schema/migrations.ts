/**
 * The schema of warm.db as ordered migrations whose ids are recorded in the database. A database
 * that lists an id we do not know was written by a newer version and is opened read-only.
 *
 * Three kinds of tables are kept apart (docs/store-format.md): records, which are the truth;
 * facts, which only the person made; and derived tables, which can be rebuilt from the two.
 *
 * A file holds what one version changed. A new version has a new file, and its line here, last.
 */
import type { Migration } from './migration.ts';
import { VERSION_0_1_0 } from './v0.1.0.ts';
import { VERSION_0_2_0 } from './v0.2.0.ts';
import { VERSION_0_3_0 } from './v0.3.0.ts';
import { VERSION_0_4_0 } from './v0.4.0.ts';
import { VERSION_0_5_0 } from './v0.5.0.ts';

export const MIGRATIONS: readonly Migration[] = [
  ...VERSION_0_1_0,
  ...VERSION_0_2_0,
  ...VERSION_0_3_0,
  ...VERSION_0_4_0,
  ...VERSION_0_5_0,
];
