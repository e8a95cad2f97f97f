/**
 * Small logs are archived in lots: waiting for the disk once for each would take hours where many
 * thousands have to move. A lot is about as much work as a member of a large log.
 */

/** Logs from this size on are moved on their own, a member at a time. */
export const LARGE_BYTES = 192 * 1024;
const LOT_BYTES = 256 * 1024;
const LOT_LOGS = 32;

/** The first of some logs that make a lot; a large one is a lot of its own. */
export function firstLot<T extends { readonly bytes: number }>(logs: readonly T[]): T[] {
  const lot: T[] = [];
  let bytes = 0;
  for (const log of logs) {
    const isFull = lot.length === LOT_LOGS || bytes + log.bytes > LOT_BYTES;
    if (lot.length > 0 && (isFull || log.bytes >= LARGE_BYTES)) break;
    lot.push(log);
    bytes += log.bytes;
    if (log.bytes >= LARGE_BYTES) break;
  }
  return lot;
}
