import { describe, expect, it } from 'vitest';
import { renderer } from '../../../src/agents/claude-code/render.ts';
import { NO_LIMITS } from '../../../src/core/reader.ts';
import { LogBuilder, read, render } from './support/logBuilder.ts';

const only = (log: LogBuilder, limits = NO_LIMITS) => {
  const result = read(log);
  return render(result, result.log.branches[0]?.entries[0], limits);
};

describe('what a message shows', () => {
  it('is the prompt without what an editor wrapped around it', () => {
    const log = new LogBuilder().user('p1', [
      { type: 'text', text: '<ide_opened_file>The user opened a.ts</ide_opened_file>' },
      { type: 'text', text: '<system-reminder>secret</system-reminder>\nFix <b>it</b>.' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAAAAAA' } },
      { type: 'document', title: 'notes.txt', source: { type: 'text', data: 'h\u00e9' } },
    ]);
    expect(only(log)).toEqual([
      { type: 'attachment', mediaType: 'image/png', bytes: 6 },
      { type: 'attachment', mediaType: 'document', bytes: 3, name: 'notes.txt' },
      { type: 'text', text: 'Fix <b>it</b>.' },
    ]);
  });

  it('is an answer block by block, results at their calls', () => {
    const log = new LogBuilder()
      .block('a1', 'm1', { type: 'thinking', thinking: 'Let me see.', signature: 'x' })
      .block('a2', 'm1', { type: 'redacted_thinking', data: 'x' })
      .block('a3', 'm1', { type: 'text', text: '\n\n' })
      .block('a4', 'm1', { type: 'text', text: 'I run it.' })
      .call('a5', 'm1', 'c1', { command: 'make -j' })
      .call('a6', 'm1', 'c2', { command: 'ls' })
      .user('r1', [
        {
          type: 'tool_result',
          tool_use_id: 'c1',
          is_error: true,
          content: [
            { type: 'text', text: 'make: nothing' },
            { type: 'image', source: {} },
          ],
        },
      ]);
    expect(only(log)).toEqual([
      { type: 'thinking', text: 'Let me see.' },
      { type: 'thinking', text: 'This reasoning was redacted by the provider.' },
      { type: 'text', text: 'I run it.' },
      {
        type: 'tool',
        callId: 'c1',
        name: 'Bash',
        summary: 'make -j',
        input: { text: '{\n  "command": "make -j"\n}' },
        result: { text: 'make: nothing', isError: true, attachments: 1 },
      },
      {
        type: 'tool',
        callId: 'c2',
        name: 'Bash',
        summary: 'ls',
        input: { text: '{\n  "command": "ls"\n}' },
      },
    ]);
  });

  it('says how much of an edit changed, unless it failed', () => {
    const input = { file_path: '/a.ts', old_string: 'a\nb', new_string: 'a\nc\nd' };
    const edit = (fields: object, isError = false) =>
      only(
        new LogBuilder()
          .block('a1', 'm1', { type: 'tool_use', id: 'c1', name: 'Edit', input })
          .user(
            'r1',
            [{ type: 'tool_result', tool_use_id: 'c1', content: 'ok', is_error: isError }],
            { ...fields },
          ),
      )[0];
    const structuredPatch = [{ lines: [' a', '-b', '+c', '+d', '+e'] }];
    expect(edit({})).toMatchObject({ edit: { path: '/a.ts', added: 2, removed: 1 } });
    expect(edit({ toolUseResult: { structuredPatch } })).toMatchObject({
      edit: { path: '/a.ts', added: 3, removed: 1 },
    });
    expect(edit({}, true)).not.toHaveProperty('edit');
  });

  it('shows what a provider ran by itself', () => {
    const log = new LogBuilder().record('a1', {
      type: 'assistant',
      message: {
        id: 'm1',
        role: 'assistant',
        content: [
          { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'rust' } },
          {
            type: 'web_search_tool_result',
            tool_use_id: 's1',
            content: [{ type: 'text', text: 'found' }],
          },
        ],
      },
    });
    expect(only(log)).toMatchObject([
      { type: 'tool', name: 'web_search', summary: 'rust', result: { text: 'found' } },
    ]);
  });

  it('is shortened to the limits, never inside a character, and says what it was', () => {
    const log = new LogBuilder()
      .block('a1', 'm1', { type: 'text', text: 'abc\u{1f600}def' })
      .call('a2', 'm1', 'c1', { command: 'x'.repeat(100) })
      .result('r1', 'c1', 'y'.repeat(100));
    const [text, tool] = only(log, { text: 4, toolResult: 10 });
    expect(text).toEqual({ type: 'text', text: 'abc', fullLength: 8 });
    expect(tool).toMatchObject({
      input: { text: '{\n  "comma' },
      result: { text: 'yyyyyyyyyy', fullLength: 100 },
    });
  });

  it('is nothing, and no exception, for records that are not what they should be', () => {
    const odd = [
      'null',
      '[]',
      '{"type":"assistant","message":{"content":[null,7,{"type":3}]}}',
      'x',
    ];
    for (const role of ['user', 'assistant', 'system'] as const) {
      const records = odd.map((text) => Buffer.from(text));
      const entry = { role, seqs: [0, 1, 2, 3] };
      expect(() => renderer.render(entry, records, NO_LIMITS)).not.toThrow();
      expect(renderer.render(entry, [], NO_LIMITS).content).toEqual([]);
    }
  });

  it('carries what may be worth knowing', () => {
    const result = read(
      new LogBuilder().record('a1', {
        type: 'assistant',
        requestId: 'req_1',
        message: { id: 'm', content: 'Done.', stop_reason: 'end_turn' },
      }),
    );
    const entry = result.log.branches[0]?.entries[0] ?? { role: 'user', seqs: [] };
    const { content, metadata } = renderer.render(entry, result.records, NO_LIMITS);
    expect(content).toEqual([{ type: 'text', text: 'Done.' }]);
    expect(metadata).toEqual({
      cwd: '/home/ada/engine',
      gitBranch: 'main',
      version: '2.1.200',
      requestId: 'req_1',
      uuid: 'a1',
      stopReason: 'end_turn',
    });
  });
});
