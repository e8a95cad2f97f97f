/** Where the session server is that tests start, and the scripts of its worker threads. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';

export function workerScript(name: 'import' | 'search'): URL {
  return pathToFileURL(path.join(inject('server'), `${name}.worker.cjs`));
}

/** The program of the server, as it ships. */
export function serverScript(): string {
  return path.join(inject('server'), 'server.cjs');
}
