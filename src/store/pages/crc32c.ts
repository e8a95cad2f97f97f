/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4), because node:zlib has only the other CRC-32. Eight
 * bytes a step over eight tables; tables and input are read through DataView, which V8 turns into
 * plain loads.
 */

const REFLECTED_POLYNOMIAL = 0x82f63b78;
const TABLE_BYTES = 256 * 4;

const tables = new DataView(new ArrayBuffer(8 * TABLE_BYTES));

for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ REFLECTED_POLYNOMIAL : remainder >>> 1;
  }
  tables.setInt32(byte * 4, remainder, true);
}
for (let table = 1; table < 8; table++) {
  for (let byte = 0; byte < 256; byte++) {
    const before = tables.getInt32((table - 1) * TABLE_BYTES + byte * 4, true);
    const folded = (before >>> 8) ^ tables.getInt32((before & 0xff) * 4, true);
    tables.setInt32(table * TABLE_BYTES + byte * 4, folded, true);
  }
}

/**
 * The CRC-32C of some bytes, as an unsigned 32-bit number. `before` is the CRC of what comes before
 * them, so that `crc32c(b, crc32c(a))` is the CRC of `a` and `b` together.
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength;
  let crc = ~before;
  let at = 0;
  for (; at + 8 <= end; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      tables.getInt32(7 * TABLE_BYTES + ((low & 0xff) << 2), true) ^
      tables.getInt32(6 * TABLE_BYTES + ((low >>> 6) & 0x3fc), true) ^
      tables.getInt32(5 * TABLE_BYTES + ((low >>> 14) & 0x3fc), true) ^
      tables.getInt32(4 * TABLE_BYTES + ((low >>> 22) & 0x3fc), true) ^
      tables.getInt32(3 * TABLE_BYTES + ((high & 0xff) << 2), true) ^
      tables.getInt32(2 * TABLE_BYTES + ((high >>> 6) & 0x3fc), true) ^
      tables.getInt32(TABLE_BYTES + ((high >>> 14) & 0x3fc), true) ^
      tables.getInt32((high >>> 22) & 0x3fc, true);
  }
  for (; at < end; at++) {
    crc = (crc >>> 8) ^ tables.getInt32(((crc ^ view.getUint8(at)) & 0xff) << 2, true);
  }
  return ~crc >>> 0;
}
