/** What the messages of a row are compared with, and on which side their changes stand. */
import { expect, test } from 'vitest';
import { comparedWith, counterpartOf } from '../../../src/core/compare/reference.ts';
import { comparisonRows } from '../../../src/core/compare/rows.ts';
import type { Message } from '../../../src/core/message.ts';

test('the reference is compared with, or where it has no message the first that has', () => {
  expect(comparedWith(['a', 'b', 'c'], 1)).toBe(1);
  expect(comparedWith([undefined, null, 'c', 'd'], 0)).toBe(2);
  expect(comparedWith([undefined, null], 0)).toBe(-1);
  expect(['a', 'b', 'c'].map((_, at) => counterpartOf(['a', 'b', 'c'], at, 1))).toEqual([1, 2, 1]);
  expect(counterpartOf(['a', 'b', undefined], 1, 1)).toBe(0);
  expect(counterpartOf([undefined, 'b', null], 1, 1)).toBeUndefined();
  expect(counterpartOf([undefined, null], 0, 1)).toBeUndefined();
});

test('changes are those against the reference', async () => {
  const words: Readonly<Record<string, string>> = {
    a: 'it goes up and we call it once',
    b: 'it goes down and we call it once',
    c: 'it goes down and we call it twice',
  };
  const reader = {
    readMessages: (id: string): Promise<Message[]> => Promise.resolve([said(id, words[id] ?? '')]),
  };
  const outline = [{ indexes: [0, 0, 0], role: 'assistant', changed: true } as const];
  const added = async (reference?: number): Promise<string[][]> => {
    const [row] = await comparisonRows(['a', 'b', 'c'], outline, reader, reference);
    return (row?.cells ?? []).map((cell) =>
      (cell?.runs ?? []).flatMap(({ kind, text }) => (kind === 'same' ? [] : [`${kind} ${text}`])),
    );
  };
  expect(await added()).toEqual([['removed up'], ['added down'], ['added down', 'added twice']]);
  expect(await added(2)).toEqual([
    ['added up', 'added once'],
    ['added once'],
    ['removed down', 'removed twice'],
  ]);
});

function said(id: string, text: string): Message {
  return {
    id: `${id}:0`,
    sessionId: id,
    index: 0,
    role: 'assistant',
    content: [{ type: 'text', text }],
    anchor: { logId: id, seq: 0 },
    inherited: false,
    metadata: {},
  };
}
