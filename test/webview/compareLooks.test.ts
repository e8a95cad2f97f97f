/** Every theme: nothing axe objects to, nothing the page's policy refused. */
import { describe, expect, test } from 'vitest';
import { axeViolations } from '../e2e/support/accessibility.ts';
import { attemptsScene, emptyScene, strangersScene } from './support/compareScenes.ts';
import { arrived, compareSuite } from './support/compareSuite.ts';
import { THEMES } from './support/page.ts';

const open = compareSuite();

describe.each(THEMES)('the comparison in %s', (theme) => {
  test('satisfies axe with rows, open folds and unfolded messages', async () => {
    const { page, errors } = await open(attemptsScene, { theme });
    await arrived(page, 0);
    await page.getByRole('button', { name: 'Only differences' }).click();
    await arrived(page, 6);
    await page.locator('.mp-tool summary').first().click();
    await page.locator('.mp-output').first().waitFor();
    await page.keyboard.press('F7');
    expect(await axeViolations(page.mainFrame())).toEqual([]);
    expect(errors).toEqual([]);
  });
});

test('is accessible where there is little to show, and with folded rows', async () => {
  for (const scene of [strangersScene, emptyScene, attemptsScene]) {
    const { page } = await open(scene);
    await page.locator('.mp-cell-head, .mp-none').first().waitFor();
    expect(await axeViolations(page.mainFrame())).toEqual([]);
  }
});

test('puts the branches below each other where there is no room beside', async () => {
  const { page } = await open(attemptsScene, { width: 520 });
  const row = await arrived(page, 0);
  const boxes = await Promise.all(
    (await row.locator('.mp-cell').all()).map((cell) => cell.boundingBox()),
  );
  expect(boxes[1]?.y).toBeGreaterThan((boxes[0]?.y ?? Infinity) + 20);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
