/**
 * What version 0.4.0 changes. Until it is released a migration may still be added at the end; one
 * that is on main is not edited, because stores of those who develop Multipath have it.
 */
import type { Migration } from './migration.ts';

export const VERSION_0_4_0: readonly Migration[] = [
  {
    // A merge's id is its log's own: the same records may stand in another log too. Rows that could
    // not be made beside the first log's are made now. And where a message was merged to is asked
    // of every page that is read.
    id: 'merge/2',
    sql: `
      CREATE TABLE merge_of_log (
        id TEXT NOT NULL,
        log INTEGER NOT NULL,
        mode TEXT NOT NULL,
        source_id TEXT NOT NULL,
        target_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        messages INTEGER NOT NULL,
        PRIMARY KEY (id, log)
      ) WITHOUT ROWID;
      INSERT INTO merge_of_log SELECT id, log, mode, source_id, target_id, at, messages FROM merge;
      INSERT INTO merge_of_log
        SELECT m.id, o.log, m.mode, m.source_id, m.target_id, m.at, count(DISTINCT o.seq)
        FROM merged_message o JOIN merge m ON m.id = o.merge WHERE o.log <> m.log
        GROUP BY o.merge, o.log;
      DROP TABLE merge;
      ALTER TABLE merge_of_log RENAME TO merge;
      CREATE INDEX merge_by_log ON merge (log);
      CREATE INDEX merge_by_source ON merge (source_id);
      CREATE INDEX merge_by_target ON merge (target_id, at);
      CREATE INDEX merged_by_origin ON merged_message (origin);
    `,
  },
  {
    // What a model said when it was asked which branch did better: a fact, because nothing can ask
    // again and get the same. `data` is JSON (src/core/judge.ts); `judged` finds it by session.
    id: 'judge/1',
    sql: `
      CREATE TABLE judgement (
        id TEXT PRIMARY KEY,
        at INTEGER NOT NULL,
        data TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE judged (
        session_id TEXT NOT NULL,
        judgement TEXT NOT NULL,
        PRIMARY KEY (session_id, judgement)
      ) WITHOUT ROWID;
      CREATE INDEX judged_by_judgement ON judged (judgement);
    `,
  },
  {
    // What branches were given when they were last judged, for the tree and the graph. Bookkeeping:
    // it can be found out again, and counts for nothing once a session has other messages.
    id: 'graph/1',
    sql: `
      CREATE TABLE branch_score (
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
