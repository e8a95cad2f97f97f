/**
 * Snapshots of the database: `copies/warm-<ms since the epoch>.db.gz`, gzip members of 256 pages
 * each, so that `gunzip` gives a plain SQLite file. A name appears only with its whole content, read
 * back and compared; the two newest are kept.
 *
 * Invariants: a snapshot is of one moment. The main file is held still while it is copied, in slices,
 * and what is written meanwhile stays in the redo log. The one that was taken last has the highest
 * time: where the clock was set back, the names of those before are.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import path from 'node:path';
import * as v from 'valibot';
import { messageOf, MultipathError } from '../../core/errors.ts';
import {
  compressBody,
  decodeMember,
  frameMember,
  HEADER_ROOM,
  parseMember,
  type MemberPlace,
} from '../archive/member.ts';
import { crcCodec } from '../pages/codec.ts';
import { crc32c } from '../pages/crc32c.ts';
import type { PagedDatabase } from '../pages/database.ts';
import { makeDurableDirectory, type FileHandle, type FileSystem } from '../pages/fileSystem.ts';
import { PAGE_SIZE, PageFile } from '../pages/pageFile.ts';
import type { Work } from '../work.ts';

export interface Snapshot {
  /** Absolute. */
  readonly file: string;
  /** When it was taken, in milliseconds since the epoch. */
  readonly at: number;
}

const NAME = /^warm-(\d+)\.db\.gz$/;
const UNFINISHED = /^warm-\d+\.db\.gz\.new$/;
const LOG_ID = 'warm.db';
const FORMAT = 1;
const RUN_PAGES = 256;
/** Pages read between two turns of the event loop. */
const SLICE_PAGES = 64;
const KEPT = 2;

const about = v.looseObject({ format: v.number(), pages: v.number(), pageSize: v.number() });

/** Newest first. */
export function listSnapshots(disk: FileSystem, folder: string): Snapshot[] {
  if (!disk.exists(folder)) return [];
  return disk
    .list(folder)
    .flatMap((name) => {
      const at = NAME.exec(name)?.[1];
      return at === undefined ? [] : [{ file: path.join(folder, name), at: Number(at) }];
    })
    .sort((a, b) => b.at - a.at);
}

export interface SnapshotSource {
  readonly database: PagedDatabase;
  readonly disk: FileSystem;
  /** The database's file. Absolute. */
  readonly file: string;
  /** Of the copies. Absolute. */
  readonly folder: string;
  readonly now: () => number;
}

/**
 * Takes a snapshot, reads it back, and removes those that are older than the two newest.
 * @throws MultipathError `corrupt-block` where the database is damaged, `io`, `cancelled`
 */
export async function takeSnapshot(source: SnapshotSource, work: Work): Promise<Snapshot> {
  const { database, disk, file, folder, now } = source;
  makeDurableDirectory(disk, folder);
  const at = now();
  const target = snapshotFile(folder, at);
  const beside = `${target}.new`;
  const release = database.hold();
  try {
    // A crash leaves one as large as the database, and under a name that no other has.
    for (const left of disk.list(folder).filter((name) => UNFINISHED.test(name))) {
      disk.remove(path.join(folder, left));
    }
    const pages = PageFile.open(disk, file, crcCodec, true);
    try {
      const handle = disk.open(beside, 'create');
      try {
        await writePages(pages, disk, handle, at, work);
        await disk.syncLater(handle);
      } finally {
        disk.close(handle);
      }
      await compare(pages, disk, beside, work);
    } finally {
      pages.close();
    }
    setBack(disk, folder, at);
    disk.rename(beside, target);
    disk.syncDirectory(folder);
  } catch (error) {
    disk.remove(beside);
    if (MultipathError.is(error)) throw error;
    throw new MultipathError('io', `Writing ${target} failed (${messageOf(error)}).`, {
      cause: error,
    });
  } finally {
    release();
  }
  for (const old of listSnapshots(disk, folder).slice(KEPT)) disk.remove(old.file);
  return { file: target, at };
}

function snapshotFile(folder: string, at: number): string {
  return path.join(folder, `warm-${at}.db.gz`);
}

/** Gives snapshots from a time that has not come yet names from right before `at`, in their order. */
function setBack(disk: FileSystem, folder: string, at: number): void {
  const all = listSnapshots(disk, folder);
  const taken = new Set(all.map((snapshot) => snapshot.at));
  let before = at;
  for (const { file } of all.filter((snapshot) => snapshot.at >= at)) {
    do before--;
    while (taken.has(before));
    disk.rename(file, snapshotFile(folder, before));
  }
}

/**
 * Reads a snapshot as it was taken, a run of pages at a time.
 * @throws MultipathError `corrupt-block`, `corrupt-file`
 */
export async function* readSnapshot(
  disk: FileSystem,
  file: string,
): AsyncGenerator<{ readonly first: number; readonly pages: number; readonly bytes: Uint8Array }> {
  const handle = disk.open(file, 'read');
  try {
    const size = disk.size(handle);
    let [offset, page, pages] = [0, 0, Infinity];
    while (page < pages) {
      const head = new Uint8Array(HEADER_ROOM);
      const length = disk.read(handle, head, offset);
      const found = parseMember(head.subarray(0, length));
      if (found?.logId !== LOG_ID || found.firstSeq !== page || offset + found.length > size) {
        throw new MultipathError('corrupt-file', `The snapshot ${file} is damaged or cut short.`);
      }
      if (page === 0) pages = pagesOf(file, found.about);
      const member = new Uint8Array(found.length);
      disk.read(handle, member, offset);
      const bytes = await decodeMember(member, found, placeAt(offset), crcCodec);
      yield { first: page, pages, bytes };
      page += found.count;
      offset += found.length;
    }
  } finally {
    disk.close(handle);
  }
}

/**
 * Makes a database file of a snapshot, in a place where none is.
 * @throws MultipathError `corrupt-block`, `corrupt-file`
 */
export async function unpackSnapshot(
  disk: FileSystem,
  snapshot: string,
  target: string,
): Promise<void> {
  let file: PageFile | undefined;
  try {
    for await (const { first, pages, bytes } of readSnapshot(disk, snapshot)) {
      file ??= PageFile.begin(disk, target, crcCodec, pages);
      const run = new Map<number, Uint8Array>();
      for (let at = 0; at < bytes.length; at += PAGE_SIZE) {
        run.set(first + at / PAGE_SIZE, bytes.subarray(at, at + PAGE_SIZE));
      }
      file.writePages(run);
    }
    file?.sync();
  } finally {
    file?.close();
  }
}

async function writePages(
  pages: PageFile,
  disk: FileSystem,
  handle: FileHandle,
  at: number,
  work: Work,
): Promise<void> {
  const { pageCount } = pages.state;
  const room = new Uint8Array(RUN_PAGES * PAGE_SIZE);
  let offset = 0;
  for (let first = 0; first < pageCount; first += RUN_PAGES) {
    work.report(first, pageCount, 'Copying the database');
    const run = await readRun(pages, first, work, room);
    const header = {
      logId: LOG_ID,
      firstSeq: first,
      count: run.length / PAGE_SIZE,
      ...(first === 0 && {
        about: JSON.stringify({ format: FORMAT, pages: pageCount, pageSize: PAGE_SIZE, at }),
      }),
    };
    const member = frameMember(header, await compressBody(run), placeAt(offset), crcCodec);
    disk.write(handle, member, offset);
    offset += member.length;
  }
}

/** Fills a part of `room`, which holds a run: one for each would be garbage as large as the file. */
async function readRun(
  pages: PageFile,
  first: number,
  work: Work,
  room: Uint8Array,
): Promise<Uint8Array> {
  const count = Math.min(RUN_PAGES, pages.state.pageCount - first);
  const run = room.subarray(0, count * PAGE_SIZE);
  for (let page = 0; page < count; page++) {
    if (page % SLICE_PAGES === 0) {
      await work.breathe();
      pages.readAhead(first + page, Math.min(SLICE_PAGES, count - page));
    }
    run.set(pages.readPage(first + page), page * PAGE_SIZE);
  }
  return run;
}

/** What was written must be what the database holds, byte by byte. */
async function compare(pages: PageFile, disk: FileSystem, file: string, work: Work): Promise<void> {
  const room = new Uint8Array(RUN_PAGES * PAGE_SIZE);
  let next = 0;
  for await (const { first, bytes } of readSnapshot(disk, file)) {
    const run = await readRun(pages, first, work, room);
    if (bytes.length !== run.length || crc32c(bytes) !== crc32c(run)) {
      throw new MultipathError('io', `The disk did not keep what was written to ${file}.`);
    }
    next = first + run.length / PAGE_SIZE;
    await nextTurn();
  }
  if (next !== pages.state.pageCount) {
    throw new MultipathError('io', `The disk did not keep all that was written to ${file}.`);
  }
}

function pagesOf(file: string, text: string | undefined): number {
  const parsed = v.safeParse(about, text === undefined ? undefined : JSON.parse(text));
  if (!parsed.success || parsed.output.pageSize !== PAGE_SIZE) {
    throw new MultipathError('corrupt-file', `The snapshot ${file} has no beginning.`);
  }
  if (parsed.output.format > FORMAT) {
    throw new MultipathError('newer-store', `A newer version of Multipath wrote ${file}.`);
  }
  return parsed.output.pages;
}

function placeAt(offset: number): MemberPlace {
  return { file: 'copies', offset };
}
