/**
 * Heights of a long list whose rows are measured as they are shown. Rows not yet seen count with
 * an estimate. Position of a row and row at a position take O(log n): a Fenwick tree holds how far
 * each measured row is from the estimate.
 */

/** Browsers cannot draw much taller boxes than 33 million pixels; unseen rows shrink to fit. */
const TALLEST = 16_000_000;

export class Heights {
  #count = 0;
  #estimate: number;
  /** 1-based Fenwick tree over differences from the estimate. */
  #tree = new Float64Array(1);
  readonly #measured = new Map<number, number>();

  constructor(count: number, estimate: number) {
    this.#estimate = estimate;
    this.resize(count);
  }

  get count(): number {
    return this.#count;
  }

  /** Changes how many rows there are; what was measured stays. */
  resize(count: number): void {
    this.#count = count;
    for (const row of this.#measured.keys()) if (row >= count) this.#measured.delete(row);
    this.#rebuild();
  }

  /** Takes the mean of what was measured as the height of the rest, so that it is less of a guess. */
  calibrate(): void {
    if (this.#measured.size === 0) return;
    let sum = 0;
    for (const height of this.#measured.values()) sum += height;
    this.#estimate = sum / this.#measured.size;
    this.#rebuild();
  }

  /** Records a row's height in pixels. */
  set(row: number, height: number): void {
    const before = this.#measured.get(row) ?? this.#estimate;
    if (row >= this.#count || before === height) return;
    this.#measured.set(row, height);
    this.#add(row, height - before);
  }

  /** Top of a row (or, for `count`, the end of the list), in pixels from the top of row 0. */
  top(row: number): number {
    let sum = row * this.#estimate;
    for (let node = row; node > 0; node -= node & -node) sum += this.#tree[node] ?? 0;
    return sum;
  }

  /** The row that covers a position; the first or last one for positions outside. */
  at(position: number): number {
    let row = 0;
    let step = 1 << Math.floor(Math.log2(Math.max(this.#count, 1)));
    let rest = position;
    for (; step > 0; step >>= 1) {
      const next = row + step;
      if (next > this.#count) continue;
      const height = step * this.#estimate + (this.#tree[next] ?? 0);
      if (height > rest) continue;
      rest -= height;
      row = next;
    }
    return Math.max(0, Math.min(row, this.#count - 1));
  }

  #rebuild(): void {
    this.#estimate = Math.min(this.#estimate, TALLEST / Math.max(this.#count, 1));
    this.#tree = new Float64Array(this.#count + 1);
    for (const [row, height] of this.#measured) this.#add(row, height - this.#estimate);
  }

  #add(row: number, difference: number): void {
    for (let node = row + 1; node <= this.#count; node += node & -node) {
      this.#tree[node] = (this.#tree[node] ?? 0) + difference;
    }
  }
}
