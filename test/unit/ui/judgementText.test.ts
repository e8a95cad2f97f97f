/** What a model said of branches, as it is read. */
import { expect, it } from 'vitest';
import type { Judgement } from '../../../src/core/judge.ts';
import { judgementText } from '../../../src/ui/judgementText.ts';

const judgement: Judgement = {
  id: 'j',
  at: Date.UTC(2026, 4, 4),
  sessionIds: ['a', 'b', 'c'],
  model: { id: 'm', name: 'Judge' },
  verdicts: [
    { first: 'a', second: 'b', winner: 'first', reason: 'Its tests\n# pass.' },
    { first: 'b', second: 'a', winner: 'second', reason: 'As before.' },
    { first: 'a', second: 'c', winner: 'first', reason: 'First.' },
    { first: 'c', second: 'a', winner: 'first', reason: 'First again.' },
    { first: 'b', second: 'c', winner: 'tie', reason: 'Alike.' },
  ],
  missing: [{ first: 'c', second: 'b', error: 'The model refused.' }],
  tokens: { input: 900, output: 100, cacheRead: 0, cacheWrite: 0 },
};

it('says who won, where the order decided, what is missing, and why', () => {
  const text = judgementText(
    judgement,
    new Map([
      ['a', 'cents'],
      ['b', 'decimals\u202e'],
    ]),
  );
  expect(text).toContain('# What Judge said of 3 branches');
  expect(text).toContain('1. **cents**: 1 won, 1 even, 0 lost');
  expect(text).toContain('In 1 of 3 pairs the order decided');
  expect(text).toContain('1 of 3 pairs were not judged twice.');
  expect(text).toContain('## cents ↔ c: even: the order decided');
  expect(text).toContain('“cents” shown first: **cents:** Its tests # pass.');
  expect(text).toContain('“c” shown first: The model refused.');
  expect(text).not.toContain('\u202e');
  // A reason is one line: it cannot pass for a heading of ours.
  expect(text).not.toMatch(/^# pass/m);
});

it('goes within another document, a level deeper', () => {
  const text = judgementText(judgement, new Map(), 2);
  expect(text).toMatch(/^## What Judge said of 3 branches\n/);
  expect(text).toContain('\n### a ↔ b: ');
  expect(text).not.toMatch(/^# /m);
});
