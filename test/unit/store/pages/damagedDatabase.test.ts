/** What is damaged, cut or mixed up is noticed, and the files stay as they are. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { messageOf } from '../../../../src/core/errors.ts';
import { crcCodec } from '../../../../src/store/pages/codec.ts';
import type { PagedDatabase } from '../../../../src/store/pages/database.ts';
import { nodeFileSystem } from '../../../../src/store/pages/fileSystem.ts';
import {
  moveDatabaseAside,
  type OpenDatabaseOptions,
} from '../../../../src/store/pages/openDatabase.ts';
import { codeOf, count, DatabaseFile } from './support/databaseFile.ts';

let home: DatabaseFile;
let file: string;
const open = (options?: OpenDatabaseOptions): PagedDatabase => home.open(options);
const filled = (rows?: number): void => home.fill(rows);

beforeEach(() => {
  home = new DatabaseFile();
  ({ file } = home);
});

describe('damage', () => {
  it('surfaces at the statement that meets it and leaves the rest usable', () => {
    filled();
    home.damage(40);
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
    expect(fs.readdirSync(home.folder)).toEqual(['warm.db']);
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

describe('a redo log that is damaged in the middle', () => {
  it('gives what came before the damage, wherever opening is cut short', () => {
    const store = new DatabaseFile();
    store.fill(1);
    const db = store.open();
    const ends = ['a', 'b', 'c', 'd'].map((body) => {
      db.run('INSERT INTO note (body) VALUES (?)', [body]);
      db.flush();
      return db.stats.redoBytes;
    });
    const [main, redo] = [fs.readFileSync(store.file), fs.readFileSync(`${store.file}-redo`)];
    // In the third of four: what two say is whole, and the fourth tells that the third was.
    const at = 512 + (ends[1] ?? 0) + 60;
    redo[at] = (redo[at] ?? 0) ^ 0x40;
    for (let steps = 0, isWhole = false; !isWhole; steps++) {
      expect(steps).toBeLessThan(50);
      const copy = new DatabaseFile();
      fs.writeFileSync(copy.file, main);
      fs.writeFileSync(`${copy.file}-redo`, redo);
      let left = steps;
      const step = (): void => {
        if (left-- <= 0) throw new Error('killed');
      };
      try {
        copy.open({
          disk: {
            ...nodeFileSystem,
            write: (...given) => {
              step();
              nodeFileSystem.write(...given);
            },
            rename: (...given) => {
              step();
              nodeFileSystem.rename(...given);
            },
            sync: (...given) => {
              step();
              nodeFileSystem.sync(...given);
            },
          },
        });
        isWhole = true;
      } catch (error) {
        expect(messageOf(error)).toContain('killed');
      }
      const bodies = copy
        .open()
        .all('SELECT body FROM note WHERE length(body) = 1 ORDER BY id')
        .map(({ body }) => body);
      expect(bodies, `cut short at step ${steps}`).toEqual(['a', 'b']);
      const [kept = ''] = fs.readdirSync(copy.folder).filter((name) => name.includes('damaged-'));
      expect(fs.readFileSync(path.join(copy.folder, kept))).toEqual(redo);
    }
  });
});
