/**
 * Our own records: one JSON line per message that a person or an extension added. The format is
 * described for outsiders in docs/store-format.md; unknown fields are kept because records are.
 */
import * as v from 'valibot';
import type { ContentBlock, NewMessage } from '../core/message.ts';
import type { MessageRenderer, OutlineEntry } from '../core/reader.ts';

export const NATIVE_AGENT = 'multipath';

const count = v.pipe(v.number(), v.minValue(0));
const recordSchema = v.looseObject({
  type: v.literal('message'),
  id: v.string(),
  role: v.picklist(['user', 'assistant', 'system']),
  text: v.string(),
  timestamp: v.number(),
  model: v.exactOptional(v.string()),
  provider: v.exactOptional(v.string()),
  tokens: v.exactOptional(
    v.object({ input: count, output: count, cacheRead: count, cacheWrite: count }),
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
    bytes: new TextEncoder().encode(`${JSON.stringify(record)}\n`),
    entryAt: (seq) => ({ role, seqs: [seq], nativeId: id, lineageId: id, timestamp, ...optional }),
  };
}

/** The outline entry of a stored record; `undefined` for what is no message. */
export function entryOf(bytes: Uint8Array, seq: number): OutlineEntry | undefined {
  const parsed = v.safeParse(recordSchema, parse(new TextDecoder().decode(bytes)));
  if (!parsed.success) return undefined;
  const { id, role, timestamp, model, provider, tokens } = parsed.output;
  return {
    role,
    seqs: [seq],
    nativeId: id,
    lineageId: id,
    timestamp,
    ...(model !== undefined && { model }),
    ...(provider !== undefined && { provider }),
    ...(tokens && { tokens }),
  };
}

export const nativeRenderer: MessageRenderer = {
  render(_entry, records, limits) {
    const content: ContentBlock[] = [];
    let metadata: Readonly<Record<string, unknown>> = {};
    for (const bytes of records) {
      const text = new TextDecoder().decode(bytes);
      const parsed = v.safeParse(recordSchema, parse(text));
      if (!parsed.success) {
        content.push({ type: 'notice', kind: 'error', text: text.slice(0, limits.text) });
        continue;
      }
      const whole = parsed.output.text;
      content.push(
        whole.length > limits.text
          ? { type: 'text', text: whole.slice(0, limits.text), fullLength: whole.length }
          : { type: 'text', text: whole },
      );
      metadata = parsed.output.metadata ?? {};
    }
    return { content, metadata };
  },
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // shown as the notice of the caller
  }
}
