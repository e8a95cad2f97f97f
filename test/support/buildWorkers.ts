/**
 * Bundles the scripts of the worker threads once for all tests. Run from its sources, each thread
 * would strip the types of some sixty files with Node's WebAssembly, which takes longer than most
 * tests, and V8 crashes now and then where threads of one process compile and free such code at once
 * (nodejs/node#64500 tells of one kind).
 */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import type { TestProject } from 'vitest/node';
import { workerBundles } from '../../scripts/lib/bundles.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Absolute folder of the bundled scripts. */
    workers: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'multipath-workers-'));
  await esbuild.build(workerBundles(folder));
  const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
  copyFileSync(wasm, path.join(folder, path.basename(wasm)));
  project.provide('workers', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
