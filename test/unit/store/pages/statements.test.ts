/** Statements that are kept: planned once, and true to the schema and to what was bound. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PagedDatabase } from '../../../../src/store/pages/database.ts';
import { loadSqlJs } from '../../../../src/store/pages/loadSqlJs.ts';
import { openPagedDatabase } from '../../../../src/store/pages/openDatabase.ts';

const loaded = await loadSqlJs();
let folder: string;
let db: PagedDatabase;

describe.each([
  ['with values straight from memory', loaded],
  // The memory of a copy is not known, so sql.js does it all.
  ['with values from sql.js', { ...loaded }],
])('kept statements %s', (_name, sql) => {
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'multipath-statements-'));
    db = openPagedDatabase(sql, path.join(folder, 'warm.db'));
    db.exec(`CREATE TABLE note (id INTEGER PRIMARY KEY, name TEXT UNIQUE, body BLOB, size REAL);
      CREATE INDEX by_size ON note (size) WHERE size IS NOT NULL;`);
  });

  afterEach(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });

  it('bind values of every kind as they are, in comparisons, assignments and ranges', () => {
    const insert = 'INSERT INTO note (id, name, body, size) VALUES (?, ?, ?, ?)';
    db.run(insert, [1, '7', Uint8Array.of(0, 255), 1.5]);
    db.run(insert, [2, 'b?=?', null, 2]);
    // The column's type decides how a number is compared with it, as without any planning tricks.
    expect(db.get('SELECT id FROM note WHERE name = ?', [7])).toEqual({ id: 1 });
    expect(db.get('SELECT id FROM note WHERE id = ?', ['2'])).toEqual({ id: 2 });
    expect(db.get('SELECT id FROM note WHERE body = ?1', [Uint8Array.of(0, 255)])).toEqual({
      id: 1,
    });
    expect(db.get('SELECT id FROM note WHERE name = $name', { $name: 'b?=?' })).toEqual({ id: 2 });
    expect(db.all('SELECT id FROM note WHERE size >= ? AND size<?', [1.5, 2])).toEqual([{ id: 1 }]);
    expect(db.get('SELECT id FROM note WHERE size = ?', [null])).toBeUndefined();
    db.run('UPDATE note SET body = ?, name = ? WHERE id = ?', [Uint8Array.of(9), null, 1]);
    expect(db.get('SELECT name, body FROM note WHERE id = ?', [1])).toEqual({
      name: null,
      body: Uint8Array.of(9),
    });
  });

  it('still use indexes, partial ones too', () => {
    const planOf = (query: string): string =>
      db
        .all(`EXPLAIN QUERY PLAN ${query}`, [1])
        .map((row) => String(row['detail']))
        .join();
    expect(planOf('SELECT id FROM note WHERE id = ?')).toContain('PRIMARY KEY');
    expect(planOf('SELECT id FROM note WHERE name = ?')).toContain('name=?');
    expect(planOf('SELECT id FROM note WHERE size = ?')).toContain('by_size');
    expect(
      planOf('SELECT a.id FROM note a JOIN note b ON b.id = a.size WHERE a.name = ?'),
    ).not.toContain('SCAN');
  });

  it('name columns as the schema does now, not as it did when they were first run', () => {
    const everything = 'SELECT * FROM note';
    db.run('INSERT INTO note (id, name) VALUES (1, ?)', ['x']);
    expect(db.get(everything)).toMatchObject({ name: 'x' });
    db.exec('ALTER TABLE note RENAME COLUMN name TO title');
    expect(db.get(everything)).toEqual({ id: 1, title: 'x', body: null, size: null });
    db.exec('ALTER TABLE note ADD COLUMN tag TEXT');
    expect(db.get(everything)).toMatchObject({ title: 'x', tag: null });
  });
});
