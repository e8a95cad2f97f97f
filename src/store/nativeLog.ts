/**
 * Our own records: one JSON line per message that a person or an extension added, or that was merged
 * from another branch, and one for each merge that was taken back. The format is described for
 * outsiders in docs/store-format.md; unknown fields are kept because records are.
 */
import * as v from 'valibot';
import { mergedFrom, type Merged } from '../core/merge.ts';
import {
  isTime,
  MOST_TOKENS,
  textOf,
  type ContentBlock,
  type Message,
  type NewMessage,
} from '../core/message.ts';
import type { OutlineEntry } from '../core/reader.ts';
import { blocksOf } from './nativeBlocks.ts';

export const NATIVE_AGENT = 'multipath';

/** JSON can say numbers that it cannot say back, and times that no calendar has. */
const count = v.pipe(
  v.number(),
  v.minValue(0),
  v.transform((value) => (value <= MOST_TOKENS ? value : 0)),
);
const time = v.pipe(
  v.number(),
  v.transform((value) => (isTime(value) ? value : 0)),
);
const undoneSchema = v.looseObject({ type: v.literal('merge-undone'), merge: v.string() });
const messageSchema = v.looseObject({
  type: v.literal('message'),
  id: v.string(),
  role: v.picklist(['user', 'assistant', 'system']),
  text: v.string(),
  timestamp: time,
  model: v.exactOptional(v.string()),
  provider: v.exactOptional(v.string()),
  tokens: v.exactOptional(
    v.object({
      input: count,
      output: count,
      cacheRead: count,
      cacheWrite: count,
      cacheWrite1h: v.exactOptional(count),
    }),
  ),
  metadata: v.exactOptional(v.record(v.string(), v.unknown())),
});

export interface EncodedMessage {
  readonly bytes: Uint8Array;
  /** The outline entry of the record at `seq`. */
  entryAt(seq: number): OutlineEntry;
}

export function encodeMessage(message: NewMessage, id: string, now: number): EncodedMessage {
  const { role, text, model, provider, tokens, metadata } = message;
  const timestamp = message.timestamp ?? now;
  const optional = {
    ...(model !== undefined && { model }),
    ...(provider !== undefined && { provider }),
    ...(tokens && { tokens }),
  };
  const record = {
    type: 'message',
    id,
    role,
    text,
    timestamp,
    ...optional,
    ...(metadata && { metadata }),
  };
  return {
    bytes: lineOf(record),
    entryAt: (seq) => ({ role, seqs: [seq], nativeId: id, lineageId: id, timestamp, ...optional }),
  };
}

/** A merged message's own usage stays where it was spent, so that sums count it once. */
export function encodeMerged(
  message: Pick<Message, 'role' | 'content' | 'model' | 'provider' | 'timestamp'>,
  merged: Merged,
  id: string,
  now: number,
): EncodedMessage {
  const { role, content, model, provider } = message;
  const timestamp = message.timestamp ?? now;
  const optional = {
    ...(model !== undefined && { model }),
    ...(provider !== undefined && { provider }),
  };
  const record = { type: 'message', id, role, text: textOf(message), timestamp, ...optional };
  const said = { role, nativeId: id, lineageId: id, timestamp, ...optional, ...countsOf(content) };
  return {
    bytes: lineOf({ ...record, content, merged }),
    entryAt: (seq) => ({ ...said, seqs: [seq] }),
  };
}

/** Takes a merge back: its messages are no longer part of the session. */
export function encodeUndone(merge: string, now: number): Uint8Array {
  return lineOf({ type: 'merge-undone', merge, timestamp: now });
}

export interface NativeMessage {
  readonly entry: OutlineEntry;
  readonly merged?: Merged;
}

/** What a log of ours holds, merges that were taken back left out. Never throws on a record. */
export class NativeLogReader {
  readonly #messages: NativeMessage[] = [];
  readonly #undone = new Set<string>();

  add(seq: number, bytes: Uint8Array): void {
    const value = parseRecord(bytes);
    const undone = v.safeParse(undoneSchema, value);
    if (undone.success) this.#undone.add(undone.output.merge);
    const record = messageOf(value);
    if (!record) return;
    const { content, merged } = record;
    const { id, role, timestamp, model, provider, tokens } = record.message;
    const entry = {
      ...{ role, seqs: [seq], nativeId: id, lineageId: id, timestamp },
      ...(model !== undefined && { model }),
      ...(provider !== undefined && { provider }),
      ...(tokens && { tokens }),
      ...(content && countsOf(content)),
    };
    this.#messages.push({ entry, ...(merged && { merged }) });
  }

  finish(): readonly NativeMessage[] {
    return this.#messages.filter(({ merged }) => !merged || !this.#undone.has(merged.merge));
  }
}

interface NativeRecord {
  readonly message: v.InferOutput<typeof messageSchema>;
  /** The two go together: what a merged message shows, and where it came from. */
  readonly content?: readonly ContentBlock[];
  readonly merged?: Merged;
}

/** A stored record as the message it is; `undefined` for what is none. */
export function messageOf(value: unknown): NativeRecord | undefined {
  const parsed = v.safeParse(messageSchema, value);
  if (!parsed.success) return undefined;
  const merged = mergedFrom(parsed.output['merged']);
  if (!merged) return { message: parsed.output };
  return { message: parsed.output, merged, content: blocksOf(parsed.output['content']) };
}

export function parseRecord(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // told apart from a record by the caller
  }
}

function lineOf(record: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(record)}\n`);
}

function countsOf(content: readonly ContentBlock[]): Pick<OutlineEntry, 'tools' | 'errors'> {
  const calls = content.filter((block) => block.type === 'tool');
  const errors = calls.filter((call) => call.result?.isError === true).length;
  return {
    ...(calls.length > 0 && { tools: calls.length }),
    ...(errors > 0 && { errors }),
  };
}
