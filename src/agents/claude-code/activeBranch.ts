/**
 * The conversation as Anthropic's own SDK reads it (its `get_session_messages`), without our
 * additions: `logicalParentUuid` is not followed and damaged lines do not exist. It is what the
 * agent itself would show, so it is what our reader is held against.
 */
import { FLAG, type Entry } from './entry.ts';
import type { Names } from './names.ts';

export interface ActiveBranch {
  readonly length: number;
  /** Native ids; `null` when nothing is visible. */
  readonly first: string | null;
  readonly leaf: string | null;
  readonly user: number;
  readonly assistant: number;
}

/** `entries` in file order, holding only what stands alone and whole on its line. */
export function officialBranch(entries: readonly Entry[], names: Names): ActiveBranch {
  const chain = new OfficialChain(entries, names.size);
  const visible = chain.read().filter(isVisible);
  const nameOf = (entry: Entry | undefined): string | null =>
    entry ? (names.nameOf(entry.uuid) ?? null) : null;
  return {
    length: visible.length,
    first: nameOf(visible[0]),
    leaf: nameOf(visible.at(-1)),
    user: visible.filter((entry) => entry.flags & FLAG.user).length,
    assistant: visible.filter((entry) => entry.flags & FLAG.assistant).length,
  };
}

class OfficialChain {
  readonly #nodes: readonly Entry[];
  /** Per id: its last place, -1 for none. A record written again replaces the earlier one. */
  readonly #places: Int32Array;
  /** Per id: whether a record names it as its parent. */
  readonly #isParent: Uint8Array;

  constructor(entries: readonly Entry[], ids: number) {
    this.#nodes = entries.filter((entry) => entry.uuid !== -1 && !(entry.flags & FLAG.foreign));
    this.#places = new Int32Array(ids).fill(-1);
    this.#isParent = new Uint8Array(ids);
    this.#nodes.forEach((node, index) => {
      this.#places[node.uuid] = index;
      if (node.parent !== -1) this.#isParent[node.parent] = 1;
    });
  }

  read(): readonly Entry[] {
    const chain: Entry[] = [];
    const seen = new Set<number>();
    for (let node = this.#leaf(); node && !seen.has(node.uuid); node = this.#parentOf(node)) {
      seen.add(node.uuid);
      chain.push(node);
    }
    return chain.reverse();
  }

  /**
   * Among the ends of all chains, stepped back to the nearest user or assistant record, the one
   * last in the file; records of subagents, teams and meta ones only if there is nothing else.
   */
  #leaf(): Entry | undefined {
    let best: Entry | undefined;
    let bestRank = -1;
    const visited = new Set<Entry>();
    for (const node of this.#nodes) {
      if (this.#isParent[node.uuid]) continue;
      const leaf = this.#nearestMessage(node, visited);
      if (!leaf) continue;
      const isMain = !(leaf.flags & (FLAG.sidechain | FLAG.team | FLAG.meta));
      const rank = (this.#places[leaf.uuid] ?? 0) + (isMain ? this.#nodes.length : 0);
      if (rank > bestRank) {
        best = leaf;
        bestRank = rank;
      }
    }
    return best;
  }

  /** `visited` stops a walk where an earlier one has been: it found the same leaf, or none. */
  #nearestMessage(from: Entry, visited: Set<Entry>): Entry | undefined {
    for (let node: Entry | undefined = from; node; node = this.#parentOf(node)) {
      if (isMessage(node)) return node;
      if (visited.has(node)) return undefined;
      visited.add(node);
    }
    return undefined;
  }

  #parentOf(node: Entry): Entry | undefined {
    return node.parent === -1 ? undefined : this.#nodes[this.#places[node.parent] ?? -1];
  }
}

function isMessage(entry: Entry): boolean {
  return (entry.flags & (FLAG.user | FLAG.assistant)) !== 0;
}

function isVisible(entry: Entry): boolean {
  return isMessage(entry) && !(entry.flags & (FLAG.sidechain | FLAG.team | FLAG.meta));
}
