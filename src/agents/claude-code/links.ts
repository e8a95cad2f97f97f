/**
 * Gives every entry of a log one parent, so that all of them form a single tree whatever the file
 * holds. Real parents are taken as they stand; compactions, lost lines, context resets and rings
 * are linked to what came before them. Invariant of the result: no cycles, and an order in which
 * every entry comes after its parent. Linear in the number of entries, save for sorting.
 */
import { DisjointSets } from './disjointSets.ts';
import { FLAG, type Entry } from './entry.ts';
import { Places } from './places.ts';
import { strandsOf } from './strands.ts';

/** Why an entry hangs where it does not say itself. */
export type Break = 'gap' | 'context-reset';

export interface Links {
  /** Index of the parent, -1 for a root. */
  readonly parents: Int32Array;
  readonly breaks: ReadonlyMap<number, Break>;
  /** All entries but exact repetitions of earlier ones; parents first, else as in the file. */
  readonly order: Int32Array;
  /** Entries whose parents run in a circle through them. */
  readonly rings: readonly number[];
  /** Per entry a number of the conversation it is part of: 0 for all, unless they are kept apart. */
  readonly strands: Int32Array;
}

const NONE = -1;

/**
 * `ids` is the number of ids in use in the log. With `isOutside`, which knows the ids of records that
 * are not among the entries, what does not hang together is not linked, but kept apart in strands.
 */
export function linkEntries(
  entries: readonly Entry[],
  ids: number,
  isOutside?: (id: number) => boolean,
): Links {
  const places = new Places(entries, ids);
  const parents = new Int32Array(entries.length).fill(NONE);
  entries.forEach((entry, index) => {
    if (entry.uuid !== NONE && !places.isRepeated(index)) {
      parents[index] = places.find(entry.parent, index);
    }
  });
  const rings = cutRings(parents);
  const strands = isOutside
    ? strandsOf(entries, places, parents, isOutside)
    : new Int32Array(entries.length);
  const breaks = linkRoots(entries, places, parents, strands);
  if (isOutside) noteLost(entries, places, parents, breaks, isOutside);
  return { parents, breaks, rings, strands, order: orderOf(parents, places) };
}

/** The entries of a log's sidechains, each conversation in a strand of its own. */
export function linkSidechains(
  sides: readonly Entry[],
  main: readonly Entry[],
  ids: number,
): Links {
  const outside = new Uint8Array(ids);
  for (const { uuid } of main) if (uuid !== NONE) outside[uuid] = 1;
  return linkEntries(sides, ids, (id) => outside[id] === 1);
}

/** Makes the first entry of every ring a root, and returns those entries. */
function cutRings(parents: Int32Array): number[] {
  const rings: number[] = [];
  const walk = new Int32Array(parents.length); // which walk passed an entry; 0 for none
  for (let start = 0; start < parents.length; start++) {
    let node = start;
    while (node !== NONE && walk[node] === 0) {
      walk[node] = start + 1;
      node = parents[node] ?? NONE;
    }
    if (node === NONE || walk[node] !== start + 1) continue;
    let first = node;
    for (let member = parents[node] ?? NONE; member !== node; member = parents[member] ?? NONE) {
      first = Math.min(first, member);
    }
    parents[first] = NONE;
    rings.push(first);
  }
  return rings;
}

/** Links a strand's roots behind its first one, in file order, wherever that makes no ring. */
function linkRoots(
  entries: readonly Entry[],
  places: Places,
  parents: Int32Array,
  strands: Int32Array,
): Map<number, Break> {
  const breaks = new Map<number, Break>();
  const trees = new DisjointSets(parents.length);
  parents.forEach((parent, index) => {
    if (parent !== NONE) trees.join(index, parent);
  });
  const link = (index: number, target: number): boolean => {
    if (target === NONE || trees.find(target) === trees.find(index)) return false;
    parents[index] = target;
    trees.join(index, target);
    return true;
  };
  const lost = new Map<number, number>();
  const ancestry = { steps: 4 * parents.length };
  /** Per strand the entry before. */
  const last = new Int32Array(entries.length).fill(NONE);
  entries.forEach((entry, index) => {
    if (places.isRepeated(index)) return;
    const strand = strands[index] ?? 0;
    const previous = last[strand] ?? NONE;
    if (parents[index] === NONE && previous !== NONE) {
      if (entry.uuid === NONE) {
        link(index, previous);
      } else if (entry.kind === 'compaction' && entry.parent === NONE) {
        const logical = places.find(entry.detail?.logicalParent ?? NONE, index);
        // The end of the chain is better than a place within it: nothing was taken back there.
        const isElsewhere = logical !== NONE && !isAncestor(parents, logical, previous, ancestry);
        if (!link(index, isElsewhere ? logical : previous)) link(index, previous);
      } else if (entry.parent !== NONE) {
        // All children of one lost record hang in one place, as they did on the record.
        const target = lost.get(entry.parent) ?? previous;
        lost.set(entry.parent, target);
        if (link(index, target)) breaks.set(index, 'gap');
      } else if (link(index, previous) && entry.flags & FLAG.root) {
        breaks.set(index, 'context-reset');
      }
    }
    last[strand] = index;
  });
  return breaks;
}

/** Of conversations kept apart, those too that begin behind a lost record say so. */
function noteLost(
  entries: readonly Entry[],
  places: Places,
  parents: Int32Array,
  breaks: Map<number, Break>,
  isOutside: (id: number) => boolean,
): void {
  entries.forEach(({ parent }, index) => {
    if (parents[index] !== NONE || parent === NONE || places.isRepeated(index)) return;
    if (places.find(parent, index) === NONE && !isOutside(parent)) breaks.set(index, 'gap');
  });
}

/** Whether `ancestor` is `node` or above it. Gives up with "no" once `budget` is spent. */
function isAncestor(
  parents: Int32Array,
  ancestor: number,
  node: number,
  budget: { steps: number },
): boolean {
  for (let at = node; at !== NONE && budget.steps > 0; at = parents[at] ?? NONE) {
    if (at === ancestor) return true;
    budget.steps--;
  }
  return false;
}

/** File order, but a child that stands before its parent comes right after it. */
function orderOf(parents: Int32Array, places: Places): Int32Array {
  const order = new Int32Array(parents.length);
  let count = 0;
  for (let index = 0; index < parents.length; index++) {
    if (!places.isRepeated(index)) order[count++] = index;
  }
  const kept = order.subarray(0, count);
  if (kept.every((index) => (parents[index] ?? NONE) < index)) return kept;
  const keys = new Int32Array(parents.length).fill(NONE);
  const depths = new Int32Array(parents.length);
  for (const start of kept) {
    const path: number[] = [];
    let top = start;
    while (top !== NONE && keys[top] === NONE) {
      path.push(top);
      top = parents[top] ?? NONE;
    }
    let key = top === NONE ? NONE : (keys[top] ?? NONE);
    let depth = top === NONE ? 0 : (depths[top] ?? 0);
    for (let at = path.pop(); at !== undefined; at = path.pop()) {
      key = Math.max(key, at);
      keys[at] = key;
      depths[at] = ++depth;
    }
  }
  return kept.sort(
    (a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || (depths[a] ?? 0) - (depths[b] ?? 0) || a - b,
  );
}
