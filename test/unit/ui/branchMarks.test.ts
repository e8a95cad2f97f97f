/** What the tree says of branches whose family is unfolded. */
import { expect, it } from 'vitest';
import { TreeItemCollapsibleState } from 'vscode';
import { FIRST_ARRANGEMENT } from '../../../src/ui/tree/arrangement.ts';
import type { FamilyMark } from '../../../src/ui/tree/familyMarks.ts';
import { PINNED } from '../../../src/ui/tree/groups.ts';
import { GroupNode, SessionNode } from '../../../src/ui/tree/nodes.ts';
import { sessionTooltip } from '../../../src/ui/tree/sessionTooltip.ts';
import { treeItem } from '../../../src/ui/tree/treeItems.ts';
import { NOW, session } from './support.ts';

function item(mark: FamilyMark | undefined, kind: 'fork' | 'abandoned' = 'fork') {
  const fork = session('fork', { parentId: 'root', inheritedCount: 42, kind });
  const list = new GroupNode({ ...PINNED, kind: 'project', key: '/p', name: 'p' }, false);
  return treeItem(new SessionNode(fork, list, false), {
    now: NOW,
    isExpanded: () => false,
    arrangement: FIRST_ARRANGEMENT,
    isLive: () => false,
    markOf: () => mark,
  });
}

it('shows the score with a star at the best, merges and what was abandoned', () => {
  expect(item({ score: 81.2, best: true }).description).toMatch(/^@42 · 0\.81 ★ · /);
  expect(item({ score: 52 }).description).toMatch(/^@42 · 0\.52 · /);
  expect(item({ merged: true }).description).toMatch(/^@42 · merged · /);
  expect(item({ merged: true }).iconPath).toMatchObject({ id: 'git-merge' });
  expect(item({ abandoned: true }).description).toMatch(/^@42 · abandoned · /);
  expect(item({ abandoned: true }).resourceUri?.query).toContain('abandoned');
  expect(item({ score: 81, best: true }).accessibilityInformation?.label).toMatch(
    /score 0\.81, best/,
  );
  expect(item({}).collapsibleState).toBe(TreeItemCollapsibleState.None);
});

it('takes the agent’s word for it only where the family is not known', () => {
  expect(item(undefined, 'abandoned').description).toContain('abandoned');
  expect(item({}, 'abandoned').description).not.toContain('abandoned');
});

it('tells in the tooltip why and how a branch was forked, as text', () => {
  const metadata = { reason: 'two [tabs](command:x)', strategy: 'dialectical', other: 4 };
  const { value } = sessionTooltip(
    session('f', { parentId: 'root', inheritedCount: 2, metadata }),
    {
      now: NOW,
      isLive: false,
    },
  );
  expect(value).toContain('Strategy: dialectical');
  expect(value).toMatch(/Reason: two \\\[tabs/);
  const odd = session('f', { metadata: { reason: 7, strategy: '' } });
  expect(sessionTooltip(odd, { now: NOW, isLive: false }).value).not.toMatch(/Reason|Strategy/);
});
