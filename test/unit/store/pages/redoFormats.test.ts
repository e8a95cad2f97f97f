/** The redo log as the first version wrote it, with whole pages only, is applied and then replaced. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { crcCodec } from '../../../../src/store/pages/codec.ts';
import { crc32c } from '../../../../src/store/pages/crc32c.ts';
import { loadSqlJs } from '../../../../src/store/pages/loadSqlJs.ts';
import { openPagedDatabase } from '../../../../src/store/pages/openDatabase.ts';
import { RECORD_HEADER, RedoRecordFormat } from '../../../../src/store/pages/redoRecord.ts';

const HEADER = 512;
const sql = await loadSqlJs();

/** A database whose redo log holds one batch that is not in the pages, both as files. */
function crashed(folder: string): { file: string; log: Buffer } {
  const file = path.join(folder, 'warm.db');
  const db = openPagedDatabase(sql, file);
  db.exec('CREATE TABLE note (body)');
  db.run('INSERT INTO note VALUES (?)', ['kept']);
  db.flush();
  const survivor = { pages: fs.readFileSync(file), log: fs.readFileSync(`${file}-redo`) };
  db.close();
  fs.writeFileSync(file, survivor.pages);
  return { file, log: survivor.log };
}

/** The same log in the first format. */
function inFirstFormat(log: Buffer): Buffer {
  const fileId = log.toString('hex', 12, 28);
  const format = new RedoRecordFormat(fileId, crcCodec, 2);
  const header = format.readHeader(log.subarray(HEADER));
  if (!header) throw new Error('The log holds no record.');
  const at = HEADER + RECORD_HEADER;
  const { pages, pageCount } = format.readPayload(
    header,
    log.subarray(at, at + header.payloadBytes),
  );
  const numbers = Buffer.alloc(8 + pages.length * 4);
  numbers.writeUInt32LE(pages.length, 0);
  numbers.writeUInt32LE(pageCount, 4);
  pages.forEach(([page], nth) => numbers.writeUInt32LE(page, 8 + nth * 4));
  const plain = Buffer.concat([numbers, ...pages.map(([, bytes]) => bytes)]);
  const sealed = crcCodec.seal(plain, {
    file: `${fileId}-redo`,
    block: header.sequence,
    generation: header.generation,
  });
  const old = Buffer.concat([log.subarray(0, at), sealed, Buffer.alloc(4096)]);
  old.writeUInt32LE(1, 8);
  old.writeUInt32LE(crc32c(old.subarray(0, 28)), 28);
  old.writeUInt32LE(sealed.length, HEADER + 32);
  const seed = crc32c(Buffer.from(`${fileId}-redo`, 'latin1'));
  old.writeUInt32LE(crc32c(old.subarray(HEADER, HEADER + 36), seed), HEADER + 36);
  return old;
}

it('recovers a log of the first format, and goes on in the second', () => {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'multipath-redo-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const { file, log } = crashed(folder);
  const old = inFirstFormat(log);
  fs.writeFileSync(`${file}-redo`, old);

  const reader = openPagedDatabase(sql, file, { readOnly: true });
  expect(reader.all('SELECT body FROM note')).toEqual([{ body: 'kept' }]);
  reader.close();
  expect(fs.readFileSync(`${file}-redo`)).toEqual(old);

  const db = openPagedDatabase(sql, file);
  expect(db.recovery).toMatchObject({ batches: 1, end: 'clean', lostAcknowledged: false });
  db.run('INSERT INTO note VALUES (?)', ['added']);
  db.flush();
  expect(fs.readFileSync(`${file}-redo`).readUInt32LE(8)).toBe(2);
  const pages = fs.readFileSync(file);
  const after = fs.readFileSync(`${file}-redo`);
  db.close();
  fs.writeFileSync(file, pages);
  fs.writeFileSync(`${file}-redo`, after);
  const again = openPagedDatabase(sql, file);
  expect(again.all('SELECT body FROM note')).toEqual([{ body: 'kept' }, { body: 'added' }]);
  again.close();
});
