/**
 * The little that the derivation needs of one entry of pi's log: its link and what kind of thing it
 * is, never its text. Every field may be missing or of a wrong type.
 */
import type { TokenUsage } from '../../core/message.ts';
import {
  asArray,
  asCount,
  asObject,
  asString,
  objectsIn,
  timeOf,
  type JsonObject,
} from '../json.ts';
import { fingerprint, snippet } from '../text.ts';

/**
 * - `ran`: a command that the person ran from the prompt
 * - `result`: of a tool call; folded into the message of the call
 * - `note`: a summary of what was left out or behind, or words of an extension
 * - `hidden`: a link between others (models, labels, names), not shown
 */
export type EntryKind = 'prompt' | 'ran' | 'answer' | 'result' | 'note' | 'hidden';

export interface Entry {
  readonly seq: number;
  readonly kind: EntryKind;
  readonly id?: string;
  /** `null` for one that begins the tree; absent in old logs, which have no links. */
  readonly parent?: string | null;
  /** Milliseconds since the epoch. */
  readonly time?: number;
  /** The same in every copy of the entry, whatever version of pi wrote it. */
  readonly lineage: string;
  readonly words?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly tokens?: TokenUsage;
  /** Its cost as pi worked it out, in billionths of a US dollar. */
  readonly nanoDollars?: number;
  /** Tools it calls, or the one call it answers. */
  readonly calls: readonly string[];
  readonly failed?: boolean;
}

/** Where a record may begin behind a torn one on the same line. */
export const STARTS_RECORD =
  /\{"type":"(?:session|message|model_change|thinking_level_change|compaction|branch_summary|label|session_info|custom|custom_message)",/g;

const WORDS_LENGTH = 120;
const NO_CALLS: readonly string[] = [];
/** Roles and types that stand for something an extension or pi itself says. */
const NOTES: ReadonlySet<unknown> = new Set(['branchSummary', 'compactionSummary']);
const EXTENSION: ReadonlySet<unknown> = new Set(['custom', 'hookMessage', 'custom_message']);

/** `undefined` for records that are no part of the tree: headers and what is no entry at all. */
export function entryOf(seq: number, record: JsonObject): Entry | undefined {
  const type = asString(record['type']);
  if (type === undefined || type === 'session' || type === 'title') return undefined;
  const message = type === 'message' ? asObject(record['message']) : undefined;
  const role = asString(message?.['role']);
  const kind = kindOf(type, role, message ?? record);
  const time = timeOf(record['timestamp']);
  const id = asString(record['id']);
  const text = textOf(message?.['content']);
  const calls =
    kind === 'answer' ? callsOf(message) : kind === 'result' ? answered(message) : NO_CALLS;
  const said = fingerprint([text, ...calls].join('\n'));
  return {
    seq,
    kind,
    ...(id !== undefined && { id }),
    ...parentOf(record['parentId']),
    ...(time !== undefined && { time }),
    lineage: `${asString(record['timestamp']) ?? ''}/${role ?? type}/${said}`,
    ...(kind === 'prompt' && text.trim() !== '' && { words: snippet(text, WORDS_LENGTH) }),
    ...(kind === 'answer' && answerFacts(message)),
    calls,
    ...((message?.['isError'] === true || exitCodeOf(message) !== 0) && { failed: true }),
  };
}

function kindOf(type: string, role: string | undefined, said: JsonObject): EntryKind {
  if (type === 'compaction' || type === 'branch_summary') return 'note';
  if (EXTENSION.has(role) || type === 'custom_message') {
    return said['display'] === false ? 'hidden' : 'note';
  }
  if (NOTES.has(role)) return 'note';
  if (role === 'user') return 'prompt';
  if (role === 'assistant') return 'answer';
  if (role === 'toolResult') return 'result';
  return role === 'bashExecution' ? 'ran' : 'hidden';
}

function parentOf(parent: unknown): { readonly parent?: string | null } {
  if (parent === null) return { parent };
  return typeof parent === 'string' ? { parent } : {};
}

function answerFacts(
  message: JsonObject | undefined,
): Pick<Entry, 'model' | 'provider' | 'tokens' | 'nanoDollars'> {
  const model = asString(message?.['model']);
  const provider = asString(message?.['provider']);
  const usage = asObject(message?.['usage']);
  const tokens: TokenUsage | undefined = usage && {
    input: asCount(usage['input']),
    output: asCount(usage['output']),
    cacheRead: asCount(usage['cacheRead']),
    cacheWrite: asCount(usage['cacheWrite']),
  };
  const any = tokens && Object.values(tokens).some((count) => count > 0);
  // A model that nobody gave a price stands there with 0: that is no price.
  const total = asObject(usage?.['cost'])?.['total'];
  const nanoDollars = typeof total === 'number' ? Math.round(total * 1e9) : 0;
  return {
    ...(model !== undefined && { model }),
    ...(provider !== undefined && { provider }),
    ...(any && { tokens }),
    ...(any && nanoDollars > 0 && Number.isSafeInteger(nanoDollars) && { nanoDollars }),
  };
}

/** Blocks of a content; a plain string counts as one text block. */
export function blocksOf(content: unknown): readonly JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return objectsIn(asArray(content));
}

export function textOf(content: unknown): string {
  return blocksOf(content)
    .flatMap((block) => (block['type'] === 'text' ? (asString(block['text']) ?? []) : []))
    .join('\n');
}

function callsOf(message: JsonObject | undefined): readonly string[] {
  const calls = blocksOf(message?.['content']).flatMap((block) =>
    block['type'] === 'toolCall' ? (asString(block['id']) ?? []) : [],
  );
  return calls.length === 0 ? NO_CALLS : calls;
}

function answered(message: JsonObject | undefined): readonly string[] {
  const call = asString(message?.['toolCallId']);
  return call === undefined ? NO_CALLS : [call];
}

/** Of a command that the person ran; 0 for everything else. */
export function exitCodeOf(message: JsonObject | undefined): number {
  const code = message?.['role'] === 'bashExecution' ? message['exitCode'] : 0;
  return typeof code === 'number' ? code : 0;
}
