/** The little that lists need of one message of Gemini CLI. Every field may be missing or wrong. */
import type { Role, TokenUsage } from '../../core/message.ts';
import {
  asArray,
  asCount,
  asObject,
  asString,
  objectsIn,
  timeOf,
  type JsonObject,
} from '../json.ts';
import { snippet } from '../text.ts';

export interface MessageFact {
  readonly id?: string;
  readonly role: Role;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
  readonly model?: string;
  readonly tokens?: TokenUsage;
  readonly tools: number;
  readonly errors: number;
  readonly open: boolean;
  /** The first words of a prompt. */
  readonly words?: string;
}

const ROLES: ReadonlyMap<unknown, Role> = new Map([
  ['user', 'user'],
  ['gemini', 'assistant'],
  ['model', 'assistant'],
  ['assistant', 'assistant'],
  ['info', 'system'],
  ['error', 'system'],
  ['warning', 'system'],
] as const);

const WORDS_LENGTH = 120;

/** `undefined` for records that are no message. A type that is not known is an event. */
export function messageOf(record: JsonObject): MessageFact | undefined {
  const type = asString(record['type']);
  const id = asString(record['id']);
  if (type === undefined) return undefined;
  if (id === undefined && record['content'] === undefined && !ROLES.has(type)) return undefined;
  const role = ROLES.get(type) ?? 'system';
  const calls = objectsIn(asArray(record['toolCalls']));
  const timestamp = timeOf(record['timestamp']);
  const model = asString(record['model']);
  const tokens = tokensOf(record['tokens']);
  const words = role === 'user' ? snippet(promptOf(record), WORDS_LENGTH) : '';
  return {
    role,
    tools: calls.length,
    errors: calls.filter((call) => call['status'] === 'error').length,
    open: calls.some(isOpen),
    ...(id !== undefined && { id: ownCopy(id) }),
    ...(timestamp !== undefined && { timestamp }),
    ...(model !== undefined && { model }),
    ...(tokens && { tokens }),
    ...(words !== '' && { words }),
  };
}

/** A prompt as it was typed: without the files that an `@` brought in. */
export function promptOf(record: JsonObject): string {
  const shown = textOf(record['displayContent']);
  return shown === '' ? textOf(record['content']) : shown;
}

/** The text of a string, a part or a list of parts. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return partsOf(content)
    .map((part) =>
      typeof part['text'] === 'string' && part['thought'] !== true ? part['text'] : '',
    )
    .filter((text) => text !== '')
    .join('\n');
}

export function partsOf(content: unknown): readonly JsonObject[] {
  const parts = Array.isArray(content) ? asArray(content) : [content];
  return objectsIn(parts.map((part) => (typeof part === 'string' ? { text: part } : part)));
}

/** A call that still waits for its result or for the person. */
export function isOpen(call: JsonObject): boolean {
  const { status } = call;
  const ended = status === 'success' || status === 'error' || status === 'cancelled';
  return !ended && asArray(call['result']).length === 0;
}

/** Cached tokens are part of `input`, thoughts are not part of `output`. */
function tokensOf(value: unknown): TokenUsage | undefined {
  const usage = asObject(value);
  if (!usage) return undefined;
  const input = asCount(usage['input']);
  const cached = Math.min(input, asCount(usage['cached']));
  return {
    input: input - cached + asCount(usage['tool']),
    output: asCount(usage['output']) + asCount(usage['thoughts']),
    cacheRead: cached,
    cacheWrite: 0,
  };
}

/** A substring would keep its whole record in memory. */
function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
