/** Which entries already hang in one tree. Near-linear, and without recursion. */
export class DisjointSets {
  readonly #parents: Int32Array;

  constructor(size: number) {
    this.#parents = Int32Array.from({ length: size }, (_, index) => index);
  }

  /** The same number for all members of one set. */
  find(member: number): number {
    const parents = this.#parents;
    let at = member;
    for (let up = parents[at] ?? at; up !== at; up = parents[at] ?? at) {
      parents[at] = parents[up] ?? up;
      at = up;
    }
    return at;
  }

  join(a: number, b: number): void {
    this.#parents[this.find(a)] = this.find(b);
  }
}
