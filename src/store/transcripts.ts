/**
 * Messages of a session, page by page. Rendered pages in use form the hot tier: an overlay bounded
 * in bytes whose oldest pages go first, and never the only copy of anything. What nobody uses any
 * more is dropped by the decision table (src/store/migration).
 */
import { LRUCache } from 'lru-cache';
import { costOf, type PriceBook } from '../core/cost.ts';
import { MultipathError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import {
  NO_LIMITS,
  PAGE_LIMITS,
  type MessageRenderer,
  type OutlineEntry,
  type RenderedMessage,
  type TextLimits,
} from '../core/reader.ts';
import { number, text, type Database } from './database.ts';
import type { Outlines, PlacedEntry } from './outlines.ts';
import type { Records } from './records.ts';

/** Messages rendered and kept together. */
const PAGE_MESSAGES = 200;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Page {
  readonly revision: string;
  readonly messages: readonly Message[];
}

export interface SessionPosition {
  readonly sessionId: string;
  readonly log: number;
  readonly branch: number;
  readonly inherited: number;
}

export class Transcripts {
  readonly #database: Database;
  readonly #outlines: Outlines;
  readonly #records: Records;
  readonly #renderers: ReadonlyMap<string, MessageRenderer>;
  readonly #prices: PriceBook;
  readonly #hot: LRUCache<string, Page>;
  readonly #hotPages = new Map<string, number>();
  readonly #logs = new Map<number, { readonly id: string; readonly agent: string }>();

  constructor(parts: {
    readonly database: Database;
    readonly outlines: Outlines;
    readonly records: Records;
    readonly renderers: ReadonlyMap<string, MessageRenderer>;
    readonly prices: PriceBook;
    readonly hotBytes: number;
  }) {
    this.#database = parts.database;
    this.#outlines = parts.outlines;
    this.#records = parts.records;
    this.#renderers = parts.renderers;
    this.#prices = parts.prices;
    this.#hot = new LRUCache({
      maxSize: parts.hotBytes,
      sizeCalculation: sizeOf,
      onInsert: (_page, key) => this.#count(key, 1),
      dispose: (_page, key) => this.#count(key, -1),
    });
  }

  /** True while pages of the session are in memory. */
  isHot(sessionId: string): boolean {
    return (this.#hotPages.get(sessionId) ?? 0) > 0;
  }

  hotBytes(): number {
    return this.#hot.calculatedSize;
  }

  /** Sessions with pages in memory. */
  hotIds(): string[] {
    return [...this.#hotPages.keys()];
  }

  /** True while there is room in memory without letting go of anything. */
  hasHotRoom(): boolean {
    return this.#hot.calculatedSize < this.#hot.maxSize / 2;
  }

  /** Drops a session's pages, as when it is archived. */
  cool(sessionId: string): void {
    for (const key of this.#hot.keys()) {
      if (sessionOf(key) === sessionId) this.#hot.delete(key);
    }
  }

  /** Drops all pages, as when what stands on them is another: prices. */
  coolAll(): void {
    this.#hot.clear();
  }

  total({ log, branch }: SessionPosition): number {
    return this.#outlines.length(log, branch);
  }

  /** Messages [start, end), long texts shortened. */
  async read(position: SessionPosition, start: number, end: number): Promise<readonly Message[]> {
    const last = Math.min(end, this.total(position));
    const messages: Message[] = [];
    for (let page = Math.floor(start / PAGE_MESSAGES); page * PAGE_MESSAGES < last; page++) {
      const offset = page * PAGE_MESSAGES;
      const rendered = await this.#page(position, page);
      messages.push(...rendered.slice(Math.max(0, start - offset), last - offset));
    }
    return messages;
  }

  /** One message with nothing shortened. Fails with `bad-request` outside the session. */
  async readWhole(position: SessionPosition, index: number): Promise<Message> {
    const [message] = await this.#render(position, index, index + 1, NO_LIMITS);
    if (!message) {
      throw new MultipathError('bad-request', `There is no message ${index + 1} in this session.`);
    }
    return message;
  }

  async #page(position: SessionPosition, page: number): Promise<readonly Message[]> {
    const revision = this.#revisionOf(position);
    const key = `${position.sessionId}|${page}`;
    const known = this.#hot.get(key);
    if (known?.revision === revision) return known.messages;
    const start = page * PAGE_MESSAGES;
    const messages = await this.#render(position, start, start + PAGE_MESSAGES, PAGE_LIMITS);
    this.#hot.set(key, { revision, messages });
    return messages;
  }

  /** Two pages of one session and one revision hold the same messages. */
  #revisionOf({ log, branch, inherited }: SessionPosition): string {
    return `${this.#outlines.revision(log, branch)}:${inherited}`;
  }

  async #render(
    position: SessionPosition,
    start: number,
    end: number,
    limits: TextLimits,
  ): Promise<readonly Message[]> {
    // Not kept as well: what is made of them is.
    const placed = this.#outlines.entries(position.log, position.branch, start, end, 'pass');
    const records = await this.#recordsOf(placed);
    return placed.map(({ log, entry }, offset) => {
      const of = records.get(log);
      const found = entry.seqs.map((seq) => of?.get(seq) ?? new Uint8Array());
      const { id, agent } = this.#log(log);
      const rendered =
        this.#renderers.get(agent)?.render(entry, found, limits) ?? unknownAgent(agent);
      return this.#message(position, start + offset, id, entry, rendered);
    });
  }

  /** Made member by member, because a page has hundreds and spreading costs more than reading them. */
  #message(
    { sessionId, inherited }: SessionPosition,
    index: number,
    logId: string,
    entry: OutlineEntry,
    { content, metadata }: RenderedMessage,
  ): Message {
    const { seqs, role, nativeId } = entry;
    const seq = seqs.at(-1) ?? 0;
    const message: Mutable<Message> = {
      id: `${logId}:${seqs[0] ?? 0}`,
      sessionId,
      index,
      anchor: nativeId === undefined ? { logId, seq } : { logId, seq, nativeId },
      role,
      // Without the room that it grew into: all of it is kept.
      content: content.slice(),
      inherited: index < inherited,
      metadata,
    };
    if (entry.provider !== undefined) message.provider = entry.provider;
    if (entry.model !== undefined) message.model = entry.model;
    if (entry.timestamp !== undefined) message.timestamp = entry.timestamp;
    if (entry.tokens) message.tokens = entry.tokens;
    const cost = costOf(this.#prices, entry);
    if (cost !== undefined) message.cost = cost;
    return message;
  }

  async #recordsOf(
    placed: readonly PlacedEntry[],
  ): Promise<Map<number, ReadonlyMap<number, Uint8Array>>> {
    const wanted = new Map<number, number[]>();
    for (const { log, entry } of placed) {
      const seqs = wanted.get(log) ?? [];
      seqs.push(...entry.seqs);
      wanted.set(log, seqs);
    }
    const records = new Map<number, ReadonlyMap<number, Uint8Array>>();
    for (const [log, seqs] of wanted) records.set(log, await this.#records.read(log, seqs));
    return records;
  }

  #log(log: number): { readonly id: string; readonly agent: string } {
    let known = this.#logs.get(log);
    if (!known) {
      const row = this.#database.get('SELECT id, agent FROM log WHERE num = ?', [log]);
      known = { id: row ? text(row, 'id') : '', agent: row ? text(row, 'agent') : '' };
      if (row) this.#logs.set(log, known);
    }
    return known;
  }

  #count(key: string, step: 1 | -1): void {
    const id = sessionOf(key);
    const pages = (this.#hotPages.get(id) ?? 0) + step;
    if (pages > 0) this.#hotPages.set(id, pages);
    else this.#hotPages.delete(id);
  }
}

/** Where a session's messages are, by its catalogue row. */
export function positionOf(database: Database, sessionId: string): SessionPosition | undefined {
  const row = database.get('SELECT log, branch, inherited FROM session WHERE id = ?', [sessionId]);
  return (
    row && {
      sessionId,
      log: number(row, 'log'),
      branch: number(row, 'branch'),
      inherited: number(row, 'inherited'),
    }
  );
}

function sessionOf(key: string): string {
  return key.slice(0, key.lastIndexOf('|'));
}

/** Bytes a page takes in memory, roughly: two per character and some per object. */
function sizeOf({ messages }: Page): number {
  let size = 1;
  for (const { content } of messages) {
    size += 400;
    for (const block of content) {
      size += 200;
      if (block.type === 'tool') {
        size += 2 * (block.input.text.length + (block.result?.text.length ?? 0));
      } else if (block.type !== 'attachment') size += 2 * block.text.length;
    }
  }
  return size;
}

function unknownAgent(agent: string): RenderedMessage {
  const text = `This version cannot read messages of "${agent}". They are kept as they are.`;
  return { content: [{ type: 'notice', kind: 'info', text }], metadata: {} };
}
