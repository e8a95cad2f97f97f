/**
 * Files of the five agents, whole and then damaged in every way that files are: cut, glued,
 * bit-flipped, reordered, duplicated, cyclic, with huge lines, wrong types, invalid UTF-8, deep
 * nesting and hostile ids. A seed makes the same file every time.
 */
import { expect } from 'vitest';
import type { Agent } from '../../../../src/agents/agent.ts';
import { claudeCode } from '../../../../src/agents/claude-code/index.ts';
import { codex } from '../../../../src/agents/codex/index.ts';
import { gemini } from '../../../../src/agents/gemini/index.ts';
import { pi } from '../../../../src/agents/pi/index.ts';
import { vscodeChat } from '../../../../src/agents/vscode-chat/index.ts';
import { encodeLog } from '../../../../src/store/encodedLog.ts';
import { readBytes } from '../../../unit/agents/support/agentFiles.ts';
import { checkShape } from './shape.ts';

export interface FuzzFormat {
  readonly name: string;
  readonly agent: Agent;
  readonly path: string;
  readonly whole: Buffer;
}

type Json = Readonly<Record<string, unknown>>;
const TIME = '2026-01-01T00:00:00.000Z';

const lines = (...values: readonly unknown[]): Buffer =>
  Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));

function claudeLines(): Json[] {
  const usage = { input_tokens: 3, output_tokens: 5, cache_read_input_tokens: 7 };
  const at = (uuid: string, parentUuid: string | null, type: string, more: Json): Json => ({
    uuid,
    parentUuid,
    type,
    sessionId: 's',
    cwd: '/p',
    timestamp: TIME,
    ...more,
  });
  const said = (content: unknown): Json => ({ message: { role: 'user', content } });
  const answer = (id: string, ...content: unknown[]): Json => ({
    requestId: 'r',
    message: { id, role: 'assistant', model: 'claude-x', content, usage },
  });
  const call = { type: 'tool_use', id: 't', name: 'Bash', input: { command: 'ls' } };
  const result = [{ type: 'tool_result', tool_use_id: 't', content: 'x' }];
  return [
    { type: 'summary', summary: 'before', leafUuid: 'x' },
    at('a', null, 'user', said('one')),
    at('b', 'a', 'assistant', answer('m', { type: 'text', text: 'two' })),
    at('c', 'b', 'assistant', answer('m', call)),
    { type: 'queue-operation', operation: 'enqueue', timestamp: TIME, content: 'and' },
    at('d', 'c', 'user', said(result)),
    { type: 'queue-operation', operation: 'remove', timestamp: TIME },
    at('e', 'b', 'user', said('another way')),
    at('f', 'd', 'system', { subtype: 'compact_boundary', logicalParentUuid: 'd' }),
    at('g', 'f', 'user', { ...said('what was said'), isCompactSummary: true }),
    at('h', 'g', 'attachment', { attachment: { type: 'queued_command', prompt: 'more' } }),
    at('i', 'h', 'assistant', answer('n', { type: 'text', text: 'end' })),
  ];
}

function codexLines(): Json[] {
  const at = (type: string, payload: Json): Json => ({ timestamp: TIME, type, payload });
  const item = (payload: Json): Json => at('response_item', payload);
  const event = (payload: Json): Json => at('event_msg', payload);
  const said = (role: string, text: string): Json =>
    item({ type: 'message', role, content: [{ type: 'input_text', text }] });
  const count = { input_tokens: 9, cached_input_tokens: 4, output_tokens: 2 };
  return [
    at('session_meta', { id: 's', cwd: '/p', git: { branch: 'main' } }),
    event({ type: 'task_started', turn_id: 'one' }),
    at('turn_context', { turn_id: 'one', model: 'gpt' }),
    said('user', 'one'),
    event({ type: 'user_message', message: 'one' }),
    item({ type: 'reasoning', summary: [{ text: 'hm' }] }),
    item({ type: 'function_call', call_id: 'c', name: 'shell', arguments: '{"cmd":"ls"}' }),
    item({ type: 'function_call_output', call_id: 'c', output: 'x' }),
    said('assistant', 'two'),
    event({ type: 'token_count', info: null }),
    event({ type: 'token_count', info: { total_token_usage: count, last_token_usage: count } }),
    event({ type: 'thread_rolled_back', num_turns: 1 }),
    event({ type: 'task_started', turn_id: 'two' }),
    said('user', 'three'),
    at('compacted', { message: 'short' }),
  ];
}

function piLines(): Json[] {
  const at = (id: string, parentId: string | null, message: Json): Json => ({
    type: 'message',
    id,
    parentId,
    timestamp: TIME,
    message,
  });
  const call = { type: 'toolCall', id: 't', name: 'bash', arguments: {} };
  const usage = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 };
  return [
    { type: 'session', version: 3, id: 's', timestamp: TIME, cwd: '/p' },
    at('a', null, { role: 'user', content: 'one' }),
    at('b', 'a', { role: 'assistant', content: [call], model: 'm', provider: 'p', usage }),
    at('c', 'b', { role: 'toolResult', toolCallId: 't', content: [{ type: 'text', text: 'x' }] }),
    at('d', 'a', { role: 'assistant', content: [{ type: 'text', text: 'other' }] }),
    { type: 'compaction', id: 'e', parentId: 'd', summary: 's', firstKeptEntryId: 'a' },
    { type: 'label', id: 'f', parentId: 'e', targetId: 'a', label: 'l' },
    at('g', 'f', { role: 'user', content: 'three' }),
  ];
}

const GEMINI: Json[] = [
  { id: 'a', timestamp: TIME, type: 'user', content: 'one' },
  {
    id: 'b',
    timestamp: TIME,
    type: 'gemini',
    model: 'gemini-x',
    content: [{ text: 'two' }],
    tokens: { input: 9, output: 1, cached: 4, thoughts: 2, tool: 1 },
    toolCalls: [{ id: 't', name: 'x', args: {}, status: 'success', result: [{}] }],
    thoughts: [{ subject: 's', description: 'd' }],
  },
  { id: 'c', timestamp: TIME, type: 'info', content: 'note' },
];
const REQUESTS: Json[] = ['a', 'b'].map((id) => ({
  requestId: id,
  timestamp: 1,
  message: { text: `ask ${id}`, parts: [] },
  modelId: 'copilot/m',
  response: [
    { value: 'answer' },
    { kind: 'toolInvocationSerialized', toolId: 'x', toolCallId: 't', invocationMessage: 'm' },
  ],
  responseId: `r${id}`,
  result: { metadata: { promptTokens: 3, outputTokens: 4 } },
}));
const CHAT = { version: 3, sessionId: 's', creationDate: 1, requests: REQUESTS };
const DOCUMENT = { sessionId: 's', projectHash: 'h', startTime: TIME, messages: GEMINI };

export const FORMATS: readonly FuzzFormat[] = [
  { name: 'Claude Code', agent: claudeCode, path: '/x.jsonl', whole: lines(...claudeLines()) },
  { name: 'Codex', agent: codex, path: '/x.jsonl', whole: lines(...codexLines()) },
  {
    name: 'Codex, early',
    agent: codex,
    path: '/x.jsonl',
    whole: lines(
      { id: 's', timestamp: TIME, instructions: null },
      ...codexLines().flatMap(({ type, payload }) => (type === 'response_item' ? [payload] : [])),
    ),
  },
  {
    name: 'Codex, document',
    agent: codex,
    path: '/rollout-x.json',
    whole: Buffer.from(
      JSON.stringify({
        session: { id: 's', timestamp: TIME, instructions: '' },
        items: codexLines().flatMap(({ type, payload }) =>
          type === 'response_item' ? [payload] : [],
        ),
      }),
    ),
  },
  { name: 'pi', agent: pi, path: '/x.jsonl', whole: lines(...piLines()) },
  {
    name: 'Gemini CLI',
    agent: gemini,
    path: '/x.jsonl',
    whole: lines(
      { sessionId: 's', projectHash: 'h', startTime: TIME },
      ...GEMINI,
      { $rewindTo: 'b' },
      { $set: { messages: GEMINI, summary: 'x' } },
      ...GEMINI,
    ),
  },
  {
    name: 'Gemini CLI, document',
    agent: gemini,
    path: '/x.json',
    whole: Buffer.from(JSON.stringify(DOCUMENT, null, 2)),
  },
  {
    name: 'VS Code chat',
    agent: vscodeChat,
    path: '/x.jsonl',
    whole: lines(
      { kind: 0, v: CHAT },
      { kind: 2, k: ['requests'], v: [REQUESTS[0]] },
      { kind: 1, k: ['requests', 0, 'result'], v: {} },
      { kind: 2, k: ['requests', 0, 'response'], i: 1, v: [{ value: 'more' }] },
      { kind: 3, k: ['requests', 1] },
    ),
  },
  {
    name: 'VS Code chat, document',
    agent: vscodeChat,
    path: '/x.json',
    whole: Buffer.from(JSON.stringify(CHAT, null, 2)),
  },
];

/** Numbers that a seed decides, each from 0 up to a bound. */
type Dice = (below: number) => number;

function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, below);
  };
}

const ID =
  /"(?:uuid|parentUuid|id|parentId|leafUuid|call_id|turn_id|toolCallId|requestId)":\s?"([^"]*)"/g;
const VALUE = /:\s?("(?:[^"\\]|\\.)*"|-?\d+|true|false|null)/g;
const HOSTILE = [
  '__proto__',
  'constructor',
  '',
  '\\u0000',
  '../../x',
  '$(x)`x`',
  '\\ud83d',
  'a\\nb',
];
const WRONG = [
  'null',
  '[]',
  '{}',
  '-1',
  '1e308',
  '""',
  'true',
  '[null]',
  '"x"',
  '99999999999999999999',
];
const DEPTH = 20_000;

const edits: Readonly<Record<string, (bytes: Buffer, dice: Dice) => Buffer>> = {
  cut: (bytes, dice) => bytes.subarray(0, dice(bytes.length + 1)),
  headless: (bytes, dice) => bytes.subarray(dice(bytes.length + 1)),
  hole: (bytes, dice) => {
    const at = dice(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + dice(40))]);
  },
  glue: (bytes, dice) => {
    const ends = [...bytes.keys()].filter((at) => bytes[at] === 10);
    const at = ends[dice(ends.length)] ?? 0;
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
  },
  flip: (bytes, dice) => {
    const copy = Buffer.from(bytes);
    const at = dice(copy.length);
    if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << dice(8));
    return copy;
  },
  reorder: (bytes, dice) => {
    const all = cutLines(bytes);
    for (let at = all.length - 1; at > 0; at--) {
      const other = dice(at + 1);
      [all[at], all[other]] = [all[other] ?? '', all[at] ?? ''];
    }
    return Buffer.from(all.join(''), 'latin1');
  },
  duplicate: (bytes, dice) => {
    const all = cutLines(bytes);
    const one = all[dice(all.length)] ?? '';
    all.splice(dice(all.length + 1), 0, ...Array.from({ length: 1 + dice(3) }, () => one));
    return Buffer.from(all.join(''), 'latin1');
  },
  cycle: (bytes, dice) => {
    const all = [...bytes.toString('latin1').matchAll(ID)].map(([, id]) => id ?? '');
    return replaced(bytes, ID, dice, (found, id) => {
      const other = all[dice(all.length)] ?? '';
      return found.slice(0, found.length - id.length - 1) + `${other}"`;
    });
  },
  hostile: (bytes, dice) =>
    replaced(bytes, ID, dice, (found, id) => {
      const other = HOSTILE[dice(HOSTILE.length)] ?? '';
      return found.slice(0, found.length - id.length - 1) + `${other}"`;
    }),
  type: (bytes, dice) =>
    replaced(bytes, VALUE, dice, () => `:${WRONG[dice(WRONG.length)] ?? 'null'}`),
  huge: (bytes, dice) =>
    dice(20) > 0 ? bytes : replaced(bytes, VALUE, dice, () => `:"${'x'.repeat(200_000)}"`),
  deep: (bytes, dice) =>
    dice(10) > 0
      ? bytes
      : replaced(bytes, VALUE, dice, () => `:${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`),
  utf8: (bytes, dice) => inserted(bytes, dice, [0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
  nul: (bytes, dice) =>
    inserted(
      bytes,
      dice,
      Array.from({ length: 1 + dice(64) }, () => 0),
    ),
  seam: (bytes, dice) => inserted(bytes, dice, [...Buffer.from('}{"type":"user"}{')]),
  windows: (bytes) => Buffer.from(`\ufeff${bytes.toString('latin1').replaceAll('\n', '\r\n')}`),
};
const EDITS = Object.values(edits);

export function damagedFile(format: FuzzFormat, seed: number): Buffer {
  const dice = diceOf(seed);
  let bytes = format.whole;
  for (let left = 1 + dice(4); left > 0; left--)
    bytes = EDITS[dice(EDITS.length)]?.(bytes, dice) ?? bytes;
  return bytes;
}

/** Reads a file as an import does, shows every message, and checks all that must hold. */
export function checkFile({ name, agent, path }: FuzzFormat, bytes: Buffer): void {
  const { log, records, shown } = readBytes(agent, path, bytes);
  expect(Buffer.concat(records).equals(bytes)).toBe(true);
  const inMessages = checkShape(log);
  expect(Math.max(-1, ...inMessages)).toBeLessThan(records.length);
  // Work is bounded: nothing is read into being that no byte of the file stands for.
  expect(records.length).toBeLessThanOrEqual(bytes.length);
  expect(log.problems.length).toBeLessThanOrEqual(records.length + bytes.length);
  for (const entry of log.branches.flatMap(({ entries }) => entries)) JSON.stringify(shown(entry));
  // What goes to the store and over the wire.
  structuredClone(encodeLog(log));
  if (agent.createSplitter === undefined || name === 'Codex') checkLines(bytes, records);
}

/** No good line is lost: each that is whole and by itself is a record. */
function checkLines(bytes: Buffer, records: readonly Uint8Array[]): void {
  const kept = new Set(records.map((record) => Buffer.from(record).toString('latin1')));
  for (const line of cutLines(bytes)) {
    if (line.endsWith('\n') && isObject(line)) expect(kept.has(line)).toBe(true);
  }
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

function cutLines(bytes: Buffer): string[] {
  return bytes.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function replaced(
  bytes: Buffer,
  what: RegExp,
  dice: Dice,
  by: (found: string, group: string) => string,
): Buffer {
  const text = bytes.toString('latin1');
  const found = [...text.matchAll(what)];
  const one = found[dice(found.length)];
  if (!one) return bytes;
  const rest = text.slice(one.index + one[0].length);
  return Buffer.from(text.slice(0, one.index) + by(one[0], one[1] ?? '') + rest, 'latin1');
}

function inserted(bytes: Buffer, dice: Dice, more: readonly number[]): Buffer {
  const at = dice(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(more), bytes.subarray(at)]);
}
