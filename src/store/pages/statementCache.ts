/**
 * Runs SQL over prepared statements that are kept, and returns rows as plain values. Every statement
 * is reset after use, also after an error, so that none holds a read transaction open.
 */
import { LRUCache } from 'lru-cache';
import type { Database, SqlValue, Statement } from 'sql.js';
import type { StatementValues } from './statementValues.ts';

export type { SqlValue } from 'sql.js';
export type Row = Record<string, SqlValue>;
/** Values for `?`, or for `$name` by their full name. */
export type Params = readonly SqlValue[] | Readonly<Record<string, SqlValue>>;

const KEPT_STATEMENTS = 256;

/**
 * Hides parameters from the planner. Where it compares one with anything (joins and partial indexes
 * make it), SQLite plans the statement anew each time that the parameter is bound, which takes ten
 * times as long as reading a row. Behind a plus, which changes no value, it does not look.
 */
function plannedOnce(sql: string): string {
  return sql.replaceAll(/(?<=[=<>]\s*)\?/g, '+?');
}

export class StatementCache {
  readonly #db: Database;
  readonly #values: StatementValues;
  readonly #statements: LRUCache<string, Statement>;
  #names = new WeakMap<Statement, readonly string[]>();
  #inUse = new Set<Statement>();

  constructor(db: Database, values: StatementValues) {
    this.#db = db;
    this.#values = values;
    this.#statements = new LRUCache<string, Statement>({
      max: KEPT_STATEMENTS,
      dispose: (statement) => {
        if (!this.#inUse.has(statement)) statement.free();
      },
    });
  }

  /** Runs one statement for its effect and returns the number of rows it changed. */
  run(sql: string, params?: Params): number {
    return this.#use(sql, params, (statement) => {
      statement.step();
      return this.#db.getRowsModified();
    });
  }

  get(sql: string, params?: Params): Row | undefined {
    return this.#use(sql, params, (statement) =>
      statement.step() ? this.#row(statement) : undefined,
    );
  }

  all(sql: string, params?: Params): Row[] {
    const rows: Row[] = [];
    this.each(sql, params, (row) => void rows.push(row));
    return rows;
  }

  /** Calls back for every row without holding them all; `false` stops. */
  each(sql: string, params: Params | undefined, onRow: (row: Row) => unknown): void {
    this.#use(sql, params, (statement) => {
      while (statement.step()) {
        if (onRow(this.#row(statement)) === false) return;
      }
    });
  }

  /** Call after a change of the schema: what `*` stands for may have other names. */
  forgetNames(): void {
    this.#names = new WeakMap();
  }

  clear(): void {
    this.#statements.clear();
  }

  #row(statement: Statement): Row {
    const values = this.#values.row(statement);
    let names = this.#names.get(statement);
    if (names?.length !== values.length) {
      // Kept, because decoding them costs more than reading a row.
      names = statement.getColumnNames();
      this.#names.set(statement, names);
    }
    const row: Row = {};
    for (let nth = 0; nth < values.length; nth++) row[names[nth] ?? ''] = values[nth] ?? null;
    return row;
  }

  #use<T>(sql: string, params: Params | undefined, work: (statement: Statement) => T): T {
    const kept = this.#statements.get(sql);
    // The same statement inside its own rows needs a second cursor.
    const shared = kept === undefined || !this.#inUse.has(kept);
    const statement = shared && kept ? kept : this.#db.prepare(plannedOnce(sql));
    if (!kept) this.#statements.set(sql, statement);
    this.#inUse.add(statement);
    const mark = this.#values.begin();
    try {
      if (isList(params)) this.#values.bind(statement, params);
      else if (params !== undefined) statement.bind(params);
      return work(statement);
    } finally {
      statement.reset();
      this.#values.end(mark);
      this.#inUse.delete(statement);
      if (this.#statements.peek(sql) !== statement) statement.free();
    }
  }
}

function isList(params: Params | undefined): params is readonly SqlValue[] {
  return Array.isArray(params);
}
