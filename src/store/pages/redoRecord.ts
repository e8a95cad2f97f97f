/**
 * One record of the redo log: a header that can be judged alone, then sealed pages.
 *
 *   0   magic            4   flags (1: the batch ends here)
 *   8   generation       16  sequence, from 1, consecutive within a generation
 *   24  batch            32  bytes of the sealed payload
 *   36  CRC-32C of the header, seeded with the database's id
 *
 * Plain payload of format 2: page count, file size in pages; for each page its number and how many
 * bytes stand for it; those bytes. As many as a page has are the page. Fewer are a patch of the
 * page as the same generation of the log had it before: a base that a torn checkpoint cannot touch.
 * In format 1 there are no lengths and only whole pages.
 *
 * The payload's position covers id, sequence and generation, so that a record proves it belongs
 * exactly where it is found.
 */
import type { BlockCodec } from './codec.ts';
import { crc32c } from './crc32c.ts';
import { PAGE_SIZE } from './pageFile.ts';
import { comparePages, putPatch } from './pagePatch.ts';

export const RECORD_HEADER = 40;
/** Pages in one record at most: a larger batch becomes several records, about 4 MB each. */
export const RECORD_PAGES = 1024;

const MAGIC = 0x4c52504d;
const MAGIC_BYTES = Buffer.from('MPRL', 'latin1');
const MOST_BYTES = RECORD_PAGES * (PAGE_SIZE + 8) + 4096;
/** Room for a record that is kept for the next one, in bytes. */
const MOST_KEPT = 1 << 20;

export type RedoFormat = 1 | 2;

export interface RecordHeader {
  readonly generation: number;
  readonly sequence: number;
  readonly batch: number;
  readonly endsBatch: boolean;
  /** Bytes of the sealed payload behind the header. */
  readonly payloadBytes: number;
}

/** A page to be logged, and its version that the generation has already. */
export interface ChangedPage {
  readonly page: number;
  readonly bytes: Uint8Array;
  readonly base: Uint8Array | undefined;
}

/** A page as it was logged: whole, or a patch where there are fewer bytes than a page has. */
export type LoggedPage = readonly [page: number, bytes: Uint8Array];

export interface RecordPayload {
  readonly pages: readonly LoggedPage[];
  /** Size of the database after this batch. */
  readonly pageCount: number;
}

export class RedoRecordFormat {
  readonly #codec: BlockCodec;
  readonly #file: string;
  readonly #seed: number;
  readonly #format: RedoFormat;
  #room = Buffer.alloc(0);

  constructor(fileId: string, codec: BlockCodec, format: RedoFormat) {
    this.#codec = codec;
    this.#file = `${fileId}-redo`;
    this.#seed = crc32c(Buffer.from(this.#file, 'latin1'));
    this.#format = format;
  }

  /** The record of format 2, then `padding` zeros. Valid until the next call. */
  encode(
    header: Omit<RecordHeader, 'payloadBytes'>,
    pages: readonly ChangedPage[],
    pageCount: number,
    padding: number,
  ): Buffer {
    const patches = pages.map(({ bytes, base }) => base && comparePages(base, bytes));
    const plainBytes = patches.reduce(
      (sum, patch) => sum + 8 + (patch ? patch.bytes : PAGE_SIZE),
      8,
    );
    const payloadBytes = plainBytes + this.#codec.overhead;
    const record = this.#take(RECORD_HEADER + payloadBytes + padding);
    const payload = record.subarray(RECORD_HEADER, RECORD_HEADER + payloadBytes);
    payload.writeUInt32LE(pages.length, 0);
    payload.writeUInt32LE(pageCount, 4);
    let at = 8 + pages.length * 8;
    pages.forEach(({ page, bytes }, nth) => {
      const patch = patches[nth];
      const from = at;
      if (patch) at = putPatch(payload, at, patch, bytes);
      else {
        payload.set(bytes, at);
        at += PAGE_SIZE;
      }
      payload.writeUInt32LE(page, 8 + nth * 8);
      payload.writeUInt32LE(at - from, 12 + nth * 8);
    });
    this.#codec.sealInPlace(payload, this.#position(header));
    record.writeUInt32LE(MAGIC, 0);
    record.writeUInt32LE(header.endsBatch ? 1 : 0, 4);
    record.writeBigUInt64LE(BigInt(header.generation), 8);
    record.writeBigUInt64LE(BigInt(header.sequence), 16);
    record.writeBigUInt64LE(BigInt(header.batch), 24);
    record.writeUInt32LE(payloadBytes, 32);
    record.writeUInt32LE(crc32c(record.subarray(0, 36), this.#seed), 36);
    record.fill(0, RECORD_HEADER + payloadBytes);
    return record;
  }

  /** Undefined for bytes that are no header of this database's log. */
  readHeader(bytes: Uint8Array): RecordHeader | undefined {
    if (bytes.length < RECORD_HEADER) return undefined;
    const header = Buffer.from(bytes.buffer, bytes.byteOffset, RECORD_HEADER);
    if (header.readUInt32LE(0) !== MAGIC) return undefined;
    if (header.readUInt32LE(36) !== crc32c(header.subarray(0, 36), this.#seed)) return undefined;
    const payloadBytes = header.readUInt32LE(32);
    if (payloadBytes > MOST_BYTES) return undefined;
    return {
      endsBatch: header.readUInt32LE(4) === 1,
      generation: Number(header.readBigUInt64LE(8)),
      sequence: Number(header.readBigUInt64LE(16)),
      batch: Number(header.readBigUInt64LE(24)),
      payloadBytes,
    };
  }

  /** @throws MultipathError `corrupt-block` */
  readPayload(header: RecordHeader, sealed: Uint8Array): RecordPayload {
    const opened = this.#codec.open(sealed, this.#position(header));
    const plain = Buffer.from(opened.buffer, opened.byteOffset, opened.length);
    const count = plain.readUInt32LE(0);
    const entryBytes = this.#format === 1 ? 4 : 8;
    let at = 8 + count * entryBytes;
    const pages = Array.from({ length: count }, (_, nth): LoggedPage => {
      const entry = 8 + nth * entryBytes;
      const length = this.#format === 1 ? PAGE_SIZE : plain.readUInt32LE(entry + 4);
      const bytes = Uint8Array.from(plain.subarray(at, at + length));
      at += length;
      return [plain.readUInt32LE(entry), bytes];
    });
    return { pages, pageCount: plain.readUInt32LE(4) };
  }

  /** Every record header in some bytes, wherever it stands. */
  *findHeaders(bytes: Buffer): Generator<RecordHeader> {
    for (let at = bytes.indexOf(MAGIC_BYTES); at >= 0; at = bytes.indexOf(MAGIC_BYTES, at + 1)) {
      const header = this.readHeader(bytes.subarray(at));
      if (header) yield header;
    }
  }

  /** Room that is used again: a record is written before the next one is made. */
  #take(bytes: number): Buffer {
    if (bytes > MOST_KEPT) return Buffer.allocUnsafeSlow(bytes);
    if (this.#room.length < bytes) this.#room = Buffer.allocUnsafeSlow(Math.max(bytes, 65_536));
    return this.#room.subarray(0, bytes);
  }

  #position(header: Omit<RecordHeader, 'payloadBytes'>): {
    file: string;
    block: number;
    generation: number;
  } {
    return { file: this.#file, block: header.sequence, generation: header.generation };
  }
}
