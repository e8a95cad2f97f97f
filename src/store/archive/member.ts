/**
 * An archive member: one gzip member (RFC 1952) of some consecutive records of a log, which any
 * gunzip decodes, and which can be hopped over and checked without inflating it. Our part stands in
 * an extra field with the subfield id "MP":
 *
 *   0   length of the whole member    4   first sequence number (64 bit)
 *   12  record count                  16  length of the log id      18  length of the proof
 *   20  log id (UTF-8), then the codec's proof of the compressed body, then a CRC-32C of
 *       everything from the first byte of the member to here
 *
 * A second subfield, "ML", may follow: a text about the log (archive/manifest.ts), then a CRC-32C of
 * the subfield. With it a log is known by any of its members alone. Members of version 0.1 lack it.
 *
 * Invariant: the proof's position covers the place, the log, the first sequence number and the
 * count, so that a member cannot pass for another one, or stand somewhere else.
 */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { messageOf, MultipathError } from '../../core/errors.ts';
import { corruptBlock, type BlockCodec, type BlockPosition } from '../pages/codec.ts';
import { crc32c } from '../pages/crc32c.ts';

/** What a member says about itself. */
export interface MemberHeader {
  readonly logId: string;
  /** Sequence number of the first record. */
  readonly firstSeq: number;
  /** Number of records. */
  readonly count: number;
  /** What else is to be known of the log when nothing but the archive is left. */
  readonly about?: string;
}

/** A header as found in a file, with what is needed to hop and to read on. */
export interface FoundMember extends MemberHeader {
  /** Bytes of the whole member. */
  readonly length: number;
  /** Bytes before the compressed body. */
  readonly bodyAt: number;
  readonly proof: Uint8Array;
}

/** Where a member stands: a name that never changes, and the offset in bytes. */
export interface MemberPlace {
  readonly file: string;
  readonly offset: number;
}

/** Longest log id, in bytes of UTF-8. */
const LOG_ID_BYTES = 1024;
/** Room for any member's header, so that one read gets it. */
export const HEADER_ROOM = 8192;
/** A text about the log that is longer, in bytes of UTF-8, is left out. */
const ABOUT_BYTES = 6000;

const FIXED = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff]);
const SUBFIELD_AT = 12;
const DATA_AT = 16;
const DATA_FIXED = 20;
const TRAILER = 8;

/** zlib's own least, and a bound for what a damaged member says of its size. */
const LEAST_CHUNK = 64;
const MOST_CHUNK = 1024 * 1024;

const deflate = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.deflateRaw);
const inflate = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);

/** A compressed body, not yet put anywhere. */
export interface CompressedBody {
  readonly deflated: Uint8Array;
  readonly trailer: Uint8Array;
}

/** Level 6: level 9 takes nearly four times as long for half a percent. */
export async function compressBody(bytes: Uint8Array): Promise<CompressedBody> {
  const deflated = await deflate(bytes, { level: 6, chunkSize: chunkFor(bytes.length) });
  const trailer = Buffer.alloc(TRAILER);
  trailer.writeUInt32LE(zlib.crc32(bytes), 0);
  trailer.writeUInt32LE(bytes.length % 2 ** 32, 4);
  return { deflated, trailer };
}

/** Bytes that a member will take. */
export function memberLength(
  header: MemberHeader,
  body: CompressedBody,
  codec: BlockCodec,
): number {
  const headed = bodyOffset(Buffer.byteLength(header.logId), codec.overhead);
  return headed + aboutField(header.about).length + body.deflated.length + TRAILER;
}

/** The bytes of a member for one place. */
export function frameMember(
  header: MemberHeader,
  body: CompressedBody,
  place: MemberPlace,
  codec: BlockCodec,
): Uint8Array {
  const logId = Buffer.from(header.logId, 'utf8');
  if (logId.length > LOG_ID_BYTES) throw new RangeError('The log id is too long.');
  const ownEnd = bodyOffset(logId.length, codec.overhead);
  const about = aboutField(header.about);
  const bodyAt = ownEnd + about.length;
  const size = body.deflated.length;
  const length = bodyAt + size + TRAILER;
  const sealed = codec.seal(body.deflated, positionOf(header, place));
  const member = Buffer.alloc(length);
  member.set(FIXED, 0);
  member.writeUInt16LE(bodyAt - SUBFIELD_AT, 10);
  member.write('MP', SUBFIELD_AT, 'latin1');
  member.writeUInt16LE(ownEnd - DATA_AT, SUBFIELD_AT + 2);
  member.writeUInt32LE(length, DATA_AT);
  member.writeBigUInt64LE(BigInt(header.firstSeq), DATA_AT + 4);
  member.writeUInt32LE(header.count, DATA_AT + 12);
  member.writeUInt16LE(logId.length, DATA_AT + 16);
  member.writeUInt16LE(codec.overhead, DATA_AT + 18);
  member.set(logId, DATA_AT + DATA_FIXED);
  member.set(sealed.subarray(size), DATA_AT + DATA_FIXED + logId.length);
  member.writeUInt32LE(crc32c(member.subarray(0, ownEnd - 4)), ownEnd - 4);
  member.set(about, ownEnd);
  member.set(sealed.subarray(0, size), bodyAt);
  member.set(body.trailer, bodyAt + size);
  return member;
}

/** The header at the start of some bytes, or undefined where no whole member header stands. */
export function parseMember(bytes: Uint8Array): FoundMember | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (head.length < DATA_AT + DATA_FIXED || !head.subarray(0, 10).equals(FIXED)) return undefined;
  if (head.toString('latin1', SUBFIELD_AT, SUBFIELD_AT + 2) !== 'MP') return undefined;
  const logIdLength = head.readUInt16LE(DATA_AT + 16);
  const proofLength = head.readUInt16LE(DATA_AT + 18);
  const ownEnd = bodyOffset(logIdLength, proofLength);
  if (ownEnd > head.length) return undefined;
  if (head.readUInt32LE(ownEnd - 4) !== crc32c(head.subarray(0, ownEnd - 4))) return undefined;
  const bodyAt = SUBFIELD_AT + head.readUInt16LE(10);
  if (bodyAt < ownEnd) return undefined;
  const about = readAbout(head.subarray(ownEnd, bodyAt));
  const proofAt = DATA_AT + DATA_FIXED + logIdLength;
  return {
    logId: head.toString('utf8', DATA_AT + DATA_FIXED, proofAt),
    firstSeq: Number(head.readBigUInt64LE(DATA_AT + 4)),
    count: head.readUInt32LE(DATA_AT + 12),
    length: head.readUInt32LE(DATA_AT),
    ...(about !== undefined && { about }),
    bodyAt,
    proof: Uint8Array.from(head.subarray(proofAt, proofAt + proofLength)),
  };
}

/**
 * The compressed body of a whole member, checked where it stands.
 * @throws MultipathError `corrupt-block`
 */
export function openBody(
  member: Uint8Array,
  found: FoundMember,
  place: MemberPlace,
  codec: BlockCodec,
): Uint8Array {
  const position = positionOf(found, place);
  const bodyEnd = found.length - TRAILER;
  if (member.length !== found.length || found.proof.length !== codec.overhead) {
    throw corruptBlock(position, 'it is cut short, or sealed in another way');
  }
  const sealed = new Uint8Array(bodyEnd - found.bodyAt + codec.overhead);
  sealed.set(member.subarray(found.bodyAt, bodyEnd));
  sealed.set(found.proof, bodyEnd - found.bodyAt);
  return codec.open(sealed, position);
}

/**
 * The records' bytes of a whole member, checked.
 * @throws MultipathError `corrupt-block`
 */
export async function decodeMember(
  member: Uint8Array,
  found: FoundMember,
  place: MemberPlace,
  codec: BlockCodec,
): Promise<Uint8Array> {
  const deflated = openBody(member, found, place, codec);
  const trailer = Buffer.from(member.subarray(found.length - TRAILER));
  const size = trailer.readUInt32LE(4);
  try {
    const options = { maxOutputLength: Math.max(1, size), chunkSize: chunkFor(size) };
    const bytes = await inflate(deflated, options);
    if (bytes.length === size && zlib.crc32(bytes) === trailer.readUInt32LE(0)) return bytes;
  } catch (error) {
    if (MultipathError.is(error)) throw error;
    throw corruptBlock(positionOf(found, place), messageOf(error));
  }
  throw corruptBlock(positionOf(found, place), 'its gzip check does not match');
}

/**
 * All in one piece: each piece is another turn of the event loop, and is copied once more. A byte
 * more than there are, because zlib asks for another piece when one is full.
 */
function chunkFor(bytes: number): number {
  return Math.min(MOST_CHUNK, Math.max(LEAST_CHUNK, bytes + 1));
}

function aboutField(about = ''): Buffer {
  const text = Buffer.from(about, 'utf8');
  if (text.length === 0 || text.length > ABOUT_BYTES) return Buffer.alloc(0);
  const field = Buffer.alloc(4 + text.length + 4);
  field.write('ML', 0, 'latin1');
  field.writeUInt16LE(text.length + 4, 2);
  field.set(text, 4);
  field.writeUInt32LE(crc32c(field.subarray(0, -4)), field.length - 4);
  return field;
}

/** `undefined` where there is none, or it is damaged: the records can be read without it. */
function readAbout(field: Buffer): string | undefined {
  if (field.length < 8 || field.toString('latin1', 0, 2) !== 'ML') return undefined;
  const end = field.length - 4;
  if (field.readUInt32LE(end) !== crc32c(field.subarray(0, end))) return undefined;
  return field.toString('utf8', 4, end);
}

/** Where the next member may begin in some bytes, from a position on; -1 when nowhere. */
export function findMember(bytes: Uint8Array, from: number): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(FIXED, from);
}

/** The body of a checked member as it is kept, to be framed for another place. */
export function bodyOf(
  member: Uint8Array,
  found: FoundMember,
  place: MemberPlace,
  codec: BlockCodec,
): CompressedBody {
  return {
    deflated: openBody(member, found, place, codec),
    trailer: member.subarray(found.length - TRAILER),
  };
}

function bodyOffset(logIdBytes: number, proofBytes: number): number {
  return DATA_AT + DATA_FIXED + logIdBytes + proofBytes + 4;
}

function positionOf(header: MemberHeader, place: MemberPlace): BlockPosition {
  return {
    file: `${place.file}/${header.firstSeq}+${header.count}/${header.logId}`,
    block: place.offset,
  };
}
