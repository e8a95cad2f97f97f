/** What tests look at in a transcript panel. */
import { expect } from 'vitest';
import type { Locator, Page } from 'playwright-core';

/** The row of a message, by its position from 0. */
export function row(page: Page, index: number): Locator {
  return page.locator(`mp-item[aria-posinset="${index + 1}"]`);
}

export const list = (page: Page): Locator => page.locator('mp-list');

/** Positions of the messages that are in the page. */
export function positions(page: Page): Promise<number[]> {
  return page
    .locator('mp-item')
    .evaluateAll((rows) => rows.map((each) => Number(each.getAttribute('aria-posinset')) - 1));
}

/** Position of the message that has the focus, or contains it. */
export function focused(page: Page): Promise<number | undefined> {
  return page.evaluate(() => {
    const at = document.activeElement?.closest('mp-item')?.getAttribute('aria-posinset');
    return at === null || at === undefined ? undefined : Number(at) - 1;
  });
}

/** Waits until a check holds; the last failure tells what did not. */
export function eventually(check: () => Promise<void>): Promise<void> {
  return expect.poll(() => check().then(() => 'held', String), { timeout: 20_000 }).toBe('held');
}
