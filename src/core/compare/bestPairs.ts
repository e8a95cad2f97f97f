/** Pairing what stands in two lists, in the order of both, so that the pairs are worth the most in sum. */

/** Positions on the left and on the right. */
export type Pair = readonly [number, number];

/**
 * By dynamic programming from the end, in time and memory of left times right; among equals, pairs
 * are made as early as possible. `worthOf` two positions is 0 where they may not pair.
 */
export function bestPairs(
  left: number,
  right: number,
  worthOf: (left: number, right: number) => number,
): readonly Pair[] {
  const width = right + 1;
  const best = new Float64Array((left + 1) * width);
  const worths = new Float64Array(left * right);
  for (let i = left - 1; i >= 0; i--) {
    for (let j = right - 1; j >= 0; j--) {
      const worth = worthOf(i, j);
      worths[i * right + j] = worth;
      const skip = Math.max(best[(i + 1) * width + j] ?? 0, best[i * width + j + 1] ?? 0);
      const pair = worth > 0 ? worth + (best[(i + 1) * width + j + 1] ?? 0) : 0;
      best[i * width + j] = Math.max(skip, pair);
    }
  }
  const pairs: Pair[] = [];
  for (let i = 0, j = 0; i < left && j < right;) {
    const worth = worths[i * right + j] ?? 0;
    const here = best[i * width + j] ?? 0;
    if (worth > 0 && here === worth + (best[(i + 1) * width + j + 1] ?? 0)) {
      pairs.push([i, j]);
      i++;
      j++;
    } else if (here === (best[(i + 1) * width + j] ?? 0)) i++;
    else j++;
  }
  return pairs;
}
