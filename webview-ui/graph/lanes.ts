/**
 * Which lane is free over which height. Everything that must not lie over another thing claims its
 * lanes over its height: lines, and the labels beside them.
 */

/** Spaces taken in one lane, as [from, to] in pixels. */
type Taken = [from: number, to: number][];

export interface Claim {
  /** Lanes to the right of the one that is looked for. */
  readonly lane: number;
  readonly lanes: number;
  readonly from: number;
  readonly to: number;
}

export class Lanes {
  readonly #taken: Taken[] = [];

  /** Lanes in use. */
  get count(): number {
    return this.#taken.length;
  }

  /** The first lane from `first` on where all claims are free; takes them there. */
  place(first: number, claims: readonly Claim[]): number {
    let lane = first;
    while (!claims.every((claim) => this.#isFree(lane, claim))) lane++;
    for (const claim of claims) this.take(lane, claim);
    return lane;
  }

  take(base: number, { lane, lanes, from, to }: Claim): void {
    for (let at = base + lane; at < base + lane + lanes; at++) {
      const taken = (this.#taken[at] ??= []);
      // In order, so that a look into a lane is a search and not a walk.
      taken.splice(firstAfter(taken, from), 0, [from, to]);
    }
  }

  #isFree(base: number, { lane, lanes, from, to }: Claim): boolean {
    for (let at = base + lane; at < base + lane + lanes; at++) {
      const taken = this.#taken[at];
      if (taken === undefined) continue;
      const next = firstAfter(taken, from);
      if ((taken[next]?.[0] ?? Infinity) < to || (taken[next - 1]?.[1] ?? -Infinity) > from) {
        return false;
      }
    }
    return true;
  }
}

/** Position of the first space that begins at `from` or later. Spaces do not lie over each other. */
function firstAfter(taken: Taken, from: number): number {
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((taken[middle]?.[0] ?? Infinity) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
