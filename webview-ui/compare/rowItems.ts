/** Which rows of a comparison are on show, and in what pieces. Pure: filters in, items out. */
import type { RowOutline } from '../../src/core/comparison.ts';
import type { Role } from '../../src/core/message.ts';

export type Item =
  | { readonly kind: 'row'; readonly row: number }
  /** Rows that are the same everywhere, folded into one line. */
  | { readonly kind: 'gap'; readonly rows: readonly number[] };

export interface Filter {
  readonly onlyDifferences: boolean;
  /** Every role when absent. */
  readonly role?: Role;
  /** Unchanged rows that were unfolded by hand. */
  readonly unfolded: ReadonlySet<number>;
}

/** The items in order: rows, and the folds of what did not change between them. */
export function itemsOf(rows: readonly RowOutline[], filter: Filter): readonly Item[] {
  const items: Item[] = [];
  let gap: number[] = [];
  const closeGap = (): void => {
    if (gap.length > 0) items.push({ kind: 'gap', rows: gap });
    gap = [];
  };
  for (const [row, outline] of rows.entries()) {
    if (filter.role !== undefined && outline.role !== filter.role) continue;
    if (filter.onlyDifferences && !outline.changed && !filter.unfolded.has(row)) {
      gap.push(row);
      continue;
    }
    closeGap();
    items.push({ kind: 'row', row });
  }
  closeGap();
  return items;
}

/** The rows among items. */
export function rowsOf(items: readonly Item[]): readonly number[] {
  return items.flatMap((item) => (item.kind === 'row' ? [item.row] : []));
}

/** Rows that changed, in order, of the role that is on show. */
export function differencesOf(rows: readonly RowOutline[], role?: Role): readonly number[] {
  return rows.flatMap((outline, row) =>
    outline.changed && (role === undefined || outline.role === role) ? [row] : [],
  );
}

/** The difference after (or before) a row; stays at the last (or first) one. */
export function nextDifference(
  differences: readonly number[],
  from: number | undefined,
  step: 1 | -1,
): number | undefined {
  if (step === 1) {
    return differences.find((row) => from === undefined || row > from) ?? differences.at(-1);
  }
  return differences.findLast((row) => from === undefined || row < from) ?? differences[0];
}

/** Cuts items into pieces that are drawn, or left out, as one. */
export function chunksOf(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}
