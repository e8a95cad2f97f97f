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
