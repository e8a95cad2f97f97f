/** VS Code's chat: the operation log, requests that were taken away, tools, exports. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply, operationOf, type Holder } from '../../../src/agents/vscode-chat/operations.ts';
import { vscodeChat } from '../../../src/agents/vscode-chat/index.ts';
import { jsonLines, readText } from './support/agentFiles.ts';

const ID = '11111111-1111-4111-8111-111111111111';
const LOG = `/u/globalStorage/emptyWindowChatSessions/${ID}.jsonl`;
const DOCUMENT = LOG.slice(0, -1);
const GENERATED = join(
  import.meta.dirname,
  '../../../../shared/samples/vscode-copilot-chat/generated',
);

const done = { modelState: { value: 1 } };
const request = (id: string, more: object = done) => ({
  requestId: id,
  message: { text: `ask ${id}` },
  response: [{ value: `say ${id}` }],
  ...more,
});
const begin = (...requests: unknown[]) => ({ kind: 0, v: { sessionId: ID, requests } });
const push = (requests: unknown[], i?: number) => ({ kind: 2, k: ['requests'], v: requests, i });
const PAIR = ['user: ask a', 'assistant: say a'];

describe('VS Code chat', () => {
  it('gives a question and its answer records of their own, in every form', () => {
    const document = { sessionId: ID, requests: [request('a')] };
    for (const [path, text] of [
      [LOG, jsonLines(begin(request('a')))],
      [LOG, jsonLines(begin(), push([request('a')]))],
      [LOG, jsonLines(begin(request('x')), { kind: 1, k: ['requests', 0], v: request('a') })],
      [DOCUMENT, JSON.stringify(document)],
      [DOCUMENT, JSON.stringify(document, null, 2)],
    ] as const) {
      const { log, lines } = readText(vscodeChat, path, text);
      expect(lines()).toEqual(PAIR);
      expect(log).toMatchObject({ nativeId: ID, problems: [] });
    }
  });

  it('finds the question behind the answer, too', () => {
    const { message, ...rest } = request('a');
    const { lines } = readText(vscodeChat, LOG, jsonLines(begin({ ...rest, message })));
    expect(lines()).toEqual(PAIR);
  });

  it('puts what is written later into the message it belongs to', () => {
    const { log, lines } = readText(
      vscodeChat,
      LOG,
      jsonLines(
        begin(),
        push([request('a', { response: [] })]),
        push([request('b')]),
        { kind: 2, k: ['requests', 0, 'response'], v: [{ value: 'half' }] },
        { kind: 2, k: ['requests', 0, 'response'], i: 0, v: [{ value: 'whole' }] },
        { kind: 1, k: ['requests', 0, 'message', 'text'], v: 'asked better' },
        { kind: 1, k: ['customTitle'], v: 'Named' },
      ),
    );
    expect(lines().slice(0, 2)).toEqual(['user: asked better', 'assistant: whole']);
    expect(log.title).toBe('Named');
    const answer = log.branches[0]?.entries[1];
    expect(answer?.seqs).toEqual([3, 9, 10]);
  });

  it.each([
    ['before the values', { kind: 2, k: ['requests'], i: 1, v: [request('c')] }],
    ['behind them', push([request('c')], 1)],
  ])('keeps requests that were cut off as a branch, told %s', (_, cut) => {
    const { log, lines } = readText(
      vscodeChat,
      LOG,
      jsonLines(begin(request('a')), push([request('b')]), cut),
    );
    expect(lines()).toEqual([...PAIR, 'user: ask c', 'assistant: say c']);
    expect(log.branches[1]).toMatchObject({ key: 'b', title: 'ask b', parent: { length: 2 } });
    expect(lines(1)).toEqual(['user: ask b', 'assistant: say b']);
  });

  it('makes no branch of a log that is written anew', () => {
    const all = ['a', 'b', 'c'].map((id) => request(id));
    const { log } = readText(vscodeChat, LOG, jsonLines(begin(...all), begin(...all)));
    expect(log.branches).toHaveLength(1);
    expect(log.branches[0]?.entries).toHaveLength(6);
  });

  it('keeps a request that was deleted from the middle aside', () => {
    const all = ['a', 'b', 'c'].map((id) => request(id));
    const { lines } = readText(
      vscodeChat,
      LOG,
      jsonLines(begin(...all), { kind: 3, k: ['requests', 1] }),
    );
    expect(lines()).toEqual([...PAIR, 'user: ask c', 'assistant: say c']);
    expect(lines(1)).toEqual(['user: ask b', 'assistant: say b']);
  });

  it('calls an answer open while a tool of it runs', () => {
    const tool = { kind: 'toolInvocationSerialized', toolCallId: 't', toolId: 'run' };
    const isOpen = (more: object) =>
      readText(vscodeChat, LOG, jsonLines(begin(request('a', more)))).log.branches[0]?.entries[1]
        ?.open;
    expect(isOpen({ response: [{ ...tool, isComplete: false }] })).toBe(true);
    expect(isOpen({ response: [{ ...tool, isComplete: true }] })).toBeUndefined();
    expect(isOpen({ response: [tool], modelState: { value: 2 } })).toBeUndefined();
  });

  it('shows thoughts, tools with the arguments and results of the model, edits and errors', () => {
    const response = [
      { kind: 'thinking', value: 'Hmm' },
      { kind: 'toolInvocationSerialized', presentation: 'hidden', toolId: 'x', isComplete: true },
      {
        kind: 'toolInvocationSerialized',
        toolId: 'copilot_readFile',
        toolCallId: 'display',
        pastTenseMessage: { value: 'Read [](file:///a/b.ts)' },
        isComplete: true,
      },
      { value: 'See ' },
      { kind: 'inlineReference', inlineReference: { path: '/a/b.ts' } },
      { value: '.' },
      {
        kind: 'textEditGroup',
        uri: { path: '/a/b.ts' },
        edits: [[{ text: 'x\ny\n', range: { startLineNumber: 1, endLineNumber: 2 } }]],
      },
    ];
    const result = {
      errorDetails: { message: 'Stopped' },
      metadata: {
        promptTokens: 7,
        outputTokens: 3,
        toolCallRounds: [
          { toolCalls: [{ id: 'm1', name: 'read_file', arguments: '{"filePath":"/a/b.ts"}' }] },
        ],
        toolCallResults: { m1: { content: [{ value: 'text of b' }] } },
      },
    };
    const { log, shown } = readText(
      vscodeChat,
      LOG,
      jsonLines(begin(request('a', { response, result, modelId: 'copilot/gpt-5' }))),
    );
    const entry = log.branches[0]?.entries[1];
    if (!entry) throw new Error('no answer');
    expect(entry).toMatchObject({
      tools: 1,
      errors: 1,
      model: 'gpt-5',
      provider: 'openai',
      tokens: { input: 7, output: 3 },
    });
    expect(shown(entry).content).toMatchObject([
      { type: 'thinking', text: 'Hmm' },
      {
        type: 'tool',
        name: 'read_file',
        callId: 'm1',
        summary: 'Read b.ts',
        input: { text: '{\n  "filePath": "/a/b.ts"\n}' },
        result: { text: 'text of b', isError: false },
      },
      { type: 'text', text: 'See `b.ts`.' },
      { type: 'tool', name: 'Edit', edit: { path: '/a/b.ts', added: 2, removed: 1 } },
      { type: 'notice', kind: 'error', text: 'Stopped' },
    ]);
  });

  it('notes operations that lead nowhere and reads on', () => {
    const { log, lines } = readText(
      vscodeChat,
      LOG,
      jsonLines(
        begin(request('a')),
        { kind: 1, k: ['requests', 7, 'result'], v: {} },
        { kind: 2, k: ['requests', -1], v: [] },
        { kind: 9 },
        { kind: 1, k: ['__proto__', 'x'], v: 1 },
      ) + '{"kind":1,"k":["reque',
    );
    expect(lines()).toEqual(PAIR);
    expect(log.problems.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
    expect(Object.prototype).not.toHaveProperty('x');
  });

  it.skipIf(!existsSync(GENERATED))('replays a whole log to the expected state', () => {
    const name = 'f56f201a-672e-4cc5-ada9-4736258cc586';
    const folder = 'workspaceStorage/0a1b2c3d4e5f60718293a4b5c6d7e8f9/chatSessions';
    const log = readFileSync(join(GENERATED, folder, `${name}.jsonl`), 'utf8');
    const expected = readFileSync(join(GENERATED, 'expected', `${name}.replayed.json`), 'utf8');
    const state: Holder = { value: undefined };
    for (const line of log.trimEnd().split('\n')) {
      const operation = operationOf(JSON.parse(line) as Record<string, unknown>);
      expect(operation && apply(state, operation)).toBe(true);
    }
    expect(state.value).toEqual(JSON.parse(expected));
  });
});
