/**
 * Proves that values taken straight from the memory of this sql.js are the values that sql.js
 * itself would bind and return. A doubt means "let sql.js do it", not "the store is broken".
 */
import type { Database, SqlJsStatic, SqlValue } from 'sql.js';
import { directValues, plainValues, type StatementValues } from './statementValues.ts';

/** In UTF-8 longer than the room for the values of one statement. */
const LONG = '語'.repeat(22_000);

/** Values of each kind, and of sizes that take another way each. */
const ROWS: readonly (readonly SqlValue[])[] = [
  [1, -1, 2 ** 31, -(2 ** 40), 2 ** 53 - 1, 0.1],
  ['', 'plain', 'é ß', '語 \u{1f600} ', 'a\0b', 'x'.repeat(5_000)],
  [LONG, new Uint8Array(5_000).fill(9), 'after it', 1.5, null, ''],
  [new Uint8Array(0), Uint8Array.of(0, 127, 128, 255), new Uint8Array(300).fill(7), null, 'é', 0],
];

const proven = new WeakMap<SqlJsStatic, StatementValues>();

/** The quick way where it holds, else that of sql.js. */
export function valuesOf(sql: SqlJsStatic): StatementValues {
  let values = proven.get(sql);
  if (!values) {
    values = quickest(sql);
    proven.set(sql, values);
  }
  return values;
}

function quickest(sql: SqlJsStatic): StatementValues {
  try {
    const direct = directValues(sql);
    proveValues(sql, direct);
    return direct;
  } catch {
    // Whatever it is: the other way needs nothing but what sql.js documents.
    return plainValues;
  }
}

/** @throws Error that says which expectation did not hold */
export function proveValues(sql: SqlJsStatic, values: StatementValues): void {
  const db = new sql.Database();
  try {
    db.run('CREATE TABLE proof (id INTEGER PRIMARY KEY, a, b, c, d, e, f)');
    ROWS.forEach((row, id) => insert(db, id % 2 === 0 ? values : plainValues, [id, ...row]));
    ROWS.forEach((row, id) => {
      for (const way of [values, plainValues]) {
        if (!same(select(db, way, id), [id, ...row])) {
          throw new Error(`Row ${id} reads differently.`);
        }
      }
    });
    proveNesting(db, values);
  } finally {
    db.close();
  }
}

function insert(db: Database, values: StatementValues, row: readonly SqlValue[]): void {
  const statement = db.prepare('INSERT INTO proof VALUES (?, ?, ?, ?, ?, ?, ?)');
  const mark = values.begin();
  values.bind(statement, row);
  statement.step();
  statement.reset();
  values.end(mark);
  statement.free();
}

function select(db: Database, values: StatementValues, id: number): SqlValue[] {
  const statement = db.prepare('SELECT * FROM proof WHERE id = ?');
  const mark = values.begin();
  values.bind(statement, [id]);
  statement.step();
  const row = values.row(statement);
  statement.reset();
  values.end(mark);
  statement.free();
  return row;
}

/** What an outer statement has bound is still there after an inner one has come and gone. */
function proveNesting(db: Database, values: StatementValues): void {
  const outer = db.prepare('SELECT ?, id FROM proof ORDER BY id');
  const mark = values.begin();
  values.bind(outer, ['kept']);
  for (let id = 0; outer.step(); id++) {
    select(db, values, id);
    insert(db, values, [100 + id, 'other', 'z'.repeat(5_000), null, null, null, null]);
    if (id < ROWS.length && !same(values.row(outer), ['kept', id])) {
      throw new Error('A value that is bound does not stay.');
    }
    if (id > 2 * ROWS.length) break;
  }
  outer.reset();
  values.end(mark);
  outer.free();
}

function same(values: readonly SqlValue[], expected: readonly SqlValue[]): boolean {
  if (values.length !== expected.length) return false;
  return values.every((value, nth) => {
    const other = expected[nth];
    if (!(value instanceof Uint8Array)) return value === other;
    return other instanceof Uint8Array && Buffer.compare(value, other) === 0;
  });
}
