/** sql.js must find its WebAssembly file from source and from a bundle. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { importMeta } from '../../../../scripts/lib/bundles.ts';
import { loadSqlJs } from '../../../../src/store/pages/loadSqlJs.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
const pages = path.resolve(import.meta.dirname, '../../../../src/store/pages');

it('loads from source', async () => {
  const sql = await loadSqlJs();
  const db = new sql.Database();
  expect(db.exec('SELECT 1 + 1')[0]?.values).toEqual([[2]]);
  db.close();
});

it('loads from a CommonJS bundle with the WebAssembly file beside it', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'multipath-bundle-'));
  try {
    const outfile = path.join(folder, 'server.cjs');
    const result = await build({
      stdin: {
        contents: `
          import { loadSqlJs } from './loadSqlJs.ts';
          import { openPagedDatabase } from './openDatabase.ts';
          loadSqlJs().then((sql) => {
            const db = openPagedDatabase(sql, process.argv[2]);
            db.exec('CREATE TABLE note (id); INSERT INTO note VALUES (5)');
            db.close();
            console.log(db.mode);
          });`,
        resolveDir: pages,
        loader: 'ts',
      },
      outfile,
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      ...importMeta,
      logLevel: 'silent',
    });
    expect(result.warnings).toEqual([]);
    fs.copyFileSync(wasm, path.join(folder, 'sql-wasm.wasm'));
    const printed = execFileSync(process.execPath, [outfile, path.join(folder, 'warm.db')], {
      cwd: os.tmpdir(),
      encoding: 'utf8',
    });
    expect(printed.trim()).toBe('paged');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
