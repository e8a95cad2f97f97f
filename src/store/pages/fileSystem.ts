/**
 * What the storage engine asks of a disk, and nothing more, so that tests can put a disk under it
 * that fails, tears and forgets. Reads and writes are whole: a short one means the end of the file,
 * or an error.
 */
import fs from 'node:fs';
import path from 'node:path';

/** An open file. */
export type FileHandle = number;

export interface FileSystem {
  exists(file: string): boolean;
  /** `create` makes the file or empties it. */
  open(file: string, how: 'read' | 'write' | 'create'): FileHandle;
  close(handle: FileHandle): void;
  /** Bytes. */
  size(handle: FileHandle): number;
  /** Fills `into` from `position`; returns how many bytes there were before the end of the file. */
  read(handle: FileHandle, into: Uint8Array, position: number): number;
  write(handle: FileHandle, bytes: Uint8Array, position: number): void;
  truncate(handle: FileHandle, size: number): void;
  /** Returns when the file's bytes and length are on the disk. */
  sync(handle: FileHandle): void;
  /** As `sync`, without holding up the thread. */
  syncLater(handle: FileHandle): Promise<void>;
  /** Puts a file in the place of another, or of none, in one step. */
  rename(from: string, to: string): void;
  remove(file: string): void;
  makeDirectory(directory: string): void;
  /** File names, unsorted. */
  list(directory: string): string[];
  /** Returns when the directory's entries (new, renamed, removed files) are on the disk. */
  syncDirectory(directory: string): void;
}

const FLAGS = { read: 'r', write: 'r+', create: 'w+' } as const;

export const nodeFileSystem: FileSystem = {
  exists: (file) => fs.existsSync(file),
  open: (file, how) => fs.openSync(file, FLAGS[how], 0o600),
  close: (handle) => fs.closeSync(handle),
  size: (handle) => fs.fstatSync(handle).size,

  read(handle, into, position) {
    let done = 0;
    while (done < into.length) {
      const count = fs.readSync(handle, into, done, into.length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  },

  write(handle, bytes, position) {
    let done = 0;
    while (done < bytes.length) {
      done += fs.writeSync(handle, bytes, done, bytes.length - done, position + done);
    }
  },

  truncate: (handle, size) => fs.ftruncateSync(handle, size),
  sync: (handle) => fs.fdatasyncSync(handle),
  syncLater: (handle) =>
    new Promise((resolve, reject) => {
      fs.fdatasync(handle, (error) => (error ? reject(error) : resolve()));
    }),
  rename: (from, to) => fs.renameSync(from, to),
  remove: (file) => fs.rmSync(file, { force: true }),
  makeDirectory: (directory) => void fs.mkdirSync(directory, { recursive: true, mode: 0o700 }),
  list: (directory) => fs.readdirSync(directory),

  syncDirectory(directory) {
    // Windows cannot open a directory; NTFS journals its entries by itself.
    if (process.platform === 'win32') return;
    const handle = fs.openSync(directory, 'r');
    try {
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
  },
};

/**
 * Makes a file appear whole or not at all: written beside its place, made durable, then renamed.
 * What an earlier crash left beside the place is overwritten.
 */
export function writeWhole(
  disk: FileSystem,
  file: string,
  write: (handle: FileHandle) => void,
): void {
  const beside = `${file}.new`;
  const handle = disk.open(beside, 'create');
  try {
    write(handle);
    disk.sync(handle);
  } finally {
    disk.close(handle);
  }
  disk.rename(beside, file);
  disk.syncDirectory(path.dirname(file));
}

/** Makes a folder whose name survives a power cut, with every folder above it that is missing. */
export function makeDurableDirectory(disk: FileSystem, directory: string): void {
  if (disk.exists(directory)) return;
  const above = path.dirname(directory);
  if (above !== directory) makeDurableDirectory(disk, above);
  disk.makeDirectory(directory);
  disk.syncDirectory(above);
}
