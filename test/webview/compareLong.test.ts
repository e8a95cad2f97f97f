/** Thousands of rows: any of them can be reached, and the page stays small. */
import { describe, expect, test } from 'vitest';
import { longScene } from './support/compareScenes.ts';
import { arrived, becomes, comparedRow, compareSuite, focusedRow } from './support/compareSuite.ts';

const COUNT = 4_000;
/** Rows that may be in the page at once: a few chunks around the view and the active one. */
const MOST_ROWS = 140;

const open = compareSuite();

describe('two branches of 4,000 messages', () => {
  test('open at the beginning and ask for no more than is near', async () => {
    const { page, host } = await open(longScene(COUNT));
    await arrived(page, 1);
    expect(await page.locator('[data-row]').count()).toBeLessThan(MOST_ROWS);
    const asked = host.argumentsOf('readRows') as { start: number; end: number }[];
    expect(Math.max(...asked.map(({ end }) => end))).toBeLessThan(COUNT / 4);
    for (const { start, end } of asked) expect(end - start).toBeLessThanOrEqual(20);
  });

  test('reach the last row and come back, with few rows in the page', async () => {
    const { page } = await open(longScene(COUNT));
    await page.getByRole('button', { name: 'Only differences' }).click();
    await arrived(page, 0);
    await comparedRow(page, 0).focus();
    for (const [key, row] of [
      ['End', COUNT - 1],
      ['ArrowUp', COUNT - 2],
      ['Home', 0],
    ] as const) {
      await page.keyboard.press(key);
      await becomes(() => focusedRow(page), row);
      await arrived(page, row);
      await becomes(
        () =>
          comparedRow(page, row).evaluate((element) => {
            const { top, bottom } = element.getBoundingClientRect();
            return bottom > 0 && top < window.innerHeight;
          }),
        true,
      );
      await becomes(async () => (await page.locator('[data-row]').count()) < MOST_ROWS, true);
    }
  });

  test('can be scrolled anywhere', async () => {
    const { page } = await open(longScene(COUNT));
    await page.getByRole('button', { name: 'Only differences' }).click();
    await arrived(page, 0);
    await page.locator('.mp-scroll').evaluate((scroller) => {
      scroller.scrollTop = scroller.scrollHeight / 2;
    });
    await becomes(async () => {
      const seen = await page.locator('[data-row]').evaluateAll((rows) =>
        rows
          .filter((row) => {
            const { top, bottom } = row.getBoundingClientRect();
            return bottom > 200 && top < window.innerHeight;
          })
          .filter((row) => row.querySelector('.mp-cell-head') !== null)
          .map((row) => Number(row.getAttribute('data-row'))),
      );
      return seen.some((row) => row > COUNT / 3 && row < (2 * COUNT) / 3);
    }, true);
  });
});
