/** Damaged logs of Codex and pi: no exception, no record in two messages, and no good line lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Agent } from '../../../src/agents/agent.ts';
import { codex } from '../../../src/agents/codex/index.ts';
import { pi } from '../../../src/agents/pi/index.ts';
import { PAGE_LIMITS, type DerivedLog } from '../../../src/core/reader.ts';
import { recordsOf } from '../../unit/agents/support/agentFiles.ts';
import { odd, often } from './support/odd.ts';
import { checkShape } from './support/shape.ts';

const PATH = '/logs/x.jsonl';
const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const anyId = fc.constantFrom(...ids);
const time = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z');
const words = fc.constantFrom('yes', 'no', '<environment_context>x', '*** Begin Patch\n+a\n-b');

const codexItem = fc.record(
  {
    type: often(
      fc.constantFrom(
        ...['message', 'reasoning', 'function_call', 'function_call_output', 'custom_tool_call'],
        ...['user_message', 'agent_message', 'agent_reasoning', 'token_count', 'task_started'],
        ...['thread_rolled_back', 'context_compacted', 'item_completed', 'turn_aborted', 'error'],
        ...['web_search_call', 'exited_review_mode', 'thread_name_updated', 'tool_result'],
      ),
    ),
    role: often(fc.constantFrom('user', 'assistant', 'developer')),
    content: often(fc.array(fc.record({ type: fc.constant('input_text'), text: words }))),
    message: often(words),
    text: often(words),
    summary: often(fc.array(fc.record({ text: words }))),
    call_id: often(anyId),
    turn_id: often(anyId),
    arguments: often(fc.constantFrom('{"cmd":"ls"}', '{"cmd":', '[1]')),
    input: often(words),
    output: often(fc.constantFrom('Exit code: 1', '{"output":"x","metadata":{"exit_code":2}}')),
    num_turns: often(fc.constantFrom(1, 2, 1e9, -1, 0.5)),
    info: often(fc.record({ total_token_usage: odd, last_token_usage: odd })),
    item: often(fc.record({ type: fc.constant('UserMessage'), content: odd })),
    id: often(anyId),
    forked_from_id: often(anyId),
    history_base: often(fc.record({ thread_id: anyId, end_ordinal_exclusive: odd })),
    source: odd,
    git: odd,
    review_output: odd,
  },
  { requiredKeys: ['type'] },
);
const codexLine = fc.oneof(
  fc.record(
    {
      timestamp: often(time),
      ordinal: odd,
      type: often(
        fc.constantFrom('response_item', 'event_msg', 'session_meta', 'compacted', 'turn_context'),
      ),
      payload: often(codexItem),
    },
    { requiredKeys: ['type', 'payload'] },
  ),
  codexItem,
);

const piBlock = fc.oneof(
  fc.record({ type: fc.constant('text'), text: often(words) }),
  fc.record({ type: fc.constant('toolCall'), id: often(anyId), name: odd, arguments: odd }),
  odd,
);
const piLine = fc.record(
  {
    type: often(
      fc.constantFrom(
        ...['session', 'message', 'message', 'message', 'compaction', 'branch_summary', 'label'],
        ...['model_change', 'session_info', 'custom_message', 'title', 'x'],
      ),
    ),
    id: often(anyId),
    parentId: often(fc.option(anyId)),
    timestamp: often(time),
    summary: often(words),
    name: odd,
    content: odd,
    parentSession: odd,
    message: often(
      fc.record({
        role: often(fc.constantFrom('user', 'assistant', 'toolResult', 'bashExecution', 'custom')),
        content: often(fc.oneof(words, fc.array(piBlock, { maxLength: 3 }))),
        toolCallId: often(anyId),
        usage: often(fc.record({ input: odd, output: odd })),
        isError: odd,
        exitCode: odd,
      }),
    ),
  },
  { requiredKeys: ['type'] },
);

function damaged(value: unknown, kind: string, at: number): Buffer {
  const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
  const place = at % bytes.length;
  if (kind === 'cut') return bytes.subarray(0, place);
  if (kind === 'glue') return bytes.subarray(0, -1);
  if (kind === 'nul') return Buffer.concat([Buffer.alloc(3), bytes]);
  if (kind === 'twice') return Buffer.concat([bytes, bytes]);
  if (kind === 'bytes') return Buffer.concat([Buffer.from([0xff, 0xfe, 0x22]), bytes]);
  if (kind === 'flip') bytes[place] = (bytes[place] ?? 0) ^ (1 << (at % 8));
  return bytes;
}

const damage = fc.constantFrom('none', 'none', 'cut', 'glue', 'flip', 'nul', 'twice', 'bytes');
const fileOf = (line: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> =>
  fc
    .array(fc.tuple(line, damage, fc.nat()), { maxLength: 40 })
    .map((lines) => Buffer.concat(lines.map(([value, kind, at]) => damaged(value, kind, at))));

function derive(agent: Agent, records: readonly Uint8Array[]): DerivedLog {
  const reader = agent.createReader(PATH);
  records.forEach((one, seq) => reader.add(seq, one));
  return reader.finish();
}

describe.each([
  [codex, codexLine],
  [pi, piLine],
] as const)('damaged logs of $label', (agent, line) => {
  it('are read and shown without an exception, every record in one message at most', () => {
    fc.assert(
      fc.property(fileOf(line), (bytes) => {
        const records = recordsOf(agent, PATH, bytes);
        const log = derive(agent, records);
        checkShape(log);
        for (const entry of log.branches.flatMap((branch) => branch.entries)) {
          const own = entry.seqs.map((seq) => records[seq] ?? new Uint8Array());
          JSON.stringify(agent.renderer.render(entry, own, PAGE_LIMITS));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('give the same when they grow record by record, a torn tail read twice', () => {
    fc.assert(
      fc.property(fileOf(line), fc.nat(), (bytes, at) => {
        const records = recordsOf(agent, PATH, bytes);
        const reader = agent.createReader(PATH);
        const stop = records.length === 0 ? 0 : at % records.length;
        records.slice(0, stop).forEach((one, seq) => reader.add(seq, one));
        const torn = records[stop];
        if (torn) reader.add(stop, torn.subarray(0, at % torn.length));
        reader.finish();
        records.slice(stop).forEach((one, index) => reader.add(stop + index, one));
        expect(reader.finish()).toEqual(derive(agent, records));
      }),
    );
  });
});

describe('no line that says something is lost', () => {
  it('of Codex, in whatever order and however often rolled back', () => {
    const good = fc.constantFrom('user', 'assistant', 'reasoning', 'call', 'result', 'rollback');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(good, anyId), { maxLength: 60 }),
        fc.boolean(),
        (kinds, glued) => {
          const lines = kinds.map(([kind, id], index) => {
            const content = [{ type: 'input_text', text: `words ${index}` }];
            const payload =
              kind === 'rollback'
                ? { type: 'thread_rolled_back', num_turns: 1 }
                : kind === 'reasoning'
                  ? { type: 'reasoning', summary: content }
                  : kind === 'call'
                    ? { type: 'function_call', call_id: id, name: 'x', arguments: '{}' }
                    : kind === 'result'
                      ? { type: 'function_call_output', call_id: id, output: 'x' }
                      : { type: 'message', role: kind, content };
            const type = kind === 'rollback' ? 'event_msg' : 'response_item';
            return JSON.stringify({ timestamp: '2026-01-01T00:00:00Z', type, payload });
          });
          const seen = checkShape(
            derive(codex, recordsOf(codex, PATH, Buffer.from(lines.join(glued ? '' : '\n')))),
          );
          const wanted = kinds.flatMap(([kind], seq) => (kind === 'rollback' ? [] : [seq]));
          expect([...seen].sort((a, b) => a - b)).toEqual(wanted);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('of pi, with rings, lost parents, ids used again and disorder', () => {
    const good = fc.record({
      role: fc.constantFrom('user', 'assistant', 'toolResult', 'bashExecution'),
      id: fc.option(anyId, { nil: undefined }),
      parentId: fc.oneof(fc.option(anyId), fc.constant(undefined)),
    });
    fc.assert(
      fc.property(fc.array(good, { maxLength: 60 }), fc.boolean(), (entries, glued) => {
        const lines = entries.map(({ role, id, parentId }, index) =>
          JSON.stringify({
            type: 'message',
            id,
            parentId,
            message: { role, toolCallId: 'none', content: `words ${index}` },
          }),
        );
        const seen = checkShape(
          derive(pi, recordsOf(pi, PATH, Buffer.from(lines.join(glued ? '' : '\n')))),
        );
        expect([...seen].sort((a, b) => a - b)).toEqual(entries.map((_, seq) => seq));
      }),
      { numRuns: 400 },
    );
  });
});
