/** Bytes of agents' files, compressed ones as the files that they came from. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
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
