/**
 * Which records of a log's sidechains are one conversation. Each subagent begins at a record without
 * a parent, or with one outside; several may be at work at a time, their lines between each other.
 * Invariant: an entry is in its parent's strand.
 */
import { DisjointSets } from './disjointSets.ts';
import { FLAG, type Entry } from './entry.ts';
import type { Places } from './places.ts';

const NONE = -1;

/** Per entry the index of one that stands for its strand. */
export function strandsOf(
  entries: readonly Entry[],
  places: Places,
  parents: Int32Array,
  isOutside: (id: number) => boolean,
): Int32Array {
  const strands = new DisjointSets(entries.length);
  parents.forEach((parent, index) => {
    if (parent !== NONE) strands.join(index, parent);
  });
  const agents = new Map<number, number>();
  /** Per lost record: what else hung on it, or stood before that. */
  const lost = new Map<number, number>();
  let previous = NONE;
  let first = NONE;
  /** Several subagents have begun. */
  let several = false;
  entries.forEach((entry, index) => {
    if (places.isRepeated(index)) return;
    if (first === NONE) first = index;
    const { agent, parent, uuid } = entry;
    const known = agent === undefined ? undefined : agents.get(agent);
    if (agent !== undefined) agents.set(agent, index);
    if (known !== undefined) strands.join(index, known);
    else if (agent === undefined && parents[index] === NONE && !(entry.flags & FLAG.root)) {
      const isLost = parent !== NONE && places.find(parent, index) === NONE && !isOutside(parent);
      if (isLost || uuid === NONE) {
        // Of a line that is lost nothing says whose it was: that of the one that there is, or else
        // what hung on it stands by itself.
        const before = isLost && several ? NONE : previous;
        const target = (isLost ? lost.get(parent) : undefined) ?? before;
        if (isLost) lost.set(parent, index);
        if (target !== NONE) strands.join(index, target);
      }
    }
    previous = index;
    several ||= strands.find(index) !== strands.find(first);
  });
  return Int32Array.from(entries, (_, index) => strands.find(index));
}
