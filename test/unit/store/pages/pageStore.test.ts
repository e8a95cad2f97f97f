import { describe, expect, it } from 'vitest';
import { crcCodec } from '../../../../src/store/pages/codec.ts';
import { PAGE_SIZE, PageFile } from '../../../../src/store/pages/pageFile.ts';
import { PageStore } from '../../../../src/store/pages/pageStore.ts';
import { CrashDisk } from '../../../property/store/pages/crashDisk.ts';

const FILE = '/store/pages.db';

const filledWith = (value: number) => new Uint8Array(PAGE_SIZE).fill(value);

function opened(disk: CrashDisk, cachePages = 4, aheadPages = 64): PageStore {
  if (!disk.exists(FILE)) PageFile.create(disk, FILE, crcCodec, filledWith(1));
  return new PageStore({
    disk,
    file: FILE,
    codec: crcCodec,
    readOnly: false,
    cacheBytes: cachePages * PAGE_SIZE,
    redoBytes: 1 << 20,
    aheadPages,
  });
}

describe('the page store', () => {
  it('keeps pages that were skipped when the file grew as zeros, and none behind the end', () => {
    const disk = new CrashDisk();
    const store = opened(disk);
    store.writePage(5, filledWith(9));
    expect(store.pageCount).toBe(6);
    expect(store.flush()).toBe(5);
    const again = opened(disk.crash(() => 0));
    expect(again.pageCount).toBe(6);
    expect(again.readPage(0)).toEqual(filledWith(1));
    expect(again.readPage(3)).toEqual(filledWith(0));
    expect(again.readPage(5)).toEqual(filledWith(9));
    expect(() => again.readPage(6)).toThrow(/behind the end/);
  });

  it('reads a page from disk once while it fits the cache, and bounds the cache', () => {
    const disk = new CrashDisk();
    const store = opened(disk);
    for (let page = 0; page < 20; page++) store.writePage(page, filledWith(page));
    store.flush();
    store.checkpoint();
    const again = opened(disk);
    for (let round = 0; round < 3; round++) {
      for (let page = 0; page < 4; page++) expect(again.readPage(page)).toEqual(filledWith(page));
    }
    expect(again.stats).toMatchObject({ pageReads: 4, cacheHits: 8 });
    for (let page = 0; page < 20; page++) again.readPage(page);
    again.readPage(0);
    expect(again.stats.pageReads).toBe(4 + 16 + 1);
  });

  it('reads ahead in a run, but nothing that changed since, and minds damage when it gets there', () => {
    const disk = new CrashDisk();
    const store = opened(disk, 1024);
    for (let page = 0; page < 20; page++) store.writePage(page, filledWith(page));
    store.flush();
    store.checkpoint();
    store.close();
    const again = opened(disk, 1024);
    again.writePage(18, filledWith(77));
    for (let page = 0; page < 18; page++) expect(again.readPage(page)).toEqual(filledWith(page));
    expect(again.stats.pageReads).toBe(3);
    expect(again.readPage(18)).toEqual(filledWith(77));
    again.close();

    const bytes = disk.bytes(FILE);
    bytes[4096 + 9 * (4096 + crcCodec.overhead) + 7] = 8;
    disk.put(FILE, bytes);
    const damaged = opened(disk, 1024);
    for (let page = 0; page < 9; page++) damaged.readPage(page);
    expect(() => damaged.readPage(9)).toThrow(/damaged/);
    expect(damaged.readPage(10)).toEqual(filledWith(10));
  });

  it('shows the newest of dirty, logged and stored pages', () => {
    const disk = new CrashDisk();
    const store = opened(disk);
    store.readPage(0);
    store.writePage(0, filledWith(2));
    expect(store.readPage(0)).toEqual(filledWith(2));
    store.flush();
    expect(store.readPage(0)).toEqual(filledWith(2));
    store.writePage(0, filledWith(3));
    store.checkpoint();
    expect(store.readPage(0)).toEqual(filledWith(3));
    store.close();
    expect(opened(disk).readPage(0)).toEqual(filledWith(2));
  });

  it('writes many new pages once, where they stay, and they count only with their batch', async () => {
    const disk = new CrashDisk();
    const store = opened(disk, 4, 4);
    for (let page = 0; page < 40; page++) store.writePage(page, filledWith(page + 1));
    const flushing = store.flushLater();
    expect(store.readPage(7)).toEqual(filledWith(8));
    expect(opened(disk.crash(() => 0.9)).pageCount).toBe(1);
    // Not part of the flush that is under way, and it must not reach the main file before the log.
    store.writePage(7, filledWith(77));
    expect(store.readPage(7)).toEqual(filledWith(77));
    await flushing;
    // The first page is an old one; the last new one says in the log how long the database is.
    expect(store.stats).toMatchObject({ flushedPages: 40, loggedPages: 2 });
    expect(store.stats.redoBytes).toBeLessThan(3 * PAGE_SIZE);
    const again = opened(disk.crash(() => 0));
    expect(again.pageCount).toBe(40);
    for (let page = 0; page < 40; page++) {
      expect(again.readPage(page)).toEqual(filledWith(page + 1));
    }
    expect(store.flush()).toBe(1);
    expect(opened(disk.crash(() => 0)).readPage(7)).toEqual(filledWith(77));
  });

  it('makes what is on its way durable before what a flush in between adds', async () => {
    const disk = new CrashDisk();
    const store = opened(disk, 4, 4);
    for (let page = 0; page < 40; page++) store.writePage(page, filledWith(1));
    const flushing = store.flushLater();
    store.writePage(40, filledWith(2));
    expect(store.flush()).toBe(40 + 1);
    const between = opened(disk.crash(() => 0));
    expect(between.readPage(20)).toEqual(filledWith(1));
    expect(between.readPage(40)).toEqual(filledWith(2));
    await flushing;
    expect(store.stats.flushes).toBe(2);
  });

  it('may be closed while a flush is under way', async () => {
    const disk = new CrashDisk();
    const store = opened(disk, 4, 4);
    for (let page = 0; page < 40; page++) store.writePage(page, filledWith(1));
    const flushing = store.flushLater();
    store.flush();
    store.close();
    await flushing;
    expect(opened(disk.crash(() => 0)).readPage(39)).toEqual(filledWith(1));
  });
});
