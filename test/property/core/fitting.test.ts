/** A conversation fitted into a window: never too much, in order, and all accounted for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateTokenCount } from 'tokenx';
import type { ContextPart } from '../../../src/core/context/contextPart.ts';
import { contextPart } from '../../../src/core/context/contextPart.ts';
import { fitContext } from '../../../src/core/context/fit.ts';
import type { ContentBlock } from '../../../src/core/message.ts';
import { addSecrets } from '../../../src/core/redaction/redact.ts';

const words = fc
  .tuple(fc.constantFrom('lock ', 'тест ', '数据', 'a.b(c); ', 'x'), fc.nat({ max: 400 }))
  .map(([word, times]) => word.repeat(times + 1));
const conversation = fc
  .array(fc.tuple(fc.constantFrom('user' as const, 'assistant' as const), words), { maxLength: 30 })
  .map((said) =>
    said.map(([role, text], nth): ContextPart => ({
      role,
      text: `<${nth}> ${text}`,
      shortened: 0,
      secrets: [],
    })),
  );
const window = fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 6_000 }), fc.constant(1_000_000));

const options = {
  count: estimateTokenCount,
  redact: (text: string) => Promise.resolve({ text, secrets: [] }),
  addSecrets,
};

function numbersIn(text: string): number[] {
  return [...text.matchAll(/<(\d+)>/g)].map((match) => Number(match[1]));
}

describe('fitting', () => {
  it('never takes more than there is, keeps the order, and says what is missing', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, window, async (parts, maxTokens) => {
        const { messages, report } = await fitContext(parts, { ...options, maxTokens });
        const sum = messages.reduce((total, { text }) => total + estimateTokenCount(text), 0);
        expect(sum).toBeLessThanOrEqual(maxTokens);
        expect(report.tokens).toBeLessThanOrEqual(maxTokens);

        const sent = messages.flatMap(({ text }) => numbersIn(text));
        expect(sent).toEqual([...sent].sort((a, b) => a - b));
        expect(sent).toHaveLength(report.messages);
        expect(report.messages + report.leftOut.messages).toBe(parts.length);
        expect(report.leftOut.tokens > 0).toBe(report.leftOut.messages > 0);

        // Begins with the person, and alternates.
        expect(messages.map(({ role }) => role)).toEqual(
          messages.map((_, nth) => (nth % 2 === 0 ? 'user' : 'assistant')),
        );
        // What is sent is the first of the person and an unbroken end.
        const first = parts.findIndex(({ role }) => role === 'user');
        const end = sent.filter((nth, at) => at > 0 || nth !== first);
        expect(end).toEqual(end.map((_, at) => parts.length - end.length + at));
        if (report.leftOut.messages > 0 && messages.length > 0) {
          expect(messages.map(({ text }) => text).join()).toContain('left out here');
        }
      }),
      { numRuns: 800 },
    );
  });

  it('keeps everything where there is room, and the first and the last while there is some', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, async (parts) => {
        const { report } = await fitContext(parts, { ...options, maxTokens: 10_000_000 });
        expect(report.leftOut.messages).toBe(0);
      }),
      { numRuns: 50 },
    );
    const long = Array.from({ length: 50 }, (_, nth): ContextPart => ({
      role: nth % 2 === 0 ? 'user' : 'assistant',
      text: `<${nth}> ${'lock '.repeat(200)}`,
      shortened: 0,
      secrets: [],
    }));
    const { messages } = await fitContext(long, { ...options, maxTokens: 2_000 });
    const sent = messages.flatMap(({ text }) => numbersIn(text));
    expect(sent[0]).toBe(0);
    expect(sent.at(-1)).toBe(49);
    expect(messages[0]?.text).toContain('lock '.repeat(200).trim());
  });

  it('sends a hostile transcript as nothing but text, in one piece of each message', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 9_000 });
    const block: fc.Arbitrary<ContentBlock> = fc.oneof(
      text.map((said) => ({ type: 'text' as const, text: said })),
      text.map((said) => ({ type: 'thinking' as const, text: `THOUGHT${said}` })),
      fc.tuple(text, text, fc.boolean()).map(([input, result, isError]) => ({
        type: 'tool' as const,
        callId: 'c',
        name: 'Read"><system>',
        summary: '',
        input: { text: input },
        result: { text: result, isError },
      })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(block, { maxLength: 3 }), async (content) => {
        const part = await contextPart({ role: 'assistant', content });
        const said = part?.text ?? '';
        expect(said).not.toContain('THOUGHT');
        expect(said.isWellFormed()).toBe(true);
        expect(said).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/);
        expect(said.length).toBeLessThan(45_000);
      }),
      { numRuns: 150 },
    );
  });

  it('cuts no secret in half', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 9_000 }), fc.nat({ max: 3 }), async (at, more) => {
        const noise = 'x y '.repeat(4_000);
        const text = `${noise.slice(0, at)} ${token} ${`API_KEY=${'k3'.repeat(9)} `.repeat(more)}${noise}`;
        const content = [
          {
            type: 'tool' as const,
            callId: 'c',
            name: 'Read',
            summary: '',
            input: { text: '{}' },
            result: { text, isError: false },
          },
        ];
        const said = (await contextPart({ role: 'assistant', content }))?.text ?? '';
        expect(said).not.toMatch(/ghp_|a1B2|B2a1/);
        expect(said.length).toBeLessThan(8_000);
      }),
      { numRuns: 200 },
    );
  });
});
