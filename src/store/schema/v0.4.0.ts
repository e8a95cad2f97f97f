/**
 * What version 0.4.0 changes. Until it is released a migration may still be added at the end; one
 * that is on main is not edited, because stores of those who develop Multipath have it.
 */
import type { Migration } from './migration.ts';

export const VERSION_0_4_0: readonly Migration[] = [
  {
    // Subagents whose conversations stand in the file of the session they worked for: such a branch
    // is a session of its own, and `call_seq` the record in that file whose tool call started it.
    // Logs up to `sidechains_before` were derived by a version that hid them: see
    // src/server/upkeep/oldSidechains.ts.
    id: 'sidechains/1',
    sql: `
      ALTER TABLE branch ADD COLUMN sidechain INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE session ADD COLUMN call_seq INTEGER;
      INSERT INTO meta (key, value)
        SELECT 'sidechains_before', num FROM log ORDER BY num DESC LIMIT 1;
    `,
  },
];
