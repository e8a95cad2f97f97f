/**
 * The little that the derivation needs of one record, so that a log of any size fits in memory:
 * ids, links and what kind of thing it is, never its text. Every field of a record may be missing
 * or of a wrong type; what cannot be understood is hidden, not refused.
 */
import { asArray, asCount, asObject, asString, type JsonObject } from '../json.ts';
import { NO_TOKENS, type TokenUsage } from '../../core/message.ts';
import { blocksOf, contentOf, partsOf } from './content.ts';
import { kindOfText, snippet, withoutWrappers } from './prompt.ts';

/**
 * - `prompt`: a person's words; `queued`: words typed while a tool ran
 * - `results`: nothing but tool results; `answered`: tool results with a person's words beside them
 * - `compaction`: the boundary; `summary`: the text that replaces what came before it
 * - `notice`: shown as an event; `hidden`: kept as a link between others, not shown
 */
export type EntryKind =
  | 'prompt'
  | 'queued'
  | 'results'
  | 'answered'
  | 'assistant'
  | 'compaction'
  | 'summary'
  | 'notice'
  | 'hidden';

export interface ToolOutcome {
  readonly callId: string;
  readonly isError: boolean;
}

/** What shown records carry beside their links. */
export interface EntryDetail {
  readonly messageId?: string;
  readonly model?: string;
  /** Ids of the tools it calls. */
  readonly calls: readonly string[];
  /** Calls that the provider runs and answers by itself. */
  readonly serverCalls: number;
  readonly results: readonly ToolOutcome[];
  readonly usage?: { readonly key: string; readonly tokens: TokenUsage };
  /** The first words of a prompt. */
  readonly words?: string;
  readonly forkedFrom?: { readonly nativeId: string; readonly messageId: string };
}

export interface Entry {
  readonly seq: number;
  readonly kind: EntryKind;
  readonly uuid?: string;
  readonly parentUuid?: string;
  readonly logicalParentUuid?: string;
  /** `link`: another type that stands in chains; `foreign`: a type the official reader skips. */
  readonly role: 'user' | 'assistant' | 'link' | 'foreign';
  /** These three are tested for truth, not for `true`, as the official reader does. */
  readonly isSidechain: boolean;
  readonly isMeta: boolean;
  readonly isTeam: boolean;
  readonly subtype?: string;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
  readonly detail?: EntryDetail;
}

export const CHAIN_TYPES: ReadonlySet<unknown> = new Set([
  'user',
  'assistant',
  'system',
  'attachment',
  'progress',
]);

const NO_RESPONSE = 'No response requested.';
const WORDS_LENGTH = 120;

/** The record as a link of the conversation; `undefined` for records that are none. */
export function entryOf(seq: number, record: JsonObject): Entry | undefined {
  const uuid = asString(record['uuid']);
  const parentUuid = asString(record['parentUuid']);
  const type = record['type'];
  const isChain = CHAIN_TYPES.has(type);
  if (!isChain && (uuid === undefined || parentUuid === undefined)) return undefined;
  const { kind, detail, subtype } = understand(type, record);
  if (uuid === undefined && kind === 'hidden') return undefined;
  const logicalParentUuid = asString(record['logicalParentUuid']);
  const timestamp = timeOf(record['timestamp']);
  return {
    seq,
    kind,
    role: type === 'user' || type === 'assistant' ? type : isChain ? 'link' : 'foreign',
    isSidechain: isTrue(record['isSidechain']),
    isMeta: isTrue(record['isMeta']),
    isTeam: isTrue(record['teamName']),
    ...(uuid !== undefined && { uuid }),
    ...(parentUuid !== undefined && { parentUuid }),
    ...(logicalParentUuid !== undefined && { logicalParentUuid }),
    ...(subtype !== undefined && { subtype }),
    ...(timestamp !== undefined && { timestamp }),
    ...(detail && { detail }),
  };
}

interface Understood {
  readonly kind: EntryKind;
  readonly detail?: EntryDetail;
  readonly subtype?: string;
}

const HIDDEN: Understood = { kind: 'hidden' };

function understand(type: unknown, record: JsonObject): Understood {
  if (type === 'user') return user(record);
  if (type === 'assistant') return assistant(record);
  if (type === 'system') return system(record);
  if (type === 'attachment') return attachment(record);
  return HIDDEN;
}

function user(record: JsonObject): Understood {
  const { texts, results, attachments } = partsOf(contentOf(record));
  const text = withoutWrappers(texts.join('\n'));
  const outcomes = results.flatMap((result): ToolOutcome[] => {
    const callId = asString(result['tool_use_id']);
    return callId === undefined ? [] : [{ callId, isError: result['is_error'] === true }];
  });
  const kind = userKind(record, text, outcomes.length > 0, attachments.length > 0);
  return kind === 'hidden'
    ? HIDDEN
    : { kind, detail: { ...detailOf(record), results: outcomes, ...wordsOf(kind, text) } };
}

function userKind(
  record: JsonObject,
  text: string,
  hasResults: boolean,
  hasAttachments: boolean,
): EntryKind {
  const kind = kindOfText(text);
  const words = kind === 'typed' || (kind === 'empty' && hasAttachments);
  if (hasResults) return words && !isTrue(record['isMeta']) ? 'answered' : 'results';
  if (isTrue(record['isCompactSummary']) || kind === 'summary') return 'summary';
  if (isTrue(record['isMeta'])) return 'hidden';
  if (words) return record['promptSource'] === 'system' ? 'notice' : 'prompt';
  return kind === 'action' ? 'notice' : 'hidden';
}

function assistant(record: JsonObject): Understood {
  const message = asObject(record['message']);
  const blocks = blocksOf(contentOf(record));
  const model = asString(message?.['model']);
  const calls: string[] = [];
  let serverCalls = 0;
  for (const block of blocks) {
    const id = asString(block['id']);
    if (block['type'] === 'tool_use' && id !== undefined) calls.push(id);
    else if (isServerCall(block)) serverCalls++;
  }
  const base = { ...detailOf(record), calls, serverCalls };
  if (isTrue(record['isApiErrorMessage'])) return { kind: 'notice', detail: base };
  if (model === '<synthetic>') {
    const nothing = blocks.every((block) => block['text'] === NO_RESPONSE);
    return nothing ? HIDDEN : { kind: 'notice', detail: base };
  }
  const messageId = asString(message?.['id']);
  return {
    kind: 'assistant',
    detail: {
      ...base,
      ...(model !== undefined && { model }),
      ...(messageId !== undefined && { messageId }),
    },
  };
}

function system(record: JsonObject): Understood {
  const subtype = asString(record['subtype']);
  const detail = detailOf(record);
  if (subtype === 'compact_boundary') return { kind: 'compaction', subtype, detail };
  if (subtype === 'local_command') {
    const shown = kindOfText(withoutWrappers(String(record['content']))) === 'action';
    return shown ? { kind: 'notice', subtype, detail } : HIDDEN;
  }
  const isNotice =
    subtype === 'api_error' ||
    subtype === 'api_refusal' ||
    subtype === 'model_refusal_fallback' ||
    record['level'] === 'error';
  return isNotice ? { kind: 'notice', detail, ...(subtype !== undefined && { subtype }) } : HIDDEN;
}

function attachment(record: JsonObject): Understood {
  const payload = asObject(record['attachment']);
  if (payload?.['type'] !== 'queued_command') return HIDDEN;
  const parts = partsOf(payload['prompt']);
  const text = withoutWrappers(parts.texts.join('\n'));
  const kind = kindOfText(text);
  if (kind !== 'typed' && !(kind === 'empty' && parts.attachments.length > 0)) return HIDDEN;
  return { kind: 'queued', detail: { ...detailOf(record), ...wordsOf('queued', text) } };
}

export function isServerCall(block: JsonObject): boolean {
  return block['type'] === 'server_tool_use' || block['type'] === 'mcp_tool_use';
}

function detailOf(record: JsonObject): EntryDetail {
  const origin = asObject(record['forkedFrom']);
  const nativeId = asString(origin?.['sessionId']);
  const messageId = asString(origin?.['messageUuid']);
  const usage = usageOf(record);
  return {
    calls: [],
    serverCalls: 0,
    results: [],
    ...(usage && { usage }),
    ...(nativeId !== undefined &&
      messageId !== undefined && { forkedFrom: { nativeId, messageId } }),
  };
}

/** The tokens a record reports, under a key that is the same on every line of one API response. */
export function usageOf(record: JsonObject): EntryDetail['usage'] {
  const message = asObject(record['message']);
  const usage = asObject(message?.['usage']);
  if (!message || !usage) return undefined;
  const id = asString(message['id']) ?? asString(record['uuid']);
  return {
    key: id === undefined ? '' : `${id} ${asString(record['requestId']) ?? ''}`,
    tokens: {
      ...NO_TOKENS,
      input: asCount(usage['input_tokens']),
      output: asCount(usage['output_tokens']),
      cacheRead: asCount(usage['cache_read_input_tokens']),
      cacheWrite: asCount(usage['cache_creation_input_tokens']),
    },
  };
}

function wordsOf(kind: EntryKind, text: string): { readonly words?: string } {
  const typed = kind === 'prompt' || kind === 'answered' || kind === 'queued';
  return typed && text !== '' ? { words: snippet(text, WORDS_LENGTH) } : {};
}

/** Milliseconds since the epoch of an ISO 8601 time, `undefined` for anything else. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

/** Truth as the official reader sees it, where an empty list or object counts as false. */
function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return asArray(value).length > 0;
  const object = asObject(value);
  return object ? Object.keys(object).length > 0 : Boolean(value);
}
