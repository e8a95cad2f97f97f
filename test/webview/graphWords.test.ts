/** What the graph says of a branch, without a page. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { labelOf, spoken, type BranchContext } from '../../webview-ui/graph/words.ts';
import { branch } from './support/graphScenes.ts';

const context: BranchContext = {
  current: 'root',
  running: new Set(),
  chosen: new Set(),
  agents: {},
  mergedInto: () => undefined,
};

// Numbers are written as in the page's language.
beforeAll(() => void vi.stubGlobal('document', { documentElement: { lang: 'en' } }));
afterAll(() => void vi.unstubAllGlobals());

function said(length: number, own: number): string {
  const about = { parentId: 'root', at: 4, length, own: { messages: own, tokens: 0 } };
  const one = branch('over', about);
  const words = labelOf(one, context, 80)[1];
  expect(spoken(one, context)).toContain(`, ${words}`);
  return words;
}

test('a branch that holds only what was merged into it says how much that is', () => {
  expect(said(9, 0)).toBe('5 merged messages');
  expect(said(5, 0)).toBe('1 merged message');
  expect(said(9, 2)).toBe('2 messages');
  expect(said(4, 0)).toBe('0 messages');
});
