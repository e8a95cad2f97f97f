import { describe, expect, it } from 'vitest';
import { editOf, summaryOf, withLocalPaths } from '../../../src/agents/claude-code/tools.ts';

describe('summaryOf', () => {
  it.each([
    ['Read', { file_path: '/a.ts' }, '/a.ts'],
    ['Read', { file_path: '/a.ts', offset: 10, limit: 5 }, '/a.ts (lines 10 to 14)'],
    ['Read', { file_path: '/a.ts', offset: 10 }, '/a.ts (from line 10)'],
    ['Bash', { command: 'make\n  all', description: 'Build' }, 'make all'],
    ['Grep', { pattern: 'foo', path: 'src' }, 'foo in src'],
    ['Glob', { pattern: '**/*.ts' }, '**/*.ts'],
    ['Task', { description: 'Look around', subagent_type: 'Explore' }, 'Explore: Look around'],
    ['TodoWrite', { todos: [{ status: 'completed' }, { status: 'pending' }, 1] }, '1 of 3 done'],
    ['WebFetch', { url: 'https://example.org', prompt: 'x' }, 'https://example.org'],
    ['AskUserQuestion', { questions: [{ question: 'Which one?' }] }, 'Which one?'],
    ['mcp__db__query', { limit: 3, sql: 'select 1' }, 'select 1'],
    ['constructor', { a: 'b' }, 'b'],
    ['Bash', 'not an object', 'not an object'],
    ['Bash', null, ''],
    ['Unknown', { n: 1 }, ''],
  ])('%s %j', (name, input, expected) => {
    expect(summaryOf(name, input)).toBe(expected);
  });

  it('is one line of bounded length', () => {
    const summary = summaryOf('Bash', { command: 'x '.repeat(100_000) });
    expect(summary.length).toBeLessThanOrEqual(200);
    expect(summary.endsWith('…')).toBe(true);
  });
});

describe('withLocalPaths', () => {
  it.each([
    ['/home/a/shop', '/home/a/shop/src/a.ts', 'src/a.ts'],
    ['C:\\shop', 'C:\\shop\\src\\a.ts', 'src\\a.ts'],
    ['/home/a/shop', '/home/a/shop-two/a.ts', '/home/a/shop-two/a.ts'],
    ['/home/a/shop', '/home/a/shop', '/home/a/shop'],
    ['/', '/etc/hosts', '/etc/hosts'],
    [undefined, '/etc/hosts', '/etc/hosts'],
  ])('in %s tells %s as %s', (cwd, path, expected) => {
    expect(withLocalPaths({ file_path: path, n: 1 }, cwd)).toEqual({ file_path: expected, n: 1 });
  });

  it('leaves commands and what is no object alone', () => {
    expect(withLocalPaths({ command: 'cat /shop/a' }, '/shop')).toEqual({ command: 'cat /shop/a' });
    expect(withLocalPaths('text', '/shop')).toBe('text');
  });
});

describe('editOf', () => {
  it('counts the lines of a new file', () => {
    expect(editOf('Write', { file_path: '/a', content: '1\n2\n3\n' }, undefined)).toEqual({
      path: '/a',
      added: 3,
      removed: 0,
    });
  });

  it('adds up several edits', () => {
    const edits = [
      { old_string: 'a', new_string: 'b' },
      { old_string: 'c\nd\ne', new_string: 'c\ne' },
      'odd',
    ];
    expect(editOf('MultiEdit', { file_path: '/a', edits }, 'Error')).toEqual({
      path: '/a',
      added: 1,
      removed: 2,
    });
  });

  it('knows nothing of other tools and of edits without a path', () => {
    expect(editOf('Bash', { file_path: '/a' }, {})).toBeUndefined();
    expect(editOf('Edit', {}, {})).toBeUndefined();
    expect(editOf('Edit', 'x', {})).toBeUndefined();
  });
});
