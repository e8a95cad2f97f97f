/**
 * Which messages of our own logs were merged from where: derived from their records, so that what is
 * merged already is found without reading them.
 */
import {
  MERGE_MODES,
  summaryAuthorFrom,
  type MergeEdge,
  type Merged,
  type MergeMode,
  type SummaryAuthor,
} from '../core/merge.ts';
import { number, numberOrNull, text, textOrNull, type Database, type Row } from './database.ts';
import type { NativeMessage } from './nativeLog.ts';
import type { Span } from './branchChains.ts';

/** Replaces what is known of a log's merges. Inside a transaction. */
export function saveMerges(
  database: Database,
  log: number,
  messages: readonly NativeMessage[],
): void {
  database.run('DELETE FROM merged_message WHERE log = ?', [log]);
  database.run('DELETE FROM merge WHERE log = ?', [log]);
  addMerged(
    database,
    log,
    messages.flatMap(({ entry, merged }) => {
      const seq = entry.seqs[0];
      return merged && seq !== undefined ? [{ seq, merged }] : [];
    }),
  );
}

/** Forgets one merge of a log. Inside a transaction. */
export function removeMerge(database: Database, log: number, merge: string): void {
  database.run('DELETE FROM merged_message WHERE log = ? AND +merge = ?', [log, merge]);
  database.run('DELETE FROM merge WHERE log = ? AND id = ?', [log, merge]);
}

/** A record that was merged, and where from. */
interface MergedRecord {
  readonly seq: number;
  readonly merged: Merged;
}

/** Notes merged messages, by ascending number of their records. Inside a transaction. */
function addMerged(database: Database, log: number, messages: readonly MergedRecord[]): void {
  addMerges(
    database,
    log,
    messages.map(({ merged }) => merged),
  );
  addMergedMessages(database, log, messages);
}

/** Notes the merges that messages came by; what `addMergedMessages` says of them counts from then on. */
export function addMerges(database: Database, log: number, messages: readonly Merged[]): void {
  const merges = new Map<string, { readonly merged: Merged; count: number }>();
  for (const merged of messages) {
    const known = merges.get(merged.merge);
    if (known) known.count++;
    else merges.set(merged.merge, { merged, count: 1 });
  }
  for (const [id, { merged, count }] of merges) {
    const { mode, sessionId, targetId, at, summaryBy } = merged;
    database.run(
      `INSERT INTO merge (id, log, mode, source_id, target_id, at, messages, summary_by)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [id, log, mode, sessionId, targetId, at, count, summaryBy ? JSON.stringify(summaryBy) : null],
    );
  }
}

/** Notes where records were merged from, by their ascending numbers. Inside a transaction. */
export function addMergedMessages(
  database: Database,
  log: number,
  messages: readonly MergedRecord[],
): void {
  // One statement for a run: one for each row takes three times as long.
  for (const { seq, step, merge, origins } of runsOf(messages)) {
    database.run(
      `INSERT OR IGNORE INTO merged_message (log, seq, origin, merge)
       SELECT ?, ? + key * ?, value, ? FROM json_each(?)`,
      [log, seq, step, merge, JSON.stringify(origins)],
    );
  }
}

interface Run {
  readonly merge: string;
  readonly seq: number;
  /** By how much the number of the record grows from one origin to the next: 1, or 0 for a summary. */
  readonly step: 0 | 1;
  readonly origins: string[];
}

function* runsOf(messages: readonly MergedRecord[]): Generator<Run> {
  let open: Run | undefined;
  for (const { seq, merged } of messages) {
    const { merge, origins } = merged;
    const [only, ...others] = origins;
    const goesOn =
      open?.step === 1 && open.merge === merge && open.seq + open.origins.length === seq;
    if (only !== undefined && others.length === 0 && open && goesOn) {
      open.origins.push(only);
      continue;
    }
    if (open) yield open;
    open = { merge, seq, step: others.length === 0 ? 1 : 0, origins: [...origins] };
  }
  if (open) yield open;
}

/**
 * Where the messages that a branch has by merging were first said; with `summaries` also those that
 * a summary stands for.
 */
export function mergedOrigins(
  database: Database,
  spans: readonly Span[],
  summaries: boolean,
): Set<string> {
  const origins = new Set<string>();
  for (const { log, cutSeq } of spans) {
    const rows = database.all(
      `SELECT DISTINCT o.origin FROM merged_message o JOIN merge m ON m.id = o.merge AND m.log = o.log
       WHERE o.log = ? AND o.seq <= ? AND (? OR m.mode <> 'summary')`,
      [log, cutSeq ?? Number.MAX_SAFE_INTEGER, summaries ? 1 : 0],
    );
    for (const row of rows) origins.add(text(row, 'origin'));
  }
  return origins;
}

export interface KnownMerge {
  readonly log: number;
  readonly targetId: string;
  readonly firstSeq: number;
}

/**
 * A merge by its id. Logs that hold the same records have merges of one id: the one in the session's
 * log is meant, or that of the log that was here first.
 */
export function findMerge(
  database: Database,
  merge: string,
  sessionId?: string,
): KnownMerge | undefined {
  const row = database.get(
    `SELECT log, target_id, (SELECT min(o.seq) FROM merged_message o WHERE o.merge = m.id AND o.log = m.log) AS first_seq
     FROM merge m WHERE id = ?1
       AND (?2 IS NULL OR log = (SELECT log FROM session WHERE id = ?2)) ORDER BY log LIMIT 1`,
    [merge, sessionId ?? null],
  );
  return (
    row && {
      log: number(row, 'log'),
      targetId: text(row, 'target_id'),
      firstSeq: numberOrNull(row, 'first_seq') ?? 0,
    }
  );
}

/**
 * The branch of ours that took in what was merged into an agent's session; the newest listed one.
 * One that does not leave that session only says so: it was loaded from somebody's file.
 */
export function overlayOf(database: Database, targetId: string): string | undefined {
  const row = database.get(
    `SELECT s.id FROM merge m JOIN session s ON s.log = m.log
     WHERE m.target_id = ?1 AND s.parent_id = ?1 AND s.listed = 1 ORDER BY m.at DESC LIMIT 1`,
    [targetId],
  );
  return row && text(row, 'id');
}

/** Merges out of these sessions or into them, oldest first. */
export function mergeEdges(database: Database, sessionIds: readonly string[]): MergeEdge[] {
  const edges = new Map<string, MergeEdge>();
  for (const id of sessionIds) {
    const rows = database.all(
      `SELECT m.id, m.mode, m.source_id, m.messages, m.at, m.summary_by, s.id AS session_id
       FROM merge m JOIN session s ON s.log = m.log AND s.branch = 0
       WHERE m.source_id = ?1 OR m.log = (SELECT log FROM session WHERE id = ?1)`,
      [id],
    );
    for (const row of rows) edges.set(`${text(row, 'id')} ${text(row, 'session_id')}`, edgeOf(row));
  }
  return [...edges.values()].sort((a, b) => a.at - b.at || (a.mergeId < b.mergeId ? -1 : 1));
}

/** A message that was merged somewhere: by its id, or that of where it was first said. */
export interface MergedCopy {
  readonly origin: string;
  readonly log: number;
  readonly seq: number;
  readonly mode: MergeMode;
  /** The session that holds the copy. */
  readonly sessionId: string;
  readonly title: string;
}

/** True where anything was ever merged, which in most stores nothing was. */
export function hasCopies(database: Database): boolean {
  const row = database.get('SELECT min(origin) AS first FROM merged_message');
  return row !== undefined && row['first'] !== null;
}

/** Copies of messages in sessions that are listed, in the order they were merged. */
export function copiesOf(database: Database, origins: readonly string[]): MergedCopy[] {
  return origins.length === 0
    ? []
    : database
        .all(
          `SELECT o.origin, o.log, o.seq, m.mode, s.id AS session_id, coalesce(f.title, s.title) AS title
           FROM json_each(?) each_one CROSS JOIN merged_message o ON o.origin = each_one.value
           JOIN merge m ON m.id = o.merge AND m.log = o.log
           JOIN session s ON s.log = o.log AND s.branch = 0 LEFT JOIN fact f ON f.session_id = s.id
           WHERE +s.listed = 1
           ORDER BY m.at, o.log, o.seq`,
          [JSON.stringify(origins)],
        )
        .map((row) => ({
          origin: text(row, 'origin'),
          log: number(row, 'log'),
          seq: number(row, 'seq'),
          mode: modeOf(row),
          sessionId: text(row, 'session_id'),
          title: text(row, 'title'),
        }));
}

/** Records of a log that a message was merged into, the first one first. */
export function copyIn(database: Database, log: number, origin: string): number | undefined {
  const row = database.get(
    'SELECT min(seq) AS seq FROM merged_message WHERE log = ? AND origin = ?',
    [log, origin],
  );
  return row && numberOrNull(row, 'seq');
}

function modeOf(row: Row): MergeMode {
  const mode = text(row, 'mode');
  return MERGE_MODES.find((known) => known === mode) ?? 'append';
}

function edgeOf(row: Row): MergeEdge {
  return {
    mergeId: text(row, 'id'),
    mode: modeOf(row),
    sourceId: text(row, 'source_id'),
    sessionId: text(row, 'session_id'),
    messages: number(row, 'messages'),
    at: number(row, 'at'),
    ...summaryByOf(row),
  };
}

/** Who wrote the summary, as far as a row of `merge` says. */
export function summaryByOf(row: Row): { readonly summaryBy?: SummaryAuthor } {
  const json = textOrNull(row, 'summary_by');
  const summaryBy = json === undefined ? undefined : summaryAuthorFrom(JSON.parse(json));
  return summaryBy ? { summaryBy } : {};
}
