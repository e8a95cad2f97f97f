/**
 * One record of the redo log: a header that can be judged alone, then sealed pages.
 *
 *   0   magic            4   flags (1: the batch ends here)
 *   8   generation       16  sequence, from 1, consecutive within a generation
 *   24  batch            32  bytes of the sealed payload
 *   36  CRC-32C of the header, seeded with the database's id
 *
 * Plain payload: page count, file size in pages, the page numbers, the pages. Its position covers
 * id, sequence and generation, so that a record proves it belongs exactly where it is found.
 */
import type { BlockCodec } from './codec.ts';
import { crc32c } from './crc32c.ts';
import { PAGE_SIZE } from './pageFile.ts';

export const RECORD_HEADER = 40;
/** Pages in one record at most: a larger batch becomes several records, about 4 MB each. */
export const RECORD_PAGES = 1024;

const MAGIC = 0x4c52504d;
const MAGIC_BYTES = Buffer.from('MPRL', 'latin1');
const MOST_BYTES = RECORD_PAGES * (PAGE_SIZE + 4) + 4096;

export interface RecordHeader {
  readonly generation: number;
  readonly sequence: number;
  readonly batch: number;
  readonly endsBatch: boolean;
  /** Bytes of the sealed payload behind the header. */
  readonly payloadBytes: number;
}

export interface RecordPayload {
  readonly pages: readonly (readonly [page: number, bytes: Uint8Array])[];
  /** Size of the database after this batch. */
  readonly pageCount: number;
}

export class RedoRecordFormat {
  readonly #codec: BlockCodec;
  readonly #file: string;
  readonly #seed: number;

  constructor(fileId: string, codec: BlockCodec) {
    this.#codec = codec;
    this.#file = `${fileId}-redo`;
    this.#seed = crc32c(Buffer.from(this.#file, 'latin1'));
  }

  encode(header: Omit<RecordHeader, 'payloadBytes'>, payload: RecordPayload): Buffer {
    const count = payload.pages.length;
    const plain = Buffer.allocUnsafe(8 + count * (4 + PAGE_SIZE));
    plain.writeUInt32LE(count, 0);
    plain.writeUInt32LE(payload.pageCount, 4);
    payload.pages.forEach(([page, bytes], nth) => {
      plain.writeUInt32LE(page, 8 + nth * 4);
      plain.set(bytes, 8 + count * 4 + nth * PAGE_SIZE);
    });
    const sealed = this.#codec.seal(plain, this.#position(header));
    const record = Buffer.allocUnsafe(RECORD_HEADER + sealed.length);
    record.writeUInt32LE(MAGIC, 0);
    record.writeUInt32LE(header.endsBatch ? 1 : 0, 4);
    record.writeBigUInt64LE(BigInt(header.generation), 8);
    record.writeBigUInt64LE(BigInt(header.sequence), 16);
    record.writeBigUInt64LE(BigInt(header.batch), 24);
    record.writeUInt32LE(sealed.length, 32);
    record.writeUInt32LE(crc32c(record.subarray(0, 36), this.#seed), 36);
    record.set(sealed, RECORD_HEADER);
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
    const pages = Array.from({ length: count }, (_, nth): readonly [number, Uint8Array] => {
      const at = 8 + count * 4 + nth * PAGE_SIZE;
      return [plain.readUInt32LE(8 + nth * 4), Uint8Array.from(plain.subarray(at, at + PAGE_SIZE))];
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

  #position(header: Omit<RecordHeader, 'payloadBytes'>): {
    file: string;
    block: number;
    generation: number;
  } {
    return { file: this.#file, block: header.sequence, generation: header.generation };
  }
}
