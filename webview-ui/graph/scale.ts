/**
 * Where a message stands from top to bottom: the same message number at the same height in all
 * branches. Between two places where anything happens (a fork, a merge, an end) the line is as long
 * as its messages weigh, and they weigh less the more there are: long runs are collapsed.
 */

/** Pixels between two places, at least, and what each doubling of the messages between adds. */
const LEAST = 52;
const MORE = 9;
const MOST = 150;

export type Scale = (index: number) => number;

/** A scale with these places; what lies between two of them is in proportion. */
export function scaleOf(places: Iterable<number>): Scale {
  const indexes = [...new Set(places)].sort((a, b) => a - b);
  const heights: number[] = [];
  let height = 0;
  for (const [at, index] of indexes.entries()) {
    const before = indexes[at - 1];
    if (before !== undefined) height += gap(index - before);
    heights.push(height);
  }
  return (index) => {
    let low = 0;
    let high = indexes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((indexes[middle] ?? Infinity) <= index) low = middle;
      else high = middle - 1;
    }
    const [from = 0, to] = [indexes[low], indexes[low + 1]];
    const [top = 0, bottom] = [heights[low], heights[low + 1]];
    if (to === undefined || bottom === undefined || index <= from) return top;
    return top + ((bottom - top) * (index - from)) / (to - from);
  };
}

function gap(messages: number): number {
  return Math.min(MOST, LEAST + MORE * Math.log2(Math.max(1, messages)));
}
