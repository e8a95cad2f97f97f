import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MultipathError } from '../../../../src/core/errors.ts';
import { crcCodec, type BlockCodec } from '../../../../src/store/pages/codec.ts';
import type { PagedDatabase } from '../../../../src/store/pages/database.ts';
import { loadSqlJs } from '../../../../src/store/pages/loadSqlJs.ts';
import {
  moveDatabaseAside,
  openPagedDatabase,
  type OpenDatabaseOptions,
} from '../../../../src/store/pages/openDatabase.ts';

const sql = await loadSqlJs();
let folder: string;
let file: string;
let opened: PagedDatabase[];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'multipath-pages-'));
  file = path.join(folder, 'warm.db');
  opened = [];
});

afterEach(() => {
  for (const db of opened) {
    try {
      db.close();
    } catch (error) {
      if (!MultipathError.is(error)) throw error;
    }
  }
  fs.rmSync(folder, { recursive: true });
});

function open(options: OpenDatabaseOptions = {}): PagedDatabase {
  const db = openPagedDatabase(sql, file, options);
  opened.push(db);
  return db;
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    return MultipathError.is(error) ? error.code : String(error);
  }
}

/** A database of some pages, closed. */
function filled(rows = 200): void {
  const db = open();
  db.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)');
  db.transaction(() => {
    for (let id = 0; id < rows; id++) {
      db.run('INSERT INTO note VALUES (?, ?)', [id, 'x'.repeat(1000)]);
    }
  });
  db.close();
}

const count = (db: PagedDatabase) => db.get('SELECT count(*) AS n FROM note')?.['n'];

/** Damages the stored page that holds row 150 or so. */
function damage(page: number): void {
  const bytes = fs.readFileSync(file);
  const at = 4096 + page * (4096 + crcCodec.overhead) + 2000;
  bytes[at] = (bytes[at] ?? 0) ^ 0x40;
  fs.writeFileSync(file, bytes);
}

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

describe('damage', () => {
  it('surfaces at the statement that meets it and leaves the rest usable', () => {
    filled();
    damage(40);
    const db = open();
    expect(codeOf(() => db.get('SELECT sum(length(body)) FROM note'))).toBe('corrupt-block');
    expect(codeOf(() => db.run("UPDATE note SET body = 'q'"))).toBe('corrupt-block');
    expect(codeOf(() => db.transaction(() => db.run("UPDATE note SET body = 'q'")))).toBe(
      'corrupt-block',
    );
    expect(db.get('SELECT sum(length(body)) AS n FROM note WHERE id < 100')).toEqual({
      n: 100_000,
    });
    db.run("UPDATE note SET body = 'q' WHERE id < 10");
    expect(db.flush()).toBeGreaterThan(0);
    expect(db.get('SELECT sum(length(body)) AS n FROM note WHERE id < 100')).toEqual({ n: 90_010 });
  });

  it('is noticed when two pages have changed places', () => {
    filled();
    const bytes = fs.readFileSync(file);
    const stride = 4096 + crcCodec.overhead;
    const at = (page: number) => bytes.subarray(4096 + page * stride, 4096 + (page + 1) * stride);
    const kept = Buffer.from(at(20));
    at(20).set(at(21));
    at(21).set(kept);
    fs.writeFileSync(file, bytes);
    expect(codeOf(() => open().get('SELECT sum(length(body)) FROM note'))).toBe('corrupt-block');
  });

  it('is noticed when the file was cut', () => {
    filled();
    fs.truncateSync(file, fs.statSync(file).size - 5000);
    expect(codeOf(() => open().get('SELECT sum(length(body)) FROM note'))).toBe('corrupt-block');
  });

  it.each([
    [
      'an ordinary SQLite file',
      Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(9000)]),
    ],
    ['an empty file', Buffer.alloc(0)],
    ['a text', Buffer.from('hello')],
  ])('leaves %s as it is', (_name, bytes) => {
    fs.writeFileSync(file, bytes);
    expect(codeOf(() => open())).toBe('corrupt-file');
    expect(fs.readFileSync(file)).toEqual(bytes);
    expect(fs.readdirSync(folder)).toEqual(['warm.db']);
  });

  it('of the header is noticed and nothing is changed', () => {
    filled();
    const good = fs.readFileSync(file);
    for (const at of [9, 14, 40, 58]) {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      fs.writeFileSync(file, bytes);
      expect(codeOf(() => open())).toBe('corrupt-file');
      expect(fs.readFileSync(file)).toEqual(bytes);
    }
    const bytes = Buffer.from(good);
    bytes.fill(1, 512, 536).fill(1, 1024, 1048);
    fs.writeFileSync(file, bytes);
    expect(codeOf(() => open())).toBe('corrupt-file');
  });

  it('by mixing a database with the log of another, or an older copy with a newer log, is refused', () => {
    filled();
    const older = fs.readFileSync(file);
    const db = open();
    db.run('DELETE FROM note WHERE id = 1');
    db.checkpoint();
    db.run('DELETE FROM note WHERE id = 2');
    db.flush();
    const log = fs.readFileSync(`${file}-redo`);
    fs.writeFileSync(file, older);
    expect(codeOf(() => open())).toBe('corrupt-file');
    moveDatabaseAside(file, 'aside');
    filled(3);
    fs.writeFileSync(`${file}-redo`, log);
    expect(codeOf(() => open())).toBe('corrupt-file');
    fs.rmSync(file);
    expect(codeOf(() => open())).toBe('corrupt-file');
    expect(fs.readFileSync(`${file}-redo`)).toEqual(log);
  });

  it('can be moved aside, log and all, so that a new database takes the place', () => {
    filled();
    const before = fs.readFileSync(file);
    expect(moveDatabaseAside(file, 'damaged-1')).toEqual([
      `${file}.damaged-1`,
      `${file}-redo.damaged-1`,
    ]);
    expect(fs.readFileSync(`${file}.damaged-1`)).toEqual(before);
    expect(open().all('SELECT * FROM sqlite_schema')).toEqual([]);
  });
});

describe('a shortened file', () => {
  it.each([0, 100])(
    'poisons the database and is whole again when reopened (%i rows left)',
    (kept) => {
      filled();
      const db = open();
      db.run('DELETE FROM note WHERE id >= ?', [kept]);
      db.flush();
      const shorten = () => {
        db.exec('VACUUM');
        db.flush();
      };
      expect(codeOf(shorten)).toBe('poisoned');
      expect(codeOf(() => db.flush())).toBe('poisoned');
      expect(codeOf(() => db.get('SELECT 1'))).toBe('poisoned');
      db.close();
      const again = open();
      expect(count(again)).toBe(kept);
      expect(again.integrityProblems()).toEqual([]);
    },
  );
});

it('a file shortened to one page is noticed at the next flush', () => {
  filled();
  const db = open();
  db.exec('DROP TABLE note');
  db.flush();
  db.exec('VACUUM');
  expect(codeOf(() => db.flush())).toBe('poisoned');
  db.close();
  const again = open();
  expect(again.all('SELECT * FROM sqlite_schema')).toEqual([]);
  expect(again.integrityProblems()).toEqual([]);
});

it('a torn state slot costs nothing: the other one and the log say the same', () => {
  filled();
  const db = open();
  db.run('DELETE FROM note WHERE id < 30');
  db.checkpoint();
  const bytes = fs.readFileSync(file);
  const newest = [512, 1024].sort(
    (a, b) => Number(bytes.readBigUInt64LE(b)) - Number(bytes.readBigUInt64LE(a)),
  )[0];
  fs.writeFileSync(file, bytes.fill(0xee, newest, (newest ?? 0) + 12));
  const again = open();
  expect(again.recovery.batches).toBe(1);
  expect(count(again)).toBe(170);
  expect(again.integrityProblems()).toEqual([]);
});

describe('read-only', () => {
  it('sees what the log holds and changes nothing', () => {
    filled();
    const db = open();
    db.run('DELETE FROM note WHERE id < 5');
    db.flush();
    const before = [fs.readFileSync(file), fs.readFileSync(`${file}-redo`)];
    const reader = open({ readOnly: true });
    expect(count(reader)).toBe(195);
    expect(codeOf(() => reader.run('DELETE FROM note'))).toBe('read-only');
    expect(count(reader)).toBe(195);
    reader.close();
    expect([fs.readFileSync(file), fs.readFileSync(`${file}-redo`)]).toEqual(before);
  });

  it('does not make a file', () => {
    expect(codeOf(() => open({ readOnly: true }))).toBe('not-found');
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

describe('where the hook cannot be trusted', () => {
  const distrust: OpenDatabaseOptions = {
    proveHook: () => {
      throw new Error('this sql.js is different');
    },
  };

  it('the same file is kept by snapshots, and by pages again later', () => {
    filled();
    const pages = open();
    pages.run('DELETE FROM note WHERE id = 0');
    pages.flush();
    const db = open(distrust);
    expect(db.mode).toBe('snapshot');
    expect(db.fallbackReason).toBe('this sql.js is different');
    expect(count(db)).toBe(199);
    expect(db.flush()).toBe(0);
    db.transaction(() => db.run('DELETE FROM note WHERE id < 100'));
    expect(db.flush()).toBeGreaterThan(0);
    expect(db.flush()).toBe(0);
    db.exec('CREATE TABLE more (id)');
    expect(db.flush()).toBeGreaterThan(0);
    expect(db.get('PRAGMA foreign_keys')).toEqual({ foreign_keys: 1 });
    db.run('DELETE FROM note');
    const again = open();
    expect(again.mode).toBe('paged');
    expect(count(again)).toBe(100);
    expect(again.all('SELECT * FROM more')).toEqual([]);
    expect(again.integrityProblems()).toEqual([]);
  });

  it('a new file is made all the same', () => {
    const db = open(distrust);
    db.exec('CREATE TABLE note (id)');
    db.run('INSERT INTO note VALUES (1)');
    db.close();
    expect(count(open())).toBe(1);
  });
});

describe('another codec', () => {
  /** As long as nonce and tag of an authenticated cipher, and a body that is not plain. */
  const masked: BlockCodec = {
    id: 'masked',
    overhead: 28,
    seal(plain, position) {
      const sealed = new Uint8Array(plain.length + 28);
      sealed.set(plain);
      this.sealInPlace(sealed, position);
      return sealed;
    },
    sealInPlace(block, position) {
      const length = block.length - 28;
      crcCodec.sealInPlace(block.subarray(0, length + 4), position);
      for (let at = 0; at < length; at++) block[at] = (block[at] ?? 0) ^ 0xa5;
    },
    open(sealed, position) {
      const plain = Uint8Array.from(sealed.subarray(0, sealed.length - 24));
      for (let at = 0; at < plain.length - 4; at++) plain[at] = (plain[at] ?? 0) ^ 0xa5;
      return crcCodec.open(plain, position);
    },
  };

  it('fits the same layout, hides the text, and is not mistaken for the first', () => {
    const db = open({ codec: masked });
    db.exec('CREATE TABLE note (body)');
    db.run('INSERT INTO note VALUES (?)', ['a secret sentence']);
    db.flush();
    db.close();
    expect(fs.readFileSync(file).includes('a secret sentence')).toBe(false);
    expect(fs.readFileSync(`${file}-redo`).includes('a secret sentence')).toBe(false);
    expect(open({ codec: masked }).all('SELECT * FROM note')).toEqual([
      { body: 'a secret sentence' },
    ]);
    expect(codeOf(() => open())).toBe('corrupt-file');
  });
});
