/**
 * What version 0.4.0 changes. Until it is released a migration may still be added at the end; one
 * that is on main is not edited, because stores of those who develop Multipath have it.
 */
import type { Migration } from './migration.ts';

export const VERSION_0_4_0: readonly Migration[] = [
  {
    // What branches were given when they were last judged, for the tree and the graph. Bookkeeping:
    // it can be found out again, and counts for nothing once a session has other messages.
    id: 'graph/1',
    sql: `
      CREATE TABLE judged (
        session_id TEXT NOT NULL,
        among TEXT NOT NULL,
        messages INTEGER NOT NULL,
        score REAL NOT NULL,
        best INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (session_id, among)
      ) WITHOUT ROWID;
    `,
  },
];
