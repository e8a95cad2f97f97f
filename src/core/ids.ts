/** Ids of sessions, logs and requests: UUIDv7, so that they sort by the time they were made. */
import { v7 } from 'uuid';

export function newId(): string {
  return v7();
}
