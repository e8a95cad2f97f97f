/**
 * Links pi's entries to a tree of messages: results go to the message of their call, hidden entries
 * drop out and what hangs on them moves up. Every shown entry is in exactly one message, and a
 * message stands after its parent, in whatever order and however damaged the entries come.
 */
import type { OutlineEntry } from '../../core/reader.ts';
import type { TreeNode } from '../branchTree.ts';
import type { Entry } from './entry.ts';

export interface Tree {
  readonly nodes: readonly TreeNode[];
  /** The message that the log goes on from; -1 for none. */
  readonly leaf: number;
  /** Records whose parent is missing or leads back to themselves. */
  readonly lost: readonly number[];
  readonly rings: readonly number[];
}

interface Draft {
  readonly parent: number;
  readonly first: Entry;
  readonly seqs: number[];
  readonly gap: boolean;
  readonly unanswered: Set<string>;
  errors: number;
}

export function treeOf(entries: readonly Entry[]): Tree {
  const builder = new TreeBuilder(entries);
  entries.forEach((_, index) => builder.place(index));
  return builder.finish();
}

class TreeBuilder {
  readonly #entries: readonly Entry[];
  readonly #byId = new Map<string, number>();
  readonly #repeated = new Set<number>();
  readonly #drafts: Draft[] = [];
  /** Per entry: the message it is in or hangs below, -1 for none. */
  readonly #above: Int32Array;
  readonly #placed: Uint8Array;
  readonly #callers = new Map<string, Draft>();
  readonly #results: { readonly entry: Entry; readonly above: number }[] = [];
  readonly #lost: number[] = [];
  readonly #rings: number[] = [];
  #previous = -1;

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
    this.#above = new Int32Array(entries.length).fill(-1);
    this.#placed = new Uint8Array(entries.length);
    entries.forEach((entry, index) => {
      if (entry.id === undefined) return;
      const known = entries[this.#byId.get(entry.id) ?? -1];
      if (!known) this.#byId.set(entry.id, index);
      else if (known.parent === entry.parent && known.lineage === entry.lineage) {
        this.#repeated.add(index);
      }
    });
  }

  /** Places an entry, what it hangs on first: lines may have come into disorder. */
  place(index: number): void {
    const waiting: number[] = [];
    const walked = new Set<number>();
    let at = index;
    while (at !== -1 && this.#placed[at] === 0 && !walked.has(at)) {
      walked.add(at);
      waiting.push(at);
      at = this.#parentOf(at);
    }
    const ring = at !== -1 && this.#placed[at] === 0;
    for (let next = waiting.pop(), first = true; next !== undefined; next = waiting.pop()) {
      this.#put(next, first && ring);
      first = false;
    }
  }

  /** The entry that another hangs on; -1 for none, and for one that is missing. */
  #parentOf(index: number): number {
    const parent = this.#entries[index]?.parent;
    // Without links a log is a line.
    if (parent === undefined) return index - 1;
    const found = parent === null ? -1 : (this.#byId.get(parent) ?? -1);
    return found === index ? -1 : found;
  }

  #put(index: number, isRing: boolean): void {
    const entry = this.#entries[index];
    if (!entry) return;
    this.#placed[index] = 1;
    if (this.#repeated.has(index)) {
      this.#above[index] = this.#above[this.#byId.get(entry.id ?? '') ?? -1] ?? -1;
      return;
    }
    let from = isRing ? -1 : this.#parentOf(index);
    const lost = from === -1 && typeof entry.parent === 'string';
    if (isRing) this.#rings.push(entry.seq);
    else if (lost) this.#lost.push(entry.seq);
    if (from === -1 && (isRing || lost)) from = this.#previous;
    const above = from === -1 ? -1 : (this.#above[from] ?? -1);
    this.#above[index] = this.#take(entry, above, isRing || lost);
    this.#previous = index;
  }

  /** The message that an entry is in, or hangs below where it is in none. */
  #take(entry: Entry, above: number, gap: boolean): number {
    if (entry.kind === 'hidden') return above;
    if (entry.kind === 'result') {
      this.#results.push({ entry, above });
      return above;
    }
    return this.#start(entry, above, gap);
  }

  #start(first: Entry, parent: number, gap: boolean): number {
    const calls = first.kind === 'answer' ? first.calls : [];
    const draft: Draft = {
      parent,
      first,
      seqs: [first.seq],
      gap,
      unanswered: new Set(calls),
      errors: first.kind === 'ran' && first.failed ? 1 : 0,
    };
    for (const call of calls) this.#callers.set(call, draft);
    this.#drafts.push(draft);
    return this.#drafts.length - 1;
  }

  finish(): Tree {
    for (const { entry, above } of this.#results) {
      const [call = ''] = entry.calls;
      // Where the call is lost the result stays with what it follows: it starts no branch.
      const draft = this.#callers.get(call) ?? this.#drafts[above] ?? this.#drafts[0];
      if (!draft) {
        this.#start(entry, -1, false);
        continue;
      }
      draft.seqs.push(entry.seq);
      draft.unanswered.delete(call);
      if (entry.failed) draft.errors++;
    }
    return {
      nodes: this.#drafts.map(nodeOf),
      leaf: this.#above.at(-1) ?? -1,
      lost: this.#lost,
      rings: this.#rings,
    };
  }
}

function nodeOf({ parent, first, seqs, gap, unanswered, errors }: Draft): TreeNode {
  const { kind, id, lineage, time, words, model, provider, tokens, nanoDollars, calls } = first;
  const isUser = kind === 'prompt' || kind === 'ran';
  const tools = kind === 'answer' ? calls.length : kind === 'ran' ? 1 : 0;
  const entry: OutlineEntry = {
    role: isUser ? 'user' : kind === 'note' ? 'system' : 'assistant',
    seqs: seqs.sort((a, b) => a - b),
    nativeId: id ?? lineage,
    lineageId: lineage,
    ...(time !== undefined && { timestamp: time }),
    ...(model !== undefined && { model }),
    ...(provider !== undefined && { provider }),
    ...(tokens && { tokens }),
    ...(nanoDollars !== undefined && { nanoDollars }),
    ...(unanswered.size > 0 && { open: true }),
    ...(tools > 0 && { tools }),
    ...(errors > 0 && { errors }),
    ...(gap && { notice: 'gap' }),
  };
  return { parent, entry, ...(words !== undefined && { words }) };
}
