/** A compressed file where Node.js cannot unpack it: said with words, and what to do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { readRecords } from '../../../src/agents/jsonl.ts';

vi.mock('node:zlib', () => ({ createZstdDecompress: undefined }));

it('names what is missing', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'multipath-zstd-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'rollout.jsonl.zst');
  writeFileSync(file, '');
  const read = async (): Promise<void> => {
    for await (const records of readRecords(file)) expect(records).toEqual([]);
  };
  await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
  await expect(read()).rejects.toThrow(/Zstandard.*Update VS Code.*unzstd/s);
});
