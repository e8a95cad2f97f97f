/**
 * What the store needs of its database, and typed reading of its rows. The database itself is
 * src/store/pages: sql.js over pages on disk.
 */
import { MultipathError } from '../core/errors.ts';

export type SqlValue = string | number | Uint8Array | null;
export type Row = Readonly<Record<string, SqlValue>>;

export interface Database {
  readonly inTransaction: boolean;
  /** How many transactions were rolled back: what was read within them may not be so. */
  readonly rollbacks: number;
  /** Another number whenever anything may have been written. */
  readonly changes: number;
  run(sql: string, parameters?: readonly SqlValue[]): void;
  get(sql: string, parameters?: readonly SqlValue[]): Row | undefined;
  all(sql: string, parameters?: readonly SqlValue[]): Row[];
  /** Runs `work` between BEGIN and COMMIT; a throw rolls back and passes on. Not nestable. */
  transaction<T>(work: () => T): T;
  /** Makes every committed transaction durable; returns when it is on disk. */
  flush(): void;
  /** As `flush`, for what is committed when it is called, without holding up the thread. */
  flushLater(): Promise<void>;
}

function wrong(column: string): MultipathError {
  return new MultipathError('corrupt-file', `The store holds an unexpected value in "${column}".`);
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw wrong(column);
  return value;
}

export function textOrNull(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

export function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw wrong(column);
  return value;
}

export function numberOrNull(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : number(row, column);
}

/** A JSON column that we wrote ourselves; its block was checked when it was read. */
export function json(row: Row, column: string): unknown {
  return JSON.parse(text(row, column));
}

export function strings(row: Row, column: string): string[] {
  const value = json(row, column);
  if (!Array.isArray(value)) throw wrong(column);
  return value.filter((item) => typeof item === 'string');
}

export function record(row: Row, column: string): Readonly<Record<string, unknown>> {
  const value = json(row, column);
  if (typeof value !== 'object' || value === null) throw wrong(column);
  return { ...value };
}
