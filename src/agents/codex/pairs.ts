/**
 * Codex says most things twice: once for the model and once for what draws the conversation. Finds
 * the pairs, so that each is one message, and the user items that nobody typed, which have none.
 */
import type { Item, ItemKind } from './item.ts';

export interface Pairs {
  /** By place in the list: the place of the item that says the same, for those folded into it. */
  readonly partners: ReadonlyMap<number, number>;
  /** Places of items that are not shown: repetitions, and what Codex told the model by itself. */
  readonly hidden: ReadonlySet<number>;
}

/** Places of what was said since the person's last words. */
interface Segment {
  answers: Map<string, number>;
  said: number[];
  thoughts: number[];
  hasReasoning: boolean;
}

const OF_THE_MODEL: ReadonlySet<ItemKind> = new Set([
  'answer',
  'said',
  'reasoning',
  'thought',
  'call',
  'server-call',
]);

export function pairsOf(items: readonly Item[]): Pairs {
  const pairs = new PairFinder(items);
  items.forEach((item, place) => pairs.take(item, place));
  return pairs.finish();
}

class PairFinder {
  readonly #items: readonly Item[];
  readonly #partners = new Map<number, number>();
  readonly #hidden = new Set<number>();
  /** User items that no event has told of yet, and events whose item is still to come. */
  #users: number[] = [];
  #prompts: number[] = [];
  #segment: Segment = newSegment();

  constructor(items: readonly Item[]) {
    this.#items = items;
  }

  take(item: Item, place: number): void {
    const { kind, text = '' } = item;
    if (OF_THE_MODEL.has(kind)) this.#settle();
    if (kind === 'prompt') this.#prompt(text, place);
    else if (kind === 'user') this.#user(text, place);
    else if (kind === 'answer') this.#segment.answers.set(text, place);
    else if (kind === 'said') this.#segment.said.push(place);
    else if (kind === 'thought') this.#segment.thoughts.push(place);
    else if (kind === 'reasoning') this.#segment.hasReasoning = true;
  }

  finish(): Pairs {
    this.#settle();
    this.#close();
    return { partners: this.#partners, hidden: this.#hidden };
  }

  #prompt(text: string, place: number): void {
    this.#close();
    const same = this.#users.findLast((user) => this.#items[user]?.text === text);
    const partner = same ?? (this.#users.at(-1) === place - 1 ? place - 1 : undefined);
    if (partner === undefined) this.#prompts.push(place);
    else this.#pair(partner, place);
    // What stands before a prompt and is not it was told to the model, not by a person.
    for (const user of this.#users) if (user !== partner) this.#hidden.add(user);
    this.#users = [];
  }

  #user(text: string, place: number): void {
    const same = this.#prompts.find((prompt) => this.#items[prompt]?.text === text);
    const partner = same ?? (this.#prompts.at(-1) === place - 1 ? place - 1 : undefined);
    if (partner === undefined) {
      this.#users.push(place);
      return;
    }
    this.#pair(partner, place);
    this.#prompts = this.#prompts.filter((prompt) => prompt !== partner);
  }

  #pair(first: number, second: number): void {
    this.#partners.set(first, second);
    this.#hidden.add(second);
  }

  /** The model goes on: what no event has told of stands for itself, unless Codex wrote it. */
  #settle(): void {
    const typed = this.#users.filter((user) => !this.#items[user]?.injected);
    for (const user of this.#users) if (!typed.includes(user)) this.#hidden.add(user);
    if (typed.length > 0) this.#close();
    this.#users = [];
    this.#prompts = [];
  }

  /** Events that repeat an answer or reasoning of their segment are not shown. */
  #close(): void {
    const { answers, said, thoughts, hasReasoning } = this.#segment;
    const places = new Set(answers.values());
    for (const place of said) {
      const text = this.#items[place]?.text ?? '';
      if (answers.has(text) || places.has(place + 1) || places.has(place - 1)) {
        this.#hidden.add(place);
      }
    }
    if (hasReasoning) for (const place of thoughts) this.#hidden.add(place);
    this.#segment = newSegment();
  }
}

function newSegment(): Segment {
  return { answers: new Map(), said: [], thoughts: [], hasReasoning: false };
}
