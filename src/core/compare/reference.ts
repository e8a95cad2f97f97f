/** Which message of a row the others are compared with. Rows come with gaps, in a panel as nulls. */

/**
 * The place in a row of what the others are compared with: the reference's message, or where that
 * branch has none the row's first; -1 in a row without messages.
 */
export function comparedWith(cells: readonly unknown[], reference: number): number {
  const isThere = (cell: unknown): boolean => cell !== undefined && cell !== null;
  return isThere(cells[reference]) ? reference : cells.findIndex(isThere);
}

/** Whose counterpart stands where: the reference's is the first of the others. */
export function counterpartOf(
  cells: readonly unknown[],
  at: number,
  reference: number,
): number | undefined {
  const base = comparedWith(cells, reference);
  if (base < 0) return undefined;
  if (at !== base) return base;
  const others = cells.flatMap((cell, place) =>
    cell === undefined || cell === null || place === base ? [] : [place],
  );
  return others.find((place) => place > base) ?? others[0];
}
