/**
 * Branches of a log whose messages form a tree by themselves, as agents that rewind in place write
 * them. Every message is in exactly one branch; the first branch is the one that ends at the leaf.
 */
import type { DerivedBranch, OutlineEntry } from '../core/reader.ts';

export interface TreeNode {
  /** Index of the message before; -1 for a beginning. Always lower than the node's own. */
  readonly parent: number;
  readonly entry: OutlineEntry;
  /** The first words, where a person typed it. */
  readonly words?: string;
}

interface OpenBranch {
  readonly parent?: { readonly branch: number; readonly length: number };
  readonly entries: OutlineEntry[];
  key: string | undefined;
  title: string | undefined;
}

/** `leaf` is the node the live branch ends at; the last one where it is none. */
export function branchesOfTree(nodes: readonly TreeNode[], leaf: number): DerivedBranch[] {
  if (nodes.length === 0) return [];
  const goesOn = continuations(nodes, nodes[leaf] ? leaf : nodes.length - 1);
  const branches: OpenBranch[] = [{ entries: [], key: 'main', title: undefined }];
  const branchOf = new Int32Array(nodes.length);
  const lengthAt = new Int32Array(nodes.length);
  nodes.forEach((node, index) => {
    const parent =
      node.parent === -1
        ? { branch: 0, length: 0 }
        : { branch: branchOf[node.parent] ?? 0, length: lengthAt[node.parent] ?? 0 };
    let number = parent.branch;
    if (goesOn[index] === 0) {
      number = branches.length;
      branches.push({ parent, entries: [], key: undefined, title: undefined });
    }
    const branch = branches[number];
    if (!branch) return; // Cannot be: a branch is opened before it is named.
    branch.entries.push(node.entry);
    branch.key ??= node.entry.nativeId ?? `seq-${node.entry.seqs[0] ?? 0}`;
    if (number > 0) branch.title ??= node.words;
    branchOf[index] = number;
    lengthAt[index] = (branch.parent?.length ?? 0) + branch.entries.length;
  });
  return named(branches);
}

/** Per node 1 where it goes on with its parent's branch: the live child, else the latest one. */
function continuations(nodes: readonly TreeNode[], leaf: number): Uint8Array {
  const isLive = new Uint8Array(nodes.length);
  for (let at = leaf; at >= 0; at = nodes[at]?.parent ?? -1) isLive[at] = 1;
  /** Per node the last index at or below it. */
  const last = Int32Array.from(nodes, (_, index) => index);
  const best = new Int32Array(nodes.length).fill(-1);
  const goesOn = new Uint8Array(nodes.length);
  for (let index = nodes.length - 1; index >= 0; index--) {
    const parent = nodes[index]?.parent ?? -1;
    if (parent === -1) {
      goesOn[index] = isLive[index] ?? 0;
      continue;
    }
    last[parent] = Math.max(last[parent] ?? 0, last[index] ?? 0);
    const known = best[parent] ?? -1;
    const rank = (node: number): number => (isLive[node] ? nodes.length : (last[node] ?? 0));
    if (known === -1 || rank(index) > rank(known)) best[parent] = index;
  }
  // What hangs below the leaf was given up: the live branch ends there.
  best.forEach((index, parent) => {
    if (index !== -1 && parent !== leaf) goesOn[index] = 1;
  });
  return goesOn;
}

function named(branches: readonly OpenBranch[]): DerivedBranch[] {
  const used = new Set<string>();
  return branches.map(({ key = '', title, parent, entries }) => {
    let unique = key;
    for (let copy = 2; used.has(unique); copy++) unique = `${key}#${copy}`;
    used.add(unique);
    return { key: unique, entries, ...(parent && { parent }), ...(title && { title }) };
  });
}
