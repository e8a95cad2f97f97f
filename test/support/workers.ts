/** Where the scripts of the worker threads are that tests start. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';

export function workerScript(name: 'import' | 'search'): URL {
  return pathToFileURL(path.join(inject('workers'), `${name}.worker.cjs`));
}
