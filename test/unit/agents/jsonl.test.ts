import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readRecords,
  RecordSplitter,
  splitGlued,
  type LogRecord,
} from '../../../src/agents/jsonl.ts';
import { splitAll } from './support/logBuilder.ts';

const texts = (parts: readonly Uint8Array[]): string[] =>
  parts.map((part) => Buffer.from(part).toString('utf8'));
const cut = (text: string): string[] => texts(splitAll(Buffer.from(text)));

describe('RecordSplitter', () => {
  it('keeps every terminator with its record', () => {
    expect(cut('{"a":1}\n\n{"b":2}\r\ntail')).toEqual(['{"a":1}\n', '\n', '{"b":2}\r\n', 'tail']);
  });

  it('ends no record at U+2028, U+2029 or a lone carriage return', () => {
    expect(cut('"a\u2028b\u2029c\rd"\n')).toEqual(['"a\u2028b\u2029c\rd"\n']);
  });

  it('puts a record together that came in many chunks', () => {
    const bytes = Buffer.from('{"text":"gr\u00fc\u00dfe \u{1f600}"}\n{"b":2}');
    const splitter = new RecordSplitter();
    const parts: Uint8Array[] = [];
    for (const byte of bytes) parts.push(...splitter.push(Uint8Array.of(byte)));
    parts.push(...splitter.end());
    expect(texts(parts)).toEqual(['{"text":"gr\u00fc\u00dfe \u{1f600}"}\n', '{"b":2}']);
  });

  it('cuts a record that would fill the memory', () => {
    const splitter = new RecordSplitter(8);
    const parts = [...splitter.push(Buffer.from('12345678')), ...splitter.push(Buffer.from('9\n'))];
    expect(texts(parts)).toEqual(['12345678', '9\n']);
  });
});

describe('splitGlued', () => {
  const glued = (text: string): string[] => texts(splitGlued(Buffer.from(text)));

  it('cuts at the seam of two objects', () => {
    expect(glued('{"a":{"b":1}}{"c":2}\n')).toEqual(['{"a":{"b":1}}', '{"c":2}\n']);
    expect(glued('{"a":1}{"b":2} \t{"c":3}\n')).toEqual(['{"a":1}', '{"b":2} \t', '{"c":3}\n']);
  });

  it('leaves braces inside of strings alone', () => {
    const line = '{"tex":"\\\\frac{a}{b}","quote":"\\"}{"}\n';
    expect(glued(line)).toEqual([line]);
  });

  it('leaves nested objects and lists of objects alone', () => {
    for (const line of ['{"a":{"b":{}}}\n', '[{"a":1},{"b":"}{"}]\n', '{"a":1}, {"b":"}{"}\n']) {
      expect(glued(line)).toEqual([line]);
    }
  });

  it('does not trust braces behind a torn object', () => {
    const line = '{"a":"torn {"type":"user","text":"}{"}\n';
    expect(glued(line)).toEqual([line]);
  });

  it('begins anew after NULs, whatever was torn before them', () => {
    expect(glued('{"a":"torn\0\0\0{"b":2}\n')).toEqual(['{"a":"torn\0\0\0', '{"b":2}\n']);
    expect(glued('\0\0{"b":2}\n')).toEqual(['\0\0{"b":2}\n']);
    expect(glued('\0\0\n')).toEqual(['\0\0\n']);
  });

  it('sees through a byte order mark', () => {
    expect(glued('\ufeff{"a":1}{"b":2}\n')).toEqual(['\ufeff{"a":1}', '{"b":2}\n']);
  });
});

describe('readRecords', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'multipath-jsonl-'));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  async function all(
    path: string,
    options: Parameters<typeof readRecords>[1],
  ): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for await (const batch of readRecords(path, options)) records.push(...batch);
    return records;
  }

  it('numbers records and says where they start and whether they are complete', async () => {
    const path = join(folder, 'log.jsonl');
    await writeFile(path, '{"a":1}{"b":2}\n{"c":3}\n{"d"');
    const records = await all(path, { chunkBytes: 3 });
    expect(records.map(({ seq, offset, complete }) => ({ seq, offset, complete }))).toEqual([
      { seq: 0, offset: 0, complete: true },
      { seq: 1, offset: 7, complete: true },
      { seq: 2, offset: 15, complete: true },
      { seq: 3, offset: 23, complete: false },
    ]);
    expect(texts(records.map((record) => record.bytes)).join('')).toBe(
      '{"a":1}{"b":2}\n{"c":3}\n{"d"',
    );
  });

  it('goes on where it is told to', async () => {
    const path = join(folder, 'log.jsonl');
    await writeFile(path, '{"a":1}\n{"b":2}\n{"c":3}\n');
    const records = await all(path, { start: { offset: 8, seq: 1 } });
    expect(records.map(({ seq, offset }) => [seq, offset])).toEqual([
      [1, 8],
      [2, 16],
    ]);
  });

  it('reads a 6 MB line', async () => {
    const path = join(folder, 'long.jsonl');
    const line = `{"text":"${'x'.repeat(6_000_000)}"}\n`;
    await writeFile(path, `${line}{}\n`);
    const records = await all(path, {});
    expect(records.map((record) => record.bytes.length)).toEqual([line.length, 3]);
  });

  it('yields nothing for an empty file and fails for a missing one', async () => {
    const path = join(folder, 'empty.jsonl');
    await writeFile(path, '');
    expect(await all(path, {})).toEqual([]);
    await expect(all(join(folder, 'missing.jsonl'), {})).rejects.toThrow('ENOENT');
  });

  it('stops when it is told to', async () => {
    const path = join(folder, 'log.jsonl');
    await writeFile(path, '{}\n');
    await expect(all(path, { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
