/** The way to siblings and forks in a transcript's header, and keys that a text keeps for itself. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { eventually } from './support/look.ts';
import { realisticScene } from './support/scenes.ts';
import { transcriptSuite } from './support/suite.ts';
import { text } from './support/transcriptHost.ts';

const open = transcriptSuite();
/** Icon buttons stand closer than their room for the pointer, in pixels. */
const ICONS_OVERLAP = 6;
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

test.each([420, 520, 760, 1_200])(
  'nothing of the header covers the next at %i px',
  async (width) => {
    const { page } = await open({
      ...amongSiblings,
      session: { ...amongSiblings.session, parentId: 'parent', inheritedCount: 5 },
      state: { ...amongSiblings.state, parentTitle: 'Fix rounding of invoice totals' },
    });
    await page.setViewportSize({ width, height: 600 });
    await page.locator('mp-item').first().waitFor();
    const parts =
      '.mp-bar > :is(h1, button, .mp-bar-figures), :is(.mp-bar-about, .mp-branches) > *';
    // Words may flow out of a box that is too narrow for them.
    const boxes = await page.locator(parts).evaluateAll((elements) =>
      elements.map((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const { left, right } = element.getBoundingClientRect();
        const isCut = getComputedStyle(element).overflowX === 'hidden';
        return {
          left,
          right: isCut ? right : Math.max(right, range.getBoundingClientRect().right),
        };
      }),
    );
    expect(boxes.length).toBeGreaterThan(7);
    for (const [at, box] of boxes.entries()) {
      const next = boxes[at + 1];
      if (next) expect(box.right).toBeLessThanOrEqual(next.left + ICONS_OVERLAP);
      else expect(box.right).toBeLessThanOrEqual(width);
    }
  },
);

test('leads from a subagent to the call that started it', async () => {
  const { page, host } = await open({
    ...realisticScene,
    session: { title: 'Look for slow queries', subagentOf: 'main' },
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

test('draws a few of thousands of forks that begin at a message, and all when asked', async () => {
  const forks = Array.from({ length: 3000 }, (_, nth) => ({
    ...{ atMessage: 0, sessionId: `fork ${nth}`, title: `Fork ${nth}` },
  }));
  const { page } = await open({
    count: 1,
    messages: () => ({ role: 'user', content: [text('Which way?')] }),
    forks,
  });
  const chips = page.locator('mp-item .mp-chip');
  await chips.first().waitFor();
  expect(await chips.count()).toBe(24);
  await page.getByRole('button', { name: 'Show all 3,000' }).click();
  await eventually(async () => expect(await chips.count()).toBe(3000));
});
