/**
 * The little that the derivation needs of one record, never its text. Every field may be missing or
 * of a wrong type; what cannot be understood is no item, and its record is kept all the same.
 */
import { asArray, asObject, asString, type JsonObject } from '../json.ts';
import { fingerprint, snippet } from '../text.ts';
import { isInjected, promptOf, typedPart } from './prompt.ts';
import { contentOf, itemType, partsOf, reasoningText, type CodexRecord } from './record.ts';
import { failed } from './tools.ts';
import { countOf, type TokenCount } from './usage.ts';

/**
 * - `prompt`: an event that tells what the person sent; `user`: the same for the model, or injected
 * - `said`, `thought`: events that repeat an `answer` or `reasoning`
 * - `call`, `result`: a tool; `server-call`: one that the provider runs and answers by itself
 * - `compacted`: the summary; `compaction`: the event that says it happened
 */
export type ItemKind =
  | 'prompt'
  | 'user'
  | 'answer'
  | 'said'
  | 'reasoning'
  | 'thought'
  | 'call'
  | 'server-call'
  | 'result'
  | 'compacted'
  | 'compaction'
  | 'notice'
  | 'turn'
  | 'rollback'
  | 'tokens';

export interface Item {
  readonly seq: number;
  readonly kind: ItemKind;
  readonly time?: number;
  /** Equal for equal texts. */
  readonly text?: string;
  /** The first words of a prompt. */
  readonly words?: string;
  readonly injected?: boolean;
  /** A call's id; of a call without one, none. */
  readonly call?: string;
  readonly failed?: boolean;
  /** A turn's id and the model that is asked in it. */
  readonly turn?: string;
  readonly model?: string;
  /** User turns that are taken back. */
  readonly turns?: number;
  readonly tokens?: TokenCount;
}

const WORDS_LENGTH = 120;
const NOTICES: ReadonlySet<unknown> = new Set([
  'turn_aborted',
  'error',
  'entered_review_mode',
  'exited_review_mode',
]);

export function itemOf(seq: number, record: CodexRecord): Item | undefined {
  const { type, payload, time } = record;
  const base = { seq, ...(time !== undefined && { time }) };
  if (type === 'response_item') return responseItem(base, payload);
  if (type === 'event_msg') return event(base, payload);
  if (type === 'compacted') return { ...base, kind: 'compacted' };
  if (type === 'turn_context') {
    return { ...base, kind: 'turn', ...turnOf(payload), ...modelOf(payload) };
  }
  return undefined;
}

type Base = Pick<Item, 'seq' | 'time'>;

function responseItem(base: Base, payload: JsonObject): Item | undefined {
  const type = itemType(payload);
  const call = asString(payload['call_id']);
  const called = call === undefined ? {} : { call };
  switch (type) {
    case 'message':
      return message(base, payload);
    case 'reasoning':
      // Without a readable word there is nothing to show; the record is kept for the agent.
      return reasoningText(payload) === '' ? undefined : { ...base, kind: 'reasoning' };
    case 'function_call':
    case 'custom_tool_call':
    case 'local_shell_call':
    case 'tool_call':
      return { ...base, kind: 'call', ...called };
    case 'tool_search_call':
      return {
        ...base,
        kind: call === undefined || isServers(payload) ? 'server-call' : 'call',
        ...called,
      };
    case 'web_search_call':
    case 'image_generation_call':
      return { ...base, kind: 'server-call' };
    case 'function_call_output':
    case 'custom_tool_call_output':
    case 'tool_search_output':
    case 'local_shell_call_output':
    case 'tool_result':
    case 'function_result':
      return { ...base, kind: 'result', ...called, ...(failed(payload) && { failed: true }) };
    case 'agent_message':
      return {
        ...base,
        kind: 'answer',
        text: fingerprint(partsOf(contentOf(payload)).texts.join('\n')),
      };
    default:
      return undefined;
  }
}

function isServers(payload: JsonObject): boolean {
  return payload['execution'] === 'server';
}

function message(base: Base, payload: JsonObject): Item | undefined {
  const { texts, others } = partsOf(contentOf(payload));
  const text = texts.join('\n');
  const role = payload['role'];
  if (role === 'assistant') {
    return text.trim() === '' && others.length === 0
      ? undefined
      : { ...base, kind: 'answer', text: fingerprint(text) };
  }
  if (role !== 'user') return undefined;
  if (text.trim() === '' && others.length === 0) return undefined;
  // Instructions and what the person typed may stand in one item as parts of their own.
  const injected = texts.length > 0 && texts.every(isInjected);
  return {
    ...base,
    kind: 'user',
    text: fingerprint(text),
    words: snippet(typedPart(text), WORDS_LENGTH),
    ...(injected && { injected }),
  };
}

function event(base: Base, payload: JsonObject): Item | undefined {
  const type = payload['type'];
  const prompt = promptOf(payload);
  if (prompt !== undefined) {
    const words = snippet(typedPart(prompt), WORDS_LENGTH);
    return { ...base, kind: 'prompt', text: fingerprint(prompt), words };
  }
  if (NOTICES.has(type)) return { ...base, kind: 'notice' };
  switch (type) {
    case 'agent_message':
      return { ...base, kind: 'said', text: fingerprint(asString(payload['message']) ?? '') };
    case 'agent_reasoning':
    case 'agent_reasoning_raw_content':
      return asString(payload['text']) === undefined ? undefined : { ...base, kind: 'thought' };
    case 'context_compacted':
      return { ...base, kind: 'compaction' };
    case 'task_started':
    case 'turn_started':
      return { ...base, kind: 'turn', ...turnOf(payload) };
    case 'thread_rolled_back': {
      const turns = payload['num_turns'];
      return typeof turns === 'number' && turns >= 1
        ? { ...base, kind: 'rollback', turns }
        : undefined;
    }
    case 'token_count': {
      const tokens = countOf(asObject(payload['info']));
      return tokens && { ...base, kind: 'tokens', tokens };
    }
    default:
      return undefined;
  }
}

function turnOf(payload: JsonObject): { readonly turn?: string } {
  const turn = asString(payload['turn_id']);
  return turn === undefined ? {} : { turn };
}

function modelOf(payload: JsonObject): { readonly model?: string } {
  const model = asString(payload['model']);
  return model === undefined ? {} : { model };
}

/** Images that came with a prompt, as its event tells them. */
export function imagesOf(event: JsonObject): readonly string[] {
  return [...asArray(event['images']), ...asArray(event['local_images'])].filter(
    (image) => typeof image === 'string',
  );
}
