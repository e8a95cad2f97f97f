/** Says why a store's folder can only be read, from what the system says of its files. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';

/** What an owner writes to first; each may be missing as yet. */
const FILES = ['warm.db', 'warm.db-redo', 'owner.lock'];

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** In words for the person; `undefined` where the store can be written. Makes a missing folder. */
export function whyUnwritable(storePath: string): string | undefined {
  const say = (path: string, error: unknown) =>
    `${path} cannot be written (${messageOf(error)}), so the store can be read but not changed. ` +
    'Make it writable; the store then goes on by itself.';
  try {
    mkdirSync(storePath, { recursive: true, mode: 0o700 });
    accessSync(storePath, constants.W_OK);
  } catch (error) {
    return say(`The folder ${storePath}`, error);
  }
  for (const file of FILES.map((name) => join(storePath, name))) {
    try {
      accessSync(file, constants.W_OK);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return say(file, error);
    }
  }
  return undefined;
}
