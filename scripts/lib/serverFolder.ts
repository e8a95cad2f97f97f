/**
 * The session server and the scripts of its worker threads as they ship, in a folder of their own,
 * for tests and benchmarks that start them beside sources.
 */
import { copyFileSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as esbuild from 'esbuild';
import { serverBundles } from './bundles.ts';

/** Returns the folder, which the caller removes. `minify` for what is measured. */
export async function bundleServer(minify = false): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'multipath-workers-'));
  await esbuild.build(serverBundles(folder, minify));
  const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
  copyFileSync(wasm, join(folder, basename(wasm)));
  return folder;
}
