/**
 * The memory in which batches go to the owner of the store. It comes back and is used again as long
 * as there is something to read: to have the system give a megabyte and take it back for each batch
 * costs more than to fill it.
 */
import { BATCH_BYTES } from './fileReading.ts';
import { letGo } from './letGo.ts';

/** Room for a batch with the record that makes it full, save for a large one. */
const ROOM_BYTES = BATCH_BYTES + BATCH_BYTES / 4;
/** What is smaller has room of its own size: an append is to cost what was appended. */
const LEAST_BYTES = BATCH_BYTES / 4;

export class BatchRooms {
  readonly #most: number;
  #free: Uint8Array<ArrayBuffer>[] = [];

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** Room for at least so many bytes. What it holds is left over from before. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    if (bytes < LEAST_BYTES || bytes > ROOM_BYTES) return new Uint8Array(bytes);
    return this.#free.pop() ?? new Uint8Array(ROOM_BYTES);
  }

  giveBack(room: Uint8Array<ArrayBuffer>): void {
    if (room.length === ROOM_BYTES && this.#free.length < this.#most) this.#free.push(room);
    else letGo(room);
  }

  /** Nothing is to be read for now. */
  clear(): void {
    for (const room of this.#free) letGo(room);
    this.#free = [];
  }
}
