/**
 * Decides which messages are forks of a conversation and which only look like it. A fork is a
 * message with at least two children that each lead to a prompt a person typed, at different
 * times; everything else that hangs aside (parallel tools, retries, replays) is part of the branch
 * it hangs on, in file order. So every message is in exactly one branch.
 */
import type { DerivedBranch, OutlineEntry } from '../../core/reader.ts';
import type { Group } from './groups.ts';

export interface OpenBranch {
  readonly parent?: { readonly branch: number; readonly length: number };
  readonly entries: OutlineEntry[];
  /** The native id of its first message. */
  key: string | undefined;
  title: string | undefined;
}

/**
 * `groups` in order, parents first; `toOutline` is called for each in that order. Of each strand the
 * first branch is the live one. What two branches are called may be the same: see `named`.
 */
export function branchesOf(
  groups: readonly Group[],
  toOutline: (group: Group) => OutlineEntry,
  strandOf: (group: Group) => number,
): OpenBranch[] {
  const forked = forkedChildren(groups, strandOf);
  const branches: OpenBranch[] = [];
  /** Per strand: its live branch. */
  const trunks = new Map<number, number>();
  const open = (parent?: OpenBranch['parent']): number =>
    branches.push({ entries: [], key: undefined, title: undefined, ...(parent && { parent }) }) - 1;
  /** Per group: its branch, and the messages up to it, inherited ones included. */
  const branchOf = new Int32Array(groups.length);
  const lengthAt = new Int32Array(groups.length);
  for (const group of groups) {
    const above = group.parent?.index;
    const strand = strandOf(group);
    let number = above === undefined ? trunks.get(strand) : branchOf[above];
    if (number === undefined) {
      number = open();
      trunks.set(strand, number);
    }
    if (forked.has(group)) {
      number = open({ branch: number, length: above === undefined ? 0 : (lengthAt[above] ?? 0) });
    }
    const branch = branches[number];
    if (!branch) continue; // Cannot be: a branch is opened before it is named.
    const outline = toOutline(group);
    branch.entries.push(outline);
    branch.key ??= outline.nativeId ?? `seq-${outline.seqs[0] ?? 0}`;
    branch.title ??= group.first.detail?.words;
    branchOf[group.index] = number;
    lengthAt[group.index] = (branch.parent?.length ?? 0) + branch.entries.length;
  }
  return branches;
}

/** The children that begin a branch of their own. */
function forkedChildren(
  groups: readonly Group[],
  strandOf: (group: Group) => number,
): ReadonlySet<Group> {
  const { typedAt, isTyped, lastIndex } = reachOf(groups);
  const forked = new Set<Group>();
  const last = (group: Group): number => lastIndex[group.index] ?? 0;
  const addForks = (siblings: readonly Group[]): void => {
    const typed = siblings.filter((group) => isTyped[group.index]);
    const [first] = typed;
    if (!first || typed.length < 2) return;
    const live = typed.reduce((a, b) => (last(b) > last(a) ? b : a), first);
    for (const group of typed) {
      // The same moment means the same prompt, written again; no time (NaN) is never the same.
      if (group !== live && typedAt[group.index] !== typedAt[live.index]) forked.add(group);
    }
  };
  const roots = groups.filter((group) => group.parent === undefined);
  for (const siblings of Map.groupBy(roots, strandOf).values()) addForks(siblings);
  for (const { children } of groups) if (children.length > 1) addForks(children);
  return forked;
}

interface Reach {
  /** Whether a typed prompt is at or below a group, and when the first was typed (NaN: unknown). */
  readonly isTyped: Uint8Array;
  readonly typedAt: Float64Array;
  /** The last position in the file of anything at or below it. */
  readonly lastIndex: Int32Array;
}

/** From the ends to the roots, so that a chain of any length needs no recursion. */
function reachOf(groups: readonly Group[]): Reach {
  const isTyped = new Uint8Array(groups.length);
  const typedAt = new Float64Array(groups.length).fill(NaN);
  const lastIndex = new Int32Array(groups.length);
  for (let index = groups.length - 1; index >= 0; index--) {
    const group = groups[index];
    if (!group) continue;
    let last = group.lastIndex;
    const typed =
      group.kind === 'prompt' ? group : group.children.find((child) => isTyped[child.index] === 1);
    if (typed) {
      isTyped[index] = 1;
      typedAt[index] =
        (typed === group ? group.first.detail?.timestamp : typedAt[typed.index]) ?? NaN;
    }
    for (const child of group.children) last = Math.max(last, lastIndex[child.index] ?? 0);
    lastIndex[index] = last;
  }
  return { isTyped, typedAt, lastIndex };
}

/** Branches under names that are theirs alone. */
export function named(branches: readonly DerivedBranch[]): DerivedBranch[] {
  const used = new Map<string, number>();
  return branches.map((branch) => {
    const { key } = branch;
    const copies = (used.get(key) ?? 0) + 1;
    used.set(key, copies);
    return copies === 1 ? branch : { ...branch, key: `${key}#${copies}` };
  });
}
