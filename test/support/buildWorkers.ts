/**
 * Bundles the scripts of the worker threads once for all tests. Run from its sources, each thread
 * would strip the types of some sixty files with Node's WebAssembly, which takes longer than most
 * tests, and V8 crashes now and then where threads of one process compile and free such code at once
 * (nodejs/node#64500 tells of one kind).
 */
import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { bundleWorkers } from '../../scripts/lib/workers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Absolute folder of the bundled scripts. */
    workers: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const folder = await bundleWorkers();
  project.provide('workers', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
