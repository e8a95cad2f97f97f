import { describe, expect, it } from 'vitest';
import { crcCodec } from '../../../../src/store/pages/codec.ts';
import { PAGE_SIZE, PageFile } from '../../../../src/store/pages/pageFile.ts';
import { PageRun } from '../../../../src/store/pages/pageRun.ts';
import { CrashDisk } from '../../../property/store/pages/crashDisk.ts';

const FILE = '/store/pages.db';
const PAGES = 8;

const filledWith = (value: number) => new Uint8Array(PAGE_SIZE).fill(value);

function filledFile(disk: CrashDisk): PageFile {
  const image = new Uint8Array(PAGES * PAGE_SIZE);
  for (let page = 0; page < PAGES; page++)
    image.fill(page, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  PageFile.create(disk, FILE, crcCodec, image);
  return PageFile.open(disk, FILE, crcCodec, false);
}

describe('pages that were read ahead', () => {
  it('are read once, and give way to what is written', () => {
    const disk = new CrashDisk();
    const file = filledFile(disk);
    file.readAhead(2, 4);
    expect([1, 2, 5, 6].map((page) => file.isAhead(page))).toEqual([false, true, true, false]);
    expect(file.readPage(5)).toEqual(filledWith(5));
    file.writePages(new Map([[5, filledWith(55)]]));
    expect(file.isAhead(5)).toBe(false);
    expect(file.readPage(5)).toEqual(filledWith(55));
    file.close();
  });

  it('are checked when they are asked for: damage among them is nobody else’s', () => {
    const disk = new CrashDisk();
    filledFile(disk).close();
    const bytes = disk.bytes(FILE);
    bytes[4096 + 3 * (PAGE_SIZE + crcCodec.overhead) + 7] = 99;
    disk.put(FILE, bytes);
    const file = PageFile.open(disk, FILE, crcCodec, true);
    file.readAhead(2, 4);
    expect(file.readPage(2)).toEqual(filledWith(2));
    expect(() => file.readPage(3)).toThrow(/damaged/);
    expect(file.readPage(4)).toEqual(filledWith(4));
    file.close();
  });

  it('end where the file ends', () => {
    const run = new PageRun(10);
    run.fill(7, 3, (room) => {
      room.fill(1);
      return 15;
    });
    expect([6, 7, 8, 9, 10].map((page) => run.sealed(page)?.length)).toEqual([
      undefined,
      10,
      5,
      0,
      undefined,
    ]);
    run.drop();
    expect(run.sealed(7)).toBeUndefined();
  });
});
