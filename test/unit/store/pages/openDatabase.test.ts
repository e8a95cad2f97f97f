/** Databases as they are used: kept, changed in transactions, and flushed. */
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PagedDatabase } from '../../../../src/store/pages/database.ts';
import type { OpenDatabaseOptions } from '../../../../src/store/pages/openDatabase.ts';
import { count, DatabaseFile } from './support/databaseFile.ts';

let home: DatabaseFile;
let file: string;
const open = (options?: OpenDatabaseOptions): PagedDatabase => home.open(options);
const filled = (rows?: number): void => home.fill(rows);

beforeEach(() => {
  home = new DatabaseFile();
  ({ file } = home);
});

describe('a paged database', () => {
  it('keeps what was flushed without being closed', () => {
    filled();
    const db = open();
    expect(db.mode).toBe('paged');
    db.run('DELETE FROM note WHERE id < 50');
    expect(db.flush()).toBeGreaterThan(0);
    expect(db.flush()).toBe(0);
    db.run('DELETE FROM note');
    const other = open();
    expect(other.recovery).toMatchObject({ batches: 1, end: 'clean', lostAcknowledged: false });
    expect(count(other)).toBe(150);
    expect(other.integrityProblems()).toEqual([]);
  });

  it('binds lists, names and nothing, and returns plain values', () => {
    const db = open();
    db.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, body BLOB, rank REAL)');
    expect(db.run('INSERT INTO note VALUES (?, ?, ?)', [1, Uint8Array.of(1, 2), 0.5])).toBe(1);
    expect(db.run('INSERT INTO note VALUES ($id, NULL, 2)', { $id: 2 })).toBe(1);
    expect(db.all('SELECT * FROM note ORDER BY id')).toEqual([
      { id: 1, body: Uint8Array.of(1, 2), rank: 0.5 },
      { id: 2, body: null, rank: 2 },
    ]);
    expect(db.get('SELECT id FROM note WHERE id = ?', [3])).toBeUndefined();
    const seen: unknown[] = [];
    db.each('SELECT id FROM note ORDER BY id', undefined, (row) => {
      seen.push(row['id']);
      return false;
    });
    expect(seen).toEqual([1]);
  });

  it('runs a statement inside its own rows', () => {
    filled(3);
    const db = open();
    const pairs: string[] = [];
    const statement = 'SELECT id FROM note ORDER BY id';
    db.each(statement, undefined, (outer) => {
      db.each(statement, undefined, (inner) =>
        pairs.push(`${String(outer['id'])}${String(inner['id'])}`),
      );
    });
    expect(pairs).toEqual(['00', '01', '02', '10', '11', '12', '20', '21', '22']);
  });

  it('enforces foreign keys', () => {
    const db = open();
    db.exec('CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a (id))');
    expect(() => db.run('INSERT INTO b VALUES (1)')).toThrow(/FOREIGN KEY/);
  });

  it('moves the log into the file when it grows, and keeps both bounded', () => {
    const db = open({ redoBytes: 200_000 });
    db.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)');
    for (let id = 0; id < 300; id++) {
      db.run('INSERT INTO note VALUES (?, ?)', [id, 'y'.repeat(1500)]);
      db.flush();
    }
    expect(db.stats.checkpoints).toBeGreaterThan(2);
    expect(db.stats.redoBytes).toBeLessThan(220_000);
    expect(fs.statSync(`${file}-redo`).size).toBeLessThan(2 << 20);
    db.close();
    expect(count(open())).toBe(300);
  });

  it('takes one transaction of many pages and gives the log its size back', () => {
    filled(1);
    const db = open({ redoBytes: 1 << 20 });
    db.transaction(() => {
      for (let id = 1; id < 3000; id++) {
        db.run('INSERT INTO note VALUES (?, ?)', [id, 'z'.repeat(3000)]);
      }
    });
    expect(db.flush()).toBeGreaterThan(2048);
    expect(fs.statSync(`${file}-redo`).size).toBeLessThanOrEqual(2 << 20);
    const other = open({ readOnly: true });
    expect(count(other)).toBe(3000);
    expect(other.integrityProblems()).toEqual([]);
  });
});

describe('transactions', () => {
  it('are undone as a whole when their work throws', () => {
    filled();
    const db = open();
    const bug = new Error('no');
    expect(() =>
      db.transaction(() => {
        db.run('DELETE FROM note');
        throw bug;
      }),
    ).toThrow(bug);
    expect(count(db)).toBe(200);
    expect(db.inTransaction).toBe(false);
    expect(db.flush()).toBe(0);
  });

  it('nest as savepoints', () => {
    filled();
    const db = open();
    db.transaction(() => {
      db.run('DELETE FROM note WHERE id < 10');
      expect(() =>
        db.transaction(() => {
          db.run('DELETE FROM note');
          throw new Error('inner');
        }),
      ).toThrow('inner');
      db.transaction(() => db.run('DELETE FROM note WHERE id = 10'));
    });
    expect(count(db)).toBe(189);
  });

  it('refuse to be flushed inside, and refuse promises', () => {
    filled();
    const db = open();
    expect(() => db.transaction(() => db.flush())).toThrow(/inside a transaction/);
    expect(() => db.transaction(() => Promise.resolve(db.run('DELETE FROM note')))).toThrow(
      /synchronous/,
    );
    expect(count(db)).toBe(200);
  });
});
