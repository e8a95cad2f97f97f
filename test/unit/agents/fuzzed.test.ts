/** What damaged files taught: each was once an exception, or a record in two messages. */
import { expect, it } from 'vitest';
import { codex } from '../../../src/agents/codex/index.ts';
import { indented } from '../../../src/agents/text.ts';
import { vscodeChat } from '../../../src/agents/vscode-chat/index.ts';
import { readText } from './support/agentFiles.ts';

const DEPTH = 20_000;
const deep = `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`;

it('a value nested deeper than any stack is shown as far as one would read', () => {
  const shown = indented({ first: 1, deep: JSON.parse(deep) as unknown });
  expect(shown).toContain('"first": 1');
  expect(shown).toContain('…');
  expect(shown.length).toBeLessThan(100_000);
  expect(indented({ a: [1] })).toBe(JSON.stringify({ a: [1] }, null, 2));
});

it('a document of Codex with such a header says so, and keeps its items', () => {
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] };
  const text = `{"session":{"id":"s","x":${deep}},"items":[${JSON.stringify(item)}]}`;
  const { lines } = readText(codex, '/rollout-x.json', text);
  expect(lines()).toEqual(['user: Hi.']);
});

it('an operation glued to another one on a line is cut like one by itself', () => {
  const request = (id: string) => ({
    requestId: id,
    message: { text: id },
    response: [{ value: 'so' }],
  });
  const state = { kind: 0, v: { sessionId: 's', requests: [request('a'), request('b')] } };
  const glued = `${JSON.stringify({ kind: 3, k: ['requests', 1] })}${JSON.stringify(state)}\n`;
  const { log, lines } = readText(vscodeChat, '/x.jsonl', glued);
  expect(lines()).toEqual(['user: a', 'assistant: so', 'user: b', 'assistant: so']);
  const seqs = log.branches.flatMap(({ entries }) => entries.flatMap((entry) => entry.seqs));
  expect(new Set(seqs).size).toBe(seqs.length);
});
