import { describe, expect, it } from 'vitest';
import { diffTexts } from '../../../src/core/compare/words.ts';

describe('diffTexts', () => {
  it('marks the words that differ', () => {
    expect(diffTexts('the lock is held', 'the lock is free')).toEqual({
      left: [
        { kind: 'same', text: 'the lock is ' },
        { kind: 'removed', text: 'held' },
      ],
      right: [
        { kind: 'same', text: 'the lock is ' },
        { kind: 'added', text: 'free' },
      ],
    });
  });

  it('shows a rewritten passage as one change, not word by word', () => {
    const difference = diffTexts(
      'Fix it with a lock around the refresh call, and add a test with two tabs.',
      'Fix it without a lock: share the promise that is in flight, and add a test with two tabs.',
    );
    expect(difference?.left).toEqual([
      { kind: 'same', text: 'Fix it ' },
      { kind: 'removed', text: 'with a lock around the refresh call' },
      { kind: 'same', text: ', and add a test with two tabs.' },
    ]);
  });

  it('keeps unchanged lines between changed ones', () => {
    const difference = diffTexts('one\nkeep\nthree\n', 'eins\nkeep\ndrei\n');
    expect(difference?.right).toEqual([
      { kind: 'added', text: 'eins' },
      { kind: 'same', text: '\nkeep\n' },
      { kind: 'added', text: 'drei' },
      { kind: 'same', text: '\n' },
    ]);
  });

  it('has one run for equal texts and none for empty ones', () => {
    expect(diffTexts('a\nb', 'a\nb')?.left).toEqual([{ kind: 'same', text: 'a\nb' }]);
    expect(diffTexts('', '')).toEqual({ left: [], right: [] });
    expect(diffTexts('', 'new')).toEqual({ left: [], right: [{ kind: 'added', text: 'new' }] });
  });

  it('gives up when its time is over', () => {
    const text = (word: string): string =>
      Array.from({ length: 20_000 }, (_, at) => `${word}${String(at)}\n`).join('');
    expect(diffTexts(text('a'), text('b'), { timeoutMs: 1 })).toBeUndefined();
  });

  it('says that passages were left uncompared when its time is over on the way', () => {
    const passage = (word: string, at: number): string =>
      `same ${String(at)}\n${Array.from({ length: 60 }, (_, i) => `${word}${String(at * i)} x`).join(' ')}\n`;
    const text = (word: string): string =>
      Array.from({ length: 400 }, (_, at) => passage(word, at)).join('');
    const difference = diffTexts(text('a'), text('b'), { timeoutMs: 20 });
    // Either nothing was known in that time, or what is shown says that it is not all.
    expect(difference === undefined || difference.gaveUp).toBe(true);
    expect(diffTexts('a b', 'a c')).not.toHaveProperty('gaveUp');
  });

  describe('in code', () => {
    const fenced = (...lines: readonly string[]): string =>
      ['Look:', '```ts', ...lines, '```', ''].join('\n');

    it('compares line by line, words only within a line that became another', () => {
      const difference = diffTexts(
        fenced('function token() {', '  return refresh();', '}'),
        fenced('function token() {', '  lock();', '  return await refresh();', '}'),
      );
      expect(difference?.left).toEqual([
        { kind: 'same', text: 'Look:\n```ts\nfunction token() {\n  return refresh();\n}\n```\n' },
      ]);
      expect(difference?.right).toEqual([
        { kind: 'same', text: 'Look:\n```ts\nfunction token() {\n' },
        { kind: 'added', text: '  lock();\n' },
        { kind: 'same', text: '  return ' },
        { kind: 'added', text: 'await ' },
        { kind: 'same', text: 'refresh();\n}\n```\n' },
      ]);
    });

    it('never makes one line of words that stand on several', () => {
      const difference = diffTexts(
        fenced('a = 1', 'b = 2'),
        fenced('x(one)', 'y(two)', 'z(three)'),
      );
      expect(difference?.right.filter(({ kind }) => kind === 'added')).toEqual([
        { kind: 'added', text: 'x(one)\ny(two)\nz(three)\n' },
      ]);
    });

    it('knows where code ends, and that another fence does not end it', () => {
      const text = (end: string): string =>
        `\`\`\`\`md\n\`\`\`\ncode ${end}\n\`\`\`\n\`\`\`\`\nprose ${end}\n`;
      const difference = diffTexts(text('one'), text('two'));
      expect(difference?.left.map(({ text }) => text).join('')).toBe(text('one'));
      expect(difference?.left.filter(({ kind }) => kind === 'removed')).toHaveLength(2);
    });
  });
});
