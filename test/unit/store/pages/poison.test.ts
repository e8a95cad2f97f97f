/** What happens when the disk says no: nothing is acknowledged any more until the store is reopened. */
import { describe, expect, it } from 'vitest';
import { MultipathError } from '../../../../src/core/errors.ts';
import { loadSqlJs } from '../../../../src/store/pages/loadSqlJs.ts';
import { openPagedDatabase } from '../../../../src/store/pages/openDatabase.ts';
import { CrashDisk, type Operation } from '../../../property/store/pages/crashDisk.ts';

const sql = await loadSqlJs();
const FILE = '/store/warm.db';

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    return MultipathError.is(error) ? error.code : String(error);
  }
}

function failOnce(disk: CrashDisk, operation: Operation, ending: string): void {
  let failed = false;
  disk.before = (done, file) => {
    if (failed || done !== operation || !file.endsWith(ending)) return;
    failed = true;
    throw new Error('ENOSPC: no space left on device');
  };
}

function filled(disk: CrashDisk, options = {}) {
  const db = openPagedDatabase(sql, FILE, { disk, ...options });
  db.exec('CREATE TABLE note (id INTEGER PRIMARY KEY)');
  db.run('INSERT INTO note VALUES (1)');
  db.flush();
  return db;
}

describe('a failed', () => {
  it.each([
    ['write of the log', 'write', '-redo'],
    ['flush of the log', 'sync', '-redo'],
  ] as const)('%s poisons the database until it is reopened', (_name, operation, ending) => {
    const disk = new CrashDisk();
    const db = filled(disk);
    db.run('INSERT INTO note VALUES (2)');
    failOnce(disk, operation, ending);
    expect(codeOf(() => db.flush())).toBe('poisoned');
    // The fault has passed, but what reached the disk is unknown: still nothing.
    expect(codeOf(() => db.flush())).toBe('poisoned');
    expect(codeOf(() => db.run('INSERT INTO note VALUES (3)'))).toBe('poisoned');
    expect(codeOf(() => db.all('SELECT * FROM note'))).toBe('poisoned');
    expect(codeOf(() => db.checkpoint())).toBe('poisoned');
    db.close();
    expect(disk.openHandles).toBe(0);
    const again = openPagedDatabase(sql, FILE, { disk });
    expect(again.get('SELECT min(id) AS first FROM note')).toEqual({ first: 1 });
    expect(again.integrityProblems()).toEqual([]);
    again.run('INSERT INTO note VALUES (4)');
    expect(again.flush()).toBeGreaterThan(0);
  });

  it.each([
    ['write of new pages', 'write', 'warm.db'],
    ['flush of new pages', 'sync', 'warm.db'],
    ['write of the log', 'write', '-redo'],
    ['flush of the log', 'sync', '-redo'],
  ] as const)('%s beside the work poisons, too', async (_name, operation, ending) => {
    const disk = new CrashDisk();
    const db = filled(disk, { aheadPages: 4 });
    db.exec('CREATE TABLE large (body BLOB)');
    db.run('INSERT INTO large VALUES (zeroblob(100000))');
    failOnce(disk, operation, ending);
    await expect(db.flushLater()).rejects.toMatchObject({ code: 'poisoned' });
    await expect(db.flushLater()).rejects.toMatchObject({ code: 'poisoned' });
    expect(codeOf(() => db.flush())).toBe('poisoned');
    db.close();
    expect(disk.openHandles).toBe(0);
    const again = openPagedDatabase(sql, FILE, { disk: disk.crash(() => 0.4) });
    expect(again.get('SELECT min(id) AS first FROM note')).toEqual({ first: 1 });
    expect(again.integrityProblems()).toEqual([]);
  });

  it.each(['write', 'sync'] as const)(
    'checkpoint (%s) poisons, and the log still has it all',
    (operation) => {
      const disk = new CrashDisk();
      const db = filled(disk);
      failOnce(disk, operation, 'warm.db');
      expect(codeOf(() => db.checkpoint())).toBe('poisoned');
      db.close();
      const again = openPagedDatabase(sql, FILE, { disk: disk.crash(() => 0.4) });
      expect(again.all('SELECT * FROM note')).toEqual([{ id: 1 }]);
      expect(again.integrityProblems()).toEqual([]);
    },
  );

  it.each(['open', 'write', 'sync', 'rename', 'syncDirectory'] as const)(
    'snapshot (%s) poisons and leaves the old file whole',
    (operation) => {
      const disk = new CrashDisk();
      const db = filled(disk, {
        proveHook: () => {
          throw new Error('no');
        },
      });
      expect(db.mode).toBe('snapshot');
      db.run('INSERT INTO note VALUES (2)');
      failOnce(disk, operation, operation === 'syncDirectory' ? 'store' : '');
      expect(codeOf(() => db.flush())).toBe('poisoned');
      expect(codeOf(() => db.flush())).toBe('poisoned');
      db.close();
      const again = openPagedDatabase(sql, FILE, { disk: disk.crash(() => 0) });
      expect(again.all('SELECT id FROM note WHERE id = 1')).toEqual([{ id: 1 }]);
      expect(again.integrityProblems()).toEqual([]);
    },
  );

  it('opening closes every file it opened', () => {
    const disk = new CrashDisk();
    filled(disk).close();
    failOnce(disk, 'write', 'warm.db');
    expect(() => openPagedDatabase(sql, FILE, { disk })).toThrow('ENOSPC');
    expect(disk.openHandles).toBe(0);
  });
});
