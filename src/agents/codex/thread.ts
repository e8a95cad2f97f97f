/**
 * Folds a thread's items into messages: what the model said up to the results it asked for is one
 * message, results go to the message of their call, and a rollback leaves what it takes back as a
 * branch of its own. Invariant: an item is in at most one message, and a message stands after its
 * parent.
 */
import { addTokens, type TokenUsage } from '../../core/message.ts';
import type { OutlineEntry } from '../../core/reader.ts';
import type { TreeNode } from '../branchTree.ts';
import type { Item } from './item.ts';
import { pairsOf } from './pairs.ts';
import { TokenMeter } from './usage.ts';

export interface Thread {
  readonly nodes: readonly TreeNode[];
  /** The node the thread goes on from; -1 where all was taken back. */
  readonly leaf: number;
  /** User turns taken back that stand before this file, in the thread it was forked from. */
  readonly turnsBefore: number;
}

export interface ThreadContext {
  /** What messages outside any turn are named after: the thread that was written first. */
  readonly scope: string;
  readonly provider?: string;
}

interface Draft {
  readonly parent: number;
  readonly role: OutlineEntry['role'];
  readonly kind: 'prompt' | 'answer' | 'notice' | 'compacted' | 'compaction';
  readonly nativeId: string;
  readonly seqs: number[];
  readonly time?: number;
  readonly words?: string;
  readonly model?: string;
  tokens?: TokenUsage;
  tools: number;
  errors: number;
  /** True once a result of its calls, or anything else, came after what the model said. */
  closed: boolean;
  readonly unanswered: Set<string>;
}

export function foldThread(items: readonly Item[], context: ThreadContext): Thread {
  const folder = new ThreadFolder(items, context);
  items.forEach((item, place) => folder.take(item, place));
  return folder.finish();
}

class ThreadFolder {
  readonly #items: readonly Item[];
  readonly #context: ThreadContext;
  readonly #pairs;
  readonly #drafts: Draft[] = [];
  /** Nodes from the beginning to the live end. */
  #path: number[] = [];
  readonly #callers = new Map<string, Draft>();
  readonly #counts = new Map<string, number>();
  readonly #meter = new TokenMeter();
  #turn: string | undefined;
  #model: string | undefined;
  #turnsBefore = 0;
  /** Tokens counted before there was a message to count them to. */
  #spare: TokenUsage | undefined;

  constructor(items: readonly Item[], context: ThreadContext) {
    this.#items = items;
    this.#context = context;
    this.#pairs = pairsOf(items);
  }

  take(item: Item, place: number): void {
    if (this.#pairs.hidden.has(place)) return;
    switch (item.kind) {
      case 'prompt':
      case 'user':
        this.#prompt(item, place);
        return;
      case 'answer':
      case 'said':
      case 'reasoning':
      case 'thought':
        this.#answer(item).seqs.push(item.seq);
        return;
      case 'call':
      case 'server-call':
        this.#call(item);
        return;
      case 'result':
        this.#result(item);
        return;
      case 'compacted':
      case 'compaction':
        this.#compaction(item);
        return;
      case 'notice':
        this.#start(item, 'notice').seqs.push(item.seq);
        return;
      case 'turn':
        this.#enterTurn(item);
        return;
      case 'rollback':
        this.#rollBack(item.turns ?? 0);
        return;
      case 'tokens':
        this.#count(item);
    }
  }

  finish(): Thread {
    return {
      nodes: this.#drafts.map((draft) => this.#node(draft)),
      leaf: this.#path.at(-1) ?? -1,
      turnsBefore: this.#turnsBefore,
    };
  }

  #node(draft: Draft): TreeNode {
    const { role, seqs, nativeId, time, model, tokens, tools, errors, parent, words } = draft;
    const { provider } = this.#context;
    const entry: OutlineEntry = {
      role,
      seqs: seqs.sort((a, b) => a - b),
      nativeId,
      lineageId: nativeId,
      ...(time !== undefined && { timestamp: time }),
      ...(model !== undefined && { model }),
      ...(role === 'assistant' && provider !== undefined && { provider }),
      ...(tokens && { tokens }),
      ...(draft.unanswered.size > 0 && { open: true }),
      ...(tools > 0 && { tools }),
      ...(errors > 0 && { errors }),
    };
    return { parent, entry, ...(words !== undefined && { words }) };
  }

  #start(item: Item, kind: Draft['kind']): Draft {
    const role = kind === 'prompt' ? 'user' : kind === 'answer' ? 'assistant' : 'system';
    const model = role === 'assistant' ? this.#model : undefined;
    const draft: Draft = {
      parent: this.#path.at(-1) ?? -1,
      role,
      kind,
      nativeId: this.#name(item, role),
      seqs: [],
      ...(item.time !== undefined && { time: item.time }),
      ...(kind === 'prompt' && item.words !== undefined && { words: item.words }),
      ...(model !== undefined && { model }),
      tools: 0,
      errors: 0,
      closed: false,
      unanswered: new Set(),
    };
    if (this.#spare) draft.tokens = this.#spare;
    this.#spare = undefined;
    this.#path.push(this.#drafts.length);
    this.#drafts.push(draft);
    return draft;
  }

  /**
   * The same in every copy of the thread: copies keep turns' ids and what was said, but not times.
   * Without turns, what a copy goes on with must not be taken for what its source went on with.
   */
  #name(item: Item, role: OutlineEntry['role']): string {
    const scope = this.#turn ?? this.#context.scope;
    const count = this.#counts.get(scope) ?? 0;
    this.#counts.set(scope, count + 1);
    const said = this.#turn === undefined ? `:${item.text ?? item.call ?? ''}` : '';
    return `${scope}:${role[0] ?? ''}${count}${said}`;
  }

  #last(): Draft | undefined {
    return this.#drafts[this.#path.at(-1) ?? -1];
  }

  #prompt(item: Item, place: number): void {
    const draft = this.#start(item, 'prompt');
    draft.seqs.push(item.seq);
    const partner = this.#items[this.#pairs.partners.get(place) ?? -1];
    if (partner) draft.seqs.push(partner.seq);
  }

  /** The message that the model is saying, a new one where none is under way. */
  #answer(item: Item): Draft {
    const last = this.#last();
    return last?.kind === 'answer' && !last.closed ? last : this.#start(item, 'answer');
  }

  #call(item: Item): void {
    const draft = this.#answer(item);
    draft.seqs.push(item.seq);
    draft.tools++;
    if (item.kind === 'server-call') return;
    const id = item.call ?? `#${item.seq}`;
    draft.unanswered.add(id);
    this.#callers.set(id, draft);
  }

  #result(item: Item): void {
    const id = item.call ?? this.#unnamedCall();
    const last = this.#last();
    const draft =
      (id === undefined ? undefined : this.#callers.get(id)) ??
      (last?.kind === 'answer' ? last : this.#start(item, 'answer'));
    draft.seqs.push(item.seq);
    draft.closed = true;
    if (item.failed) draft.errors++;
    if (id !== undefined) draft.unanswered.delete(id);
  }

  /** The first unanswered call without an id: early writers put results in the calls' order. */
  #unnamedCall(): string | undefined {
    for (const [id, draft] of this.#callers) {
      if (id.startsWith('#') && draft.unanswered.has(id)) return id;
    }
    return undefined;
  }

  /** The summary and the event that tells of it are one message. */
  #compaction(item: Item): void {
    const last = this.#last();
    const other = item.kind === 'compacted' ? 'compaction' : 'compacted';
    const draft =
      last?.kind === other && last.seqs.length === 1
        ? last
        : this.#start(item, item.kind === 'compacted' ? 'compacted' : 'compaction');
    draft.seqs.push(item.seq);
  }

  #enterTurn({ turn, model }: Item): void {
    this.#model = model ?? this.#model;
    if (turn === undefined || turn === this.#turn) return;
    this.#turn = turn;
    const last = this.#last();
    if (last) last.closed = true;
  }

  #rollBack(turns: number): void {
    let left = turns;
    while (left > 0 && this.#path.length > 0) {
      if (this.#last()?.kind === 'prompt') left--;
      this.#path.pop();
    }
    this.#turnsBefore += left;
  }

  #count({ tokens }: Item): void {
    const added = tokens && this.#meter.add(tokens);
    if (!added) return;
    const place = this.#path.findLast((index) => this.#drafts[index]?.kind === 'answer');
    const draft = this.#drafts[place ?? -1] ?? this.#last();
    if (draft) draft.tokens = draft.tokens ? addTokens(draft.tokens, added) : added;
    else this.#spare = this.#spare ? addTokens(this.#spare, added) : added;
  }
}
