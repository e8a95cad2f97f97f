/**
 * Rows as they come from the host. Asks for each once at a time, neighbours together, and holds a
 * bounded number. JSON has no `undefined`: absent cells arrive as null and are turned back here.
 */
import type { ComparisonCell, ComparisonRow, RowOutline } from '../../src/core/comparison.ts';
import { messageOf } from '../../src/core/errors.ts';

/** Rows asked for at once, at most. */
export const BLOCK = 20;
/** Rows that lie this far apart are asked for together, those between them too. */
const NEIGHBOURS = 4;
/** Rows kept; those not looked at for longest go first. Far more than are ever near the view. */
const KEPT = 1_000;

export interface RowRange {
  readonly start: number;
  readonly end: number;
}

export type ReadRows = (range: RowRange) => Promise<{ readonly rows: readonly ComparisonRow[] }>;

export type RowState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'loaded'; readonly row: ComparisonRow };

const LOADING: RowState = { kind: 'loading' };

export class RowLoader {
  readonly #read: ReadRows;
  readonly #onChange: () => void;
  /** In order of use, the last used at the end. */
  readonly #rows = new Map<number, RowState>();
  /** What was there before a reset: shown until the row has come again, so that nothing flickers. */
  #before: ReadonlyMap<number, RowState> = new Map();
  /** Answers to questions asked before a reset are thrown away. */
  #generation = 0;

  constructor(read: ReadRows, onChange: () => void) {
    this.#read = read;
    this.#onChange = onChange;
  }

  /** The comparison is another one now: every row has to be asked for again. */
  reset(): void {
    this.#generation++;
    this.#before = new Map([...this.#rows].filter(([, { kind }]) => kind === 'loaded'));
    this.#rows.clear();
  }

  get(row: number): RowState {
    const state = this.#rows.get(row) ?? LOADING;
    return state.kind === 'loading' ? (this.#before.get(row) ?? state) : state;
  }

  /** Asks for the rows that are not there yet; what failed is left for `retry`. */
  want(rows: readonly number[]): void {
    const missing: number[] = [];
    for (const row of rows) {
      const state = this.#rows.get(row);
      if (!state) {
        missing.push(row);
        continue;
      }
      this.#rows.delete(row);
      this.#rows.set(row, state);
    }
    for (const range of rangesOf(missing)) void this.#load(range);
  }

  /** Asks again for the failed ones of these rows. */
  retry(rows: readonly number[]): void {
    const failed = rows.filter((row) => this.get(row).kind === 'failed');
    for (const row of failed) this.#rows.delete(row);
    this.want(failed);
  }

  async #load({ start, end }: RowRange): Promise<void> {
    const generation = this.#generation;
    for (let row = start; row < end; row++) {
      if (!this.#rows.has(row)) this.#rows.set(row, LOADING);
    }
    const states = await this.#ask({ start, end });
    if (generation !== this.#generation) return;
    for (const [at, state] of states.entries()) this.#rows.set(start + at, state);
    this.#trim();
    this.#onChange();
  }

  async #ask(range: RowRange): Promise<readonly RowState[]> {
    try {
      const { rows } = await this.#read(range);
      return rows.map((row) => ({ kind: 'loaded', row: withoutNulls(row) }));
    } catch (error) {
      const message = messageOf(error);
      return Array.from({ length: range.end - range.start }, () => ({ kind: 'failed', message }));
    }
  }

  #trim(): void {
    for (const [row, { kind }] of this.#rows) {
      if (this.#rows.size <= KEPT) return;
      if (kind !== 'loading') this.#rows.delete(row);
    }
  }
}

/** Ascending rows as ranges of neighbours. */
function rangesOf(rows: readonly number[]): readonly RowRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (const row of rows) {
    const last = ranges.at(-1);
    if (last && row - last.end < NEIGHBOURS && row - last.start < BLOCK) last.end = row + 1;
    else ranges.push({ start: row, end: row + 1 });
  }
  return ranges;
}

/** A row as it was before JSON. */
export function withoutNulls(row: ComparisonRow): ComparisonRow {
  // What the contract calls undefined is null on this side of the border.
  const cells = row.cells as readonly (ComparisonCell | undefined | null)[];
  return { ...row, cells: cells.map((cell) => cell ?? undefined) };
}

/** A row's outline as it was before JSON. */
export function outlineWithoutNulls(outline: RowOutline): RowOutline {
  // What the contract calls undefined is null on this side of the border.
  const indexes = outline.indexes as readonly (number | undefined | null)[];
  return { ...outline, indexes: indexes.map((index) => index ?? undefined) };
}
