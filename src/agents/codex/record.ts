/**
 * The shape of Codex's records. Today every line is an envelope `{timestamp, type, payload}`; until
 * mid-2025 the items stood bare on their lines, and the first line was a bare session header.
 */
import { asArray, asObject, asString, objectsIn, timeOf, type JsonObject } from '../json.ts';

export interface CodexRecord {
  /** The envelope's type; `response_item` for bare items. */
  readonly type: string;
  readonly payload: JsonObject;
  /** Milliseconds since the epoch. */
  readonly time?: number;
  /** Position in the thread, in logs that count across files. */
  readonly ordinal?: number;
}

/** Where a record may begin behind a torn one on the same line. */
export const STARTS_RECORD = /\{"timestamp":"|\{"id":"[^"]*","timestamp":/g;

/** `undefined` for objects that are no record of Codex. */
export function recordOf(object: JsonObject): CodexRecord | undefined {
  const time = timeOf(object['timestamp']) ?? timeOf(object['created_at']);
  const ordinal = object['ordinal'];
  const facts = {
    ...(time !== undefined && { time }),
    ...(typeof ordinal === 'number' && Number.isSafeInteger(ordinal) && { ordinal }),
  };
  const type = asString(object['type']);
  const payload = asObject(object['payload']);
  if (payload && type !== undefined) return { type, payload, ...facts };
  if (asString(object['record_type']) !== undefined) return undefined;
  if (type !== undefined || asString(object['role']) !== undefined) {
    return { type: 'response_item', payload: object, ...facts };
  }
  const isHeader = asString(object['id']) !== undefined && time !== undefined;
  return isHeader ? { type: 'session_meta', payload: object, ...facts } : undefined;
}

/** What an item of the conversation is; a message may leave its type out. */
export function itemType(payload: JsonObject): string {
  return asString(payload['type']) ?? (asString(payload['role']) === undefined ? '' : 'message');
}

export interface Parts {
  readonly texts: readonly string[];
  /** Images and other parts that are no text. */
  readonly others: readonly JsonObject[];
}

/** The parts of a message's or a result's content, which may be a string, parts or anything. */
export function partsOf(content: unknown): Parts {
  if (typeof content === 'string') return { texts: [content], others: [] };
  const texts: string[] = [];
  const others: JsonObject[] = [];
  for (const item of asArray(content)) {
    const part = asObject(item);
    const text = typeof item === 'string' ? item : part?.['text'];
    if (typeof text === 'string') texts.push(text);
    else if (part) others.push(part);
  }
  return { texts, others };
}

export function textOfParts(content: unknown): string {
  return partsOf(content).texts.join('\n');
}

/** The content of a message; early writers put the text into `message`. */
export function contentOf(payload: JsonObject): unknown {
  return payload['content'] ?? payload['message'];
}

/** What the model thought, as far as it is readable. */
export function reasoningText(payload: JsonObject): string {
  const said = [
    ...objectsIn(asArray(payload['summary'])),
    ...objectsIn(asArray(payload['content'])),
  ];
  const texts = said.flatMap((part) => asString(part['text']) ?? []);
  return texts.join('\n\n').trim();
}
