/**
 * How values get into statements and out of them. sql.js copies blobs byte by byte and texts
 * character by character, which took longer than all of SQLite's work; here each is one copy from or
 * to its memory. That rests on names inside sql.js, so `valuesProof.ts` proves it at the start, and
 * where it does not hold, sql.js does the work itself.
 *
 * Invariant: what is bound stays where it is until `end` is called with what `begin` gave. Uses of
 * statements are nested, never interleaved.
 */
import type { Database, SqlJsStatic, SqlValue, Statement } from 'sql.js';
import { memoryOf, type WasmMemory } from './loadSqlJs.ts';

export interface StatementValues {
  /** Marks the beginning of one use of a statement. */
  begin(): number;
  /** Binds to a statement that was reset. */
  bind(statement: Statement, values: readonly SqlValue[]): void;
  /** The row that the statement stands on. */
  row(statement: Statement): SqlValue[];
  /** Gives up what was bound since `begin`. The statement was reset before. */
  end(mark: number): void;
}

/** As sql.js does it. */
export const plainValues: StatementValues = {
  begin: () => 0,
  bind: (statement, values) => void statement.bind([...values]),
  row: (statement) => statement.get(),
  end: () => undefined,
};

/** The functions of sql.js's module that are used; all numbers are pointers, lengths or codes. */
interface Functions {
  readonly _malloc: (bytes: number) => number;
  readonly _free: (pointer: number) => void;
  readonly _sqlite3_data_count: (statement: number) => number;
  readonly _sqlite3_column_type: (statement: number, column: number) => number;
  readonly _sqlite3_column_double: (statement: number, column: number) => number;
  readonly _sqlite3_column_text: (statement: number, column: number) => number;
  readonly _sqlite3_column_blob: (statement: number, column: number) => number;
  readonly _sqlite3_column_bytes: (statement: number, column: number) => number;
  readonly _sqlite3_bind_int: (statement: number, at: number, value: number) => number;
  readonly _sqlite3_bind_double: (statement: number, at: number, value: number) => number;
  readonly _sqlite3_bind_text: Bind;
  readonly _sqlite3_bind_blob: Bind;
}
type Bind = (
  statement: number,
  at: number,
  pointer: number,
  bytes: number,
  release: number,
) => number;

const NAMES = [
  '_malloc',
  '_free',
  '_sqlite3_data_count',
  '_sqlite3_column_type',
  '_sqlite3_column_double',
  '_sqlite3_column_text',
  '_sqlite3_column_blob',
  '_sqlite3_column_bytes',
  '_sqlite3_bind_int',
  '_sqlite3_bind_double',
  '_sqlite3_bind_text',
  '_sqlite3_bind_blob',
] as const satisfies readonly (keyof Functions)[];

/** SQLite's types of a column. */
const INTEGER = 1;
const FLOAT = 2;
const TEXT = 3;
const BLOB = 4;
/** SQLite: the value stays where it is and is not SQLite's to free. */
const STATIC = 0;
/** Room for what one statement usually binds; more is allocated where it is needed. */
const ROOM = 64 * 1024;
/**
 * A page has hundreds of small blobs, and memory of its own for each costs more than copying it. So
 * they share some; to keep one for long is to keep its neighbours.
 */
const SHARED = 64 * 1024;
const MOST_SHARED = 8 * 1024;
const MOST_UTF8_PER_CHARACTER = 3;

/** @throws Error where this sql.js does not have what it takes */
export function directValues(sql: SqlJsStatic): StatementValues {
  const memory = memoryOf(sql);
  if (!memory) throw new Error('The memory of this sql.js is not known.');
  return new DirectValues(functionsOf(sql), memory, pointerKey(sql));
}

class DirectValues implements StatementValues {
  readonly #sqlite: Functions;
  readonly #memory: WasmMemory;
  /** The property of a statement that holds its pointer. */
  readonly #key: string;
  /** Both views of the memory; it moves when it grows, and they are empty then. */
  #bytes = new Uint8Array(0);
  #texts = Buffer.alloc(0);
  #room = 0;
  #top = 0;
  /** Where small blobs are put that are read, one behind the other, and how far it is full. */
  #shared = new Uint8Array(0);
  #sharedEnd = 0;
  /** Values that did not fit into the room: where the top was, and what to free. */
  readonly #apart: { readonly at: number; readonly pointer: number }[] = [];

  constructor(sqlite: Functions, memory: WasmMemory, key: string) {
    this.#sqlite = sqlite;
    this.#memory = memory;
    this.#key = key;
  }

  begin(): number {
    return this.#top;
  }

  end(mark: number): void {
    this.#top = mark;
    for (let last = this.#apart.at(-1); last && last.at >= mark; last = this.#apart.at(-1)) {
      this.#sqlite._free(last.pointer);
      this.#apart.pop();
    }
  }

  bind(statement: Statement, values: readonly SqlValue[]): void {
    const pointer = this.#pointer(statement);
    for (let nth = 0; nth < values.length; nth++) {
      const value = values[nth] ?? null;
      // What is not bound is null.
      if (value === null) continue;
      const code = this.#bindOne(pointer, nth + 1, value);
      if (code !== 0) throw new Error(`Binding value ${nth + 1} failed (SQLite says ${code}).`);
    }
  }

  row(statement: Statement): SqlValue[] {
    const sqlite = this.#sqlite;
    const pointer = this.#pointer(statement);
    const count = sqlite._sqlite3_data_count(pointer);
    const values: SqlValue[] = [];
    for (let column = 0; column < count; column++) values.push(this.#column(pointer, column));
    return values;
  }

  #column(pointer: number, column: number): SqlValue {
    const sqlite = this.#sqlite;
    switch (sqlite._sqlite3_column_type(pointer, column)) {
      case INTEGER:
      case FLOAT:
        return sqlite._sqlite3_column_double(pointer, column);
      case TEXT: {
        const from = sqlite._sqlite3_column_text(pointer, column);
        const length = sqlite._sqlite3_column_bytes(pointer, column);
        this.#look();
        return this.#texts.toString('utf8', from, from + length);
      }
      case BLOB: {
        const from = sqlite._sqlite3_column_blob(pointer, column);
        const length = sqlite._sqlite3_column_bytes(pointer, column);
        this.#look();
        return this.#copy(from, length);
      }
      default:
        return null;
    }
  }

  #copy(from: number, length: number): Uint8Array {
    const bytes = this.#bytes.subarray(from, from + length);
    if (length > MOST_SHARED) return bytes.slice();
    if (this.#shared.length - this.#sharedEnd < length) {
      this.#shared = new Uint8Array(SHARED);
      this.#sharedEnd = 0;
    }
    const copy = this.#shared.subarray(this.#sharedEnd, this.#sharedEnd + length);
    copy.set(bytes);
    this.#sharedEnd += length;
    return copy;
  }

  #bindOne(pointer: number, at: number, value: NonNullable<SqlValue>): number {
    const sqlite = this.#sqlite;
    if (typeof value === 'number') {
      return value === (value | 0)
        ? sqlite._sqlite3_bind_int(pointer, at, value)
        : sqlite._sqlite3_bind_double(pointer, at, value);
    }
    if (typeof value === 'string') {
      const target = this.#take(value.length * MOST_UTF8_PER_CHARACTER);
      const length = this.#texts.write(value, target, 'utf8');
      this.#giveBack(target, value.length * MOST_UTF8_PER_CHARACTER, length);
      return sqlite._sqlite3_bind_text(pointer, at, target, length, STATIC);
    }
    const target = this.#take(value.length);
    this.#bytes.set(value, target);
    return sqlite._sqlite3_bind_blob(pointer, at, target, value.length, STATIC);
  }

  /** A place for some bytes until `end`, in memory that can be looked at. */
  #take(bytes: number): number {
    if (this.#room === 0) this.#room = this.#allocate(ROOM);
    // Also a value apart moves the top on, so that it can be told whose it is.
    const at = this.#top;
    this.#top = at + 8 * Math.ceil((bytes + 1) / 8);
    if (this.#top > ROOM) {
      this.#top = at + 8;
      const pointer = this.#allocate(bytes + 1);
      this.#apart.push({ at, pointer });
      this.#look();
      return pointer;
    }
    this.#look();
    return this.#room + at;
  }

  /** Less was needed than was taken last. */
  #giveBack(target: number, taken: number, used: number): void {
    if (used === taken || target < this.#room || target >= this.#room + ROOM) return;
    this.#top = target - this.#room + 8 * Math.ceil((used + 1) / 8);
  }

  #allocate(bytes: number): number {
    const pointer = this.#sqlite._malloc(bytes);
    if (pointer === 0) throw new Error('SQLite has no memory left for a value.');
    return pointer;
  }

  #look(): void {
    if (this.#bytes.length > 0) return;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#texts = Buffer.from(this.#memory.buffer);
  }

  #pointer(statement: Statement): number {
    // The proof found a number under this name, and that it is the pointer.
    return (statement as unknown as Readonly<Record<string, number>>)[this.#key] ?? 0;
  }
}

function functionsOf(sql: SqlJsStatic): Functions {
  const module = sql as unknown as Readonly<Record<string, unknown>>;
  const missing = NAMES.filter((name) => typeof module[name] !== 'function');
  if (missing.length > 0) throw new Error(`This sql.js has no ${missing.join(', ')}.`);
  // All of them are there; what they do is for the proof to see.
  return sql as unknown as Functions;
}

/** The only number in a new statement that can be a place in memory. */
function pointerKey(sql: SqlJsStatic): string {
  const db: Database = new sql.Database();
  try {
    const numbers = Object.entries(db.prepare('SELECT 1')).filter(
      ([, value]) => typeof value === 'number' && value > 1024,
    );
    const [found] = numbers;
    if (!found || numbers.length > 1) throw new Error('Where a statement is cannot be told.');
    return found[0];
  } finally {
    db.close();
  }
}
