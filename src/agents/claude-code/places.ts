/**
 * Where the ids of a log stand. A compaction writes kept messages again with the same id below a
 * new parent, and both places count. The same id below the same parent that says the same is one
 * record written twice (an agent does so when it finds its last line damaged, with a newer version
 * in it, so bytes do not tell); a repetition has no place of its own.
 */
import type { Entry } from './entry.ts';

const NONE = -1;

export class Places {
  /** Per id: its first place. */
  readonly #first: Int32Array;
  /** All places of the few ids that have several, ascending. */
  readonly #all = new Map<number, number[]>();
  readonly #repeated: Uint8Array;

  constructor(entries: readonly Entry[], ids: number) {
    this.#first = new Int32Array(ids).fill(NONE);
    this.#repeated = new Uint8Array(entries.length);
    const said = new Set<string>();
    entries.forEach((entry, index) => {
      const { uuid } = entry;
      if (uuid === NONE) return;
      const first = this.#first[uuid] ?? NONE;
      if (first === NONE) {
        this.#first[uuid] = index;
        return;
      }
      const all = this.#all.get(uuid) ?? [first];
      if (all.length === 1) said.add(statementOf(entries[first]));
      const statement = statementOf(entry);
      if (said.has(statement)) {
        this.#repeated[index] = 1;
        return;
      }
      said.add(statement);
      all.push(index);
      this.#all.set(uuid, all);
    });
  }

  isRepeated(index: number): boolean {
    return this.#repeated[index] === 1;
  }

  /** The last place of an id before `index`, else its first one after it; -1 for none. */
  find(id: number, index: number): number {
    if (id === NONE) return NONE;
    const all = this.#all.get(id);
    if (!all) {
      const only = this.#first[id] ?? NONE;
      return only === index ? NONE : only;
    }
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((all[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    if (low > 0) return all[low - 1] ?? NONE;
    return (all[0] === index ? all[1] : all[0]) ?? NONE;
  }
}

/** The same for records that say the same in the same place. */
function statementOf(entry: Entry | undefined): string {
  if (!entry) return '';
  const { uuid, parent, kind, detail } = entry;
  const said = [detail?.messageId, detail?.model, detail?.words, detail?.calls, detail?.results];
  return JSON.stringify([uuid, parent, kind, said]);
}
