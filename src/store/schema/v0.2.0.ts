/** What version 0.2.0 changed, released: not a character of its SQL may change any more. */
import type { Migration } from './migration.ts';

export const VERSION_0_2_0: readonly Migration[] = [
  {
    // Finds the few sessions that were still written to long after a range of time ended.
    id: 'store/4',
    sql: `
      CREATE INDEX session_lasting ON session (listed, created_at)
        WHERE updated_at - created_at > 604800000;
    `,
  },
  {
    // Agents' forks that copy nothing: which log's records come before theirs. Derived, like the
    // number that a log's first record has where an agent counts records across logs.
    id: 'agents/1',
    sql: `
      ALTER TABLE log ADD COLUMN first_ordinal INTEGER;
      CREATE TABLE base (
        log INTEGER PRIMARY KEY,
        native_id TEXT NOT NULL,
        end_ordinal INTEGER NOT NULL,
        fork_log INTEGER,
        fork_seq INTEGER
      );
      CREATE INDEX base_by_native_id ON base (native_id);
      CREATE INDEX base_by_fork ON base (fork_log) WHERE fork_log IS NOT NULL;
    `,
  },
];
