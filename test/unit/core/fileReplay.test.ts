import { describe, expect, it } from 'vitest';
import type { Passage } from '../../../src/core/fileEdits.ts';
import { FileReplay } from '../../../src/core/fileReplay.ts';

const passages = (...all: readonly Passage[]) =>
  ({ kind: 'passages', path: 'a', passages: all }) as const;
const whole = (text: string) => ({ kind: 'whole', path: 'a', text }) as const;

describe('FileReplay', () => {
  it('follows a written file through its edits', () => {
    const replay = new FileReplay('a');
    expect(replay.file).toEqual({ path: 'a', known: 'untouched', text: '', patch: '', edits: 0 });
    replay.apply(whole('one\ntwo\ntwo\n'), 3);
    replay.apply(passages({ old: 'one', now: '1' }, { old: 'two', now: '2', everywhere: true }), 5);
    expect(replay.file).toEqual({
      path: 'a',
      known: 'whole',
      text: '1\n2\n2\n',
      patch:
        '@@ message 4 @@\n+one\n+two\n+two\n\n@@ message 6 @@\n-one\n+1\n@@ message 6 @@\n-two\n+2\n',
      edits: 2,
    });
  });

  it('knows a file that was looked at', () => {
    const replay = new FileReplay('a');
    replay.seen('x\n');
    expect(replay.file).toMatchObject({ known: 'whole', text: 'x\n', edits: 0 });
    replay.apply(passages({ old: 'x', now: 'y' }), 0);
    expect(replay.file.text).toBe('y\n');
  });

  it.each([
    ['does not stand there', { old: 'gone', now: 'y' }],
    ['stands there twice', { old: 'x', now: 'y' }],
    ['has no place', { old: '', now: 'y' }],
  ])('tells only the edits after a passage that %s, until the whole is known again', (_, odd) => {
    const replay = new FileReplay('a');
    replay.apply(whole('x\nx\n'), 0);
    replay.apply(passages(odd), 1);
    expect(replay.file).toMatchObject({ known: 'edits', text: '', edits: 2 });
    expect(replay.file.patch).toContain('+y\n');
    replay.seen('z\n');
    expect(replay.file).toMatchObject({ known: 'whole', text: 'z\n' });
  });

  it('says that a file was removed, and that a change is not told', () => {
    const replay = new FileReplay('a');
    replay.apply({ kind: 'unknown', path: 'a' }, 0);
    expect(replay.file).toMatchObject({ known: 'edits', edits: 1 });
    expect(replay.file.patch).toMatch(/does not tell how/);
    replay.apply({ kind: 'removed', path: 'a' }, 1);
    expect(replay.file.known).toBe('removed');
  });

  it('does not follow a text that its edits multiply, nor one that is gone through for ever', () => {
    const growing = new FileReplay('a');
    growing.apply(whole('a'.repeat(1_000)), 0);
    const more = { old: 'a', now: 'a'.repeat(300), everywhere: true };
    for (let index = 1; index <= 4; index++) growing.apply(passages(more), index);
    expect(growing.file).toMatchObject({ known: 'edits', text: '', edits: 5 });
    growing.apply(whole('small'), 5);
    expect(growing.file).toMatchObject({ known: 'whole', text: 'small' });

    const endless = new FileReplay('a');
    endless.apply(whole(`x${'a'.repeat(8_000_000)}`), 0);
    for (let index = 1; index <= 200; index++) {
      endless.apply(passages({ old: 'x', now: 'x' }), index);
    }
    expect(endless.file.known).toBe('edits');
  });

  it('shows passages that are too long to be compared as replaced, line by line', () => {
    const replay = new FileReplay('a');
    const long = '\n'.repeat(3_000_000);
    replay.apply(passages({ old: `a${long}`, now: 'a\nb' }), 0);
    expect(replay.file.patch.slice(0, 23)).toBe('@@ message 1 @@\n-a\n-\n-\n');
    expect(replay.file.patch.slice(-8)).toBe('-\n+a\n+b\n');
  });

  it('shows the lines around a change as they are', () => {
    const replay = new FileReplay('a');
    replay.apply(passages({ old: 'a\nb\nc', now: 'a\nB\nc' }), 0);
    expect(replay.file.patch).toBe('@@ message 1 @@\n a\n-b\n+B\n c\n');
  });
});
