import { describe, expect, it } from 'vitest';
import { alignBranches, alignPair } from '../../../src/core/compare/align.ts';
import { signatureOf, type Signature } from '../../../src/core/compare/signature.ts';
import type { Role } from '../../../src/core/message.ts';
import { message, tool } from './messages.ts';

const ROLES: Readonly<Record<string, Role>> = { u: 'user', a: 'assistant', s: 'system' };

/** `u:text` lines as signatures. */
function branch(...lines: readonly string[]): readonly Signature[] {
  return lines.map((line) => signatureOf(message(ROLES[line[0] ?? ''] ?? 'user', line.slice(2))));
}

describe('alignBranches', () => {
  it('sets two attempts side by side and leaves a lone message without a counterpart', () => {
    const left = branch(
      'u:Fix it with a lock around the refresh call, and add a test.',
      'a:I guard refresh() with a mutex.',
      'a:The test times out.',
    );
    const right = branch(
      'u:Fix it without a lock: share the promise, and add a test.',
      'a:I guard refresh() with a shared promise.',
    );
    expect(alignBranches([left, right])).toEqual([
      { indexes: [0, 0], role: 'user', changed: true },
      { indexes: [1, 1], role: 'assistant', changed: true },
      { indexes: [2, undefined], role: 'assistant', changed: true },
    ]);
  });

  it('pairs by likeness, not by place, where an answer was inserted', () => {
    const left = branch('u:go', 'a:the parser reads tokens', 'a:the printer writes lines');
    const right = branch(
      'u:go',
      'a:first a look around the folder',
      'a:the parser reads tokens well',
      'a:the printer writes lines well',
    );
    expect(alignBranches([left, right]).map((row) => row.indexes)).toEqual([
      [0, 0],
      [undefined, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('keeps prompts together even where it costs pairs of answers', () => {
    const left = branch('u:one', 'a:x', 'a:y', 'a:z', 'u:two', 'a:w');
    const right = branch('u:eins', 'a:p', 'u:zwei', 'a:q', 'a:r', 'a:s');
    const rows = alignBranches([left, right]);
    expect(rows.find((row) => row.indexes[0] === 4)?.indexes).toEqual([4, 2]);
  });

  it('puts in one row what later branches have in common and the first has not', () => {
    const first = branch('u:go', 'a:the parser reads tokens');
    const second = branch('u:go', 'a:the parser reads tokens', 'u:more', 'a:a cache of pages');
    const third = branch('u:go', 'a:the parser reads words', 'u:more', 'a:a cache of all pages');
    expect(alignBranches([first, second, third])).toEqual([
      { indexes: [0, 0, 0], role: 'user', changed: false },
      { indexes: [1, 1, 1], role: 'assistant', changed: true },
      { indexes: [undefined, 2, 2], role: 'user', changed: true },
      { indexes: [undefined, 3, 3], role: 'assistant', changed: true },
    ]);
  });

  it('never pairs messages of different roles', () => {
    expect(alignBranches([branch('u:same words'), branch('a:same words')])).toEqual([
      { indexes: [0, undefined], role: 'user', changed: true },
      { indexes: [undefined, 0], role: 'assistant', changed: true },
    ]);
  });

  it('marks equal messages as unchanged, whatever their call ids and thoughts', () => {
    const answer = (callId: string, thought: string): Signature =>
      signatureOf(
        message('assistant', [
          { type: 'thinking', text: thought },
          tool('Bash', 'npm test', { callId }),
        ]),
      );
    expect(alignBranches([[answer('1', 'hm')], [answer('2', 'ah')]])).toEqual([
      { indexes: [0, 0], role: 'assistant', changed: false },
    ]);
  });

  it('sees a change in what a tool answered and in the unseen rest of a long text', () => {
    const ran = (text: string): Signature =>
      signatureOf(
        message('assistant', [tool('Bash', 'npm test', { result: { text, isError: false } })]),
      );
    const long = (fullLength: number): Signature =>
      signatureOf(message('assistant', [{ type: 'text', text: 'begin', fullLength }]));
    expect(alignBranches([[ran('ok')], [ran('not ok')]])[0]?.changed).toBe(true);
    expect(alignBranches([[long(50_000)], [long(50_001)]])[0]?.changed).toBe(true);
  });

  it('handles empty branches', () => {
    expect(alignBranches([[], []])).toEqual([]);
    expect(alignBranches([branch('u:a'), []])).toEqual([
      { indexes: [0, undefined], role: 'user', changed: true },
    ]);
  });

  it('aligns further branches to the first one', () => {
    const rows = alignBranches([
      branch('u:one', 'a:two'),
      branch('u:one', 'a:extra words here', 'a:two'),
      branch('u:one', 'a:two'),
    ]);
    expect(rows).toEqual([
      { indexes: [0, 0, 0], role: 'user', changed: false },
      { indexes: [undefined, 1, undefined], role: 'assistant', changed: true },
      { indexes: [1, 2, 1], role: 'assistant', changed: false },
    ]);
  });

  it('finds likeness in scripts without spaces', () => {
    const left = branch('u:修正', 'a:我用互斥锁保护刷新函数', 'a:完全不同的另一句话');
    const right = branch('u:修正', 'a:我用共享承诺保护刷新函数');
    expect(alignBranches([left, right])[1]?.indexes).toEqual([1, 1]);
    const swapped = branch('u:修正', 'a:完全不同的一句话');
    expect(alignBranches([left, swapped])[2]?.indexes).toEqual([2, 1]);
  });
});

describe('alignPair on long branches', () => {
  /** A branch of `turns` prompts with nine answers each; every `every`-th answer is reworded. */
  function long(turns: number, word: string, every: number): readonly Signature[] {
    const lines: string[] = [];
    for (let turn = 0; turn < turns; turn++) {
      lines.push(`u:prompt number ${String(turn)} asks for feature${String(turn)}`);
      for (let at = 0; at < 9; at++) {
        const reworded = (turn * 9 + at) % every === 0 ? word : 'plain';
        lines.push(
          `a:${reworded} answer${String(at)} on feature${String(turn)} in file${String(at)}`,
        );
      }
    }
    return branch(...lines);
  }

  it('pairs 5,000 messages with 5,000 although every one was reworded', () => {
    const pairs = alignPair(long(500, 'left', 1), long(500, 'right', 1));
    expect(pairs.filter(([i, j]) => i === j)).toHaveLength(5_000);
  });

  it('finds its way back after a long insertion', () => {
    const left = long(400, 'left', 2);
    const right = long(400, 'right', 2);
    const inserted = branch(
      ...Array.from({ length: 700 }, (_, at) => `a:inserted${String(at)} remark${String(at)}`),
    );
    const pairs = alignPair(left, [...right.slice(0, 1_000), ...inserted, ...right.slice(1_000)]);
    const straight = pairs.filter(([i, j]) => j === (i < 1_000 ? i : i + 700));
    expect(straight.length).toBeGreaterThan(3_990);
  });
});
