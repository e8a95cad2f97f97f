/** What the person decided about a merge, without a page. */
import { expect, test } from 'vitest';
import type { MergePlan } from '../../src/core/merge.ts';
import { NO_CHOICES, orderOf, undecided } from '../../webview-ui/merge/choices.ts';

const side = { added: 1, removed: 0, messages: [4] };
const files = ['constructor', '__proto__', 'toString', 'a.ts'];
const plan: MergePlan = {
  ...{ targetId: 'a', sourceId: 'b', sharedCount: 4, messages: [4], alreadyMerged: [] },
  unanswered: [],
  conflicts: {
    ...{ targetMessages: 0, files },
    edits: files.map((path) => ({ path, target: side, source: side })),
  },
};

test('a file with a name that every object has is decided by the person alone', () => {
  expect(undecided(NO_CHOICES, plan)).toBe(4);
  const decisions = Object.fromEntries(files.map((path) => [path, 'take'] as const));
  expect(undecided({ ...NO_CHOICES, decisions }, plan)).toBe(0);
  expect(orderOf({ ...NO_CHOICES, decisions }, plan).files).toEqual(files);
});
