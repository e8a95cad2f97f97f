/**
 * A disk in memory that loses power. Until a sync, any 512-byte sector of any write may or may not
 * have reached the disk, whatever the order; names (new, renamed, removed) reach it in order, as far
 * as they come. After `crash` the survivors are a new disk. Operations can be made to fail, too.
 */
import path from 'node:path';
import type { FileHandle, FileSystem } from '../../../../src/store/pages/fileSystem.ts';

export type Operation = 'write' | 'sync' | 'truncate' | 'rename' | 'open' | 'syncDirectory';

interface Node {
  now: Buffer;
  size: number;
  durable: Buffer;
  pending: ({ at: number; bytes: Buffer } | { truncate: number })[];
}

const SECTOR = 512;

export class PowerLost extends Error {}

export class CrashDisk implements FileSystem {
  /** Called before every operation that changes something; throws to make it fail. */
  before: (operation: Operation, file: string) => void = () => undefined;
  operations = 0;
  #names = new Map<string, Node>();
  #durableNames = new Map<string, Node>();
  #pendingNames: (() => void)[] = [];
  #handles = new Map<FileHandle, { node: Node; file: string }>();
  #next = 1;

  exists(file: string): boolean {
    if (this.#names.has(file)) return true;
    return [...this.#names.keys()].some((name) => name.startsWith(file + path.sep));
  }

  open(file: string, how: 'read' | 'write' | 'create'): FileHandle {
    let node = this.#names.get(file);
    if (how === 'create') {
      this.#note('open', file);
      const made: Node = { now: Buffer.alloc(0), size: 0, durable: Buffer.alloc(0), pending: [] };
      node = made;
      this.#names.set(file, made);
      this.#pendingNames.push(() => void this.#durableNames.set(file, made));
    }
    if (!node) throw new Error(`ENOENT: ${file}`);
    const handle = this.#next++;
    this.#handles.set(handle, { node, file });
    return handle;
  }

  close(handle: FileHandle): void {
    if (!this.#handles.delete(handle)) throw new Error('EBADF: closed twice');
  }

  get openHandles(): number {
    return this.#handles.size;
  }

  size(handle: FileHandle): number {
    return this.#at(handle).node.size;
  }

  read(handle: FileHandle, into: Uint8Array, position: number): number {
    const { node } = this.#at(handle);
    const count = Math.max(0, Math.min(into.length, node.size - position));
    into.set(node.now.subarray(position, position + count));
    return count;
  }

  write(handle: FileHandle, bytes: Uint8Array, position: number): void {
    const { node, file } = this.#at(handle);
    this.#note('write', file);
    node.pending.push({ at: position, bytes: Buffer.from(bytes) });
    place(node, position, bytes);
  }

  truncate(handle: FileHandle, size: number): void {
    const { node, file } = this.#at(handle);
    this.#note('truncate', file);
    node.pending.push({ truncate: size });
    resize(node, size);
  }

  sync(handle: FileHandle): void {
    const { node, file } = this.#at(handle);
    this.#note('sync', file);
    node.durable = Buffer.from(node.now.subarray(0, node.size));
    node.pending = [];
  }

  /** What is written after the call is not part of it. Takes some turns of the event loop. */
  async syncLater(handle: FileHandle): Promise<void> {
    const { node, file } = this.#at(handle);
    const covered = new Set(node.pending);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    this.#note('sync', file);
    const durable: Node = { ...node, now: node.durable, size: node.durable.length };
    for (const change of node.pending) if (covered.has(change)) apply(durable, change);
    node.durable = Buffer.from(durable.now.subarray(0, durable.size));
    node.pending = node.pending.filter((change) => !covered.has(change));
  }

  rename(from: string, to: string): void {
    this.#note('rename', to);
    const node = this.#names.get(from);
    if (!node) throw new Error(`ENOENT: ${from}`);
    this.#names.set(to, node);
    this.#names.delete(from);
    this.#pendingNames.push(() => {
      this.#durableNames.set(to, node);
      this.#durableNames.delete(from);
    });
  }

  remove(file: string): void {
    this.#names.delete(file);
    this.#pendingNames.push(() => void this.#durableNames.delete(file));
  }

  makeDirectory(): void {
    // Folders exist as soon as something is in them.
  }

  list(directory: string): string[] {
    return [...this.#names.keys()]
      .filter((name) => path.dirname(name) === directory)
      .map((name) => path.basename(name));
  }

  syncDirectory(directory: string): void {
    this.#note('syncDirectory', directory);
    for (const apply of this.#pendingNames) apply();
    this.#pendingNames = [];
  }

  /** The bytes of a file, to look at or to put back changed. */
  bytes(file: string): Buffer {
    const node = this.#names.get(file);
    if (!node) throw new Error(`ENOENT: ${file}`);
    return Buffer.from(node.now.subarray(0, node.size));
  }

  put(file: string, bytes: Uint8Array): void {
    const now = Buffer.from(bytes);
    const node: Node = { now, size: now.length, durable: Buffer.from(now), pending: [] };
    this.#names.set(file, node);
    this.#durableNames.set(file, node);
  }

  /**
   * What is left after a power cut; `random` gives numbers from 0 up to, not including, 1, and
   * `chance` how likely a sector of a file is to have been written.
   */
  crash(random: () => number, chance = random): CrashDisk {
    const survivors = new CrashDisk();
    const names = Math.floor(random() * (this.#pendingNames.length + 1));
    for (const apply of this.#pendingNames.slice(0, names)) apply();
    for (const [file, node] of this.#durableNames) {
      const left: Node = {
        now: Buffer.from(node.durable),
        size: node.durable.length,
        durable: Buffer.alloc(0),
        pending: [],
      };
      const likely = chance();
      for (const change of node.pending) tear(left, change, likely, random);
      survivors.put(file, left.now.subarray(0, left.size));
    }
    return survivors;
  }

  #note(operation: Operation, file: string): void {
    this.operations++;
    this.before(operation, file);
  }

  #at(handle: FileHandle): { node: Node; file: string } {
    const open = this.#handles.get(handle);
    if (!open) throw new Error('EBADF');
    return open;
  }
}

function place(node: Node, position: number, bytes: Uint8Array): void {
  const end = position + bytes.length;
  if (end > node.now.length) {
    const grown = Buffer.alloc(Math.max(end, node.now.length * 2));
    node.now.copy(grown, 0, 0, node.size);
    node.now = grown;
  }
  node.now.set(bytes, position);
  node.size = Math.max(node.size, end);
}

function resize(node: Node, size: number): void {
  if (size > node.size) {
    place(node, node.size, new Uint8Array(size - node.size));
    return;
  }
  node.now.fill(0, size, node.size);
  node.size = size;
}

function apply(node: Node, change: Node['pending'][number]): void {
  if ('truncate' in change) resize(node, change.truncate);
  else place(node, change.at, change.bytes);
}

function tear(
  node: Node,
  change: Node['pending'][number],
  chance: number,
  random: () => number,
): void {
  if ('truncate' in change) {
    if (random() < chance) resize(node, change.truncate);
    return;
  }
  const end = change.at + change.bytes.length;
  // The file's length may have been noted before its bytes were written: they are zeros then.
  if (end > node.size && random() < chance) resize(node, end);
  for (let from = change.at; from < end;) {
    const to = Math.min(end, (Math.floor(from / SECTOR) + 1) * SECTOR);
    if (random() < chance) {
      place(node, from, change.bytes.subarray(from - change.at, to - change.at));
    }
    from = to;
  }
}
