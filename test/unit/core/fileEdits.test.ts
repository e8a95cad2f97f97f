import { describe, expect, it } from 'vitest';
import { fileEditsOf, seenTextOf } from '../../../src/core/fileEdits.ts';
import type { ToolBlock } from '../../../src/core/message.ts';
import { tool } from './messages.ts';

const edit = { path: 'src/a.ts', added: 1, removed: 1 };

function call(name: string, input: unknown, rest: Partial<ToolBlock> = {}): ToolBlock {
  const text = typeof input === 'string' ? input : JSON.stringify(input, null, 2);
  return tool(name, 'src/a.ts', { input: { text }, edit, ...rest });
}

describe('fileEditsOf', () => {
  it.each([
    // Claude Code
    [
      'Write',
      { file_path: '/p/src/a.ts', content: 'a\n' },
      { kind: 'whole', path: 'src/a.ts', text: 'a\n' },
    ],
    [
      'Edit',
      { file_path: '/p/src/a.ts', old_string: 'a', new_string: 'b', replace_all: true },
      {
        kind: 'passages',
        path: 'src/a.ts',
        passages: [{ old: 'a', now: 'b', everywhere: true }],
      },
    ],
    [
      'Edit',
      { file_path: '/p/src/a.ts', old_string: '', new_string: 'new' },
      { kind: 'whole', path: 'src/a.ts', text: 'new' },
    ],
    [
      'MultiEdit',
      {
        edits: [
          { old_string: 'a', new_string: 'b' },
          { old_string: 'c', new_string: '' },
        ],
      },
      {
        kind: 'passages',
        path: 'src/a.ts',
        passages: [
          { old: 'a', now: 'b' },
          { old: 'c', now: '' },
        ],
      },
    ],
    ['NotebookEdit', { new_source: 'x' }, { kind: 'unknown', path: 'src/a.ts' }],
    // pi
    ['write', { path: 'src/a.ts', content: '' }, { kind: 'whole', path: 'src/a.ts', text: '' }],
    [
      'edit',
      { path: 'src/a.ts', edits: [{ oldText: 'a', newText: 'b' }] },
      { kind: 'passages', path: 'src/a.ts', passages: [{ old: 'a', now: 'b' }] },
    ],
    // Half an edit is none.
    [
      'edit',
      { edits: [{ oldText: 'a', newText: 'b' }, { oldText: 'c' }] },
      { kind: 'unknown', path: 'src/a.ts' },
    ],
    // Gemini CLI
    [
      'replace',
      { old_string: 'a', new_string: 'b', allow_multiple: true },
      { kind: 'passages', path: 'src/a.ts', passages: [{ old: 'a', now: 'b', everywhere: true }] },
    ],
    // What nobody knows
    ['mcp__fs__edit', { text: 'x' }, { kind: 'unknown', path: 'src/a.ts' }],
    ['Edit', 'not JSON', { kind: 'unknown', path: 'src/a.ts' }],
    ['Edit', '{"broken', { kind: 'unknown', path: 'src/a.ts' }],
  ])('%s %j', (name, input, expected) => {
    expect(fileEditsOf(call(name, input))).toEqual([expected]);
  });

  it('reads a patch of several files, as a text, an argument or a here-document', () => {
    const patch = `*** Begin Patch
*** Update File: src/a.ts
@@ function a
 keep
-old
+new
@@
+more
*** Add File: b.txt
+one
+two
*** Delete File: c.txt
*** Update File: d.txt
*** Move to: e.txt
@@
-d
+e
*** End Patch`;
    const files = ['src/a.ts', 'b.txt', 'c.txt', 'e.txt'].map((path) => ({ ...edit, path }));
    const wanted = [
      {
        kind: 'passages',
        path: 'src/a.ts',
        passages: [
          { old: 'keep\nold\n', now: 'keep\nnew\n' },
          { old: '', now: 'more\n' },
        ],
      },
      { kind: 'whole', path: 'b.txt', text: 'one\ntwo\n' },
      { kind: 'removed', path: 'c.txt' },
      { kind: 'passages', path: 'e.txt', passages: [{ old: 'd\n', now: 'e\n' }] },
    ];
    const more = { edit: { ...edit, files } };
    expect(fileEditsOf(call('apply_patch', patch, more))).toEqual(wanted);
    expect(fileEditsOf(call('apply_patch', { input: patch }, more))).toEqual(wanted);
    const shell = { command: ['bash', '-lc', `apply_patch <<'EOF'\n${patch}\nEOF`] };
    expect(fileEditsOf(call('shell', shell, more))).toEqual(wanted);
  });

  it('tells the new texts of VS Code chat, whose edits have no id, but not where they stand', () => {
    expect(fileEditsOf(call('Edit', 'const a = 1;', { callId: '' }))).toEqual([
      { kind: 'passages', path: 'src/a.ts', passages: [{ old: '', now: 'const a = 1;' }] },
    ]);
  });

  it('knows nothing of shortened calls, and none of calls that failed or edit nothing', () => {
    const input = { text: '{"content": "a', fullLength: 90_000 };
    expect(fileEditsOf(call('Write', {}, { input }))).toEqual([
      { kind: 'unknown', path: 'src/a.ts' },
    ]);
    const failed = { result: { text: 'no', isError: true } };
    expect(fileEditsOf(call('Write', { content: 'a' }, failed))).toEqual([]);
    expect(fileEditsOf(tool('Bash', 'ls'))).toEqual([]);
  });
});

describe('seenTextOf', () => {
  const look = (text: string, input: unknown = { file_path: 'a' }, more = {}): ToolBlock =>
    tool('Read', 'a', {
      input: { text: JSON.stringify(input) },
      result: { text, isError: false, ...more },
    });

  it('takes the lines without their numbers and without what Claude Code adds', () => {
    const text =
      '     1→one\n     2→\ttwo → 2\n\n<system-reminder>\nBe good.\n</system-reminder>\n';
    expect(seenTextOf(look(text))).toBe('one\n\ttwo → 2\n');
    expect(seenTextOf(look('     1→one\n     2→'))).toBe('one\n');
  });

  it.each([
    ['a part', look('     5→five')],
    ['a part that was asked for', look('     1→one', { file_path: 'a', limit: 1 })],
    ['a shortened result', look('     1→one', { file_path: 'a' }, { fullLength: 9_000 })],
    ['other output', look('The file is empty.')],
    ['a line that was cut off', look(`     1→${'x'.repeat(2000)}`)],
    ['a failure', look('     1→one', { file_path: 'a' }, { isError: true })],
    ['another tool', { ...look('     1→one'), name: 'Grep' }],
    [
      'as many lines as are ever shown',
      look(Array.from({ length: 2000 }, (_, at) => `${String(at + 1)}→x`).join('\n')),
    ],
  ])('knows nothing from %s', (_, block) => {
    expect(seenTextOf(block)).toBeUndefined();
  });
});
