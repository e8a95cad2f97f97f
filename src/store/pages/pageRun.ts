/**
 * Neighbouring sealed pages that were read in one go. Whoever reads a run of pages copies each at
 * once and seldom asks for it again, so they lie in one room that is filled over and over: no page
 * is copied out of it, and none is kept.
 */
export class PageRun {
  /** Bytes from one page to the next. */
  readonly #stride: number;
  #room = new Uint8Array(0);
  #first = 0;
  /** Pages; of the last one the file may have had only a part. */
  #count = 0;
  #length = 0;

  constructor(stride: number) {
    this.#stride = stride;
  }

  /** `read` fills the room as far as the file goes, and returns how many bytes that were. */
  fill(first: number, count: number, read: (room: Uint8Array) => number): void {
    this.drop();
    const size = count * this.#stride;
    if (this.#room.length < size) this.#room = new Uint8Array(size);
    this.#length = read(this.#room.subarray(0, size));
    this.#first = first;
    this.#count = count;
  }

  has(page: number): boolean {
    return page >= this.#first && page < this.#first + this.#count;
  }

  /** A page as it was read; `undefined` for one that is not part of the run. */
  sealed(page: number): Uint8Array | undefined {
    if (!this.has(page)) return undefined;
    const from = (page - this.#first) * this.#stride;
    return this.#room.subarray(
      Math.min(from, this.#length),
      Math.min(from + this.#stride, this.#length),
    );
  }

  /** Call before any of the pages is written. */
  drop(): void {
    this.#count = 0;
  }
}
