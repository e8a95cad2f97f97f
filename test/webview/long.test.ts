/** Fifty thousand messages: both ends and any message can be reached, and the page stays small. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { eventually, list, positions, row } from './support/look.ts';
import { longScene } from './support/scenes.ts';
import { transcriptSuite } from './support/suite.ts';

const COUNT = 50_000;
/** Rows that may ever be in the page at once: what is seen, what is kept ready, slack. */
const MOST_ROWS = 200;
/** Rows to a page, of which two may be asked for at once. */
const PAGE = 200;

const open = transcriptSuite();

describe('a session of 50,000 messages', () => {
  test('opens at its end and asks for no more than the end', async () => {
    const { page, host } = await open(longScene(COUNT));
    await row(page, COUNT - 1).waitFor();
    await eventually(async () => expect((await positions(page)).length).toBeGreaterThan(30));
    expect(await row(page, COUNT - 1).isVisible()).toBe(true);
    expect(host.argumentsOf('readMessages')).toEqual([{ start: COUNT - PAGE, end: COUNT }]);
    expect((await positions(page)).length).toBeLessThan(MOST_ROWS);
  });

  test('reaches both ends and keeps the page small on the way', async () => {
    const { page, host } = await open(longScene(COUNT));
    await row(page, COUNT - 1).waitFor();
    // Heights of unseen rows are guessed anew from the first thirty: a place before that is another after.
    await eventually(async () => expect((await positions(page)).length).toBeGreaterThan(30));
    for (const part of [0.5, 0, 0.25, 1]) {
      await list(page).evaluate((element, share) => {
        element.dispatchEvent(new PointerEvent('pointerdown')); // as on the scrollbar
        element.scrollTop = (element.scrollHeight - element.clientHeight) * share;
      }, part);
      await eventually(async () => {
        const middle = (await visible(page)).at(0) ?? -1;
        expect(Math.abs(middle - part * COUNT)).toBeLessThan(COUNT / 50);
      });
      expect((await positions(page)).length).toBeLessThan(MOST_ROWS);
    }
    await eventually(async () => expect(await visible(page)).toContain(COUNT - 1));
    // Every question was for one page: nothing asks for the whole.
    for (const range of host.argumentsOf('readMessages')) {
      const { start, end } = range as { start: number; end: number };
      expect(end - start).toBe(PAGE);
    }
  });

  test('pages that a long drag passes over are not asked for', async () => {
    const { page, host } = await open(longScene(COUNT));
    await row(page, COUNT - 1).waitFor();
    await list(page).evaluate(async (element) => {
      element.dispatchEvent(new PointerEvent('pointerdown'));
      for (let step = 100; step >= 0; step--) {
        element.scrollTop = (element.scrollHeight - element.clientHeight) * (step / 100);
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    await row(page, 0).waitFor();
    expect(host.argumentsOf('readMessages').length).toBeLessThan(90);
  });

  test('reveals any message, and it stays where it was put', async () => {
    const { page, host } = await open(longScene(COUNT));
    await row(page, COUNT - 1).waitFor();
    for (const index of [25_000, 3, 49_990, 12_345]) {
      await host.channel.request('reveal', { index });
      await eventually(async () => {
        const found = await positions(page);
        // Rows on both sides are in the page: nothing more will be put above it.
        expect(found.includes(Math.max(0, index - 30))).toBe(true);
        expect(await visible(page)).toContain(index);
      });
      const top = await row(page, index).evaluate((element) => element.getBoundingClientRect().top);
      expect(top).toBeGreaterThan(30);
      expect(top).toBeLessThan(650);
    }
  });

  test('scrolling up by the wheel never jumps back', async () => {
    const { page } = await open(longScene(COUNT));
    await row(page, COUNT - 1).waitFor();
    await eventually(async () => expect((await positions(page)).length).toBeGreaterThan(30));
    await page.mouse.move(400, 300);
    let before = COUNT;
    for (let turn = 0; turn < 40; turn++) {
      await page.mouse.wheel(0, -500);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      const [first] = await visible(page);
      if (first === undefined) continue; // rows of a page that is on its way
      expect(first).toBeLessThanOrEqual(before);
      before = first;
    }
    expect(before).toBeLessThan(COUNT - 40);
  });

  test('a row out of the page keeps what was unfolded in it', async () => {
    const { page, host } = await open(longScene(COUNT));
    await host.channel.request('reveal', { index: 303 });
    await row(page, 303).locator('summary').click();
    await row(page, 303).locator('.mp-output').first().waitFor();
    await host.channel.request('reveal', { index: 40_000 });
    await row(page, 40_000).waitFor();
    await eventually(async () => expect(await positions(page)).not.toContain(303));
    await host.channel.request('reveal', { index: 303 });
    await row(page, 303).locator('.mp-output').first().waitFor();
  });
});

/** Positions of the messages in view. */
function visible(page: Page): Promise<number[]> {
  return page.locator('mp-list').evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return [...element.querySelectorAll('mp-item')]
      .filter((each) => {
        const box = each.getBoundingClientRect();
        return box.bottom > top && box.top < bottom;
      })
      .map((each) => Number(each.getAttribute('aria-posinset')) - 1);
  });
}
