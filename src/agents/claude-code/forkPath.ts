/**
 * Which records of a log a fork takes along: the chain from its last message up to the beginning, as
 * our reader mends it, and what hangs beside that chain but belongs to it: the other lines of its
 * answers and the results of its calls. What was tried and left is not among them.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OutlineEntry } from '../../core/reader.ts';
import { asObject, decodeRecord } from '../json.ts';
import { numbered, type OwnPart } from '../writer.ts';
import { EntryReader, FLAG, type Entry } from './entry.ts';
import { linkEntries, linkSidechains, type Links } from './links.ts';
import { Names } from './names.ts';
import { Queue } from './queue.ts';
import { STARTS_RECORD } from './startsRecord.ts';
import { UsageTable } from './usage.ts';

export interface KeptRecord {
  /**
   * Its old id, made from its number where the agent gave it none. Absent for words that were typed
   * while a tool ran and have none: they stand in no chain.
   */
  readonly uuid?: string;
  /** True where the agent gave the record that id. */
  readonly isNamed: boolean;
  /** The old id of the record that it hangs on; `null` where the conversation begins (anew). */
  readonly parent: string | null;
}

export interface ForkPath {
  /** By number of the record, ascending, but the last message's record comes last. */
  readonly kept: ReadonlyMap<number, KeptRecord>;
  readonly leaf: number;
  /** Ids of calls that are made and answered within it. */
  readonly answered: ReadonlySet<string>;
  /** Old ids of everything that is kept. */
  readonly ids: ReadonlySet<string>;
}

const NONE = -1;

/** Types that the agent's own fork leaves out: what hangs on them hangs on what they hung on. */
const LEFT_OUT: ReadonlySet<unknown> = new Set(['progress']);

export async function forkPath(part: OwnPart): Promise<ForkPath> {
  const names = new Names();
  const reader = new EntryReader(names, new UsageTable());
  const queue = new Queue(reader);
  const read: Entry[] = [];
  const left = new Set<number>();
  for await (const [seq, record] of numbered(part)) {
    const object = asObject(decodeRecord(record, STARTS_RECORD).value);
    if (object) queue.add(seq, object);
    const entry = object && reader.read(seq, object);
    if (!entry) continue;
    read.push(entry);
    if (LEFT_OUT.has(object['type']) || entry.flags & FLAG.foreign) left.add(seq);
  }
  // Of a hundred thousand records each of these steps takes its time: others have the thread between.
  await nextTurn();
  const all = queue.among(read);
  const { entries, links } = conversationOf(all, part.entries, names.size);
  await nextTurn();
  return new PathFinder(entries, links, names, left).find(part.entries);
}

/** A subagent's log is all sidechain; in any other, sidechains are conversations of their own. */
function conversationOf(
  all: readonly Entry[],
  messages: readonly OutlineEntry[],
  ids: number,
): { readonly entries: readonly Entry[]; readonly links: Links } {
  const sides = all.filter((entry) => entry.flags & FLAG.sidechain);
  if (sides.length === all.length) return { entries: all, links: linkEntries(all, ids) };
  const main = all.filter((entry) => !(entry.flags & FLAG.sidechain));
  const seq = messages[0]?.seqs[0];
  if (sides.some((entry) => entry.seq === seq)) {
    return { entries: sides, links: linkSidechains(sides, main, ids) };
  }
  return { entries: main, links: linkEntries(main, ids) };
}

class PathFinder {
  readonly #entries: readonly Entry[];
  readonly #links: Links;
  readonly #names: Names;
  readonly #left: ReadonlySet<number>;
  readonly #places = new Map<number, number>();

  constructor(entries: readonly Entry[], links: Links, names: Names, left: ReadonlySet<number>) {
    this.#entries = entries;
    this.#links = links;
    this.#names = names;
    this.#left = left;
    entries.forEach(({ seq }, index) => this.#places.set(seq, index));
  }

  find(messages: readonly OutlineEntry[]): ForkPath {
    const leaf = this.#leafOf(messages);
    const chosen = new Set<number>();
    for (let at = leaf; at !== NONE; at = this.#links.parents[at] ?? NONE) chosen.add(at);
    this.#addBeside(messages, chosen);
    const kept = [...chosen]
      .filter((index) => !this.#left.has(this.#seqOf(index)))
      .sort((a, b) => this.#rank(a, leaf) - this.#rank(b, leaf));
    const isKept = new Set(kept);
    const records = new Map(
      kept.flatMap((index) => {
        const record = this.#record(index, isKept);
        return this.#seqsOf(index).map((seq) => [seq, record] as const);
      }),
    );
    const ids = new Set([...records.values()].flatMap(({ uuid }) => uuid ?? []));
    return { kept: records, leaf: this.#seqOf(leaf), answered: this.#answered(kept), ids };
  }

  /** The deepest record of the last message that is a link of the chain: what comes next hangs on it. */
  #leafOf(messages: readonly OutlineEntry[]): number {
    let best = NONE;
    let depth = -1;
    for (const message of messages.toReversed()) {
      for (const seq of message.seqs) {
        const index = this.#places.get(seq) ?? NONE;
        if (this.#idOf(index) === undefined || this.#left.has(seq)) continue;
        const own = this.#depthOf(index);
        if (own >= depth) [best, depth] = [index, own];
      }
      // A message without a link (words typed while a tool ran) stands on the one before it.
      if (best !== NONE) return best;
    }
    return best;
  }

  #depthOf(index: number): number {
    let depth = 0;
    for (let at = index; at !== NONE; at = this.#links.parents[at] ?? NONE) depth++;
    return depth;
  }

  /** Lines of the chain's answers that hang aside, results of its calls, words without a link. */
  #addBeside(messages: readonly OutlineEntry[], chosen: Set<number>): void {
    const answers = new Set<number>();
    const beside: number[] = [];
    for (const index of chosen) {
      const { kind, detail } = this.#entries[index] ?? {};
      if (kind === 'assistant' && detail?.messageId !== undefined) answers.add(detail.messageId);
    }
    for (const seq of messages.flatMap(({ seqs }) => seqs)) {
      const index = this.#places.get(seq);
      if (index === undefined || chosen.has(index)) continue;
      const { kind, detail, uuid } = this.#entries[index] ?? {};
      const isOfAnswer = kind === 'assistant' && answers.has(detail?.messageId ?? NONE);
      if (isOfAnswer || (kind === 'queued' && uuid === NONE)) chosen.add(index);
      else if (kind === 'results') beside.push(index);
    }
    const calls = new Set(
      [...chosen].flatMap((index) => this.#entries[index]?.detail?.calls ?? []),
    );
    for (const index of beside) {
      const results = this.#entries[index]?.detail?.results ?? [];
      if (results.some((call) => calls.has(call))) chosen.add(index);
    }
  }

  #answered(kept: readonly number[]): ReadonlySet<string> {
    const details = kept.map((index) => this.#entries[index]?.detail);
    const calls = new Set(details.flatMap((detail) => detail?.calls ?? []));
    const both = details
      .flatMap((detail) => detail?.results ?? [])
      .filter((call) => calls.has(call));
    return new Set(both.flatMap((call) => this.#names.nameOf(call) ?? []));
  }

  #record(index: number, isKept: ReadonlySet<number>): KeptRecord {
    const uuid = this.#idOf(index);
    return {
      ...(uuid !== undefined && { uuid }),
      isNamed: this.#entries[index]?.uuid !== NONE,
      parent: this.#parentOf(index, isKept),
    };
  }

  #idOf(index: number): string | undefined {
    const { uuid = NONE, kind = 'queued', seq = NONE } = this.#entries[index] ?? {};
    if (uuid !== NONE) return this.#names.nameOf(uuid);
    return kind === 'queued' ? undefined : `#${seq}`;
  }

  /** What the record says itself, over what is left out; where it says something lost, as mended. */
  #parentOf(index: number, isKept: ReadonlySet<number>): string | null {
    let at = index;
    for (;;) {
      const entry = this.#entries[at];
      // Without an id a record says nothing of the chain, also not that it begins there.
      if (!entry || (entry.flags & FLAG.root && entry.uuid !== NONE)) return null;
      at = this.#links.parents[at] ?? NONE;
      if (at === NONE) return null;
      const above = this.#idOf(at);
      if (isKept.has(at) && above !== undefined) return above;
    }
  }

  #rank(index: number, leaf: number): number {
    return index === leaf ? Infinity : index;
  }

  #seqOf(index: number): number {
    return this.#entries[index]?.seq ?? NONE;
  }

  #seqsOf(index: number): readonly number[] {
    const also = this.#entries[index]?.also;
    return also === undefined ? [this.#seqOf(index)] : [this.#seqOf(index), also];
  }
}
