/** Ids of sessions, logs and requests: UUIDv7, so that they sort by the time they were made. */
import { v7 } from 'uuid';

const ID_BYTES = 16;

/** Random bytes for many ids: asking the system for each takes longer than making the id. */
const pool = new Uint8Array(ID_BYTES * 256);
let used = pool.length;

export function newId(): string {
  if (used === pool.length) {
    globalThis.crypto.getRandomValues(pool);
    used = 0;
  }
  // Copied: the id is made in place of what it is made from, and no byte may be used twice.
  const random = pool.slice(used, used + ID_BYTES);
  used += ID_BYTES;
  return v7({ random });
}
