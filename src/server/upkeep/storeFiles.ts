/** What the store's own files take on disk. Measured now and then: blobs are many. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { StoreFiles } from '../../core/storage.ts';
import { copiesFolder } from '../../store/storeFiles.ts';

/** Milliseconds for which a measurement holds. */
const KEPT_MS = 15_000;

export class StoreFileSizes {
  readonly #storePath: string;
  readonly #elapsed: () => number;
  #known: { readonly at: number; readonly sizes: Promise<Sizes> } | undefined;

  constructor(storePath: string, elapsed: () => number = () => performance.now()) {
    this.#storePath = storePath;
    this.#elapsed = elapsed;
  }

  /** @param memberBytes bytes of archive members that are in use */
  async measure(memberBytes: number): Promise<StoreFiles> {
    if (!this.#known || this.#elapsed() - this.#known.at > KEPT_MS) {
      this.#known = { at: this.#elapsed(), sizes: this.#measure() };
    }
    const sizes = await this.#known.sizes;
    return { ...sizes, archiveGarbage: Math.max(0, sizes.archive - memberBytes) };
  }

  async #measure(): Promise<Sizes> {
    const at = (name: string): string => path.join(this.#storePath, name);
    const [database, redo, archive, blobs, index, copies] = await Promise.all([
      sizeOf(at('warm.db')),
      sizeOf(at('warm.db-redo')),
      sizeOf(at('archive')),
      sizeOf(at('blobs')),
      sizeOf(at('index')),
      sizeOf(copiesFolder(this.#storePath)),
    ]);
    return { database: database + redo, archive, blobs, index, copies };
  }
}

type Sizes = Omit<StoreFiles, 'archiveGarbage'>;

/** Bytes of a file, or of all files below a folder; 0 for what is not there. */
async function sizeOf(file: string): Promise<number> {
  try {
    const found = await stat(file);
    if (!found.isDirectory()) return found.size;
    let sum = 0;
    // One after the other: a thousand open folders at once would be in the way of requests.
    for (const name of await readdir(file)) sum += await sizeOf(path.join(file, name));
    return sum;
  } catch (error) {
    // Removed between two looks, or never made.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
