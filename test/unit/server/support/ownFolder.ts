/** A folder of its own for the servers of each test. */
import { afterEach, beforeEach } from 'vitest';
import { killServers } from './startServer.ts';
import { temporaryFolder } from './wait.ts';

/** Call at the top of a test file: after each test its servers are ended and its folder is removed. */
export function ownFolder(): { readonly path: string } {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(async () => {
    await killServers();
    folder.remove();
  });
  return {
    get path() {
      return folder.path;
    },
  };
}
