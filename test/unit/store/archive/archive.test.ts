import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MultipathError } from '../../../../src/core/errors.ts';
import { SegmentReader } from '../../../../src/store/archive/segmentReader.ts';
import { SegmentWriter } from '../../../../src/store/archive/segmentWriter.ts';
import type { MemberLocator } from '../../../../src/store/archive/segments.ts';
import { crcCodec } from '../../../../src/store/pages/codec.ts';
import { nodeFileSystem } from '../../../../src/store/pages/fileSystem.ts';

let root: string;
let directory: string;
let closing: (() => void)[];

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'multipath-archive-'));
  directory = path.join(root, 'archive');
  closing = [];
});

afterEach(() => {
  for (const close of closing) close();
  fs.rmSync(root, { recursive: true });
});

function writer(segmentBytes?: number): SegmentWriter {
  const made = new SegmentWriter({
    disk: nodeFileSystem,
    directory,
    codec: crcCodec,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  });
  closing.push(() => made.close());
  return made;
}

function reader(): SegmentReader {
  const made = new SegmentReader({ disk: nodeFileSystem, directory, codec: crcCodec });
  closing.push(() => made.close());
  return made;
}

const records = (from: number, count: number) =>
  Buffer.from(
    Array.from(
      { length: count },
      (_, nth) => `{"seq":${from + nth},"text":"tree — \u6728"}\n`,
    ).join(''),
  );

const member = (logId: string, firstSeq: number, count: number) => ({
  logId,
  firstSeq,
  count,
  bytes: records(firstSeq, count),
});

const segment = (number: number) => path.join(directory, `${String(number).padStart(4, '0')}.cgz`);

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return MultipathError.is(error) ? error.code : String(error);
  }
}

describe('the archive', () => {
  it('gives no number again that something may refer to, whatever is in the folder', async () => {
    const made = new SegmentWriter({
      disk: nodeFileSystem,
      directory,
      codec: crcCodec,
      lastGiven: () => 7,
    });
    closing.push(() => made.close());
    expect((await made.appendMember(member('a', 0, 2))).segment).toBe(8);
    expect(await made.seal()).toBe(9);
  });

  it('gives members back by locator, while open and after reopening', async () => {
    const archive = writer();
    const first = await archive.appendMember(member('log-a', 0, 50));
    const second = await archive.appendMember(member('log-b', 7, 1));
    await archive.sync();
    const read = reader();
    expect(Buffer.from(await read.readMember(first))).toEqual(records(0, 50));
    expect(Buffer.from(await read.readMember(second, 'log-b'))).toEqual(records(7, 1));
    expect(await codeOf(read.readMember(second, 'log-a'))).toBe('corrupt-block');
    archive.close();
    const third = await writer().appendMember(member('log-a', 50, 2));
    expect(third).toMatchObject({ segment: 1, offset: second.offset + second.length });
    expect(Buffer.from(await read.readMember(third))).toEqual(records(50, 2));
  });

  it('takes empty members and ids of any script', async () => {
    const archive = writer();
    const locator = await archive.appendMember({
      logId: 'журнал/木',
      firstSeq: 2 ** 40,
      count: 0,
      bytes: new Uint8Array(0),
    });
    const read = reader();
    expect((await read.readMember(locator)).length).toBe(0);
    expect((await read.scanSegment(1)).members).toEqual([
      { logId: 'журнал/木', firstSeq: 2 ** 40, count: 0, locator },
    ]);
    expect(
      await codeOf(archive.appendMember({ ...member('x', 0, 1), logId: 'x'.repeat(2000) })),
    ).not.toBe('none');
  });

  it('is concatenated JSONL to any gunzip', async () => {
    const archive = writer();
    for (let nth = 0; nth < 4; nth++) await archive.appendMember(member(`log-${nth}`, nth, 30));
    await archive.sync();
    const all = Buffer.concat([0, 1, 2, 3].map((nth) => records(nth, 30)));
    expect(zlib.gunzipSync(fs.readFileSync(segment(1)))).toEqual(all);
    let system: Buffer | undefined;
    try {
      system = execFileSync('gzip', ['-dc'], { input: fs.readFileSync(segment(1)) });
    } catch (error) {
      // No gzip on this machine: the check above has to do.
      expect(error).toMatchObject({ code: 'ENOENT' });
    }
    if (system) expect(system).toEqual(all);
  });

  it('appends side by side without mixing members', async () => {
    const archive = writer(40_000);
    const locators = await Promise.all(
      Array.from({ length: 60 }, (_, nth) =>
        archive.appendMember(member(`log-${nth}`, nth, 20 + nth * 9)),
      ),
    );
    await Promise.all([archive.sync(), archive.sync()]);
    const read = reader();
    for (const [nth, locator] of locators.entries()) {
      expect(Buffer.from(await read.readMember(locator, `log-${nth}`))).toEqual(
        records(nth, 20 + nth * 9),
      );
    }
    const found: MemberLocator[] = [];
    for (const number of read.segments()) {
      const scan = await read.scanSegment(number, true);
      expect(scan.end).toBe(scan.size);
      found.push(...scan.members.map(({ locator }) => locator));
    }
    expect(found).toHaveLength(60);
  });

  it('keeps the order of the calls, however long each takes to compress', async () => {
    const archive = writer();
    // The large one is still being compressed when the small ones are done.
    const members = [member('a', 0, 40_000), member('a', 40_000, 1), member('a', 40_001, 1)];
    const locators = await Promise.all(members.map((each) => archive.appendMember(each)));
    await archive.sync();
    expect(locators.map(({ offset }) => offset)).toEqual(
      locators.map(({ offset }) => offset).sort((a, b) => a - b),
    );
    expect(zlib.gunzipSync(fs.readFileSync(segment(1)))).toEqual(records(0, 40_002));
  });

  it('begins a new segment before one grows too large', async () => {
    const archive = writer(700);
    const places: number[] = [];
    for (let nth = 0; nth < 6; nth++) {
      places.push((await archive.appendMember(member('log', nth * 20, 20))).segment);
    }
    await archive.sync();
    expect(new Set(places).size).toBeGreaterThan(1);
    for (const number of reader().segments()) {
      expect(fs.statSync(segment(number)).size).toBeLessThan(700);
    }
    const large = await archive.appendMember({
      ...member('log', 1000, 1),
      bytes: randomBytes(3000),
    });
    expect(large.offset).toBe(0);
  });
});

describe('damage in the archive', () => {
  async function three(): Promise<MemberLocator[]> {
    const archive = writer();
    const locators = [
      await archive.appendMember(member('log', 0, 40)),
      await archive.appendMember(member('log', 40, 40)),
      await archive.appendMember(member('log', 80, 40)),
    ];
    await archive.sync();
    archive.close();
    return locators;
  }

  it('is noticed for every byte of a member', async () => {
    const [, middle] = await three();
    if (!middle) throw new Error('three members');
    const good = fs.readFileSync(segment(1));
    const read = reader();
    for (let at = middle.offset; at < middle.offset + middle.length; at++) {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      fs.writeFileSync(segment(1), bytes);
      expect(await codeOf(read.readMember(middle))).toBe('corrupt-block');
    }
  });

  it('is noticed when a locator is wrong, a member is moved, or a segment is gone', async () => {
    const [first, middle] = await three();
    if (!first || !middle) throw new Error('three members');
    const read = reader();
    expect(await codeOf(read.readMember({ ...middle, offset: middle.offset + 1 }))).toBe(
      'corrupt-block',
    );
    expect(await codeOf(read.readMember({ ...middle, length: middle.length - 1 }))).toBe(
      'corrupt-block',
    );
    expect(await codeOf(read.readMember({ ...middle, offset: 10 ** 9 }))).toBe('corrupt-block');
    expect(await codeOf(read.readMember({ ...middle, segment: 9 }))).toBe('corrupt-file');
    fs.copyFileSync(segment(1), segment(2));
    expect(await codeOf(read.readMember({ ...middle, segment: 2 }))).toBe('corrupt-block');
  });

  it('ends a scan where it begins, and is never written over', async () => {
    const locators = await three();
    const good = fs.readFileSync(segment(1));
    const [, , last] = locators;
    if (!last) throw new Error('three members');
    for (const tail of [
      good.subarray(0, good.length - 1),
      good.subarray(0, last.offset + 5),
      Buffer.concat([good, Buffer.from('{"not":"a member"}')]),
      Buffer.concat([good, Buffer.alloc(100)]),
      Buffer.concat([
        good.subarray(0, last.offset + 60),
        Buffer.alloc(good.length - last.offset - 60),
      ]),
    ]) {
      fs.rmSync(directory, { recursive: true });
      fs.mkdirSync(directory);
      fs.writeFileSync(segment(1), tail);
      const scan = await reader().scanSegment(1, true);
      expect(scan.end).toBeLessThan(scan.size);
      expect(scan.members.length).toBeGreaterThanOrEqual(2);
      const archive = writer();
      expect(await archive.appendMember(member('next', 0, 1))).toMatchObject({
        segment: 2,
        offset: 0,
      });
      await archive.sync();
      archive.close();
      expect(fs.readFileSync(segment(1))).toEqual(tail);
      const [first] = locators;
      if (first) expect((await reader().readMember(first)).length).toBeGreaterThan(0);
    }
  });
});

describe('a failing disk', () => {
  it('that refuses a write costs that append only; the next begins a new segment', async () => {
    let refuse = false;
    const archive = new SegmentWriter({
      disk: {
        ...nodeFileSystem,
        write(handle, bytes, position) {
          if (!refuse) {
            nodeFileSystem.write(handle, bytes, position);
            return;
          }
          refuse = false;
          nodeFileSystem.write(handle, bytes.subarray(0, 20), position);
          throw new Error('ENOSPC');
        },
      },
      directory,
      codec: crcCodec,
    });
    closing.push(() => archive.close());
    const before = await archive.appendMember(member('log', 0, 5));
    refuse = true;
    expect(await codeOf(archive.appendMember(member('log', 5, 5)))).toBe('io');
    const after = await archive.appendMember(member('log', 5, 5));
    expect(after).toMatchObject({ segment: 2, offset: 0 });
    await archive.sync();
    const read = reader();
    expect(Buffer.from(await read.readMember(before))).toEqual(records(0, 5));
    expect(Buffer.from(await read.readMember(after))).toEqual(records(5, 5));
  });

  it('that has no room is left no file for each attempt', async () => {
    let isFull = true;
    const archive = new SegmentWriter({
      disk: {
        ...nodeFileSystem,
        write(handle, bytes, position) {
          if (isFull) throw new Error('ENOSPC');
          nodeFileSystem.write(handle, bytes, position);
        },
      },
      directory,
      codec: crcCodec,
    });
    closing.push(() => archive.close());
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await codeOf(archive.appendMember(member('log', 0, 5)))).toBe('io');
      await archive.sync();
    }
    expect(fs.readdirSync(directory)).toEqual([]);
    isFull = false;
    const kept = await archive.appendMember(member('log', 0, 5));
    await archive.sync();
    expect(Buffer.from(await reader().readMember(kept))).toEqual(records(0, 5));
    expect(fs.readdirSync(directory)).toHaveLength(1);
  });

  it('that refuses a sync poisons the writer', async () => {
    const archive = new SegmentWriter({
      disk: { ...nodeFileSystem, syncLater: () => Promise.reject(new Error('EIO')) },
      directory,
      codec: crcCodec,
    });
    closing.push(() => archive.close());
    await archive.appendMember(member('log', 0, 5));
    expect(await codeOf(archive.sync())).toBe('poisoned');
    expect(await codeOf(archive.sync())).toBe('poisoned');
    expect(await codeOf(archive.appendMember(member('log', 5, 5)))).toBe('poisoned');
  });
});
