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
});
