import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MultipathError } from '../../../../src/core/errors.ts';
import { BlobStore } from '../../../../src/store/blobs.ts';
import { crcCodec } from '../../../../src/store/pages/codec.ts';
import { nodeFileSystem, type FileSystem } from '../../../../src/store/pages/fileSystem.ts';

let root: string;
const record = Buffer.from(`{"text":"${'leaf '.repeat(80_000)}"}\n`);
const name = createHash('sha256').update(record).digest('hex');

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'multipath-blobs-'));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true });
});

function blobs(disk: FileSystem = nodeFileSystem): BlobStore {
  return new BlobStore({ disk, directory: path.join(root, 'blobs'), codec: crcCodec });
}

const fileOf = (hash: string) => path.join(root, 'blobs', hash.slice(0, 2), `${hash}.gz`);

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return MultipathError.is(error) ? error.code : String(error);
  }
}

describe('blobs', () => {
  it('are named after their bytes, kept once, and readable by any gunzip', async () => {
    const store = blobs();
    expect(await Promise.all([store.put(record), store.put(record)])).toEqual([name, name]);
    const written = fs.statSync(fileOf(name)).mtimeMs;
    expect(await blobs().put(record)).toBe(name);
    expect(fs.statSync(fileOf(name)).mtimeMs).toBe(written);
    expect(fs.readdirSync(path.dirname(fileOf(name)))).toEqual([`${name}.gz`]);
    expect(Buffer.from(await blobs().get(name))).toEqual(record);
    expect(zlib.gunzipSync(fs.readFileSync(fileOf(name)))).toEqual(record);
    expect(store.has(name)).toBe(true);
    store.remove(name);
    expect(store.has(name)).toBe(false);
    expect(await codeOf(store.get(name))).toBe('not-found');
  });

  it('never give back other bytes than were put', async () => {
    await blobs().put(record);
    const good = fs.readFileSync(fileOf(name));
    for (let at = 0; at < good.length; at += 7) {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      fs.writeFileSync(fileOf(name), bytes);
      expect(await codeOf(blobs().get(name))).toBe('corrupt-block');
    }
    for (const length of [0, 10, 100, good.length - 1]) {
      fs.writeFileSync(fileOf(name), good.subarray(0, length));
      expect(await codeOf(blobs().get(name))).toBe('corrupt-block');
    }
  });

  it('that are damaged are written anew when the bytes come again', async () => {
    await blobs().put(record);
    fs.writeFileSync(fileOf(name), 'rot');
    await blobs().put(record);
    expect(Buffer.from(await blobs().get(name))).toEqual(record);
  });

  it('that could not be written are not there', async () => {
    const failing = blobs({
      ...nodeFileSystem,
      syncLater: () => Promise.reject(new Error('ENOSPC')),
    });
    expect(await codeOf(failing.put(record))).toBe('io');
    expect(failing.has(name)).toBe(false);
    expect(await blobs().put(record)).toBe(name);
  });

  it('refuse names that are none', async () => {
    expect(await codeOf(blobs().get('../../etc/passwd'))).toBe('bad-request');
  });
});
