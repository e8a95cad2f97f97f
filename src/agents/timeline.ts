/**
 * A conversation that its agent keeps as a list, taking messages away at the end when a person goes
 * back. Nothing is forgotten here: what was taken away stays as a branch beside what came instead.
 */

export interface TimelineNode<T> {
  /** Index of the node before; -1 for a beginning. Always lower than the node's own. */
  parent: number;
  readonly item: T;
}

export class Timeline<T> {
  readonly #nodes: TimelineNode<T>[] = [];
  readonly #indexes = new Map<T, number>();
  #live: number[] = [];

  /** The list as it is now. */
  get length(): number {
    return this.#live.length;
  }

  at(position: number): T | undefined {
    return this.#nodes[this.#live[position] ?? -1]?.item;
  }

  append(item: T): void {
    const parent = this.#live.at(-1) ?? -1;
    this.#live.push(this.#add(parent, item));
  }

  /** Takes everything from `position` on away. */
  truncate(position: number): void {
    this.#live.length = Math.min(this.#live.length, Math.max(0, position));
  }

  /** Makes the list these items, in this order; items that were there before are known again. */
  arrange(items: readonly T[]): void {
    const live: number[] = [];
    for (const item of new Set(items)) {
      const before = live.at(-1) ?? -1;
      const known = this.#indexes.get(item);
      const node = known === undefined ? undefined : this.#nodes[known];
      if (known === undefined || !node || before >= known) live.push(this.#add(before, item));
      else {
        node.parent = before;
        live.push(known);
      }
    }
    this.#live = live;
  }

  /** An item that is added again has only its last place. */
  #add(parent: number, item: T): number {
    const index = this.#nodes.length;
    this.#nodes.push({ parent, item });
    this.#indexes.set(item, index);
    return index;
  }

  /** All items, parents first, and the index of the last one of the list (-1 for none). */
  tree(): { readonly nodes: readonly TimelineNode<T>[]; readonly leaf: number } {
    const places = new Int32Array(this.#nodes.length).fill(-1);
    const nodes: TimelineNode<T>[] = [];
    this.#nodes.forEach(({ parent, item }, index) => {
      const above = parent === -1 ? -1 : (places[parent] ?? -1);
      if (this.#indexes.get(item) !== index) {
        places[index] = above; // Its place is another: what hung on it hangs on what was before it.
        return;
      }
      places[index] = nodes.length;
      nodes.push({ parent: above, item });
    });
    const last = this.#live.at(-1);
    return { nodes, leaf: last === undefined ? -1 : (places[last] ?? -1) };
  }
}
