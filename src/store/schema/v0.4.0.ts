/**
 * What version 0.4.0 changes. Until it is released a migration may still be added at the end; one
 * that is on main is not edited, because stores of those who develop Multipath have it.
 */
import type { Migration } from './migration.ts';

export const VERSION_0_4_0: readonly Migration[] = [
  {
    // What was asked of models, and what came of it: facts. Logs by their ids, as in the facts log.
    // An answer on its way is added piece by piece in a table that the facts log does not watch;
    // once it is whole it is a record of the fork, and once it is broken off a part of its run.
    id: 'explore/1',
    sql: `
      CREATE TABLE exploration (
        id TEXT PRIMARY KEY,
        session_id TEXT NOT NULL,
        fork_log TEXT NOT NULL,
        fork_seq INTEGER NOT NULL,
        fork_native_id TEXT,
        question TEXT NOT NULL,
        strategies TEXT NOT NULL,
        budget TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX exploration_by_session ON exploration (session_id);
      CREATE TABLE run (
        id TEXT PRIMARY KEY,
        exploration TEXT NOT NULL,
        session_id TEXT NOT NULL UNIQUE,
        strategy TEXT NOT NULL,
        model TEXT NOT NULL,
        state TEXT NOT NULL,
        step INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        partial TEXT,
        failure TEXT,
        error TEXT,
        usage TEXT NOT NULL,
        estimated INTEGER NOT NULL,
        context TEXT,
        created_at INTEGER NOT NULL,
        started_at INTEGER,
        ended_at INTEGER,
        runner TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX run_by_exploration ON run (exploration);
      CREATE INDEX run_live ON run (state) WHERE state IN ('queued', 'running');
      CREATE TABLE run_text (
        run TEXT NOT NULL,
        first INTEGER NOT NULL,
        end INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (run, first)
      ) WITHOUT ROWID;
    `,
  },
];
