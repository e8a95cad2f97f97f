import { describe, expect, it } from 'vitest';
import { commandOf } from '../../../src/core/commands.ts';
import { tool, unanswered } from './messages.ts';

const result = (text: string, isError = false) => ({ result: { text, isError } });

describe('commandOf', () => {
  it('knows the shells of the agents, and no other tool', () => {
    for (const name of ['Bash', 'bash', 'exec_command', 'run_shell_command', 'run_in_terminal']) {
      expect(commandOf(tool(name, 'ls'))?.text).toBe('ls');
    }
    for (const name of ['Read', 'BashOutput', 'Task', 'constructor', '']) {
      expect(commandOf(tool(name, 'npm test'))).toBeUndefined();
    }
  });

  it('tells how it ended: by the mark of the agent, else by what the result says', () => {
    const failed = (text: string, isError?: boolean): boolean | undefined =>
      commandOf(tool('Bash', 'x', result(text, isError)))?.failed;
    expect(failed('fine')).toBe(false);
    expect(failed('', true)).toBe(true);
    expect(failed('Output: (empty)\nExit Code: 2\nSignal: none')).toBe(true);
    expect(failed('Process exited with code 0\nOutput: ...')).toBe(false);
    expect(failed(`${'x'.repeat(5000)}\nCommand exited with code 1`)).toBe(true);
    // What a program prints in between is not how it ended.
    expect(failed(`${'x\n'.repeat(500)}Exit Code: 3\n${'y\n'.repeat(500)}`)).toBe(false);
    expect(commandOf(unanswered('Bash', 'x'))?.failed).toBeUndefined();
    expect(failed('Chunk ID: x\nProcess running with session ID 7\nOutput:')).toBeUndefined();
  });

  it.each([
    'npm test',
    'npm run test:unit -- --watch=false',
    'npm t',
    'npx vitest run test/unit',
    'CI=1 npx --yes jest',
    'cd app && pnpm test',
    'pytest -q tests/',
    'python -m pytest',
    'python3 -m unittest discover',
    'uv run pytest -x',
    'poetry run pytest',
    'go test ./...',
    'cargo test --workspace',
    'cargo nextest run',
    'dotnet test',
    './gradlew clean test',
    'mvn -q verify',
    'bundle exec rspec',
    'make test',
    'make -j4 check',
    'mise run test:integration 2>&1 | tail -5',
    './node_modules/.bin/vitest run',
    'timeout 60 npm test 2>&1 | tail -20',
    'echo start; go test ./pkg',
  ])('takes for a run of the tests: %s', (text) => {
    expect(commandOf(tool('Bash', text))?.isTest).toBe(true);
  });

  it.each([
    'ls test',
    'cat test/unit/a.test.ts',
    'git commit -m "fix test"',
    'grep -r pytest .',
    'npm install vitest',
    'mkdir -p tests',
    'npm run build',
    'rm -rf jest-cache',
    'go build ./...',
    'echo npm test',
  ])('takes for something else: %s', (text) => {
    expect(commandOf(tool('Bash', text))?.isTest).toBe(false);
  });

  it('ends in time on a line made to be slow', () => {
    const hostile = `${'time '.repeat(20_000)}x ${'npm -a '.repeat(20_000)}`;
    expect(commandOf(tool('Bash', hostile))?.isTest).toBe(false);
  });
});
