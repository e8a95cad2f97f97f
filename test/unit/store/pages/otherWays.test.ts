/** Databases that are only read, kept by snapshots, or sealed by another codec. */
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { crcCodec, type BlockCodec } from '../../../../src/store/pages/codec.ts';
import type { PagedDatabase } from '../../../../src/store/pages/database.ts';
import type { OpenDatabaseOptions } from '../../../../src/store/pages/openDatabase.ts';
import { codeOf, count, DatabaseFile } from './support/databaseFile.ts';

let home: DatabaseFile;
let file: string;
const open = (options?: OpenDatabaseOptions): PagedDatabase => home.open(options);
const filled = (rows?: number): void => home.fill(rows);

beforeEach(() => {
  home = new DatabaseFile();
  ({ file } = home);
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
    expect(fs.readdirSync(home.folder)).toEqual([]);
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
