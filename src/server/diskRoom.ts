/** Tells a disk without room from other trouble, and when there is room again. */
import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';

const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const CHUNK = Buffer.alloc(1 << 20);

/** What to say where an error comes from a full disk; `undefined` for any other error. */
export function whyNoRoom(error: unknown, storePath: string): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!('code' in cause) || !FULL.includes(cause.code)) continue;
    return (
      `There is no room on the disk of ${storePath} (${messageOf(cause)}). Everything stored is safe ` +
      'and can be read. Free some space: the store then goes on by itself.'
    );
  }
  return undefined;
}

/** Tries whether the disk takes what opening the store may have to write. Leaves nothing behind. */
export function hasRoom(storePath: string): boolean {
  const probe = join(storePath, 'room.probe');
  try {
    const redo = statSync(join(storePath, 'warm.db-redo'), { throwIfNoEntry: false })?.size ?? 0;
    const file = openSync(probe, 'w', 0o600);
    try {
      for (let written = 0; written <= redo;) written += writeSync(file, CHUNK);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (whyNoRoom(error, storePath) === undefined) throw error;
    return false;
  } finally {
    rmSync(probe, { force: true });
  }
}
