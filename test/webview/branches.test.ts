/** The way to siblings and forks in a transcript's header, and keys that a text keeps for itself. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { eventually } from './support/look.ts';
import { realisticScene } from './support/scenes.ts';
import { transcriptSuite } from './support/suite.ts';

const open = transcriptSuite();
const amongSiblings = {
  ...realisticScene,
  session: { ...realisticScene.session, forkCount: 2 },
  state: { ...realisticScene.state, siblings: { position: 2, count: 3 } },
};

test('goes to siblings and forks from the header', async () => {
  const { page, host } = await open(amongSiblings);
  const branches = page.getByRole('navigation', { name: 'Branches' });
  await branches.getByRole('button', { name: 'Previous sibling' }).click();
  await branches.getByRole('button', { name: '2 of 3' }).click();
  await branches.getByRole('button', { name: 'Next sibling' }).click();
  await branches.getByRole('button', { name: '2 forks' }).click();
  await eventually(() => {
    const ways = ['previous', 'siblings', 'next', 'forks'];
    expect(host.argumentsOf('navigate')).toEqual(ways.map((to) => ({ to })));
    return Promise.resolve();
  });
});

test('gives the lineage no more than its room: nothing lies under the way to siblings', async () => {
  const { session, state } = amongSiblings;
  const { page } = await open({
    ...amongSiblings,
    session: { ...session, title: 'A title '.repeat(8), models: ['claude-sonnet-4-5-20250929'] },
    state: { ...state, parentTitle: 'Keep tabs from refreshing, all three of them' },
  });
  const branches = page.getByRole('navigation', { name: 'Branches' });
  await branches.waitFor();
  const edges = await page.evaluate(() => {
    const about = [...document.querySelectorAll('.mp-bar-about > *')];
    const ends = about.map((part) => part.getBoundingClientRect().right);
    const next = document.querySelector('.mp-branches')?.getBoundingClientRect().left;
    return { ends, next: next ?? 0 };
  });
  expect(edges.ends.length).toBeGreaterThan(1);
  expect(Math.max(...edges.ends)).toBeLessThanOrEqual(edges.next);
});

test('leads from a subagent to the call that started it', async () => {
  const { parentId: _, ...session } = realisticScene.session ?? {};
  const { page, host } = await open({
    ...realisticScene,
    session: { ...session, subagentOf: 'main', inheritedCount: 0 },
    state: { ...realisticScene.state, parentTitle: 'Find the slow query' },
  });
  await page.getByRole('button', { name: 'subagent of Find the slow query' }).click();
  await eventually(() => {
    expect(host.argumentsOf('navigate')).toEqual([{ to: 'forkPoint' }]);
    return Promise.resolve();
  });
});

test('says nothing of branches where there are none', async () => {
  const { page } = await open({
    ...realisticScene,
    session: { ...realisticScene.session, forkCount: 0 },
  });
  await page.locator('mp-item').first().waitFor();
  expect(await page.getByRole('navigation', { name: 'Branches' }).count()).toBe(0);
});

/** Whether keys pressed now come as far as the window, where VS Code hears them. */
async function reachWindow(page: Page, key: string): Promise<boolean> {
  await page.evaluate(() => {
    document.body.dataset['heard'] = '';
    window.addEventListener('keydown', ({ key: heard }) => {
      document.body.dataset['heard'] = heard;
    });
  });
  await page.keyboard.press(key);
  return page.evaluate(() => document.body.dataset['heard'] === 'ArrowLeft');
}

test('keeps the keys that select words to the text that is written', async () => {
  const { page } = await open(amongSiblings);
  await page.getByRole('textbox', { name: 'Message text' }).focus();
  expect(await reachWindow(page, 'Shift+Alt+ArrowLeft')).toBe(false);
  await page.locator('mp-item').last().focus();
  expect(await reachWindow(page, 'Shift+Alt+ArrowLeft')).toBe(true);
});
