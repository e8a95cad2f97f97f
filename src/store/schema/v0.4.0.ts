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
  {
    // Subagents whose conversations stand in the file of the session they worked for: such a branch
    // is a session of its own, and `call_seq` the record in that file whose tool call started it.
    // Logs up to `sidechains_before` were derived by a version that hid them: see
    // src/server/upkeep/oldReadings.ts.
    id: 'sidechains/1',
    sql: `
      ALTER TABLE branch ADD COLUMN sidechain INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE session ADD COLUMN call_seq INTEGER;
      INSERT INTO meta (key, value)
        SELECT 'sidechains_before', num FROM log ORDER BY num DESC LIMIT 1;
    `,
  },
  {
    // How many records of a log whose file is gone are copied (src/store/copies/rescuedCopies.ts).
    id: 'rescue/1',
    sql: 'ALTER TABLE log ADD COLUMN copied_count INTEGER NOT NULL DEFAULT 0;',
  },
  {
    // What subagents said is found as well: their logs are to be indexed.
    id: 'search/2',
    sql: `
      UPDATE log SET revision = random() & 281474976710655
      WHERE num IN (SELECT log FROM session WHERE trunk_id IS NOT NULL);
    `,
  },
  {
    // Whoever puts a judgement in or takes it out keeps what finds it by session.
    id: 'judge/2',
    sql: `
      CREATE TRIGGER judgement_added AFTER INSERT ON judgement BEGIN
        INSERT OR IGNORE INTO judged (session_id, judgement)
        SELECT value, NEW.id FROM json_each(NEW.data, '$.sessionIds');
      END;
      CREATE TRIGGER judgement_removed AFTER DELETE ON judgement BEGIN
        DELETE FROM judged WHERE judgement = OLD.id;
      END;
    `,
  },
];
