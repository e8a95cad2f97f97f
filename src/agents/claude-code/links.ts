/**
 * Gives every entry of a log one parent, so that all of them form a single tree whatever the file
 * holds. Real parents are taken as they stand; compactions, lost lines, context resets and rings
 * are linked to what came before them. Invariant of the result: no cycles, and an order in which
 * every entry comes after its parent. Linear in the number of entries, save for sorting.
 */
import type { Entry } from './entry.ts';
import { DisjointSets } from './disjointSets.ts';

/** Why an entry hangs where it does not say itself. */
export type Break = 'gap' | 'context-reset';

export interface Links {
  /** Index of the parent, -1 for a root. */
  readonly parents: Int32Array;
  /** True for an exact repetition of an earlier entry: it has no place of its own. */
  readonly repeated: Uint8Array;
  readonly breaks: ReadonlyMap<number, Break>;
  /** All entries that are not repeated; parents first, else as in the file. */
  readonly order: readonly number[];
  /** Entries whose parents run in a circle through them. */
  readonly rings: readonly number[];
}

const NONE = -1;

export function linkEntries(entries: readonly Entry[]): Links {
  const { places, repeated } = placesOf(entries);
  const parents = new Int32Array(entries.length).fill(NONE);
  entries.forEach((entry, index) => {
    if (entry.uuid === undefined || repeated[index]) return;
    parents[index] = resolve(places, entry.parentUuid, index);
  });
  const rings = cutRings(parents);
  const breaks = linkRoots(entries, places, parents, repeated);
  return { parents, repeated, breaks, rings, order: orderOf(parents, repeated) };
}

type Places = ReadonlyMap<string, readonly number[]>;

/**
 * Where each uuid stands. A compaction writes kept messages again with the same uuid below a new
 * parent, and both places count; the same uuid below the same parent is one record written twice.
 */
function placesOf(entries: readonly Entry[]): { places: Places; repeated: Uint8Array } {
  const places = new Map<string, number[]>();
  const repeated = new Uint8Array(entries.length);
  const seen = new Set<string>();
  entries.forEach((entry, index) => {
    if (entry.uuid === undefined) return;
    const key = `${entry.uuid}\n${entry.parentUuid ?? ''}`;
    if (seen.has(key)) {
      repeated[index] = 1;
      return;
    }
    seen.add(key);
    const known = places.get(entry.uuid);
    if (known) known.push(index);
    else places.set(entry.uuid, [index]);
  });
  return { places, repeated };
}

/** The last place of `uuid` before `index`, else its first one after it. */
function resolve(places: Places, uuid: string | undefined, index: number): number {
  const found = uuid === undefined ? undefined : places.get(uuid);
  if (!found) return NONE;
  let low = 0;
  let high = found.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((found[middle] ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  if (low > 0) return found[low - 1] ?? NONE;
  const later = found.find((place) => place !== index);
  return later ?? NONE;
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

/** Links the roots behind the first one, in file order, wherever that makes no ring. */
function linkRoots(
  entries: readonly Entry[],
  places: Places,
  parents: Int32Array,
  repeated: Uint8Array,
): Map<number, Break> {
  const breaks = new Map<number, Break>();
  const trees = new DisjointSets(parents.length);
  parents.forEach((parent, index) => {
    if (parent !== NONE) trees.join(index, parent);
  });
  const lost = new Map<string, number>();
  const ancestry = { steps: 4 * parents.length };
  let previous = NONE;
  entries.forEach((entry, index) => {
    if (repeated[index]) return;
    if (parents[index] === NONE && previous !== NONE) {
      const link = (target: number): boolean => {
        if (target === NONE || trees.find(target) === trees.find(index)) return false;
        parents[index] = target;
        trees.join(index, target);
        return true;
      };
      const { parentUuid } = entry;
      if (entry.uuid === undefined) {
        link(previous);
      } else if (entry.kind === 'compaction' && parentUuid === undefined) {
        const logical = resolve(places, entry.logicalParentUuid, index);
        // The end of the chain is better than a place within it: nothing was taken back there.
        const target =
          logical !== NONE && !isAncestor(parents, logical, previous, ancestry)
            ? logical
            : previous;
        if (!link(target)) link(previous);
      } else if (parentUuid !== undefined) {
        // All children of one lost record hang in one place, as they did on the record.
        const target = lost.get(parentUuid) ?? previous;
        lost.set(parentUuid, target);
        if (link(target)) breaks.set(index, 'gap');
      } else if (link(previous)) {
        breaks.set(index, 'context-reset');
      }
    }
    previous = index;
  });
  return breaks;
}

/** Whether `ancestor` is `node` or above it. Gives up with "no" once `budget` steps are spent. */
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
function orderOf(parents: Int32Array, repeated: Uint8Array): number[] {
  const order: number[] = [];
  parents.forEach((_, index) => {
    if (!repeated[index]) order.push(index);
  });
  if (order.every((index) => (parents[index] ?? NONE) < index)) return order;
  const keys = new Int32Array(parents.length).fill(NONE);
  const depths = new Int32Array(parents.length);
  for (const start of order) {
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
  return order.sort(
    (a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || (depths[a] ?? 0) - (depths[b] ?? 0) || a - b,
  );
}
