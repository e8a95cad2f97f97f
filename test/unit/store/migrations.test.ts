/** Databases of earlier versions are brought to the schema of this one, also after a crash half-way. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { migrate, schemaState } from '../../../src/store/migrations.ts';
import type { PagedDatabase } from '../../../src/store/pages/database.ts';
import { loadSqlJs } from '../../../src/store/pages/loadSqlJs.ts';
import { openPagedDatabase } from '../../../src/store/pages/openDatabase.ts';
import { MIGRATIONS } from '../../../src/store/schema/migrations.ts';

const FIRST = ['store/1', 'search/1'];
/** More than one step moves, and one log with a number that needs the upper half of an id. */
const ROWS = 4_500;
const LOGS = [1, 2, 70_000];

async function oldStore(): Promise<() => PagedDatabase> {
  const folder = mkdtempSync(path.join(tmpdir(), 'multipath-migrations-'));
  const sql = await loadSqlJs();
  const open = (): PagedDatabase => {
    const database = openPagedDatabase(sql, path.join(folder, 'warm.db'));
    onTestFinished(() => database.close());
    return database;
  };
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = open();
  database.exec('CREATE TABLE migration (id TEXT PRIMARY KEY, applied_at INTEGER NOT NULL)');
  for (const { id, sql: change } of MIGRATIONS.filter((migration) =>
    FIRST.includes(migration.id),
  )) {
    database.exec(change);
    database.run('INSERT INTO migration (id, applied_at) VALUES (?, 0)', [id]);
  }
  database.transaction(() => {
    for (let row = 0; row < ROWS; row++) {
      const log = LOGS[row % LOGS.length] ?? 0;
      const seq = Math.floor(row / LOGS.length);
      const blob = seq === 7 ? 'ab'.repeat(32) : null;
      database.run('INSERT INTO record (log, seq, bytes, blob) VALUES (?, ?, ?, ?)', [
        log,
        seq,
        blob === null ? new TextEncoder().encode(`${log} ${seq}\n`) : null,
        blob,
      ]);
    }
  });
  database.close();
  return open;
}

function recordsOf(database: PagedDatabase): unknown[] {
  return database
    .all('SELECT id, log, seq, CAST(bytes AS TEXT) AS text, blob FROM record ORDER BY id')
    .map(({ id, log, seq, text, blob }) => {
      expect(id).toBe(Number(log) * 2 ** 32 + Number(seq));
      return blob ?? text;
    });
}

function expectAll(database: PagedDatabase): void {
  const expected = LOGS.flatMap((log) =>
    Array.from({ length: ROWS / LOGS.length }, (_, seq) =>
      seq === 7 ? 'ab'.repeat(32) : `${log} ${seq}\n`,
    ),
  );
  expect(recordsOf(database)).toEqual(expected);
  expect(database.integrityProblems()).toEqual([]);
}

it('moves every record of a first store', async () => {
  const database = (await oldStore())();
  expect(schemaState(database)).toBe('older');
  migrate(database, 1);
  expect(schemaState(database)).toBe('current');
  expectAll(database);
  migrate(database, 2);
  expectAll(database);
});

it('goes on where an earlier opening was cut short', async () => {
  const open = await oldStore();
  const first = open();
  let steps = 0;
  const failing: typeof first = Object.create(first, {
    flush: {
      value: () => {
        if (++steps === 2) throw new Error('killed');
        return first.flush();
      },
    },
    transaction: { value: first.transaction.bind(first) },
    exec: { value: first.exec.bind(first) },
    run: { value: first.run.bind(first) },
    get: { value: first.get.bind(first) },
    all: { value: first.all.bind(first) },
  }) as typeof first;
  expect(() => migrate(failing, 1)).toThrow('killed');
  first.close();
  const again = open();
  const left = again.get('SELECT count(*) AS n FROM record')?.['n'];
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(ROWS);
  migrate(again, 2);
  expectAll(again);
});

it('leaves a store half-way alone in the eyes of an older version', () => {
  const ids = MIGRATIONS.map(({ id }) => id);
  // The id that an older version does not know is written before the first record moves.
  expect(ids.indexOf('store/2')).toBeLessThan(ids.indexOf('store/3'));
  expect(MIGRATIONS.find(({ id }) => id === 'store/2')?.step).toBeUndefined();
  expect(MIGRATIONS.find(({ id }) => id === 'store/3')?.step).toBeDefined();
});
