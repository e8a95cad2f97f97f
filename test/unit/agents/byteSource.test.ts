/** Bytes of agents' files, compressed ones as the files that they came from. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chunksOf, openForReading, type OpenFile } from '../../../src/agents/byteSource.ts';
import { readRecords } from '../../../src/agents/jsonl.ts';

const LINES = Array.from(
  { length: 5_000 },
  (_, n) => `{"n":${n},"text":"${'x'.repeat(n % 97)}"}\n`,
);

function fileWith(name: string, bytes: Uint8Array): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'multipath-bytes-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

async function read(file: string, start?: { offset: number; seq: number }): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const records of readRecords(file, { chunkBytes: 10_000, ...(start && { start }) })) {
    parts.push(...records.map((record) => record.bytes));
  }
  return Buffer.concat(parts).toString();
}

describe('a compressed file', () => {
  const packed = zstdCompressSync(Buffer.from(LINES.join('')));

  it('reads as the file that it came from, from any record on', async () => {
    const file = fileWith('rollout.jsonl.zst', packed);
    expect(await read(file)).toBe(LINES.join(''));
    const offset = LINES.slice(0, 4_000).join('').length;
    expect(await read(file, { offset, seq: 4_000 })).toBe(LINES.slice(4_000).join(''));
  });

  it.each([
    ['cut off', packed.subarray(0, packed.length - 9)],
    ['no such file', Buffer.from('{"n":1}\n')],
  ])('that is %s fails with words', async (_what, bytes) => {
    const file = fileWith('rollout.jsonl.zst', bytes);
    await expect(read(file)).rejects.toMatchObject({
      code: 'corrupt-file',
      message: `${file} is compressed and not whole.`,
    });
  });
});

describe('the bytes of a file', () => {
  /** The file, and the positions that were asked for. */
  async function watched(file: string): Promise<{ open: OpenFile; asked: number[] }> {
    const own = await openForReading(file);
    onTestFinished(() => own.close());
    const asked: number[] = [];
    const open: OpenFile = {
      stat: () => own.stat(),
      close: () => own.close(),
      read: (buffer, offset, length, position) => {
        asked.push(position);
        return own.read(buffer, offset, length, position);
      },
    };
    return { open, asked };
  }

  it('are read ahead while a chunk is worked on, and no further', async () => {
    const bytes = Buffer.from(LINES.join(''));
    const file = fileWith('session.jsonl', bytes);
    const { open, asked } = await watched(file);
    const parts: Uint8Array[] = [];
    for await (const chunk of chunksOf(open, file, 0, 50_000)) {
      parts.push(chunk);
      expect(asked).toHaveLength(parts.length + 1);
    }
    expect(parts.length).toBeGreaterThan(3);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  it('that fail to be read ahead fail where they are asked for, and not where nobody asks', async () => {
    const file = fileWith('session.jsonl', Buffer.alloc(150_000, 'x'));
    const { open } = await watched(file);
    const failing: OpenFile = {
      ...open,
      read: (buffer, offset, length, position) =>
        position > 0
          ? Promise.reject(new Error('The disk is broken.'))
          : open.read(buffer, offset, length, position),
    };
    for await (const chunk of chunksOf(failing, file, 0, 50_000)) {
      expect(chunk).toHaveLength(50_000);
      break;
    }
    const all = async (): Promise<void> => {
      for await (const chunk of chunksOf(failing, file, 0, 50_000))
        expect(chunk).toHaveLength(50_000);
    };
    await expect(all()).rejects.toThrow('The disk is broken.');
  });
});
