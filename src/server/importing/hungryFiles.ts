/**
 * Files that took more memory to read than the import worker may have. Another try costs gigabytes
 * and comes to the same while a file is as it was, or little longer: it waits until it has changed
 * more, or the person asks for an import.
 */
import * as v from 'valibot';
import { json, type Database } from '../../store/database.ts';
import type { Found } from './sources.ts';

/** What the person is told of such a file, each time that it is found. */
export const TOOK_TOO_MUCH =
  'Reading this file took more memory than its reader may have, so it was given up. What was read of it is kept, and other files are read. It is tried again when you import sessions, or once it has changed. Please report this with the size of the file.';

/** In `meta`. */
const KEY = 'import_hungry';
const MOST = 100;
/** A session that goes on grows with each message, and none of them makes it need less. */
const SAME_UP_TO = 1.1;
const known = v.array(v.object({ path: v.string(), bytes: v.number(), modifiedAt: v.number() }));

export class HungryFiles {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Durable with the next flush of anybody. */
  note({ path, bytes, modifiedAt }: Found): void {
    const others = this.#read().filter((file) => file.path !== path);
    this.#write([...others, { path, bytes, modifiedAt }].slice(-MOST));
  }

  /** True for a file that would take too much again. */
  has({ path, bytes, modifiedAt }: Found): boolean {
    const before = this.#read().find((file) => file.path === path);
    if (!before) return false;
    if (bytes === before.bytes) return modifiedAt === before.modifiedAt;
    return bytes > before.bytes && bytes < before.bytes * SAME_UP_TO;
  }

  /** All may be tried again, or one of them. */
  forget(path?: string): void {
    const before = this.#read();
    const left = path === undefined ? [] : before.filter((file) => file.path !== path);
    if (left.length < before.length) this.#write(left);
  }

  #read(): v.InferOutput<typeof known> {
    const row = this.#database.get('SELECT value FROM meta WHERE key = ?', [KEY]);
    return row ? v.parse(known, json(row, 'value')) : [];
  }

  #write(files: v.InferOutput<typeof known>): void {
    this.#database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [
      KEY,
      JSON.stringify(files),
    ]);
  }
}
