/**
 * Turns linked entries into messages: the lines of one answer become one message, tool results go
 * to the call they answer wherever they hang, hidden records drop out and what hangs on them moves
 * up. Invariant: every shown entry is in exactly one group, and a group stands after its parent.
 */
import type { Role } from '../../core/message.ts';
import type { Entry, EntryKind } from './entry.ts';
import type { Break, Links } from './links.ts';

export interface Group {
  readonly kind: EntryKind;
  /** Place of the first entry in the links' order: where the message stands. */
  readonly rank: number;
  readonly first: Entry;
  /** In order; folded tool results included. */
  readonly entries: Entry[];
  readonly parent: Group | undefined;
  children: readonly Group[];
  /** What happened between the parent and this message. */
  readonly break: Break | undefined;
  /** The last position in the file of anything in it. */
  lastIndex: number;
  /** True while one of its calls has no result that is a record of its own. */
  open: boolean;
  /** Position among all groups, parents first. */
  index: number;
}

/** How many of a message's children are looked at for one that an answer goes on with. */
const NEAR = 16;
const NOTHING: readonly Group[] = [];

/** Messages in the order they stand in; parents first. */
export function groupEntries(entries: readonly Entry[], links: Links): readonly Group[] {
  const builder = new GroupBuilder(entries, links);
  links.order.forEach((index, rank) => builder.place(index, rank));
  return builder.finish();
}

interface PendingResult {
  readonly entry: Entry;
  readonly index: number;
  readonly rank: number;
  readonly above: Group | undefined;
}

class GroupBuilder {
  readonly #entries: readonly Entry[];
  readonly #links: Links;
  readonly #groups: Group[] = [];
  /** Per entry: the message it belongs to or hangs below. */
  readonly #above: (Group | undefined)[];
  /** For hidden entries: a break on the way from the message above to them. */
  readonly #breaks = new Map<number, Break>();
  /** Per call: the messages that make it, more than one after a compaction that kept some. */
  readonly #callers = new Map<number, Group | Group[]>();
  readonly #results: PendingResult[] = [];

  constructor(entries: readonly Entry[], links: Links) {
    this.#entries = entries;
    this.#links = links;
    this.#above = new Array<Group | undefined>(entries.length);
  }

  place(index: number, rank: number): void {
    const entry = this.#entries[index];
    if (!entry) return;
    const parent = this.#links.parents[index] ?? -1;
    const above = parent === -1 ? undefined : this.#above[parent];
    const broken = this.#links.breaks.get(index) ?? this.#breaks.get(parent);
    if (entry.kind === 'hidden' || entry.kind === 'results') {
      this.#above[index] = above;
      if (broken) this.#breaks.set(index, broken);
      if (entry.kind === 'results') this.#results.push({ entry, index, rank, above });
      return;
    }
    const joined = this.#joined(entry, above);
    const group = joined ?? this.#start(entry, rank, above, broken);
    if (joined) joined.entries.push(entry);
    group.lastIndex = Math.max(group.lastIndex, index);
    this.#above[index] = group;
    for (const call of entry.detail?.calls ?? []) this.#addCaller(call, group);
  }

  finish(): readonly Group[] {
    const answered = this.#foldResults();
    for (const [call, callers] of this.#callers) {
      if (answered.has(call)) continue;
      for (const group of Array.isArray(callers) ? callers : [callers]) group.open = true;
    }
    this.#groups.sort((a, b) => a.rank - b.rank);
    this.#groups.forEach((group, index) => (group.index = index));
    return this.#groups;
  }

  /** The message that `entry` goes on with, if it begins none of its own. */
  #joined(entry: Entry, above: Group | undefined): Group | undefined {
    if (entry.kind === 'summary') return above?.kind === 'compaction' ? above : undefined;
    if (entry.kind === 'retry') return above?.kind === 'retry' ? above : undefined;
    if (entry.kind === 'output') return above?.kind === 'ran' ? above : undefined;
    const id = answerId(entry);
    if (id === undefined) return undefined;
    // Words that were typed while the answer ran do not cut it in two.
    let from = above;
    while (from?.kind === 'queued') from = from.parent;
    if (!from) return undefined;
    if (answerId(from.first) === id) return from;
    return from.children.slice(-NEAR).find((child) => answerId(child.first) === id);
  }

  #start(entry: Entry, rank: number, parent: Group | undefined, broken: Break | undefined): Group {
    const group: Group = {
      kind: entry.kind,
      rank,
      first: entry,
      entries: [entry],
      parent,
      children: NOTHING,
      break: parent && broken,
      lastIndex: -1,
      open: false,
      index: -1,
    };
    this.#groups.push(group);
    if (parent) addChild(parent, group);
    return group;
  }

  #addCaller(call: number, group: Group): void {
    const known = this.#callers.get(call);
    if (!known) this.#callers.set(call, group);
    else if (!Array.isArray(known)) {
      if (known !== group) this.#callers.set(call, [known, group]);
    } else if (known.at(-1) !== group) known.push(group);
  }

  /** Returns the calls that have a result in their own message. */
  #foldResults(): ReadonlySet<number> {
    const answered = new Set<number>();
    for (const { entry, index, rank, above } of this.#results) {
      const owner = this.#ownerOf(entry, rank);
      if (owner) owner.entries.push(entry);
      // A result whose call is in no record still has to be seen.
      const group = owner ?? this.#start(entry, rank, above, undefined);
      group.lastIndex = Math.max(group.lastIndex, index);
      for (const call of entry.detail?.results ?? []) answered.add(call);
    }
    return answered;
  }

  /** The last message before the result that makes one of its calls, else the first after it. */
  #ownerOf(result: Entry, rank: number): Group | undefined {
    for (const call of result.detail?.results ?? []) {
      const callers = this.#callers.get(call);
      if (!callers) continue;
      if (!Array.isArray(callers)) return callers;
      return callers.findLast((group) => group.rank < rank) ?? callers[0];
    }
    return undefined;
  }
}

function answerId(entry: Entry): number | undefined {
  return entry.kind === 'assistant' ? entry.detail?.messageId : undefined;
}

/** Most messages have one child: a list of one costs no growing room. */
function addChild(parent: Group, child: Group): void {
  if (parent.children.length < 2) parent.children = [...parent.children, child];
  // Made by the line above, so it is a list of our own.
  else (parent.children as Group[]).push(child);
}

export function roleOf(kind: EntryKind): Role {
  switch (kind) {
    case 'prompt':
    case 'queued':
    case 'answered':
    case 'ran':
    case 'output':
      return 'user';
    case 'assistant':
    case 'results':
      return 'assistant';
    case 'compaction':
    case 'summary':
    case 'retry':
    case 'notice':
    case 'hidden':
      return 'system';
  }
}
