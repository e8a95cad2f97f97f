/** One browser and one server for the tests of a file, and every comparison it opened closed after it. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchBrowser } from '../../../scripts/lib/browser.ts';
import { PlayedCompareHost, type CompareScene } from './compareHost.ts';
import type { PanelOptions, PanelPage } from './page.ts';
import { servePanels, type PanelServer } from './server.ts';

export interface OpenedComparison extends PanelPage {
  readonly host: PlayedCompareHost;
}

/** Call at the top of a test file; what it returns opens a comparison on a scene. */
export function compareSuite(): (
  scene: CompareScene,
  options?: PanelOptions,
  prepare?: (host: PlayedCompareHost) => void,
) => Promise<OpenedComparison> {
  let browser: Browser | undefined;
  let server: PanelServer | undefined;
  const open: PanelPage[] = [];

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), servePanels()]);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((panel) => panel.close()));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  return async (scene, options, prepare) => {
    if (browser === undefined || server === undefined) throw new Error('The suite has not begun.');
    const host = new PlayedCompareHost(scene);
    prepare?.(host);
    const panel = await host.open(browser, server, options);
    open.push(panel);
    return { ...panel, host };
  };
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
