/** Damaged documents and logs of their like: no exception, no message twice, and no good one lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Agent } from '../../../src/agents/agent.ts';
import { gemini } from '../../../src/agents/gemini/index.ts';
import { vscodeChat } from '../../../src/agents/vscode-chat/index.ts';
import { readBytes, recordsOf } from '../../unit/agents/support/agentFiles.ts';
import { odd, often } from './support/odd.ts';
import { checkShape } from './support/shape.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];
const anyId = fc.constantFrom(...ids);

const message = fc.record(
  {
    id: often(anyId),
    type: often(fc.constantFrom('user', 'gemini', 'info', 'x')),
    timestamp: often(fc.constant('2026-01-01T00:00:00Z')),
    content: often(fc.oneof(fc.string(), fc.array(fc.record({ text: often(fc.string()) })))),
    thoughts: odd,
    tokens: often(fc.record({ input: odd, output: odd, cached: odd })),
    toolCalls: often(fc.array(fc.record({ id: odd, args: odd, result: odd, status: odd }))),
  },
  { requiredKeys: ['id'] },
);
const geminiLine = fc.oneof(
  message,
  fc.record({ $rewindTo: often(anyId) }),
  fc.record({ $set: often(fc.record({ messages: often(fc.array(message, { maxLength: 4 })) })) }),
  odd,
);

const part = fc.oneof(
  fc.record({ value: often(fc.string()) }),
  fc.record({
    kind: often(fc.constantFrom('toolInvocationSerialized', 'thinking', 'textEditGroup')),
    toolId: odd,
    toolCallId: odd,
    resultDetails: odd,
    edits: odd,
    value: odd,
  }),
  odd,
);
const request = fc.record(
  {
    requestId: often(anyId),
    message: often(fc.record({ text: often(fc.string()) })),
    response: often(fc.array(part, { maxLength: 3 })),
    result: odd,
    modelState: odd,
  },
  { requiredKeys: [] },
);
const requests = often(fc.array(request, { maxLength: 4 }));
const step = fc.oneof(fc.nat(4), fc.constantFrom('requests', 'response', 'message', '__proto__'));
const operation = fc.oneof(
  fc.record({ kind: fc.constant(0), v: often(fc.record({ requests })) }),
  fc.record({ kind: fc.constant(2), k: fc.constant(['requests']), v: requests, i: odd }),
  fc.record({ kind: fc.constant(2), k: fc.constant(['requests']), i: fc.nat(4), v: requests }),
  fc.record({ kind: fc.nat(4), k: fc.tuple(fc.constant('requests'), fc.nat(4)), v: request }),
  fc.record({
    kind: fc.nat(4),
    k: fc.array(step, { maxLength: 4 }).map((path) => ['requests', ...path]),
    v: fc.oneof(fc.array(part), odd),
    i: odd,
  }),
  odd,
);

const agents: Readonly<Record<'gemini' | 'chat', Agent>> = { gemini, chat: vscodeChat };

interface Case {
  readonly of: keyof typeof agents;
  readonly path: string;
  readonly text: string;
}
const cases: fc.Arbitrary<Case> = fc.oneof(
  fc.tuple(fc.array(message, { maxLength: 8 }), fc.constantFrom(0, 2)).map(([list, indent]) => ({
    of: 'gemini' as const,
    path: '/x.json',
    text: JSON.stringify({ sessionId: 's', messages: list, kind: 'main' }, null, indent),
  })),
  fc.array(geminiLine, { maxLength: 16 }).map((list) => ({
    of: 'gemini' as const,
    path: '/x.jsonl',
    text: list.map((line) => `${JSON.stringify(line)}\n`).join(''),
  })),
  fc.tuple(requests, fc.constantFrom(0, 2)).map(([list, indent]) => ({
    of: 'chat' as const,
    path: '/x.json',
    text: JSON.stringify({ version: 3, requests: list, sessionId: 's' }, null, indent),
  })),
  fc.array(operation, { maxLength: 16 }).map((list) => ({
    of: 'chat' as const,
    path: '/x.jsonl',
    text: list.map((line) => `${JSON.stringify(line)}\n`).join(''),
  })),
);

function damaged(text: string, kind: string, at: number): Buffer {
  const bytes = Buffer.from(text);
  const place = bytes.length === 0 ? 0 : at % bytes.length;
  if (kind === 'cut') return bytes.subarray(0, place);
  if (kind === 'twice') return Buffer.concat([bytes, bytes]);
  if (kind === 'hole') return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 9)]);
  if (kind === 'nul') bytes.subarray(place, place + 7).fill(0);
  if (kind === 'flip' && bytes.length > 0) bytes[place] = (bytes[place] ?? 0) ^ (1 << (at % 8));
  if (kind === 'bytes') bytes.subarray(place, place + 3).fill(0xff);
  return bytes;
}
const damage = fc.constantFrom('none', 'cut', 'twice', 'hole', 'nul', 'flip', 'bytes');

describe('damaged documents', () => {
  it('are read and shown without an exception, every record in one message at most', () => {
    fc.assert(
      fc.property(cases, damage, fc.nat(), ({ of, path, text }, kind, at) => {
        const agent = agents[of];
        const bytes = damaged(text, kind, at);
        const { log, records, shown } = readBytes(agent, path, bytes);
        expect(Buffer.concat(records).equals(bytes)).toBe(true);
        checkShape(log);
        for (const entry of log.branches.flatMap(({ entries }) => entries)) {
          JSON.stringify(shown(entry));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('give the same however they are cut into chunks, and when they grow record by record', () => {
    fc.assert(
      fc.property(
        cases,
        damage,
        fc.nat(),
        fc.integer({ min: 1, max: 40 }),
        ({ of, path, text }, kind, at, chunk) => {
          const agent = agents[of];
          const bytes = damaged(text, kind, at);
          const { log, records } = readBytes(agent, path, bytes);
          const copies = records.map((record) => Buffer.from(record));
          expect(recordsOf(agent, path, bytes, chunk).map((one) => Buffer.from(one))).toEqual(
            copies,
          );
          const reader = agent.createReader(path);
          const stop = records.length === 0 ? 0 : at % records.length;
          records.slice(0, stop).forEach((record, seq) => {
            reader.add(seq, record);
          });
          reader.finish();
          // What is given again takes the place of what was read of it.
          const again = Math.max(0, stop - 1);
          records.slice(again).forEach((record, index) => {
            reader.add(again + index, record);
          });
          expect(reader.finish()).toEqual(log);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lose no message but the damaged one where lines are indented', () => {
    const words = fc.array(fc.constantFrom('yes', 'no "quoted"', '{', '[]', ''), {
      minLength: 3,
      maxLength: 9,
    });
    fc.assert(
      fc.property(
        words,
        fc.nat(),
        fc.constantFrom('"', '{', '}', ',', '\\'),
        (texts, at, wrong) => {
          const messages = texts.map((content, index) => ({
            id: `m${index}`,
            type: 'user',
            content,
          }));
          const text = JSON.stringify({ sessionId: 's', messages }, null, 2);
          const hurt = at % texts.length;
          const place = text.indexOf(`"m${hurt}"`) + 2;
          const bytes = Buffer.from(text.slice(0, place) + wrong + text.slice(place + 1));
          const { log } = readBytes(gemini, '/x.json', bytes);
          const found = log.branches.flatMap(({ entries }) =>
            entries.map((entry) => entry.nativeId),
          );
          const good = messages.map(({ id }) => id).filter((_, index) => index !== hurt);
          expect(found).toEqual(expect.arrayContaining(good));
        },
      ),
      { numRuns: 200 },
    );
  });
});
