/**
 * Proves, before any real file is touched, that this sql.js drives a page image as the store needs:
 * it adopts the object, writes through it, reads back through it, grows it, and turns an error of
 * ours into an SQL error. A throw here means "do not use pages", not "the store is broken".
 */
import type { SqlJsStatic } from 'sql.js';
import { messageOf } from '../../core/errors.ts';
import { openImage, PageImage, type PageBacking } from './pageImage.ts';
import { PAGE_SIZE } from './pageFile.ts';

/** Enough rows to need several pages and a b-tree of two levels. */
const ROWS = 200;

/** An empty database of one page, as SQLite makes it. */
export function emptyImage(sql: SqlJsStatic): Uint8Array {
  const db = new sql.Database();
  try {
    db.run(`PRAGMA page_size = ${PAGE_SIZE}; PRAGMA auto_vacuum = NONE;`);
    db.run('CREATE TABLE boot (x); DROP TABLE boot; VACUUM;');
    return db.export();
  } finally {
    db.close();
  }
}

class ScratchPages implements PageBacking {
  readonly pages: Uint8Array[] = [];
  writes = 0;
  failures = 0;
  failReads = false;

  constructor(image: Uint8Array) {
    for (let at = 0; at < image.length; at += PAGE_SIZE) {
      this.pages.push(image.slice(at, at + PAGE_SIZE));
    }
  }

  get pageCount(): number {
    return this.pages.length;
  }

  readPage(page: number): Uint8Array {
    const bytes = this.pages[page];
    if (!bytes || (this.failReads && page > 1)) {
      this.failures++;
      throw new Error(`scratch page ${page} cannot be read`);
    }
    return bytes;
  }

  writePage(page: number, bytes: Uint8Array): void {
    this.writes++;
    this.pages[page] = bytes.slice();
  }
}

/** @throws Error that says which expectation did not hold */
export function proveHook(sql: SqlJsStatic): void {
  const scratch = new ScratchPages(emptyImage(sql));
  const written = use(sql, scratch, (run, all) => {
    run('PRAGMA cache_spill = OFF; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;');
    run('CREATE TABLE proof (id INTEGER PRIMARY KEY, body TEXT);');
    run('BEGIN');
    for (let id = 0; id < ROWS; id++) run(`INSERT INTO proof VALUES (${id}, hex(zeroblob(60)))`);
    const before = scratch.writes;
    run('COMMIT');
    expect(scratch.writes > before && scratch.pageCount > 2, 'writes do not reach the pages');
    return all('SELECT count(*), sum(id), sum(length(body)) FROM proof');
  });
  const read = use(sql, scratch, (_run, all) =>
    all('SELECT count(*), sum(id), sum(length(body)) FROM proof'),
  );
  expect(written === `[[${ROWS},${(ROWS * (ROWS - 1)) / 2},${ROWS * 120}]]`, 'reads differ');
  expect(read === written, 'a reopened image reads differently');
  for (const statement of [
    'SELECT sum(length(body)) FROM proof',
    "UPDATE proof SET body = 'changed'",
  ]) {
    proveFailure(sql, scratch, statement);
  }
}

/** One failed read is one I/O error (no retry, no crash), and the next statement works. */
function proveFailure(sql: SqlJsStatic, scratch: ScratchPages, statement: string): void {
  use(sql, scratch, (run, all) => {
    scratch.failures = 0;
    scratch.failReads = true;
    let message = 'no error';
    try {
      run(statement);
    } catch (error) {
      message = messageOf(error);
    }
    scratch.failReads = false;
    expect(
      message.includes('I/O error') && scratch.failures === 1,
      `a failed read gave ${message}`,
    );
    expect(
      all('SELECT count(*), sum(length(body)) FROM proof') === `[[${ROWS},${ROWS * 120}]]`,
      'a failed read is not survived',
    );
  });
}

function use<T>(
  sql: SqlJsStatic,
  scratch: ScratchPages,
  work: (run: (statement: string) => void, all: (statement: string) => string) => T,
): T {
  const db = openImage(sql, new PageImage(scratch));
  try {
    return work(
      (statement) => void db.run(statement),
      (statement) => JSON.stringify(db.exec(statement)[0]?.values),
    );
  } finally {
    db.close();
  }
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`sql.js does not drive the page image as expected: ${what}.`);
}
