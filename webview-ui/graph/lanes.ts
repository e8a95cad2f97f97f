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

/** Parts that the height is divided into: as many as a number has bits. */
const PARTS = 32;

export class Lanes {
  readonly #taken: Taken[] = [];
  /** By lane: the parts of the height that are taken wholly. Most lanes are refused by them alone. */
  readonly #full: number[] = [];
  readonly #part: number;

  /** `height`: of the whole drawing. */
  constructor(height: number) {
    this.#part = Math.max(1, height / PARTS);
  }

  /** Lanes in use. */
  get count(): number {
    return this.#taken.length;
  }

  /** The first lane from `first` on where all claims are free; takes them there. */
  place(first: number, claims: readonly Claim[]): number {
    const masks = claims.map((claim) => this.#touched(claim));
    let lane = first;
    while (!this.#areFree(lane, claims, masks)) lane++;
    for (const claim of claims) this.take(lane, claim);
    return lane;
  }

  take(base: number, { lane, lanes, from, to }: Claim): void {
    const covered = this.#covered(from, to);
    for (let at = base + lane; at < base + lane + lanes; at++) {
      this.#full[at] = (this.#full[at] ?? 0) | covered;
      const taken = (this.#taken[at] ??= []);
      // In order, so that a look into a lane is a search and not a walk.
      taken.splice(firstAfter(taken, from), 0, [from, to]);
    }
  }

  /** Parts that a claim reaches into. */
  #touched({ from, to }: Claim): number {
    return bits(Math.floor(from / this.#part), Math.ceil(to / this.#part));
  }

  /** Parts that lie wholly between two heights. */
  #covered(from: number, to: number): number {
    return bits(Math.ceil(from / this.#part), Math.floor(to / this.#part));
  }

  /** Plain loops: this is asked for millions of lanes. */
  #areFree(lane: number, claims: readonly Claim[], masks: readonly number[]): boolean {
    for (let at = 0; at < claims.length; at++) {
      const claim = claims[at];
      if (claim && !this.#isFree(lane, claim, masks[at] ?? 0)) return false;
    }
    return true;
  }

  #isFree(base: number, { lane, lanes, from, to }: Claim, touched: number): boolean {
    for (let at = base + lane; at < base + lane + lanes; at++) {
      if (((this.#full[at] ?? 0) & touched) !== 0) return false;
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

/** A number with the bits [from, to) set, those that there are. */
function bits(from: number, to: number): number {
  let mask = 0;
  for (let at = Math.max(0, from); at < Math.min(PARTS, to); at++) mask |= 1 << at;
  return mask;
}
