/** A database file in a folder of its own, and what may be done to it. For one test at a time. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { MultipathError } from '../../../../../src/core/errors.ts';
import { crcCodec } from '../../../../../src/store/pages/codec.ts';
import type { PagedDatabase } from '../../../../../src/store/pages/database.ts';
import { loadSqlJs } from '../../../../../src/store/pages/loadSqlJs.ts';
import {
  openPagedDatabase,
  type OpenDatabaseOptions,
} from '../../../../../src/store/pages/openDatabase.ts';

const sql = await loadSqlJs();

export class DatabaseFile {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'multipath-pages-'));
  readonly file = path.join(this.folder, 'warm.db');
  readonly #opened: PagedDatabase[] = [];

  constructor() {
    onTestFinished(() => {
      for (const db of this.#opened) {
        try {
          db.close();
        } catch (error) {
          if (!MultipathError.is(error)) throw error;
        }
      }
      fs.rmSync(this.folder, { recursive: true });
    });
  }

  open(options: OpenDatabaseOptions = {}): PagedDatabase {
    const db = openPagedDatabase(sql, this.file, options);
    this.#opened.push(db);
    return db;
  }

  /** Makes a database of some pages, closed. */
  fill(rows = 200): void {
    const db = this.open();
    db.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)');
    db.transaction(() => {
      for (let id = 0; id < rows; id++) {
        db.run('INSERT INTO note VALUES (?, ?)', [id, 'x'.repeat(1000)]);
      }
    });
    db.close();
  }

  /** Damages a stored page. */
  damage(page: number): void {
    const bytes = fs.readFileSync(this.file);
    const at = 4096 + page * (4096 + crcCodec.overhead) + 2000;
    bytes[at] = (bytes[at] ?? 0) ^ 0x40;
    fs.writeFileSync(this.file, bytes);
  }
}

export function codeOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    return MultipathError.is(error) ? error.code : String(error);
  }
}

export function count(db: PagedDatabase): unknown {
  return db.get('SELECT count(*) AS n FROM note')?.['n'];
}
