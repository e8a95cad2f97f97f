/**
 * Turns linked entries into messages: the lines of one answer become one message, tool results go
 * to the call they answer wherever they hang, hidden records drop out and what hangs on them moves
 * up. Invariant: every shown entry is in exactly one group, and a group stands after its parent.
 */
import type { Role } from '../../core/message.ts';
import type { Entry, EntryKind } from './entry.ts';
import type { Break, Links } from './links.ts';

export interface Group {
  readonly role: Role;
  readonly kind: EntryKind;
  /** Rank of the first entry in the links' order: where the message stands. */
  readonly rank: number;
  readonly first: Entry;
  /** In order; folded tool results included. */
  readonly entries: Entry[];
  readonly parent: Group | undefined;
  readonly children: Group[];
  /** What happened between the parent and this message. */
  readonly break?: Break;
  /** The last position in the file of anything in it. */
  lastIndex: number;
  /** Ids of calls that no record answers by itself. */
  open: boolean;
}

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
  /** Per entry: the message it belongs to or hangs below, and a break on the way there. */
  readonly #above: (Group | undefined)[];
  readonly #breaks: (Break | undefined)[];
  readonly #answers = new Map<Group | undefined, Map<string, Group>>();
  readonly #callers = new Map<string, Group[]>();
  readonly #results: PendingResult[] = [];

  constructor(entries: readonly Entry[], links: Links) {
    this.#entries = entries;
    this.#links = links;
    this.#above = new Array<Group | undefined>(entries.length);
    this.#breaks = new Array<Break | undefined>(entries.length);
  }

  place(index: number, rank: number): void {
    const entry = this.#entries[index];
    if (!entry) return;
    const parent = this.#links.parents[index] ?? -1;
    const above = parent === -1 ? undefined : this.#above[parent];
    const broken = this.#links.breaks.get(index) ?? this.#breaks[parent];
    if (entry.kind === 'hidden' || entry.kind === 'results') {
      this.#above[index] = above;
      this.#breaks[index] = broken;
      if (entry.kind === 'results') this.#results.push({ entry, index, rank, above });
      return;
    }
    const group = this.#joined(entry, above) ?? this.#start(entry, rank, above, broken);
    if (group.entries.at(-1) !== entry) group.entries.push(entry);
    group.lastIndex = Math.max(group.lastIndex, index);
    this.#above[index] = group;
    for (const call of entry.detail?.calls ?? []) {
      const callers = this.#callers.get(call);
      if (!callers) this.#callers.set(call, [group]);
      else if (callers.at(-1) !== group) callers.push(group);
    }
  }

  finish(): readonly Group[] {
    const answered = this.#foldResults();
    for (const [call, callers] of this.#callers) {
      if (!answered.has(call)) for (const group of callers) group.open = true;
    }
    return this.#groups.sort((a, b) => a.rank - b.rank);
  }

  /** The message that `entry` goes on with, if it begins none of its own. */
  #joined(entry: Entry, above: Group | undefined): Group | undefined {
    if (entry.kind === 'summary') return above?.kind === 'compaction' ? above : undefined;
    if (entry.subtype === 'api_error') {
      return above?.first.subtype === 'api_error' ? above : undefined;
    }
    const id = entry.kind === 'assistant' ? entry.detail?.messageId : undefined;
    if (id === undefined) return undefined;
    // Words that were typed while the answer ran do not cut it in two.
    let from = above;
    while (from?.kind === 'queued') from = from.parent;
    return from?.first.detail?.messageId === id ? from : this.#answers.get(from)?.get(id);
  }

  #start(entry: Entry, rank: number, parent: Group | undefined, broken: Break | undefined): Group {
    const group: Group = {
      role: roleOf(entry.kind),
      kind: entry.kind,
      rank,
      first: entry,
      entries: [],
      parent,
      children: [],
      ...(broken && parent && { break: broken }),
      lastIndex: -1,
      open: false,
    };
    this.#groups.push(group);
    parent?.children.push(group);
    const id = entry.kind === 'assistant' ? entry.detail?.messageId : undefined;
    if (id !== undefined) {
      const siblings = this.#answers.get(parent);
      if (siblings) siblings.set(id, group);
      else this.#answers.set(parent, new Map([[id, group]]));
    }
    return group;
  }

  /** Returns the calls that have an answer in their own message. */
  #foldResults(): ReadonlySet<string> {
    const answered = new Set<string>();
    for (const { entry, index, rank, above } of this.#results) {
      const owner = this.#ownerOf(entry, rank) ?? this.#orphan(entry, rank, above);
      owner.entries.push(entry);
      owner.lastIndex = Math.max(owner.lastIndex, index);
      for (const result of entry.detail?.results ?? []) answered.add(result.callId);
    }
    return answered;
  }

  /** The last message before the result that makes one of its calls, else the first after it. */
  #ownerOf(result: Entry, rank: number): Group | undefined {
    for (const { callId } of result.detail?.results ?? []) {
      const callers = this.#callers.get(callId);
      if (!callers) continue;
      return callers.findLast((group) => group.rank < rank) ?? callers[0];
    }
    return undefined;
  }

  /** A result whose call is in no record still has to be seen. */
  #orphan(entry: Entry, rank: number, above: Group | undefined): Group {
    return this.#start(entry, rank, above, undefined);
  }
}

function roleOf(kind: EntryKind): Role {
  switch (kind) {
    case 'prompt':
    case 'queued':
    case 'answered':
      return 'user';
    case 'assistant':
    case 'results':
      return 'assistant';
    case 'compaction':
    case 'summary':
    case 'notice':
    case 'hidden':
      return 'system';
  }
}
