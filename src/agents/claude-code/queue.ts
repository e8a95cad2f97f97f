/**
 * Words that a person typed while Claude Code was at work. It notes them in a queue, and versions
 * before it wrote attachments note nowhere else that the model was told of them: they left the queue
 * one by one (`remove`). Words that became a prompt of their own (`dequeue`), went back to the person
 * (`popAll`) or still wait are no part of the conversation. Invariant: what an attachment says is not
 * said a second time.
 */
import { asObject, type JsonObject } from '../json.ts';
import { fingerprint } from '../text.ts';
import { partsOf } from './content.ts';
import type { Entry, EntryReader } from './entry.ts';

type Event = { readonly seq: number } & (
  | { readonly kind: 'enqueue'; readonly words: string; readonly entry?: Entry }
  | { readonly kind: 'dequeue' | 'remove' | 'popAll' }
  /** With the words where it holds any that were queued. */
  | { readonly kind: 'attachment'; readonly words?: string }
);

export class Queue {
  readonly #reader: EntryReader;
  readonly #events: Event[] = [];

  constructor(reader: EntryReader) {
    this.#reader = reader;
  }

  add(seq: number, record: JsonObject): void {
    const event = this.#eventOf(seq, record);
    if (!event) return;
    // Many attachments in a row say no more than one.
    const isMore = event.kind === 'attachment' && event.words === undefined;
    if (!isMore || this.#events.at(-1)?.kind !== 'attachment') this.#events.push(event);
  }

  /** Forgets the records from `seq` on. */
  truncate(seq: number): void {
    while ((this.#events.at(-1)?.seq ?? -1) >= seq) this.#events.pop();
  }

  /** A log's entries with those words among them, each where the model was told of it. */
  among(entries: readonly Entry[]): readonly Entry[] {
    const delivered = this.#delivered();
    if (delivered.length === 0) return entries;
    return [...entries, ...delivered].sort((a, b) => (a.also ?? a.seq) - (b.also ?? b.seq));
  }

  #delivered(): readonly Entry[] {
    const attached = new Set(
      this.#events.flatMap((event) => (event.kind === 'attachment' ? (event.words ?? []) : [])),
    );
    const delivered: Entry[] = [];
    let waiting: { readonly words: string; readonly entry?: Entry }[] = [];
    let writesAttachments = false;
    for (const event of this.#events) {
      if (event.kind === 'enqueue') waiting.push(event);
      else if (event.kind === 'popAll') waiting = [];
      else if (event.kind === 'attachment') writesAttachments = true;
      else {
        const first = waiting.shift();
        if (event.kind === 'dequeue' || writesAttachments) continue;
        if (first?.entry && !attached.has(first.words)) {
          delivered.push({ ...first.entry, also: event.seq });
        }
      }
    }
    return delivered;
  }

  #eventOf(seq: number, record: JsonObject): Event | undefined {
    const { type, operation: kind } = record;
    if (type === 'attachment') {
      const attachment = asObject(record['attachment']);
      const isQueued = attachment?.['type'] === 'queued_command';
      return { seq, kind: type, ...(isQueued && { words: wordsOf(attachment['prompt']) }) };
    }
    if (type !== 'queue-operation') return undefined;
    if (kind === 'enqueue') {
      const entry = this.#reader.queued(seq, record);
      return { seq, kind, words: wordsOf(record['content']), ...(entry && { entry }) };
    }
    return kind === 'dequeue' || kind === 'remove' || kind === 'popAll' ? { seq, kind } : undefined;
  }
}

function wordsOf(content: unknown): string {
  return fingerprint(partsOf(content).texts.join('\n'));
}
