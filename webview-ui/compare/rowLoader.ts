/**
 * Rows as they come in blocks from the host. Holds a bounded number of blocks and asks for each
 * once at a time. JSON has no `undefined`: absent cells arrive as null and are turned back here.
 */
import type { ComparisonCell, ComparisonRow } from '../../src/core/comparison.ts';
import { messageOf } from '../../src/core/errors.ts';

/** Rows asked for at once. */
export const BLOCK = 20;
/** Blocks kept; those not looked at for longest go first. */
const KEPT = 50;

export type ReadRows = (range: {
  start: number;
  end: number;
}) => Promise<{ readonly rows: readonly ComparisonRow[] }>;

type Block =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'loaded'; readonly rows: readonly ComparisonRow[] };

export type RowState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'loaded'; readonly row: ComparisonRow };

const LOADING = { kind: 'loading' } as const;

export class RowLoader {
  readonly #read: ReadRows;
  readonly #onChange: () => void;
  /** In order of use, the last used at the end. */
  readonly #blocks = new Map<number, Block>();
  #total = 0;
  /** Answers to questions asked before a reset are thrown away. */
  #generation = 0;

  constructor(read: ReadRows, onChange: () => void) {
    this.#read = read;
    this.#onChange = onChange;
  }

  /** Forgets everything: the comparison is another one now. */
  reset(total: number): void {
    this.#generation++;
    this.#total = total;
    this.#blocks.clear();
  }

  get(row: number): RowState {
    const at = Math.floor(row / BLOCK);
    const block = this.#blocks.get(at);
    if (block?.kind !== 'loaded') return block ?? LOADING;
    const found = block.rows[row - at * BLOCK];
    return found ? { kind: 'loaded', row: found } : LOADING;
  }

  /** Asks for the rows' blocks that are not there yet; what failed is left for `retry`. */
  want(rows: Iterable<number>): void {
    for (const at of new Set(Array.from(rows, (row) => Math.floor(row / BLOCK)))) {
      const block = this.#blocks.get(at);
      if (!block) {
        void this.#load(at);
        continue;
      }
      this.#blocks.delete(at);
      this.#blocks.set(at, block);
    }
  }

  retry(row: number): void {
    const at = Math.floor(row / BLOCK);
    if (this.#blocks.get(at)?.kind === 'failed') void this.#load(at);
  }

  async #load(at: number): Promise<void> {
    const generation = this.#generation;
    this.#blocks.set(at, LOADING);
    const block = await this.#ask(at);
    if (generation !== this.#generation) return;
    this.#blocks.set(at, block);
    this.#trim();
    this.#onChange();
  }

  async #ask(at: number): Promise<Block> {
    const start = at * BLOCK;
    try {
      const { rows } = await this.#read({ start, end: Math.min(start + BLOCK, this.#total) });
      return { kind: 'loaded', rows: rows.map(withoutNulls) };
    } catch (error) {
      return { kind: 'failed', message: messageOf(error) };
    }
  }

  #trim(): void {
    for (const [at, { kind }] of this.#blocks) {
      if (this.#blocks.size <= KEPT) return;
      if (kind !== 'loading') this.#blocks.delete(at);
    }
  }
}

/** A row as it was before JSON. */
export function withoutNulls(row: ComparisonRow): ComparisonRow {
  // What the contract calls undefined is null on this side of the border.
  const cells = row.cells as readonly (ComparisonCell | undefined | null)[];
  return { ...row, cells: cells.map((cell) => cell ?? undefined) };
}
