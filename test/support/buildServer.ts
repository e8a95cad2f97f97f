/**
 * Bundles the session server and the scripts of its worker threads once for all tests. Run from its
 * sources, each of them would strip the types of some hundred files with Node's WebAssembly, which
 * takes longer than most tests, and V8 crashes now and then where threads of one process compile and free such code at once
 * (nodejs/node#64500 tells of one kind).
 */
import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { bundleServer } from '../../scripts/lib/serverFolder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Absolute folder of the bundled scripts. */
    server: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const folder = await bundleServer();
  project.provide('server', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
