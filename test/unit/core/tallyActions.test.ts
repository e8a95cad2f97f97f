import { describe, expect, it } from 'vitest';
import { ActionTally } from '../../../src/core/compare/tallyActions.ts';
import type { ToolBlock } from '../../../src/core/message.ts';
import { tool, unanswered } from './messages.ts';

const failing = { result: { text: 'no', isError: true } };

function tally(...blocks: readonly ToolBlock[]): ActionTally {
  const tally = new ActionTally();
  for (const [index, block] of blocks.entries()) tally.add(block, index);
  return tally;
}

describe('ActionTally', () => {
  it('counts commands and tests by how they ended, and remembers the last run', () => {
    const { actions, errors } = tally(
      tool('Bash', 'npm test', failing),
      tool('Bash', 'ls'),
      tool('Bash', 'npm test'),
      tool('Read', 'a.ts', failing),
    );
    expect(actions).toEqual({
      toolCalls: 4,
      retries: 1,
      commands: { passed: 2, failed: 1 },
      tests: { passed: 1, failed: 1 },
      lastTest: 'passed',
    });
    expect(errors).toBe(2);
  });

  it('follows a command that ends in a later call than the one that started it', () => {
    const started = (summary: string, id: number) =>
      tool('exec_command', summary, {
        result: { text: `Process running with session ID ${id}\nOutput:`, isError: false },
      });
    const asked = (id: number, text: string, isError = false) =>
      tool('write_stdin', String(id), {
        input: { text: `{\n  "session_id": ${id}\n}` },
        result: { text, isError },
      });
    const failed = 'Chunk ID: a\nProcess exited with code 1\nOutput:';
    const { actions, errors, commands } = tally(
      started('npm test', 7),
      started('make', 8),
      asked(7, 'Process running with session ID 7'),
      asked(9, failed, true),
      asked(7, failed, true),
      asked(8, 'Process exited with code 0'),
      started('npm test', 10),
      asked(7, failed, true),
    );
    expect(actions).toMatchObject({
      retries: 1,
      commands: { passed: 1, failed: 1 },
      tests: { passed: 0, failed: 1 },
      lastTest: 'failed',
    });
    expect(errors).toBe(3);
    expect(commands.commands).toMatchObject([
      { text: 'npm test', passed: 0, failed: 1, last: 'failed' },
      { text: 'make', passed: 1, failed: 0, last: 'passed' },
    ]);
  });

  it('knows the commands that Claude Code leaves running', () => {
    const text = 'Command running in background with ID: b1a2. Output is being written to: /tmp/x';
    const { actions } = tally(
      tool('Bash', 'npm test', { result: { text, isError: false } }),
      tool('BashOutput', 'b1a2', {
        input: { text: '{"bash_id": "b1a2"}' },
        result: { text: '<status>failed</status>\n\n<exit_code>2</exit_code>', isError: false },
      }),
      tool('Bash', 'make', { result: { text, isError: false } }),
    );
    expect(actions).toMatchObject({ toolCalls: 3, commands: { passed: 0, failed: 1 } });
  });

  it('takes for a retry only what failed before, each failure once', () => {
    const call = tool('Bash', 'make');
    const bad = tool('Bash', 'make', failing);
    expect(tally(call, call).actions.retries).toBe(0);
    expect(tally(bad, tool('Bash', 'make -j'), call, call).actions.retries).toBe(1);
    expect(tally(bad, bad, bad).actions.retries).toBe(2);
  });

  it('leaves edits that failed and commands without a result out', () => {
    const edit = { path: 'a.ts', added: 2, removed: 1 };
    const { files, actions } = tally(
      tool('Edit', 'a.ts', { edit }),
      tool('Edit', 'a.ts', { edit }),
      tool('Edit', 'b.ts', { edit: { ...edit, path: 'b.ts' }, ...failing }),
      unanswered('Bash', 'sleep 1'),
    );
    expect(files).toEqual([{ path: 'a.ts', added: 4, removed: 2 }]);
    expect(actions.commands).toEqual({ passed: 0, failed: 0 });
    expect(actions.toolCalls).toBe(4);
  });

  it('lists each command line once, with how its last run ended and where', () => {
    const { commands } = tally(
      tool('Bash', 'npm test', failing),
      tool('Bash', 'ls'),
      tool('Bash', 'npm test'),
      unanswered('Bash', 'sleep 1'),
    ).commands;
    expect(commands).toEqual([
      { text: 'npm test', passed: 1, failed: 1, isTest: true, last: 'passed', index: 2 },
      { text: 'ls', passed: 1, failed: 0, isTest: false, last: 'passed', index: 1 },
      { text: 'sleep 1', passed: 0, failed: 0, isTest: false, index: 3 },
    ]);
  });

  it('lists 500 of them and counts the others', () => {
    const many = Array.from({ length: 503 }, (_, at) => tool('Bash', `echo ${String(at)}`));
    const { commands, moreCommands } = tally(...many).commands;
    expect(commands).toHaveLength(500);
    expect(moreCommands).toBe(3);
    expect(tally(...many).actions.commands.passed).toBe(503);
  });

  it('counts each file of a call that changed several', () => {
    const file = (path: string) => ({ path, added: 2, removed: 1 });
    const edit = { path: 'a (+1)', added: 4, removed: 2, files: [file('a'), file('b')] };
    expect(tally(tool('apply_patch', 'a, b', { edit })).files).toEqual([file('a'), file('b')]);
  });
});
