/**
 * Records too large for a page or a member, each in a file of its own, named after the SHA-256 of
 * its bytes: `ab/abcdef….gz` in the blobs' folder. The file is one checked gzip member, so any
 * gunzip reads it.
 *
 * Invariant: a name appears only with its whole, durable content, so a name that is there is enough.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { messageOf, MultipathError } from '../core/errors.ts';
import {
  compressBody,
  decodeMember,
  frameMember,
  parseMember,
  type MemberPlace,
} from './archive/member.ts';
import type { BlockCodec } from './pages/codec.ts';
import { makeDurableDirectory, type FileSystem } from './pages/fileSystem.ts';

/** Records larger than this, in bytes, are kept as blobs. */
export const BLOB_BYTES = 256 * 1024;

export interface BlobStoreOptions {
  readonly disk: FileSystem;
  readonly directory: string;
  readonly codec: BlockCodec;
}

const PLACE: MemberPlace = { file: 'blobs', offset: 0 };
const HASH = /^[0-9a-f]{64}$/;

export class BlobStore {
  readonly #options: BlobStoreOptions;
  readonly #writing = new Map<string, Promise<void>>();

  constructor(options: BlobStoreOptions) {
    this.#options = options;
  }

  /**
   * Keeps some bytes and returns their name (SHA-256, hex) when they are on the disk. `onName` is
   * told the name before anything is looked up under it.
   */
  async put(bytes: Uint8Array, onName?: (hash: string) => void): Promise<string> {
    const hash = hashOf(bytes);
    onName?.(hash);
    const running = this.#writing.get(hash);
    if (running) {
      await running;
      return hash;
    }
    const work = this.#write(hash, bytes).finally(() => this.#writing.delete(hash));
    this.#writing.set(hash, work);
    await work;
    return hash;
  }

  /**
   * The bytes of a name, checked against it.
   * @throws MultipathError `not-found`, `corrupt-block`
   */
  async get(hash: string): Promise<Uint8Array> {
    const { disk, codec } = this.#options;
    const file = this.#file(hash);
    if (!disk.exists(file)) {
      throw new MultipathError('not-found', `The record kept in ${file} is missing.`);
    }
    const handle = disk.open(file, 'read');
    let stored: Uint8Array;
    try {
      stored = new Uint8Array(disk.size(handle));
      disk.read(handle, stored, 0);
    } finally {
      disk.close(handle);
    }
    const found = parseMember(stored);
    if (found?.logId !== hash) throw damaged(file);
    const bytes = await decodeMember(stored, found, PLACE, codec);
    if (hashOf(bytes) !== hash) throw damaged(file);
    return bytes;
  }

  has(hash: string): boolean {
    return this.#options.disk.exists(this.#file(hash));
  }

  list(): { readonly name: string; readonly bytes: number }[] {
    return this.#files().flatMap((file) => {
      const name = path.basename(file, '.gz');
      return file.endsWith('.gz') && HASH.test(name) ? [{ name, bytes: this.#sizeOf(file) }] : [];
    });
  }

  leftovers(): string[] {
    return this.#files().filter((file) => file.endsWith('.new'));
  }

  /** Removes a blob that nothing refers to any more. */
  remove(hash: string): void {
    this.#options.disk.remove(this.#file(hash));
  }

  async #write(hash: string, bytes: Uint8Array): Promise<void> {
    const { disk, codec } = this.#options;
    const file = this.#file(hash);
    if (disk.exists(file) && (await this.#reads(hash))) return;
    const body = await compressBody(bytes);
    const member = frameMember({ logId: hash, firstSeq: 0, count: 1 }, body, PLACE, codec);
    const beside = `${file}.new`;
    try {
      makeDurableDirectory(disk, path.dirname(file));
      const handle = disk.open(beside, 'create');
      try {
        disk.write(handle, member, 0);
        await disk.syncLater(handle);
      } finally {
        disk.close(handle);
      }
      disk.rename(beside, file);
      disk.syncDirectory(path.dirname(file));
    } catch (error) {
      // Half of it would only keep room from what is tried next.
      disk.remove(beside);
      throw new MultipathError(
        'io',
        `Writing ${file} failed (${messageOf(error)}). Make sure the disk has room and try again.`,
        { cause: error },
      );
    }
  }

  /** A damaged blob is written anew when the same bytes come again. */
  async #reads(hash: string): Promise<boolean> {
    try {
      await this.get(hash);
      return true;
    } catch (error) {
      if (MultipathError.is(error, 'corrupt-block')) return false;
      throw error;
    }
  }

  #files(): string[] {
    const { disk, directory } = this.#options;
    if (!disk.exists(directory)) return [];
    return disk.list(directory).flatMap((prefix) => {
      const folder = path.join(directory, prefix);
      return /^[0-9a-f]{2}$/.test(prefix)
        ? disk.list(folder).map((name) => path.join(folder, name))
        : [];
    });
  }

  #sizeOf(file: string): number {
    const handle = this.#options.disk.open(file, 'read');
    try {
      return this.#options.disk.size(handle);
    } finally {
      this.#options.disk.close(handle);
    }
  }

  #file(hash: string): string {
    if (!HASH.test(hash)) throw new MultipathError('bad-request', `"${hash}" is no blob name.`);
    return path.join(this.#options.directory, hash.slice(0, 2), `${hash}.gz`);
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function damaged(file: string): MultipathError {
  return new MultipathError(
    'corrupt-block',
    `${file} is damaged. Run the store doctor: it looks for another copy.`,
  );
}
