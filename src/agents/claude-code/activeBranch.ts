/**
 * The conversation as Anthropic's own SDK reads it (its `get_session_messages`), without our
 * additions: `logicalParentUuid` is not followed and damaged lines do not exist. It is what the
 * agent itself would show, so it is what our reader is held against.
 */
import type { Entry } from './entry.ts';

export interface ActiveBranch {
  readonly length: number;
  /** Native ids; `null` when nothing is visible. */
  readonly first: string | null;
  readonly leaf: string | null;
  readonly user: number;
  readonly assistant: number;
}

/** `entries` in file order, holding only what stands alone and whole on its line. */
export function officialBranch(entries: readonly Entry[]): ActiveBranch {
  const nodes = entries.filter((entry) => entry.uuid !== undefined && entry.role !== 'foreign');
  const last = new Map<string, number>();
  const parents = new Set<string>();
  nodes.forEach((node, index) => {
    if (node.uuid !== undefined) last.set(node.uuid, index);
    if (node.parentUuid !== undefined) parents.add(node.parentUuid);
  });
  const leaf = leafOf(nodes, last, parents);
  const visible = leaf ? chainTo(leaf, nodes, last).filter(isVisible) : [];
  return {
    length: visible.length,
    first: visible[0]?.uuid ?? null,
    leaf: visible.at(-1)?.uuid ?? null,
    user: visible.filter((node) => node.role === 'user').length,
    assistant: visible.filter((node) => node.role === 'assistant').length,
  };
}

/**
 * Among the ends of all chains, stepped back to the nearest user or assistant record, the one that
 * stands last in the file; records of subagents, teams and meta ones only if there is nothing else.
 */
function leafOf(
  nodes: readonly Entry[],
  last: ReadonlyMap<string, number>,
  parents: ReadonlySet<string>,
): Entry | undefined {
  let best: Entry | undefined;
  let bestRank = -1;
  const visited = new Set<Entry>();
  for (const node of nodes) {
    if (node.uuid === undefined || parents.has(node.uuid)) continue;
    const leaf = nearestMessage(node, nodes, last, visited);
    if (leaf?.uuid === undefined) continue;
    const isMain = !leaf.isSidechain && !leaf.isTeam && !leaf.isMeta;
    const rank = (last.get(leaf.uuid) ?? 0) + (isMain ? nodes.length : 0);
    if (rank > bestRank) {
      best = leaf;
      bestRank = rank;
    }
  }
  return best;
}

/** `visited` stops a walk where an earlier one has been: it found the same leaf, or none. */
function nearestMessage(
  from: Entry,
  nodes: readonly Entry[],
  last: ReadonlyMap<string, number>,
  visited: Set<Entry>,
): Entry | undefined {
  for (let node: Entry | undefined = from; node; node = parentOf(node, nodes, last)) {
    if (isMessage(node)) return node;
    if (visited.has(node)) return undefined;
    visited.add(node);
  }
  return undefined;
}

function chainTo(
  leaf: Entry,
  nodes: readonly Entry[],
  last: ReadonlyMap<string, number>,
): readonly Entry[] {
  const chain: Entry[] = [];
  const seen = new Set<string | undefined>();
  for (let node: Entry | undefined = leaf; node; node = parentOf(node, nodes, last)) {
    if (seen.has(node.uuid)) break;
    seen.add(node.uuid);
    chain.push(node);
  }
  return chain.reverse();
}

function parentOf(
  node: Entry,
  nodes: readonly Entry[],
  last: ReadonlyMap<string, number>,
): Entry | undefined {
  if (node.parentUuid === undefined) return undefined;
  const index = last.get(node.parentUuid);
  return index === undefined ? undefined : nodes[index];
}

function isMessage(node: Entry): boolean {
  return node.role === 'user' || node.role === 'assistant';
}

function isVisible(node: Entry): boolean {
  return isMessage(node) && !node.isMeta && !node.isSidechain && !node.isTeam;
}
