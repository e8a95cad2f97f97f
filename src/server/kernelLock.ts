/**
 * The right to be the store's owner, held as an exclusive SQLite lock on a file of its own. The
 * system drops it when the process ends, however it ends, and a suspended owner keeps it, so the
 * lock is never robbed and never left behind.
 *
 * Nothing else in this process may open that file: closing any descriptor of it would drop a POSIX
 * lock.
 */
import type * as sqlite from 'node:sqlite';
import { MultipathError, messageOf } from '../core/errors.ts';

export type Sqlite = typeof sqlite;

export interface OwnerLock {
  release(): void;
}

export interface KernelLock {
  /**
   * `undefined` while another process (or another lock of this one) holds it.
   * @throws LocksUnsupportedError; MultipathError `io` when the lock file cannot be used
   */
  tryLock(): OwnerLock | undefined;
  /** Ends the use of the file; a lock still held is dropped. */
  close(): void;
}

const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
const PRIMARY_CODE_MASK = 0xff;

/** The file system takes no locks: the caller must fall back. */
export class LocksUnsupportedError extends Error {}

/** `undefined` where this runtime has no node:sqlite. */
export function findSqlite(): Sqlite | undefined {
  return process.getBuiltinModule('node:sqlite');
}

function primaryCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & PRIMARY_CODE_MASK
    : undefined;
}

/** @throws MultipathError `io` when the lock file cannot be opened */
export function openKernelLock(path: string, { DatabaseSync }: Sqlite): KernelLock {
  const unusable = (error: unknown) =>
    new MultipathError(
      'io',
      `The lock file ${path} cannot be used (${messageOf(error)}). Close all windows, delete it and open them again.`,
      { cause: error },
    );
  let database: InstanceType<Sqlite['DatabaseSync']>;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw unusable(error);
  }
  return {
    tryLock() {
      try {
        database.exec('BEGIN EXCLUSIVE');
      } catch (error) {
        const code = primaryCode(error);
        if (code === SQLITE_BUSY) return undefined;
        if (code === SQLITE_IOERR) {
          throw new LocksUnsupportedError(messageOf(error), { cause: error });
        }
        throw unusable(error);
      }
      let held = true;
      return {
        release: () => {
          if (!held) return;
          held = false;
          database.exec('ROLLBACK');
        },
      };
    },
    close: () => database.close(),
  };
}
