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
  /** As `seal`, where plain bytes and room for the proof behind them stand already. */
  sealInPlace(block: Uint8Array, position: BlockPosition): void;
  /**
   * The plain bytes; they may share memory with `sealed`.
   * @throws MultipathError `corrupt-block` when the bytes or their position are not what was sealed
   */
  open(sealed: Uint8Array, position: BlockPosition): Uint8Array;
}

/** The bytes of a position as every codec covers them: length-prefixed, so no two are alike. */
export function positionBytes(position: BlockPosition): Uint8Array {
  const numbers = Buffer.allocUnsafe(16);
  numbers.writeBigUInt64LE(BigInt(position.block), 0);
  numbers.writeBigUInt64LE(BigInt(position.generation ?? 0), 8);
  return Buffer.concat([fileBytes(position.file), numbers]);
}

function fileBytes(file: string): Uint8Array {
  const name = Buffer.from(file, 'utf8');
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(name.length, 0);
  return Buffer.concat([length, name]);
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
    this.sealInPlace(sealed, position);
    return sealed;
  },

  sealInPlace(block, position) {
    const length = block.length - CHECK_BYTES;
    const check = crc32c(block.subarray(0, length), positionCheck(position));
    new DataView(block.buffer, block.byteOffset + length).setUint32(0, check, true);
  },

  open(sealed, position) {
    const length = sealed.length - CHECK_BYTES;
    if (length < 0) throw corruptBlock(position, 'shorter than its check');
    const plain = sealed.subarray(0, length);
    const stored = new DataView(sealed.buffer, sealed.byteOffset + length).getUint32(0, true);
    if (stored !== crc32c(plain, positionCheck(position))) {
      throw corruptBlock(position, 'its check does not match');
    }
    return plain;
  },
};

let lastFile = '';
let lastFileCheck = crc32c(fileBytes(''));
const numbers = new DataView(new ArrayBuffer(16));
const numberBytes = new Uint8Array(numbers.buffer);

/** The CRC-32C of a position's bytes; that of the file's name is kept, since files have many blocks. */
function positionCheck({ file, block, generation = 0 }: BlockPosition): number {
  if (file !== lastFile) {
    lastFileCheck = crc32c(fileBytes(file));
    lastFile = file;
  }
  putNumber(0, block);
  putNumber(8, generation);
  return crc32c(numberBytes, lastFileCheck);
}

function putNumber(at: number, value: number | bigint): void {
  if (typeof value === 'bigint') numbers.setBigUint64(at, value, true);
  else {
    numbers.setUint32(at, value % 2 ** 32, true);
    numbers.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
  }
}
