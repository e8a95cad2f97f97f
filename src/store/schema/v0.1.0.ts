/** The schema of version 0.1.0, released: not a character of its SQL may change any more. */
import { number, type Database } from '../database.ts';
import type { Migration } from './migration.ts';

export const VERSION_0_1_0: readonly Migration[] = [
  {
    id: 'store/1',
    sql: `
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

      -- Records: the truth. A log's records [0, cold_count) lie in the archive, the rest here.
      CREATE TABLE log (
        num INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        agent TEXT NOT NULL,
        path TEXT,
        native_id TEXT NOT NULL,
        generation INTEGER NOT NULL,
        superseded INTEGER NOT NULL DEFAULT 0,
        record_count INTEGER NOT NULL DEFAULT 0,
        byte_count INTEGER NOT NULL DEFAULT 0,
        cold_count INTEGER NOT NULL DEFAULT 0,
        terminated_count INTEGER NOT NULL DEFAULT 0,
        terminated_bytes INTEGER NOT NULL DEFAULT 0,
        prefix_hash TEXT NOT NULL DEFAULT '',
        file_bytes INTEGER NOT NULL DEFAULT -1,
        file_modified_at REAL NOT NULL DEFAULT 0,
        root_lineage TEXT,
        forked_from TEXT,
        forked_from_message TEXT,
        created_at INTEGER NOT NULL
      );
      CREATE INDEX log_by_path ON log (path);
      CREATE INDEX log_by_native_id ON log (agent, native_id);
      CREATE INDEX log_by_root ON log (root_lineage) WHERE root_lineage IS NOT NULL;
      CREATE INDEX log_by_forked_from ON log (forked_from) WHERE forked_from IS NOT NULL;
      CREATE TABLE record (
        log INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        bytes BLOB,
        blob TEXT,
        PRIMARY KEY (log, seq)
      );
      CREATE INDEX record_by_blob ON record (blob) WHERE blob IS NOT NULL;
      CREATE TABLE member (
        log INTEGER NOT NULL,
        first_seq INTEGER NOT NULL,
        count INTEGER NOT NULL,
        segment INTEGER NOT NULL,
        position INTEGER NOT NULL,
        length INTEGER NOT NULL,
        raw_bytes INTEGER NOT NULL,
        PRIMARY KEY (log, first_seq)
      );

      -- Facts: what only the person made.
      CREATE TABLE native (
        session_id TEXT PRIMARY KEY,
        log INTEGER NOT NULL UNIQUE,
        parent_id TEXT,
        fork_log INTEGER,
        fork_seq INTEGER,
        fork_native_id TEXT,
        title TEXT NOT NULL,
        created_at INTEGER NOT NULL
      );
      CREATE INDEX native_by_fork ON native (fork_log) WHERE fork_log IS NOT NULL;
      CREATE TABLE fact (
        session_id TEXT PRIMARY KEY,
        title TEXT,
        retention TEXT NOT NULL DEFAULT 'standard',
        metadata TEXT NOT NULL DEFAULT '{}',
        deleted_at INTEGER
      );
      CREATE TABLE tag (
        session_id TEXT NOT NULL,
        tag TEXT NOT NULL,
        PRIMARY KEY (tag, session_id)
      ) WITHOUT ROWID;
      CREATE INDEX tag_by_session ON tag (session_id);
      CREATE TABLE consent (agent TEXT PRIMARY KEY, answer TEXT NOT NULL, at INTEGER NOT NULL);
      -- Which session a branch of an agent's log is, for ever.
      CREATE TABLE identity (
        agent TEXT NOT NULL,
        native_id TEXT NOT NULL,
        branch_key TEXT NOT NULL,
        session_id TEXT NOT NULL UNIQUE,
        PRIMARY KEY (agent, native_id, branch_key)
      ) WITHOUT ROWID;

      -- Derived: rebuilt from records and facts.
      CREATE TABLE branch (
        log INTEGER NOT NULL,
        number INTEGER NOT NULL,
        key TEXT NOT NULL,
        parent_number INTEGER,
        parent_length INTEGER NOT NULL DEFAULT 0,
        own_count INTEGER NOT NULL,
        session_id TEXT NOT NULL,
        PRIMARY KEY (log, number)
      );
      CREATE INDEX branch_by_session ON branch (session_id);
      CREATE TABLE outline (
        log INTEGER NOT NULL,
        branch INTEGER NOT NULL,
        chunk INTEGER NOT NULL,
        min_seq INTEGER NOT NULL,
        max_seq INTEGER NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (log, branch, chunk)
      );
      CREATE TABLE problem (
        log INTEGER NOT NULL,
        line INTEGER NOT NULL,
        message TEXT NOT NULL,
        text TEXT NOT NULL
      );
      CREATE INDEX problem_by_log ON problem (log);
      CREATE TABLE session (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        listed INTEGER NOT NULL,
        log INTEGER NOT NULL,
        branch INTEGER NOT NULL,
        parent_id TEXT,
        tree_parent_id TEXT,
        fork_log INTEGER,
        fork_seq INTEGER,
        fork_native_id TEXT,
        inherited INTEGER NOT NULL,
        parent_shared INTEGER NOT NULL,
        project_key TEXT NOT NULL,
        title TEXT NOT NULL,
        git_branch TEXT,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        message_count INTEGER NOT NULL,
        input_tokens INTEGER NOT NULL,
        output_tokens INTEGER NOT NULL,
        cache_read_tokens INTEGER NOT NULL,
        cache_write_tokens INTEGER NOT NULL,
        cost REAL,
        models TEXT NOT NULL,
        providers TEXT NOT NULL
      );
      CREATE INDEX session_by_tree ON session (tree_parent_id, updated_at DESC);
      CREATE INDEX session_by_parent ON session (parent_id);
      CREATE INDEX session_by_project ON session (project_key, updated_at DESC);
      CREATE INDEX session_by_time ON session (updated_at DESC);
      CREATE INDEX session_by_log ON session (log);
      CREATE TABLE project (key TEXT PRIMARY KEY, path TEXT NOT NULL, name TEXT NOT NULL);
      CREATE TABLE access (
        session_id TEXT PRIMARY KEY,
        count INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        frequency REAL NOT NULL
      );

      -- Bookkeeping of the store itself.
      -- One tree and no index, because every change of the store adds a row.
      CREATE TABLE request (
        id TEXT PRIMARY KEY,
        outcome TEXT NOT NULL,
        at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE move (
        num INTEGER PRIMARY KEY,
        session_id TEXT NOT NULL,
        from_tier TEXT NOT NULL,
        to_tier TEXT NOT NULL,
        reason TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        milliseconds REAL NOT NULL,
        at INTEGER NOT NULL
      );
    `,
  },
  {
    // What the full-text index follows: a number of each log that is another one whenever what is
    // to be found of it may be. Random, so that a store restored from an older copy never seems to
    // be what was indexed; kept by triggers, so that no change can forget it.
    id: 'search/1',
    sql: `
      ALTER TABLE log ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
      UPDATE log SET revision = random() & 281474976710655;
      INSERT INTO meta (key, value) VALUES ('search_epoch', lower(hex(randomblob(16))));

      CREATE TRIGGER branch_added AFTER INSERT ON branch BEGIN
        UPDATE log SET revision = random() & 281474976710655 WHERE num = NEW.log; END;
      CREATE TRIGGER branch_changed AFTER UPDATE ON branch BEGIN
        UPDATE log SET revision = random() & 281474976710655 WHERE num = NEW.log; END;
      CREATE TRIGGER branch_removed AFTER DELETE ON branch BEGIN
        UPDATE log SET revision = random() & 281474976710655 WHERE num = OLD.log; END;
      -- A session that is saved anew may leave the log it was in: that of an older generation.
      CREATE TRIGGER session_saved BEFORE INSERT ON session BEGIN
        UPDATE log SET revision = random() & 281474976710655
        WHERE num = (SELECT log FROM session WHERE id = NEW.id); END;
      CREATE TRIGGER session_inherits AFTER UPDATE OF inherited, log, branch ON session
        WHEN OLD.inherited <> NEW.inherited OR OLD.log <> NEW.log OR OLD.branch <> NEW.branch BEGIN
        UPDATE log SET revision = random() & 281474976710655 WHERE num IN (OLD.log, NEW.log); END;
      CREATE TRIGGER session_removed AFTER DELETE ON session BEGIN
        UPDATE log SET revision = random() & 281474976710655 WHERE num = OLD.log; END;
      -- A fork keeps messages of an older generation in use.
      CREATE TRIGGER native_added AFTER INSERT ON native WHEN NEW.fork_log IS NOT NULL BEGIN
        UPDATE log SET revision = random() & 281474976710655
        WHERE num = NEW.fork_log AND superseded = 1; END;
    `,
  },
  {
    // Records under one number instead of under a key with an index of its own: a record that is
    // added touches one page less, and a page of messages is one run of rows. And fewer indexes
    // hold the time of a session's last message, which changes with every message.
    id: 'store/2',
    sql: `
      CREATE TABLE numbered_record (
        id INTEGER PRIMARY KEY,
        log INTEGER NOT NULL GENERATED ALWAYS AS (id >> 32) VIRTUAL,
        seq INTEGER NOT NULL GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
        bytes BLOB,
        blob TEXT
      );

      DROP INDEX session_by_tree;
      DROP INDEX session_by_project;
      DROP INDEX session_by_time;
      CREATE INDEX session_by_tree ON session (tree_parent_id, listed, project_key, updated_at DESC);
      CREATE INDEX session_by_time ON session (listed, updated_at DESC, created_at);
      CREATE INDEX session_by_project ON session (project_key, listed);
    `,
  },
  {
    // After store/2, so that an older version that opens a store half-way finds an id it does not
    // know and leaves the store alone.
    id: 'store/3',
    step: numberRecords,
    sql: `
      DROP TABLE record;
      ALTER TABLE numbered_record RENAME TO record;
      CREATE INDEX record_by_blob ON record (blob) WHERE blob IS NOT NULL;
    `,
  },
  {
    // Which rule of the decision table moved a session, and sessions that were removed for good
    // while forks still read their messages.
    id: 'tiers/1',
    sql: `
      ALTER TABLE move ADD COLUMN rule TEXT;
      ALTER TABLE fact ADD COLUMN purged_at INTEGER;
      CREATE INDEX fact_deleted ON fact (deleted_at) WHERE deleted_at IS NOT NULL;
      CREATE INDEX fact_critical ON fact (session_id) WHERE retention = 'critical';
    `,
  },
];

/** Bounds of what one transaction moves: all of it is in memory until the transaction ends. */
const MOVED_ROWS = 2_000;
const MOVED_BYTES = 4 << 20;

/** Moves some rows of `record` to `numbered_record`; false when there were none. */
function numberRecords(database: Database): boolean {
  const rows = database.all(
    'SELECT log, seq, coalesce(length(bytes), 0) AS size FROM record ORDER BY log, seq LIMIT ?',
    [MOVED_ROWS],
  );
  let bytes = 0;
  const full = rows.findIndex((row) => (bytes += number(row, 'size')) >= MOVED_BYTES);
  const last = rows.at(full);
  if (!last) return false;
  const upTo = [number(last, 'log'), number(last, 'seq')];
  database.run(
    `INSERT INTO numbered_record (id, bytes, blob)
     SELECT (log << 32) + seq, bytes, blob FROM record WHERE (log, seq) <= (?, ?) ORDER BY log, seq`,
    upTo,
  );
  database.run('DELETE FROM record WHERE (log, seq) <= (?, ?)', upTo);
  return true;
}
