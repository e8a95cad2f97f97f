/**
 * The little that the derivation needs of one record, so that a log of any size fits in memory:
 * ids as numbers, links and what kind of thing it is, never its text. Every field of a record may
 * be missing or of a wrong type; what cannot be understood is hidden, not refused.
 */
import { asArray, asObject, asString, timeOf, type JsonObject } from '../json.ts';
import { snippet } from '../text.ts';
import { blocksOf, contentOf, partsOf } from './content.ts';
import type { Names } from './names.ts';
import { kindOfText, withoutWrappers } from './prompt.ts';
import type { UsageTable } from './usage.ts';

/**
 * - `prompt`: a person's words; `queued`: words typed while a tool ran
 * - `ran`: a command that the person ran from the prompt; `output`: what it printed
 * - `results`: nothing but tool results; `answered`: tool results with a person's words beside them
 * - `compaction`: the boundary; `summary`: the text that replaces what came before it
 * - `retry`: a failed API call; `notice`: shown as an event too
 * - `hidden`: kept as a link between others, not shown
 */
export type EntryKind =
  | 'prompt'
  | 'queued'
  | 'ran'
  | 'output'
  | 'results'
  | 'answered'
  | 'assistant'
  | 'compaction'
  | 'summary'
  | 'retry'
  | 'notice'
  | 'hidden';

/** What shown records carry beside their links. Ids are numbers of the log's names. */
export interface EntryDetail {
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
  readonly messageId?: number;
  readonly model?: string;
  /** The tools it calls. */
  readonly calls: readonly number[];
  /** Calls that need no result of their own: those the provider runs, or the person ran. */
  readonly serverCalls: number;
  /** The calls it answers. */
  readonly results: readonly number[];
  readonly errors: number;
  /** Number of the API response in the usage table, -1 for none. */
  readonly usage: number;
  readonly logicalParent?: number;
  /** The first words of a prompt. */
  readonly words?: string;
  /** Session and record that this one was copied from. */
  readonly forkedFrom?: { readonly session: number; readonly record: number };
}

export interface Entry {
  readonly seq: number;
  /** Of words from the queue: the record that says that the model was told of them. */
  readonly also?: number;
  readonly kind: EntryKind;
  /** Number of its own id, -1 for none. */
  readonly uuid: number;
  readonly parent: number;
  /** Bits of `FLAG`. */
  readonly flags: number;
  /** Of a sidechain's records: which subagent wrote them, where they say so. */
  readonly agent?: number;
  readonly detail?: EntryDetail;
}

/** Yes or no questions about an entry; the first three are asked as the official reader does. */
export const FLAG = {
  sidechain: 1,
  meta: 2,
  team: 4,
  user: 8,
  assistant: 16,
  /** Of a type the official reader does not know. */
  foreign: 32,
  /** Says that nothing stands before it: a new context, unless it is the first. */
  root: 64,
} as const;

export const CHAIN_TYPES: ReadonlySet<unknown> = new Set([
  'user',
  'assistant',
  'system',
  'attachment',
  'progress',
]);

const NO_RESPONSE = 'No response requested.';
const WORDS_LENGTH = 120;
const NOTHING: readonly never[] = [];
const NONE = -1;

/** While it is made: fields are assigned one by one, because spreading takes its time. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Makes entries of records; ids and tokens are entered into the log's tables. */
export class EntryReader {
  readonly #names: Names;
  readonly #usage: UsageTable;
  /** One string per model instead of one per record. */
  readonly #models = new Map<string, string>();
  #lastUuid: string | undefined;
  #lastNumber = NONE;

  constructor(names: Names, usage: UsageTable) {
    this.#names = names;
    this.#usage = usage;
  }

  /** The record as a link of the conversation; `undefined` for records that are none. */
  read(seq: number, record: JsonObject): Entry | undefined {
    const usage = this.#usage.add(record);
    const { type } = record;
    const isChain = CHAIN_TYPES.has(type);
    const uuid = asString(record['uuid']);
    const parent = asString(record['parentUuid']);
    if (!isChain && (uuid === undefined || parent === undefined)) return undefined;
    const { kind, detail } = this.#understand(type, record, usage);
    if (uuid === undefined && kind === 'hidden') return undefined;
    const flags = flagsOf(record);
    const agent = flags & FLAG.sidechain ? asString(record['agentId']) : undefined;
    const number = this.#names.numberOf(uuid);
    // Most records follow the one before.
    const isNext = parent !== undefined && parent === this.#lastUuid;
    const above = isNext ? this.#lastNumber : this.#names.numberOf(parent);
    // What is there from the start takes less room than what is added.
    const entry: Mutable<Entry> = detail
      ? { seq, kind, uuid: number, parent: above, flags, detail }
      : { seq, kind, uuid: number, parent: above, flags };
    if (agent !== undefined) entry.agent = this.#names.numberOf(agent);
    this.#lastUuid = uuid;
    this.#lastNumber = number;
    return entry;
  }

  #understand(type: unknown, record: JsonObject, usage: number): Understood {
    if (type === 'user') return this.#user(record, usage);
    if (type === 'assistant') return this.#assistant(record, usage);
    if (type === 'system') return this.#system(record, usage);
    if (type === 'attachment') return this.#attachment(record, usage);
    return HIDDEN;
  }

  #user(record: JsonObject, usage: number): Understood {
    const { texts, results, attachments } = partsOf(contentOf(record));
    const text = withoutWrappers(texts.join('\n'));
    const calls = results.flatMap((result) => asString(result['tool_use_id']) ?? []);
    const kind = userKind(record, text, calls.length > 0, attachments.length > 0);
    if (kind === 'hidden') return HIDDEN;
    const detail = this.#detail(record, usage);
    if (calls.length > 0) detail.results = calls.map((id) => this.#names.numberOf(id));
    detail.errors = results.filter((result) => result['is_error'] === true).length;
    if (kind === 'ran') detail.serverCalls = 1;
    return { kind, detail: withWords(detail, kind, text) };
  }

  #assistant(record: JsonObject, usage: number): Understood {
    const message = asObject(record['message']);
    const blocks = blocksOf(contentOf(record));
    const model = asString(message?.['model']);
    if (model === '<synthetic>' && !isTrue(record['isApiErrorMessage'])) {
      if (blocks.every((block) => block['text'] === NO_RESPONSE)) return HIDDEN;
    }
    const calls = blocks.flatMap((block) =>
      block['type'] === 'tool_use' ? (asString(block['id']) ?? []) : [],
    );
    const detail = this.#detail(record, usage);
    if (calls.length > 0) detail.calls = calls.map((id) => this.#names.numberOf(id));
    detail.serverCalls = blocks.filter(isServerCall).length;
    if (model === '<synthetic>' || isTrue(record['isApiErrorMessage'])) {
      return { kind: 'notice', detail };
    }
    const messageId = asString(message?.['id']);
    if (model !== undefined) detail.model = this.#model(model);
    if (messageId !== undefined) detail.messageId = this.#names.numberOf(messageId);
    return { kind: 'assistant', detail };
  }

  #system(record: JsonObject, usage: number): Understood {
    const kind = systemKind(record);
    if (kind === 'hidden') return HIDDEN;
    const logicalParent = asString(record['logicalParentUuid']);
    const detail = this.#detail(record, usage);
    if (logicalParent !== undefined) detail.logicalParent = this.#names.numberOf(logicalParent);
    return { kind, detail };
  }

  #attachment(record: JsonObject, usage: number): Understood {
    const payload = asObject(record['attachment']);
    return payload?.['type'] === 'queued_command'
      ? this.#queued(record, payload['prompt'], usage)
      : HIDDEN;
  }

  /** What a record put into the queue; `undefined` where nobody typed it. */
  queued(seq: number, record: JsonObject): Entry | undefined {
    const { kind, detail } = this.#queued(record, record['content'], NONE);
    return detail && { seq, kind, uuid: NONE, parent: NONE, flags: FLAG.foreign, detail };
  }

  #queued(record: JsonObject, words: unknown, usage: number): Understood {
    const parts = partsOf(words);
    const text = withoutWrappers(parts.texts.join('\n'));
    const kind = kindOfText(text);
    const isTyped = kind === 'typed' || (kind === 'empty' && parts.attachments.length > 0);
    if (!isTyped) return HIDDEN;
    const detail = withWords(this.#detail(record, usage), 'queued', text);
    return { kind: 'queued', detail };
  }

  #detail(record: JsonObject, usage: number): Mutable<EntryDetail> {
    const origin = asObject(record['forkedFrom']);
    const session = asString(origin?.['sessionId']);
    const copied = asString(origin?.['messageUuid']);
    const timestamp = timeOf(record['timestamp']);
    const names = this.#names;
    const detail: Mutable<EntryDetail> = {
      calls: NOTHING,
      serverCalls: 0,
      results: NOTHING,
      errors: 0,
      usage,
    };
    if (timestamp !== undefined) detail.timestamp = timestamp;
    if (session !== undefined && copied !== undefined) {
      detail.forkedFrom = { session: names.numberOf(session), record: names.numberOf(copied) };
    }
    return detail;
  }

  #model(model: string): string {
    const known = this.#models.get(model);
    if (known !== undefined) return known;
    this.#models.set(model, model);
    return model;
  }
}

interface Understood {
  readonly kind: EntryKind;
  readonly detail?: EntryDetail;
}

const HIDDEN: Understood = { kind: 'hidden' };

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
  if (kind === 'ran' || kind === 'output') return kind;
  return kind === 'action' ? 'notice' : 'hidden';
}

function systemKind(record: JsonObject): EntryKind {
  const { subtype } = record;
  if (subtype === 'compact_boundary') return 'compaction';
  if (subtype === 'api_error') return 'retry';
  if (subtype === 'local_command') {
    const text = withoutWrappers(asString(record['content']) ?? '');
    return kindOfText(text) === 'action' ? 'notice' : 'hidden';
  }
  const isNotice =
    subtype === 'api_refusal' ||
    subtype === 'model_refusal_fallback' ||
    record['level'] === 'error';
  return isNotice ? 'notice' : 'hidden';
}

export function isServerCall(block: JsonObject): boolean {
  return block['type'] === 'server_tool_use' || block['type'] === 'mcp_tool_use';
}

function withWords(detail: Mutable<EntryDetail>, kind: EntryKind, text: string): EntryDetail {
  const typed = kind === 'prompt' || kind === 'answered' || kind === 'queued';
  if (typed && text !== '') detail.words = snippet(text, WORDS_LENGTH);
  return detail;
}

function flagsOf(record: JsonObject): number {
  const { type } = record;
  return (
    (isTrue(record['isSidechain']) ? FLAG.sidechain : 0) |
    (isTrue(record['isMeta']) ? FLAG.meta : 0) |
    (isTrue(record['teamName']) ? FLAG.team : 0) |
    (type === 'user' ? FLAG.user : 0) |
    (type === 'assistant' ? FLAG.assistant : 0) |
    (CHAIN_TYPES.has(type) ? 0 : FLAG.foreign) |
    (record['parentUuid'] === null ? FLAG.root : 0)
  );
}

/** Truth as the official reader sees it, where an empty list or object counts as false. */
function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return asArray(value).length > 0;
  const object = asObject(value);
  return object ? Object.keys(object).length > 0 : Boolean(value);
}
