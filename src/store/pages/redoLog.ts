/**
 * The redo log: what makes a flush durable before the pages themselves are written.
 *
 * Invariants: a batch is on the disk when `sync` returns or `syncLater` resolves. Records of one generation are
 * consecutive; recovery takes whole batches of exactly the generation it expects and stops at the
 * first record that is torn, stale or foreign, whatever stands behind it. A generation is written
 * in one run of one process: every writable opening and every checkpoint begins a new one, so bytes
 * that an earlier run left behind can never continue it. The file keeps its length and is written
 * over, which spares a flush the update of the file's size.
 */
import { MultipathError } from '../../core/errors.ts';
import type { BlockCodec } from './codec.ts';
import { crc32c } from './crc32c.ts';
import { writeWhole, type FileHandle, type FileSystem } from './fileSystem.ts';
import { PAGE_SIZE } from './pageFile.ts';
import { applyPatch } from './pagePatch.ts';
import {
  RECORD_HEADER,
  RECORD_PAGES,
  RedoRecordFormat,
  type LoggedPage,
  type RedoFormat,
} from './redoRecord.ts';
import { Unsynced } from './unsynced.ts';

const HEADER_SIZE = 512;
const MAGIC = 'MPATHRL\n';
/** What is written; logs of format 1 are read, and replaced before anything is added. */
const FORMAT: RedoFormat = 2;
const GROW_BYTES = 1 << 20;
/** Zeros in the place of the next header: where a log ends is then no question of what it overwrote. */
const END_MARK = RECORD_HEADER;

/** What recovery found; `discardedBytes` counts the records it did not apply. */
export interface RecoveryReport {
  readonly generation: number;
  readonly batches: number;
  readonly pages: number;
  /** `clean`: the log ended where it should. `torn`: what followed was an unfinished write. */
  readonly end: 'clean' | 'torn';
  readonly discardedBytes: number;
  /**
   * A batch behind the damage proves that the damaged one had been acknowledged: acknowledged
   * writes are lost. The log was kept under another name (none when read-only).
   */
  readonly lostAcknowledged: boolean;
  readonly keptAs?: string;
}

export interface RecoveredPages {
  readonly pages: ReadonlyMap<number, Uint8Array>;
  /** Undefined when nothing was recovered. */
  readonly pageCount: number | undefined;
  readonly report: RecoveryReport;
}

export interface RedoLogOptions {
  readonly disk: FileSystem;
  readonly file: string;
  /** The id of the database the log belongs to. */
  readonly fileId: string;
  readonly codec: BlockCodec;
}

/** Reads what a log holds of a generation, without changing anything. */
export function recoverRedoLog(options: RedoLogOptions, generation: number): RecoveredPages {
  const { disk, file } = options;
  if (!disk.exists(file)) return nothingRecovered(generation);
  const handle = disk.open(file, 'read');
  try {
    return recover(options, handle, generation, checkHeader(options, handle));
  } finally {
    disk.close(handle);
  }
}

/**
 * Keeps a damaged log as evidence under a name of its own, and returns that name. A copy: what the
 * log has before the damage stands nowhere else until it is in the main file.
 */
export function keepDamagedLog(disk: FileSystem, file: string, generation: number): string {
  const keptAs = `${file}.damaged-${generation}`;
  const handle = disk.open(file, 'read');
  try {
    const room = new Uint8Array(GROW_BYTES);
    writeWhole(disk, keptAs, (copy) => {
      for (let at = 0, length = 0; (length = disk.read(handle, room, at)) > 0; at += length) {
        disk.write(copy, room.subarray(0, length), at);
      }
    });
  } finally {
    disk.close(handle);
  }
  return keptAs;
}

export class RedoLog {
  readonly #disk: FileSystem;
  readonly #handle: FileHandle;
  readonly #format: RedoRecordFormat;
  readonly #writes: Unsynced;
  #generation: number;
  #size: number;
  #end = HEADER_SIZE;
  #sequence = 0;
  #batch = 0;

  /**
   * Opens the log for a new generation, making the file where there is none or an older format.
   * What it holds of earlier generations is no longer needed.
   */
  constructor(options: RedoLogOptions, generation: number) {
    const { disk, file, fileId, codec } = options;
    if (formatOf(options) !== FORMAT) {
      writeWhole(disk, file, (handle) => disk.write(handle, newHeader(fileId), 0));
    }
    this.#disk = disk;
    const handle = disk.open(file, 'write');
    this.#handle = handle;
    this.#writes = new Unsynced({
      sync: () => disk.sync(handle),
      syncLater: () => disk.syncLater(handle),
    });
    this.#format = new RedoRecordFormat(fileId, codec, FORMAT);
    this.#generation = generation;
    this.#size = disk.size(this.#handle);
  }

  /** Bytes of records in this generation. */
  get bytes(): number {
    return this.#end - HEADER_SIZE;
  }

  get generation(): number {
    return this.#generation;
  }

  /**
   * Writes a batch; it is not on the disk before a sync. `logged` holds the pages of this generation
   * as the batches before left them. After a throw the log must not be used.
   */
  append(
    pages: ReadonlyMap<number, Uint8Array>,
    logged: ReadonlyMap<number, Uint8Array>,
    pageCount: number,
  ): void {
    const list = Array.from(pages, ([page, bytes]) => ({ page, bytes, base: logged.get(page) }));
    this.#batch++;
    for (let from = 0; from < list.length; from += RECORD_PAGES) {
      this.#sequence++;
      const record = this.#format.encode(
        {
          generation: this.#generation,
          sequence: this.#sequence,
          batch: this.#batch,
          endsBatch: from + RECORD_PAGES >= list.length,
        },
        list.slice(from, from + RECORD_PAGES),
        pageCount,
        END_MARK,
      );
      this.#grow(this.#end + record.length);
      this.#disk.write(this.#handle, record, this.#end);
      this.#end += record.length - END_MARK;
    }
    this.#writes.note();
  }

  /** Returns when all batches are on the disk. After a throw the log must not be used. */
  sync(): void {
    this.#writes.sync();
  }

  /** As `sync`, for the batches so far, without holding up the thread. */
  syncLater(): Promise<void> {
    return this.#writes.syncLater();
  }

  /** Begins a generation; the caller has made sure that the one before is no longer needed. */
  begin(generation: number, keepBytes: number): void {
    this.#generation = generation;
    this.#end = HEADER_SIZE;
    this.#sequence = 0;
    this.#batch = 0;
    if (this.#size > keepBytes) {
      this.#disk.truncate(this.#handle, keepBytes);
      this.#size = keepBytes;
    }
  }

  close(): void {
    this.#disk.close(this.#handle);
  }

  #grow(end: number): void {
    if (end <= this.#size) return;
    const size = Math.ceil(end / GROW_BYTES) * GROW_BYTES;
    this.#disk.write(this.#handle, new Uint8Array(size - this.#size), this.#size);
    this.#size = size;
  }
}

function recover(
  options: RedoLogOptions,
  handle: FileHandle,
  generation: number,
  version: RedoFormat,
): RecoveredPages {
  const { disk, file } = options;
  const format = new RedoRecordFormat(options.fileId, options.codec, version);
  const size = disk.size(handle);
  const pages = new Map<number, Uint8Array>();
  let pageCount: number | undefined;
  let batches = 0;
  let sequence = 0;
  let at = HEADER_SIZE;
  let batchAt = at;
  let staged: LoggedPage[] = [];
  let end: RecoveryReport['end'] = 'clean';

  for (;;) {
    const head = new Uint8Array(RECORD_HEADER);
    const length = disk.read(handle, head, at);
    const header = format.readHeader(head.subarray(0, length));
    if (!header) {
      if (head.some((byte) => byte !== 0)) end = 'torn';
      break;
    }
    if (header.generation > generation) throw foreign(file, 'is newer than its database');
    if (header.generation < generation) break;
    if (header.sequence !== sequence + 1) {
      end = 'torn';
      break;
    }
    const sealed = new Uint8Array(header.payloadBytes);
    disk.read(handle, sealed, at + RECORD_HEADER);
    try {
      const payload = format.readPayload(header, sealed);
      staged.push(...payload.pages);
      sequence++;
      at += RECORD_HEADER + sealed.length;
      if (!header.endsBatch) continue;
      for (const [page, bytes] of staged) pages.set(page, wholePage(pages.get(page), bytes));
      pageCount = payload.pageCount;
      batches++;
      staged = [];
      batchAt = at;
    } catch (error) {
      if (!MultipathError.is(error, 'corrupt-block')) throw error;
      end = 'torn';
      break;
    }
  }
  if (staged.length > 0) end = 'torn';

  const rest = Buffer.alloc(Math.max(0, size - batchAt));
  if (end === 'torn') disk.read(handle, rest, batchAt);
  const report: RecoveryReport = {
    generation,
    batches,
    pages: pages.size,
    end,
    discardedBytes: end === 'torn' ? rest.findLastIndex((byte) => byte !== 0) + 1 : 0,
    lostAcknowledged:
      end === 'torn' &&
      [...format.findHeaders(rest)].some(
        (later) => later.generation === generation && later.batch > batches + 1,
      ),
  };
  return { pages, pageCount, report };
}

/** @throws Error for a patch without a base: a checked log that holds one was written wrongly */
function wholePage(base: Uint8Array | undefined, bytes: Uint8Array): Uint8Array {
  if (bytes.length === PAGE_SIZE) return bytes;
  if (!base) throw new Error('The redo log patches a page that it does not hold.');
  return applyPatch(base, bytes);
}

function nothingRecovered(generation: number): RecoveredPages {
  return {
    pages: new Map(),
    pageCount: undefined,
    report: {
      generation,
      batches: 0,
      pages: 0,
      end: 'clean',
      discardedBytes: 0,
      lostAcknowledged: false,
    },
  };
}

function newHeader(fileId: string): Buffer {
  const header = Buffer.alloc(HEADER_SIZE);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt32LE(FORMAT, 8);
  header.write(fileId, 12, 16, 'hex');
  header.writeUInt32LE(crc32c(header.subarray(0, 28)), 28);
  return header;
}

/** The format of an existing log; `undefined` where there is none. */
function formatOf(options: RedoLogOptions): RedoFormat | undefined {
  const { disk, file } = options;
  if (!disk.exists(file)) return undefined;
  const handle = disk.open(file, 'read');
  try {
    return checkHeader(options, handle);
  } finally {
    disk.close(handle);
  }
}

function checkHeader({ disk, file, fileId }: RedoLogOptions, handle: FileHandle): RedoFormat {
  const header = Buffer.alloc(HEADER_SIZE);
  const length = disk.read(handle, header, 0);
  if (
    length < HEADER_SIZE ||
    header.toString('latin1', 0, 8) !== MAGIC ||
    header.readUInt32LE(28) !== crc32c(header.subarray(0, 28))
  ) {
    throw foreign(file, 'has a damaged header');
  }
  const format = header.readUInt32LE(8);
  if (format > FORMAT) {
    throw new MultipathError(
      'newer-store',
      `${file} was written by a newer version. Update Multipath to open it.`,
    );
  }
  if (header.toString('hex', 12, 28) !== fileId) throw foreign(file, 'belongs to another database');
  return format === 1 ? 1 : FORMAT;
}

function foreign(file: string, why: string): MultipathError {
  return new MultipathError(
    'corrupt-file',
    `The redo log ${file} ${why}, so what it holds cannot be applied. Nothing was changed; move ` +
      'the database and its log aside together, or put the right one back.',
  );
}
