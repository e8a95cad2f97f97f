/**
 * Which process owns the store. Where locks can be trusted, whoever holds the kernel lock; else
 * whoever created the lock file first, and the others may only read.
 */
import { join } from 'node:path';
import { isGone, readLockHolder, tryFileLock } from './fileLock.ts';
import {
  findSqlite,
  type KernelLock,
  LocksUnsupportedError,
  openKernelLock,
  type OwnerLock,
  type Sqlite,
} from './kernelLock.ts';
import { whyLocksAreUnreliable } from './lockReliability.ts';
import { whyUnwritable } from './writability.ts';

export interface Ownership {
  /**
   * `undefined` while another process owns the store, or where it cannot be written.
   * @throws MultipathError `io` when neither lock can be used
   */
  tryLock(): OwnerLock | undefined;
  /** Why a window that does not own the store may only read it; `undefined` where it may write. */
  whyReadOnly(): string | undefined;
  close(): void;
}

export interface OwnershipOptions {
  /** Replaced by tests. */
  readonly sqlite?: Sqlite | undefined;
  readonly whyUnreliable?: (folder: string) => Promise<string | undefined>;
}

/** Opens nothing yet: what stands in the way of a lock is told when it is asked for. */
export async function openOwnership(
  storePath: string,
  options: OwnershipOptions = { sqlite: findSqlite() },
): Promise<Ownership> {
  const filePath = join(storePath, 'owner.pid');
  const { sqlite, whyUnreliable = whyLocksAreUnreliable } = options;

  // Makes the folder where there is none: its file system is looked at next.
  whyUnwritable(storePath);
  let weakness = await whyUnreliable(storePath);
  if (sqlite === undefined) weakness ??= 'this version of VS Code has no node:sqlite';
  let kernel: KernelLock | undefined;

  const fileHolder = () => {
    const holder = readLockHolder(filePath);
    return holder === undefined || isGone(holder) ? undefined : holder;
  };

  return {
    tryLock() {
      if (whyUnwritable(storePath) !== undefined) return undefined;
      if (weakness === undefined && sqlite !== undefined) {
        kernel ??= openKernelLock(join(storePath, 'owner.lock'), sqlite);
        try {
          // A window that cannot take kernel locks may have been first.
          return fileHolder() === undefined ? kernel.tryLock() : undefined;
        } catch (error) {
          if (!(error instanceof LocksUnsupportedError)) throw error;
          kernel.close();
          kernel = undefined;
          weakness = 'its file system takes no locks';
        }
      }
      return tryFileLock(filePath);
    },
    whyReadOnly() {
      const unwritable = whyUnwritable(storePath);
      if (unwritable !== undefined) return unwritable;
      const holder = fileHolder();
      if (weakness === undefined && holder === undefined) return undefined;
      const who = holder === undefined ? '' : ` (process ${holder.pid} on ${holder.host})`;
      const because = weakness ?? 'that window could not take one';
      return (
        `Another window has this store open${who}, and locks cannot be trusted because ${because}. ` +
        `This window can read but not change it. If no other window is open, delete ${filePath} and reload.`
      );
    },
    close: () => kernel?.close(),
  };
}
