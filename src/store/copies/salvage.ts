/**
 * Reads what can be read of a damaged database, row by row around the blocks that cannot, and adds
 * it to another one. The damaged file is only read.
 *
 * Invariant: rows are taken over whole or not at all; logs are known by their ids, because their
 * numbers may be others there.
 */
import { MultipathError } from '../../core/errors.ts';
import { number, text, textOrNull, type Database, type Row, type SqlValue } from '../database.ts';
import { NATIVE_AGENT } from '../nativeLog.ts';
import { recordId } from '../records.ts';
import { UnseenRows } from '../unseenRows.ts';
import { emptyLog } from './emptied.ts';

export interface Salvaged {
  readonly rows: number;
  /** Places where rows could not be read. */
  readonly gaps: number;
}

const ROWS = 200;
const SEQS = 2 ** 32;
/** Places after which a table is given up. */
const MAX_GAPS = 10_000;

/** Tables with a text for a key, and the columns of the key. */
const KEYED: readonly (readonly [table: string, key: string])[] = [
  ['consent', 'agent'],
  ['identity', 'agent, native_id, branch_key'],
  ['fact', 'session_id'],
  ['tag', 'tag, session_id'],
  ['place', 'folder'],
  ['resume', 'native_id'],
  ['exploration', 'id'],
  ['run', 'id'],
  ['run_text', 'run, first'],
  ['judgement', 'id'],
  ['access', 'session_id'],
  ['request', 'id'],
];
const LOG_COLUMNS = [
  'agent',
  'path',
  'native_id',
  'generation',
  'superseded',
  'record_count',
  'byte_count',
  'cold_count',
  'terminated_count',
  'terminated_bytes',
  'prefix_hash',
  'root_lineage',
  'forked_from',
  'forked_from_message',
  'created_at',
];
/** How a file was when its log was removed for good; else it is found out by the next import. */
const FILE_COLUMNS = ['file_bytes', 'file_modified_at'];

/** Adds to `target` what `damaged` still holds; newer than what stands there, it takes its place. */
export function salvage(damaged: Database, target: Database): Salvaged {
  let [rows, gaps] = [0, 0];
  const take = (found: Salvaged): void => {
    rows += found.rows;
    gaps += found.gaps;
  };
  const numbers = new Map<number, number>();
  // What nobody saw would count as the last records of its log.
  const unseen = attempt(() => new Set(new UnseenRows(damaged).logs()));
  // Where it cannot be read which logs have such rows, each of our own may.
  const mayHaveUnseen = (row: Row): boolean =>
    unseen ? unseen.has(number(row, 'num')) : text(row, 'agent') === NATIVE_AGENT;
  const ends = new Map<number, number>();
  take(
    byNumber(damaged, target, 'log', 'num', (row) => {
      if (mayHaveUnseen(row)) ends.set(number(row, 'num'), number(row, 'record_count'));
      numbers.set(number(row, 'num'), putLog(target, row));
    }),
  );
  take(
    byNumber(damaged, target, 'native', 'rowid', (row) => {
      putNative(target, row, numbers);
    }),
  );
  take(
    byNumber(damaged, target, 'record', 'id', (row) => {
      const id = number(row, 'id');
      const num = Math.floor(id / SEQS);
      const log = numbers.get(num);
      if (log === undefined || id % SEQS >= (ends.get(num) ?? Infinity)) return;
      const { bytes = null, blob = null } = row;
      target.run('INSERT OR REPLACE INTO record (id, bytes, blob) VALUES (?, ?, ?)', [
        recordId(log, id % SEQS),
        bytes,
        blob,
      ]);
    }),
  );
  take(
    byNumber(damaged, target, 'member', 'rowid', (row) => {
      const log = numbers.get(number(row, 'log'));
      if (log === undefined) return;
      const columns = ['first_seq', 'count', 'segment', 'position', 'length', 'raw_bytes'];
      target.run(
        `INSERT OR REPLACE INTO member (log, ${columns.join(', ')}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [log, ...columns.map((column) => row[column] ?? null)],
      );
    }),
  );
  for (const [table, key] of KEYED) {
    take(byText(damaged, target, table, key, sharedColumns(damaged, target, table)));
  }
  return { rows, gaps };
}

/** A table by an integer key, hopping over what cannot be read. */
function byNumber(
  damaged: Database,
  target: Database,
  table: string,
  key: string,
  put: (row: Row) => void,
): Salvaged {
  let [rows, gaps] = [0, 0];
  const next = (from: number, limit: number): readonly Row[] | undefined =>
    attempt(() =>
      damaged.all(
        `SELECT *, ${key} AS key_ FROM ${table} WHERE ${key} >= ? ORDER BY ${key} LIMIT ?`,
        [from, limit],
      ),
    );
  let from = 0;
  let limit = ROWS;
  while (gaps < MAX_GAPS) {
    const found = next(from, limit);
    if (found) {
      target.transaction(() => found.forEach(put));
      target.flush();
      rows += found.length;
      const last = found.at(-1);
      if (!last) break;
      from = number(last, 'key_') + 1;
      limit = ROWS;
    } else if (limit > 1) limit = Math.ceil(limit / 8);
    else {
      gaps++;
      const onwards = hop(from, (at) => next(at, 1) !== undefined);
      if (onwards === undefined) break;
      from = onwards;
    }
  }
  return { rows, gaps };
}

/** The first key behind one that cannot be read, from which on reading goes on. */
function hop(from: number, isReadable: (at: number) => boolean): number | undefined {
  let [bad, step] = [from, 1];
  while (!isReadable(from + step)) {
    bad = from + step;
    step *= 2;
    if (from + step > Number.MAX_SAFE_INTEGER) return undefined;
  }
  let good = from + step;
  while (good - bad > 1) {
    const middle = bad + Math.floor((good - bad) / 2);
    if (isReadable(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/**
 * All that a table has, so that no row loses what it said. An older version that was damaged before
 * it was brought to the present schema has fewer.
 */
function sharedColumns(damaged: Database, target: Database, table: string): readonly string[] {
  const columns = columnsOf(target, table);
  const present = attempt(() => new Set(columnsOf(damaged, table)));
  return present ? columns.filter((column) => present.has(column)) : columns;
}

function columnsOf(database: Database, table: string): string[] {
  return database
    .all('SELECT name FROM pragma_table_info(?)', [table])
    .map((row) => text(row, 'name'));
}

/** A table by its key, from both ends up to what cannot be read. */
function byText(
  damaged: Database,
  target: Database,
  table: string,
  key: string,
  columns: readonly string[],
): Salvaged {
  if (columns.length === 0) return { rows: 0, gaps: 0 }; // an older version had no such table
  const placeholders = columns.map(() => '?').join(', ');
  const insert = `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${placeholders})`;
  const from = (direction: 'ASC' | 'DESC'): { readonly rows: number; readonly whole: boolean } => {
    const order = key
      .split(', ')
      .map((column) => `${column} ${direction}`)
      .join(', ');
    let [rows, limit] = [0, ROWS];
    for (;;) {
      const found = attempt(() =>
        damaged.all(
          `SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${order} LIMIT ? OFFSET ?`,
          [limit, rows],
        ),
      );
      if (!found) {
        if (limit === 1) return { rows, whole: false };
        limit = 1;
        continue;
      }
      target.transaction(() => {
        for (const row of found) {
          target.run(
            insert,
            columns.map((column): SqlValue => row[column] ?? null),
          );
        }
      });
      target.flush();
      rows += found.length;
      if (found.length < limit) return { rows, whole: true };
    }
  };
  const forwards = from('ASC');
  if (forwards.whole) return { rows: forwards.rows, gaps: 0 };
  return { rows: forwards.rows + from('DESC').rows, gaps: 1 };
}

/** `undefined` where a block in the way cannot be read. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (MultipathError.is(error, 'corrupt-block') || MultipathError.is(error, 'corrupt-file')) {
      return undefined;
    }
    throw error;
  }
}

/** Returns the log's number in the target. */
function putLog(target: Database, row: Row): number {
  const id = text(row, 'id');
  const known = target.get('SELECT num FROM log WHERE id = ?', [id]);
  if (!known)
    target.run(
      `INSERT INTO log (id, agent, native_id, generation, created_at) VALUES (?, '', '', 0, 0)`,
      [id],
    );
  const found = known ?? target.get('SELECT num FROM log WHERE id = ?', [id]);
  const log = found ? number(found, 'num') : 0;
  target.run(
    `UPDATE log SET ${LOG_COLUMNS.map((column) => `${column} = ?`).join(', ')} WHERE num = ?`,
    [...LOG_COLUMNS.map((column): SqlValue => row[column] ?? null), log],
  );
  if (row['record_count'] === 0 && number(row, 'file_bytes') >= 0) {
    emptyLog(target, log);
    target.run('UPDATE log SET file_bytes = ?, file_modified_at = ? WHERE num = ?', [
      ...FILE_COLUMNS.map((column): SqlValue => row[column] ?? null),
      log,
    ]);
  }
  return log;
}

function putNative(target: Database, row: Row, numbers: ReadonlyMap<number, number>): void {
  const log = numbers.get(number(row, 'log'));
  const forkLog = row['fork_log'];
  const base = typeof forkLog === 'number' ? numbers.get(forkLog) : null;
  if (log === undefined || base === undefined) return;
  target.run(
    `INSERT OR REPLACE INTO native (session_id, log, parent_id, fork_log, fork_seq,
       fork_native_id, title, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      text(row, 'session_id'),
      log,
      textOrNull(row, 'parent_id') ?? null,
      base,
      row['fork_seq'] ?? null,
      textOrNull(row, 'fork_native_id') ?? null,
      text(row, 'title'),
      number(row, 'created_at'),
    ],
  );
}
