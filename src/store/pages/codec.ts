/**
 * The one codec seam under pages, redo records, archive members and blobs. A block is bytes plus a
 * proof that they are the bytes that were written, and that they stand where they were written.
 *
 * Invariant every codec keeps: a sealed block is a body of exactly the plain length, followed by
 * `overhead` bytes of proof. An authenticated cipher fits (ciphertext, then nonce and tag), and a
 * format that must stay readable by other tools can keep body and proof apart.
 */
import { MultipathError } from '../../core/errors.ts';
import { crc32c } from './crc32c.ts';

/** Where a block stands. All of it is covered by the check, so a block moved elsewhere is noticed. */
export interface BlockPosition {
  /** Names the file for ever: not its path, which changes when a folder moves. */
  readonly file: string;
  readonly block: number | bigint;
  readonly generation?: number | bigint;
}

export interface BlockCodec {
  /** Stored in file headers; at most 16 ASCII characters. */
  readonly id: string;
  /** How many bytes longer a sealed block is than its plain bytes. */
  readonly overhead: number;
  seal(plain: Uint8Array, position: BlockPosition): Uint8Array;
  /**
   * The plain bytes; they may share memory with `sealed`.
   * @throws MultipathError `corrupt-block` when the bytes or their position are not what was sealed
   */
  open(sealed: Uint8Array, position: BlockPosition): Uint8Array;
}

/** The bytes of a position as every codec covers them: length-prefixed, so no two are alike. */
export function positionBytes(position: BlockPosition): Uint8Array {
  const name = Buffer.from(position.file, 'utf8');
  const bytes = Buffer.allocUnsafe(name.length + 20);
  bytes.writeUInt32LE(name.length, 0);
  bytes.set(name, 4);
  bytes.writeBigUInt64LE(BigInt(position.block), name.length + 4);
  bytes.writeBigUInt64LE(BigInt(position.generation ?? 0), name.length + 12);
  return bytes;
}

/** What every codec throws for a block that is not what was written. */
export function corruptBlock(position: BlockPosition, why: string): MultipathError {
  return new MultipathError(
    'corrupt-block',
    `Block ${position.block.toString()} of ${position.file} is damaged (${why}). ` +
      'Run the store doctor: it moves the file aside and rebuilds what it can.',
  );
}

const CHECK_BYTES = 4;

/** Plain bytes followed by the CRC-32C of position and bytes. */
export const crcCodec: BlockCodec = {
  id: 'crc32c',
  overhead: CHECK_BYTES,

  seal(plain, position) {
    const sealed = new Uint8Array(plain.length + CHECK_BYTES);
    sealed.set(plain);
    const check = crc32c(plain, crc32c(positionBytes(position)));
    new DataView(sealed.buffer).setUint32(plain.length, check, true);
    return sealed;
  },

  open(sealed, position) {
    const length = sealed.length - CHECK_BYTES;
    if (length < 0) throw corruptBlock(position, 'shorter than its check');
    const plain = sealed.subarray(0, length);
    const stored = new DataView(sealed.buffer, sealed.byteOffset + length).getUint32(0, true);
    if (stored !== crc32c(plain, crc32c(positionBytes(position)))) {
      throw corruptBlock(position, 'its check does not match');
    }
    return plain;
  },
};
