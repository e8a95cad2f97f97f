/** Comparisons in a browser, and what tests look for in them. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { PlayedCompareHost, type CompareScene } from './compareHost.ts';
import { panelSuite } from './panelSuite.ts';

/** Call at the top of a test file; what it returns opens a comparison on a scene. */
export function compareSuite(): ReturnType<typeof panelSuite<CompareScene, PlayedCompareHost>> {
  return panelSuite((given: CompareScene) => new PlayedCompareHost(given));
}

/** A row of the comparison, by its position from 0. */
export function comparedRow(page: Page, row: number): Locator {
  return page.locator(`[data-row="${String(row)}"]`);
}

/** Waits until a row's messages have come. */
export async function arrived(page: Page, row: number): Promise<Locator> {
  const found = comparedRow(page, row);
  await found.locator('.mp-cell-head').first().waitFor();
  return found;
}

/** The row that has the focus. */
export function focusedRow(page: Page): Promise<number | undefined> {
  return page.evaluate(() => {
    const { activeElement } = document;
    const row = activeElement instanceof HTMLElement ? activeElement.dataset['row'] : undefined;
    return row === undefined ? undefined : Number(row);
  });
}

/** Waits until something is asked for, or holds. */
export function becomes<T>(value: () => T | Promise<T>, wanted: T): Promise<void> {
  return expect.poll(value, { timeout: 20_000 }).toEqual(wanted);
}
