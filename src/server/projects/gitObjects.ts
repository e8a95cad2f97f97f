/**
 * Reads commits of a repository from its files, loose or packed, without running git: nothing that
 * a repository's configuration names (hooks, monitors, helpers) is ever started.
 *
 * Invariant: everything read is bounded. What is larger, newer or damaged is `undefined`, never an
 * exception: an identity that is not found costs nothing but a guess.
 */
import { open, readdir, readFile, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';

const unzip = promisify(inflate);
/** Commits are small; one that is not is not followed. */
const MOST_BYTES = 1 << 20;
const MOST_PACKS = 200;
const MOST_DELTAS = 60;
/** Of all that is unpacked in one look. A history of twenty thousand commits takes a tenth of it. */
const MOST_UNPACKED = 256 << 20;
const HASH = 20;
const COMMIT = 1;
const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;

interface Pack {
  readonly index: FileHandle;
  readonly data: FileHandle;
  readonly fanout: Buffer;
  /** Takes what is about to be unpacked; false where it is too much. */
  readonly afford: (bytes: number) => boolean;
}

interface PackedObject {
  readonly type: number;
  readonly bytes: Buffer;
}

export class GitObjects {
  readonly #folder: string;
  #packs: Pack[] | undefined;
  #left = MOST_UNPACKED;

  /** `folder` is the repository's folder of objects. Close it after use. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A commit's first parent: `undefined` where the commit cannot be read, null where it has none. */
  async firstParent(hash: string): Promise<string | null | undefined> {
    const commit = (await this.#loose(hash)) ?? (await this.#packed(hash));
    const head = commit?.toString('latin1', 0, 200);
    if (head === undefined || !/^tree [0-9a-f]{40}\n/.test(head)) return undefined;
    return /^tree [0-9a-f]{40}\nparent ([0-9a-f]{40})\n/.exec(head)?.[1] ?? null;
  }

  async close(): Promise<void> {
    for (const { index, data } of this.#packs ?? []) {
      await index.close();
      await data.close();
    }
    this.#packs = [];
  }

  async #loose(hash: string): Promise<Buffer | undefined> {
    const file = path.join(this.#folder, hash.slice(0, 2), hash.slice(2));
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile() || found.size > MOST_BYTES) return undefined;
    const packed = await readFile(file).catch(() => undefined);
    const object = packed && (await inflated(packed));
    // What it takes is known only now, and is at most one commit too much.
    if (object && !this.#afford(object.length)) return undefined;
    if (!object?.subarray(0, 7).equals(Buffer.from('commit '))) return undefined;
    return object.subarray(object.indexOf(0) + 1);
  }

  async #packed(hash: string): Promise<Buffer | undefined> {
    const wanted = Buffer.from(hash, 'hex');
    this.#packs ??= await openPacks(path.join(this.#folder, 'pack'), (bytes) =>
      this.#afford(bytes),
    );
    for (const pack of this.#packs) {
      const offset = await offsetOf(pack, wanted);
      const object = offset === undefined ? undefined : await objectAt(pack, offset, MOST_DELTAS);
      if (object) return object.type === COMMIT ? object.bytes : undefined;
    }
    return undefined;
  }

  #afford(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }
}

/** Files only: opening a pipe would wait for a writer, in a thread that all files are read in. */
export async function openFile(file: string): Promise<FileHandle | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? open(file, 'r').catch(() => undefined) : undefined;
}

async function openPacks(folder: string, afford: Pack['afford']): Promise<Pack[]> {
  const names = await readdir(folder).catch(() => []);
  const packs: Pack[] = [];
  for (const name of names.filter((one) => one.endsWith('.idx')).slice(0, MOST_PACKS)) {
    const index = await openFile(path.join(folder, name));
    if (!index) continue;
    const data = await openFile(path.join(folder, name.replace(/idx$/, 'pack')));
    const head = await readAt(index, 0, 8 + 1024);
    // Version 2, which git has written since 2007.
    if (data && head.length === 1032 && head.readUInt32BE(0) === 0xff744f63) {
      packs.push({ index, data, fanout: head.subarray(8), afford });
    } else {
      await index.close();
      await data?.close();
    }
  }
  return packs;
}

async function offsetOf({ index, fanout }: Pack, hash: Buffer): Promise<number | undefined> {
  const first = hash[0] ?? 0;
  let low = first === 0 ? 0 : fanout.readUInt32BE((first - 1) * 4);
  let high = fanout.readUInt32BE(first * 4);
  const total = fanout.readUInt32BE(255 * 4);
  const names = 8 + 1024;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const order = (await readAt(index, names + middle * HASH, HASH)).compare(hash);
    if (order === 0) {
      const offsets = names + total * (HASH + 4);
      const [small] = uint32s(await readAt(index, offsets + middle * 4, 4));
      if (small === undefined || small < 0x80000000) return small;
      const large = offsets + total * 4 + (small - 0x80000000) * 8;
      const [upper, lower] = uint32s(await readAt(index, large, 8));
      return upper === undefined || lower === undefined ? undefined : upper * 2 ** 32 + lower;
    }
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

async function objectAt(
  pack: Pack,
  offset: number,
  deltas: number,
): Promise<PackedObject | undefined> {
  const head = await readAt(pack.data, offset, 64);
  let at = 0;
  let byte = head[at++] ?? 0;
  const type = (byte >> 4) & 7;
  let size = byte & 15;
  for (let factor = 16; byte & 0x80 && at < head.length; factor *= 128) {
    byte = head[at++] ?? 0;
    size += (byte & 0x7f) * factor;
  }
  if (size > MOST_BYTES || head.length === 0 || !pack.afford(size)) return undefined;
  let base: PackedObject | undefined;
  if (type === OFFSET_DELTA || type === REFERENCE_DELTA) {
    if (deltas === 0) return undefined;
    let from: number | undefined;
    if (type === OFFSET_DELTA) {
      byte = head[at++] ?? 0;
      let back = byte & 0x7f;
      while (byte & 0x80 && at < head.length) {
        byte = head[at++] ?? 0;
        back = (back + 1) * 128 + (byte & 0x7f);
      }
      from = offset - back;
    } else {
      from = await offsetOf(pack, head.subarray(at, at + HASH));
      at += HASH;
    }
    base = from === undefined || from <= 0 ? undefined : await objectAt(pack, from, deltas - 1);
    if (!base) return undefined;
  }
  // What is compressed is hardly ever longer than what it holds.
  const bytes = await inflated(await readAt(pack.data, offset + at, size + 1024));
  if (bytes?.length !== size) return undefined;
  if (!base) return { type, bytes };
  const whole = applied(base.bytes, bytes);
  return whole && { type: base.type, bytes: whole };
}

/** A delta put on its base; `undefined` where it does not fit. */
function applied(base: Buffer, delta: Buffer): Buffer | undefined {
  let at = 0;
  const next = (): number => delta[at++] ?? 0;
  const length = (): number => {
    let [value, factor, byte] = [0, 1, 0x80];
    while (byte & 0x80 && at < delta.length) {
      byte = next();
      value += (byte & 0x7f) * factor;
      factor *= 128;
    }
    return value;
  };
  const [from, size] = [length(), length()];
  if (from !== base.length || size > MOST_BYTES) return undefined;
  const parts: Buffer[] = [];
  // A byte of a delta may stand for 64 KB: more than was announced is not put together.
  let made = 0;
  while (at < delta.length && made <= size) {
    const code = next();
    if (code & 0x80) {
      const number = (bits: number, count: number): number => {
        let value = 0;
        for (let n = 0; n < count; n++) if (bits & (1 << n)) value += next() * 256 ** n;
        return value;
      };
      const start = number(code & 0x0f, 4);
      const count = number((code >> 4) & 7, 3) || 0x10000;
      const part = base.subarray(start, start + count);
      parts.push(part);
      made += part.length;
    } else {
      const part = delta.subarray(at, at + code);
      parts.push(part);
      made += part.length;
      at += Math.max(1, code);
    }
  }
  return made === size ? Buffer.concat(parts) : undefined;
}

async function inflated(bytes: Buffer): Promise<Buffer | undefined> {
  // A stream ends where it ends: what follows it in a pack is another object.
  return unzip(bytes, { maxOutputLength: MOST_BYTES }).catch(() => undefined);
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function uint32s(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readUInt32BE(index * 4));
}
