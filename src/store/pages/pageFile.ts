/**
 * The main file of a database: a header, then every page sealed by the codec.
 *
 *   0     identity: magic, format, page size, codec, 16 random bytes that are the file's name in
 *         every check; written once
 *   512   state slot for even generations: generation, page count
 *   1024  state slot for odd generations
 *   4096  page 0, then page n at 4096 + n * (4096 + overhead)
 *
 * The check lives inline, directly behind its page, so that a page and its proof are read in one go
 * and a longer proof (nonce and tag) only changes the stride.
 *
 * Invariant: a state slot says "everything logged up to this generation is in the pages". It is
 * written only after those pages are on the disk, and a torn slot leaves the other one, whose log
 * is then still whole. So the generation of the redo log that counts is always the slot's plus one.
 * Pages behind the slot's page count are part of the database where a batch of that log says so.
 */
import { randomBytes } from 'node:crypto';
import { MultipathError } from '../../core/errors.ts';
import { corruptBlock, type BlockCodec } from './codec.ts';
import { crc32c } from './crc32c.ts';
import { writeWhole, type FileHandle, type FileSystem } from './fileSystem.ts';
import { PageRun } from './pageRun.ts';

/** SQLite's page size, and the size of a plain block. */
export const PAGE_SIZE = 4096;

const HEADER_SIZE = 4096;
const IDENTITY_SIZE = 60;
const SLOT_SIZE = 24;
const SLOT_AT = [512, 1024] as const;
const MAGIC = 'MPATHPG\n';
const FORMAT = 1;
/** Pages sealed into one write; bounds the memory of a checkpoint's copy to about 1 MB. */
const RUN_PAGES = 256;

/** How far the pages have come. */
export interface PageFileState {
  readonly generation: number;
  readonly pageCount: number;
}

export class PageFile {
  readonly id: string;
  readonly #disk: FileSystem;
  readonly #file: string;
  readonly #codec: BlockCodec;
  readonly #handle: FileHandle;
  readonly #stride: number;
  readonly #seed: number;
  readonly #run: PageRun;
  #state: PageFileState;

  private constructor(
    disk: FileSystem,
    file: string,
    codec: BlockCodec,
    handle: FileHandle,
    identity: Uint8Array,
    state: PageFileState,
  ) {
    this.id = fileId(identity);
    this.#disk = disk;
    this.#file = file;
    this.#codec = codec;
    this.#handle = handle;
    this.#stride = PAGE_SIZE + codec.overhead;
    this.#run = new PageRun(this.#stride);
    this.#seed = crc32c(identity);
    this.#state = state;
  }

  /**
   * Opens an existing file and never changes it on the way.
   * @throws MultipathError `corrupt-file` (not ours, or its header is damaged), `newer-store`
   */
  static open(disk: FileSystem, file: string, codec: BlockCodec, readOnly: boolean): PageFile {
    const handle = disk.open(file, readOnly ? 'read' : 'write');
    try {
      const header = new Uint8Array(HEADER_SIZE);
      const length = disk.read(handle, header, 0);
      const identity = header.subarray(0, IDENTITY_SIZE);
      checkIdentity(file, identity, length, codec);
      const slots = SLOT_AT.map((at) =>
        readSlot(header.subarray(at, at + SLOT_SIZE), crc32c(identity)),
      ).filter((slot) => slot !== undefined);
      const state = slots.reduce<PageFileState | undefined>(
        (best, slot) => (best && best.generation >= slot.generation ? best : slot),
        undefined,
      );
      if (!state) throw damaged(file, 'neither of its two state slots can be read');
      return new PageFile(disk, file, codec, handle, identity, state);
    } catch (error) {
      disk.close(handle);
      throw error;
    }
  }

  /**
   * Writes a whole new file in one step, in the place of one that may be there. `as` keeps the
   * identity of the file it replaces and moves past its generation, so that its log is stale.
   */
  static create(
    disk: FileSystem,
    file: string,
    codec: BlockCodec,
    image: Uint8Array,
    as?: { readonly id: string; readonly generation: number },
  ): void {
    if (image.length % PAGE_SIZE !== 0) throw new Error('A database image is whole pages.');
    const identity = newIdentity(codec, as?.id ?? randomBytes(16).toString('hex'));
    const state = { generation: as?.generation ?? 0, pageCount: image.length / PAGE_SIZE };
    writeWhole(disk, file, (handle) => {
      const header = new Uint8Array(HEADER_SIZE);
      header.set(identity);
      disk.write(handle, header, 0);
      const target = new PageFile(disk, file, codec, handle, identity, state);
      target.#writeSlot();
      const pages = new Map<number, Uint8Array>();
      for (let page = 0; page < state.pageCount; page++) {
        pages.set(page, image.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE));
      }
      target.writePages(pages);
    });
  }

  /**
   * Begins a new file whose pages are written next; it counts for nothing before `sync`.
   * Not for the place of a file that is in use: see `create`.
   */
  static begin(disk: FileSystem, file: string, codec: BlockCodec, pageCount: number): PageFile {
    const handle = disk.open(file, 'create');
    const identity = newIdentity(codec, randomBytes(16).toString('hex'));
    const header = new Uint8Array(HEADER_SIZE);
    header.set(identity);
    disk.write(handle, header, 0);
    const begun = new PageFile(disk, file, codec, handle, identity, { generation: 0, pageCount });
    begun.#writeSlot();
    return begun;
  }

  get state(): PageFileState {
    return this.#state;
  }

  /**
   * The page's bytes. Those of a page that was read ahead hold until more is read ahead.
   * @throws MultipathError `corrupt-block`
   */
  readPage(page: number): Uint8Array {
    const ahead = this.#run.sealed(page);
    if (ahead) return this.#open(page, ahead);
    const sealed = new Uint8Array(this.#stride);
    const length = this.#disk.read(this.#handle, sealed, this.#at(page));
    return this.#open(page, sealed.subarray(0, length));
  }

  /**
   * Reads pages in one go, in the place of those read ahead before. Each is checked only when it is
   * asked for, which most often all are.
   */
  readAhead(first: number, count: number): void {
    this.#run.fill(first, count, (room) => this.#disk.read(this.#handle, room, this.#at(first)));
  }

  isAhead(page: number): boolean {
    return this.#run.has(page);
  }

  #at(page: number): number {
    return HEADER_SIZE + page * this.#stride;
  }

  #open(page: number, sealed: Uint8Array): Uint8Array {
    const position = { file: this.id, block: page };
    try {
      if (sealed.length < this.#stride) throw corruptBlock(position, 'the file ends before it');
      return this.#codec.open(sealed, position);
    } catch (error) {
      if (!MultipathError.is(error, 'corrupt-block')) throw error;
      throw new MultipathError('corrupt-block', `${this.#file}: ${error.message}`, {
        cause: error,
      });
    }
  }

  /** Writes pages in ascending order, neighbours together. Not durable before `sync`. */
  writePages(pages: ReadonlyMap<number, Uint8Array>): void {
    this.#run.drop();
    const order = [...pages].sort(([a], [b]) => a - b);
    for (let from = 0; from < order.length;) {
      const run = neighbours(order, from);
      const sealed = new Uint8Array(run.length * this.#stride);
      run.forEach(([page, bytes], nth) => {
        const at = nth * this.#stride;
        sealed.set(bytes, at);
        this.#codec.sealInPlace(sealed.subarray(at, at + this.#stride), {
          file: this.id,
          block: page,
        });
      });
      const first = run[0]?.[0] ?? 0;
      this.#disk.write(this.#handle, sealed, HEADER_SIZE + first * this.#stride);
      from += run.length;
    }
  }

  sync(): void {
    this.#disk.sync(this.#handle);
  }

  /** As `sync`, without holding up the thread. */
  syncLater(): Promise<void> {
    return this.#disk.syncLater(this.#handle);
  }

  /** Says, durably, that the pages hold everything up to this generation. Pages are synced before. */
  advance(state: PageFileState): void {
    this.#state = state;
    this.#writeSlot();
    this.sync();
  }

  close(): void {
    this.#disk.close(this.#handle);
  }

  #writeSlot(): void {
    const slot = Buffer.alloc(SLOT_SIZE);
    slot.writeBigUInt64LE(BigInt(this.#state.generation), 0);
    slot.writeBigUInt64LE(BigInt(this.#state.pageCount), 8);
    slot.writeUInt32LE(1, 16);
    slot.writeUInt32LE(crc32c(slot.subarray(0, 20), this.#seed), 20);
    this.#disk.write(this.#handle, slot, SLOT_AT[this.#state.generation % 2 === 0 ? 0 : 1]);
  }
}

function neighbours(
  order: readonly (readonly [number, Uint8Array])[],
  from: number,
): readonly (readonly [number, Uint8Array])[] {
  const first = order[from]?.[0] ?? 0;
  let to = from + 1;
  while (to < order.length && to - from < RUN_PAGES && order[to]?.[0] === first + to - from) to++;
  return order.slice(from, to);
}

function readSlot(bytes: Uint8Array, seed: number): PageFileState | undefined {
  const slot = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (slot.readUInt32LE(20) !== crc32c(slot.subarray(0, 20), seed)) return undefined;
  return {
    generation: Number(slot.readBigUInt64LE(0)),
    pageCount: Number(slot.readBigUInt64LE(8)),
  };
}

function newIdentity(codec: BlockCodec, id: string): Buffer {
  const identity = Buffer.alloc(IDENTITY_SIZE);
  identity.write(MAGIC, 0, 'latin1');
  identity.writeUInt32LE(FORMAT, 8);
  identity.writeUInt32LE(PAGE_SIZE, 12);
  identity.writeUInt32LE(codec.overhead, 16);
  identity.write(codec.id, 20, 16, 'latin1');
  identity.write(id, 36, 16, 'hex');
  identity.writeUInt32LE(crc32c(identity.subarray(0, 56)), 56);
  return identity;
}

function fileId(identity: Uint8Array): string {
  return Buffer.from(identity.subarray(36, 52)).toString('hex');
}

function checkIdentity(file: string, bytes: Uint8Array, length: number, codec: BlockCodec): void {
  const identity = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (length < HEADER_SIZE || identity.toString('latin1', 0, 8) !== MAGIC) {
    throw damaged(file, 'it is no database of this store');
  }
  if (identity.readUInt32LE(56) !== crc32c(identity.subarray(0, 56))) {
    throw damaged(file, 'the check of its header does not match');
  }
  const format = identity.readUInt32LE(8);
  if (format > FORMAT) {
    throw new MultipathError(
      'newer-store',
      `${file} has format ${format}; this version knows ${FORMAT}. Update Multipath to open it.`,
    );
  }
  const stored = identity.toString('latin1', 20, 36).replace(/\0+$/, '');
  if (stored !== codec.id || identity.readUInt32LE(16) !== codec.overhead) {
    throw damaged(file, `its blocks are sealed with "${stored}", not "${codec.id}"`);
  }
}

function damaged(file: string, why: string): MultipathError {
  return new MultipathError(
    'corrupt-file',
    `${file} cannot be opened: ${why}. It was left as it is; move it aside to start anew.`,
  );
}
