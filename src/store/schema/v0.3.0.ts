/** What version 0.3.0 changed, released: not a character of its SQL may change any more. */
import type { Migration } from './migration.ts';

export const VERSION_0_3_0: readonly Migration[] = [
  {
    // When an agent's file was first missed (derived: a look at the folders finds it out again),
    // and how much of an agent's history may be read (a fact, like the answer it belongs to).
    id: 'agents/2',
    sql: `
      ALTER TABLE log ADD COLUMN gone_at INTEGER;
      CREATE INDEX log_gone ON log (gone_at) WHERE gone_at IS NOT NULL;
      ALTER TABLE consent ADD COLUMN budget TEXT;
    `,
  },
  {
    // What was merged from where. Derived from the records of our own logs, which say it; kept in
    // rows so that what is merged already is found without reading them.
    id: 'merge/1',
    sql: `
      CREATE TABLE merge (
        id TEXT PRIMARY KEY,
        log INTEGER NOT NULL,
        mode TEXT NOT NULL,
        source_id TEXT NOT NULL,
        target_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        messages INTEGER NOT NULL
      );
      CREATE INDEX merge_by_log ON merge (log);
      CREATE INDEX merge_by_source ON merge (source_id);
      CREATE INDEX merge_by_target ON merge (target_id, at);
      CREATE TABLE merged_message (
        log INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        origin TEXT NOT NULL,
        merge TEXT NOT NULL,
        PRIMARY KEY (log, seq, origin)
      ) WITHOUT ROWID;
      CREATE INDEX merged_by_merge ON merged_message (merge);
    `,
  },
  {
    // What the tree groups by stands in the row of a session and in the index that the tree walks
    // anyway, so that counts and pages touch no other row. Pins and notes are facts in columns of
    // their own: metadata belongs to whoever set it and is replaced as a whole.
    // `listed` is 2 for a subagent that is shown with the session it worked for, its trunk.
    id: 'tree/1',
    sql: `
      ALTER TABLE fact ADD COLUMN pinned_at INTEGER;
      ALTER TABLE fact ADD COLUMN note TEXT;
      CREATE INDEX fact_pinned ON fact (session_id) WHERE pinned_at IS NOT NULL;

      ALTER TABLE log ADD COLUMN subagent_of TEXT;
      CREATE INDEX log_by_subagent_of ON log (agent, subagent_of) WHERE subagent_of IS NOT NULL;

      ALTER TABLE session ADD COLUMN trunk_id TEXT;
      ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
      ALTER TABLE session ADD COLUMN cold INTEGER NOT NULL DEFAULT 0;
      UPDATE session SET (agent, cold) =
        (SELECT agent, cold_count > 0 FROM log WHERE num = session.log);
      CREATE INDEX session_by_trunk ON session (trunk_id) WHERE trunk_id IS NOT NULL;
      DROP INDEX session_by_time;
      CREATE INDEX session_by_time ON session
        (listed, updated_at DESC, created_at, tree_parent_id, agent, cold);

      CREATE TRIGGER log_tier AFTER UPDATE OF cold_count ON log
        WHEN (OLD.cold_count > 0) <> (NEW.cold_count > 0) BEGIN
        UPDATE session SET cold = NEW.cold_count > 0 WHERE log = NEW.num; END;
      -- What may be found of a log changes with whether it is listed.
      CREATE TRIGGER session_trunk AFTER UPDATE OF trunk_id ON session
        WHEN OLD.trunk_id IS NOT NEW.trunk_id BEGIN
        UPDATE log SET revision = random() & 281474976710655 WHERE num = NEW.log; END;
    `,
  },
  {
    // What was seen of projects' folders, and where they are now: facts, because nobody can look at
    // a folder that is gone. `session.folder` (derived) is the folder that a session was recorded
    // in, where its project is elsewhere now.
    id: 'projects/1',
    sql: `
      CREATE TABLE place (
        folder TEXT PRIMARY KEY,
        identity TEXT,
        moved_to TEXT,
        moved_by TEXT,
        moved_at INTEGER
      ) WITHOUT ROWID;
      CREATE INDEX place_by_target ON place (moved_to) WHERE moved_to IS NOT NULL;
      ALTER TABLE session ADD COLUMN folder TEXT;
    `,
  },
  {
    // Session files that were written for agents to go on with: facts, because what an agent adds
    // does not say what its beginning was taken from. Logs by their ids, as in the facts log.
    id: 'resume/1',
    sql: `
      CREATE TABLE resume (
        native_id TEXT PRIMARY KEY,
        agent TEXT NOT NULL,
        path TEXT NOT NULL,
        session_id TEXT NOT NULL,
        fork_log TEXT NOT NULL,
        fork_seq INTEGER NOT NULL,
        messages INTEGER NOT NULL,
        records INTEGER NOT NULL,
        request_id TEXT,
        created_at INTEGER NOT NULL,
        written INTEGER NOT NULL DEFAULT 0
      ) WITHOUT ROWID;
      CREATE INDEX resume_by_fork ON resume (fork_log);
      CREATE INDEX resume_by_request ON resume (request_id);
    `,
  },
  {
    // What a session's answers took, by model, so that its cost is found anew without reading a
    // message; and how many of them have no known price. Filled in by src/server/upkeep/repricing.ts.
    id: 'costs/1',
    sql: `
      ALTER TABLE session ADD COLUMN usage TEXT;
      ALTER TABLE session ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0;
    `,
  },
];
