/** The end of a process at one of its disk operations, as the storage engine sees it. */
import { type FileSystem, nodeFileSystem } from '../../../../src/store/pages/fileSystem.ts';

class Killed extends Error {}

/** Ends all disk operations that change something from one on, that one half done. */
export function killAfter(operations: number): {
  readonly isDead: () => boolean;
  readonly end: () => void;
} {
  let left = operations;
  let dead = false;
  const real = { ...nodeFileSystem };
  /** `dying` is what is done of the very operation in which the process ends. */
  const live = (dying: () => void = () => undefined): void => {
    if (!dead && left-- > 0) return;
    if (!dead) dying();
    dead = true;
    throw new Killed('killed');
  };
  const dies: FileSystem = {
    ...real,
    open(file, how) {
      if (how === 'create') live();
      return real.open(file, how);
    },
    write(handle, bytes, position) {
      live(() => real.write(handle, bytes.subarray(0, bytes.length >> 1), position));
      real.write(handle, bytes, position);
    },
    truncate(handle, size) {
      live();
      real.truncate(handle, size);
    },
    sync(handle) {
      live();
      real.sync(handle);
    },
    async syncLater(handle) {
      live();
      await real.syncLater(handle);
    },
    rename(from, to) {
      live();
      real.rename(from, to);
    },
    remove(file) {
      live();
      real.remove(file);
    },
    syncDirectory(directory) {
      live();
      real.syncDirectory(directory);
    },
  };
  Object.assign(nodeFileSystem, dies);
  return { isDead: () => dead, end: () => void Object.assign(nodeFileSystem, real) };
}
