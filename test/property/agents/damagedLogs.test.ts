/** Damaged logs: no exception, no message twice, and no good line lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderer } from '../../../src/agents/claude-code/render.ts';
import { ClaudeCodeReader } from '../../../src/agents/claude-code/reader.ts';
import { RecordSplitter } from '../../../src/agents/jsonl.ts';
import { PAGE_LIMITS, type DerivedLog } from '../../../src/core/reader.ts';
import { odd, often } from './support/odd.ts';
import { checkShape } from './support/shape.ts';

const ids = Array.from({ length: 12 }, (_, index) => `id${index}`);
const anyId = fc.constantFrom(...ids);

const block = fc.oneof(
  fc.record({ type: fc.constant('text'), text: often(fc.string()) }),
  fc.record({ type: fc.constant('tool_use'), id: anyId, name: often(fc.string()), input: odd }),
  fc.record({ type: fc.constant('tool_result'), tool_use_id: anyId, content: odd }),
  odd,
);

const record = fc.record(
  {
    type: often(
      fc.constantFrom('user', 'assistant', 'system', 'attachment', 'queue-operation', 'x'),
    ),
    operation: often(fc.constantFrom('enqueue', 'enqueue', 'dequeue', 'remove', 'popAll')),
    content: odd,
    uuid: often(anyId),
    parentUuid: often(fc.option(anyId)),
    logicalParentUuid: often(anyId),
    subtype: often(fc.constantFrom('compact_boundary', 'api_error', 'local_command')),
    timestamp: often(fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z')),
    isSidechain: often(fc.boolean()),
    isMeta: often(fc.boolean()),
    isCompactSummary: odd,
    forkedFrom: odd,
    attachment: fc.record({ type: fc.constant('queued_command'), prompt: odd }),
    message: often(
      fc.record({
        id: often(anyId),
        model: often(fc.constantFrom('claude-x', '<synthetic>')),
        content: often(fc.oneof(fc.string(), fc.array(block, { maxLength: 3 }))),
        usage: odd,
      }),
    ),
  },
  { requiredKeys: ['type'] },
);

const damage = fc.constantFrom('none', 'cut', 'glue', 'flip', 'nul');
const line = fc.tuple(record, damage, fc.nat());
const file = fc
  .array(line, { maxLength: 40 })
  .map((lines) => Buffer.concat(lines.map(([value, kind, at]) => damaged(value, kind, at))));

function damaged(value: unknown, kind: string, at: number): Buffer {
  const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
  const place = at % bytes.length;
  if (kind === 'cut') return bytes.subarray(0, place);
  if (kind === 'glue') return bytes.subarray(0, -1);
  if (kind === 'nul') return Buffer.concat([Buffer.alloc(3), bytes]);
  if (kind === 'flip') bytes[place] = (bytes[place] ?? 0) ^ (1 << (at % 8));
  return bytes;
}

function recordsOf(bytes: Uint8Array): Uint8Array[] {
  const splitter = new RecordSplitter();
  return [...splitter.push(bytes), ...splitter.end()];
}

function derive(records: readonly Uint8Array[]): DerivedLog {
  const reader = new ClaudeCodeReader('/logs/x.jsonl');
  records.forEach((one, seq) => reader.add(seq, one));
  reader.activeBranch();
  reader.officialTitle();
  return reader.finish();
}

describe('damaged logs', () => {
  it('are read and shown without an exception, every record in one message at most', () => {
    fc.assert(
      fc.property(file, (bytes) => {
        const records = recordsOf(bytes);
        const log = derive(records);
        checkShape(log);
        for (const { entries } of log.branches) {
          for (const entry of entries) {
            const own = entry.seqs.map((seq) => records[seq] ?? new Uint8Array());
            JSON.stringify(renderer.render(entry, own, PAGE_LIMITS));
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('give the same when they grow record by record', () => {
    fc.assert(
      fc.property(file, fc.nat(), (bytes, at) => {
        const records = recordsOf(bytes);
        const reader = new ClaudeCodeReader('/logs/x.jsonl');
        const stop = records.length === 0 ? 0 : at % records.length;
        records.slice(0, stop).forEach((one, seq) => reader.add(seq, one));
        reader.finish();
        records.slice(stop).forEach((one, index) => reader.add(stop + index, one));
        expect(reader.finish()).toEqual(derive(records));
      }),
    );
  });

  it('lose no line that says something', () => {
    // Good records whose links are as bad as can be: rings, lost parents, ids used again, disorder.
    const good = fc.record({
      type: fc.constantFrom('user', 'assistant'),
      parentUuid: fc.option(anyId),
      words: fc.constantFrom('yes', 'no'),
      messageId: fc.option(anyId),
      isSidechain: fc.boolean(),
      agentId: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(good, { maxLength: 60 }), fc.boolean(), (records, glued) => {
        const lines = records.map(({ words, messageId, ...fields }, index) =>
          JSON.stringify({
            ...fields,
            uuid: ids[index] ?? `own${index}`,
            message: { id: messageId, content: words },
          }),
        );
        const log = derive(recordsOf(Buffer.from(lines.join(glued ? '' : '\n'))));
        const seen = checkShape(log);
        expect([...seen].sort((a, b) => a - b)).toEqual(records.map((_, seq) => seq));
      }),
      { numRuns: 400 },
    );
  });
});
