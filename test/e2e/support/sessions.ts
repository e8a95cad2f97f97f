/** What the stories do with sessions, as a person does it with the mouse. */
import type { Frame, Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { VscodeWindow } from './window.ts';

/** Opens the view and allows the agents that were found; returns once sessions are listed. */
export async function allowAgents(window: VscodeWindow): Promise<void> {
  await window.openView('Multipath');
  await window.page.getByRole('button', { name: 'Review and Allow…' }).click();
  await window.pick('Claude Code').waitFor();
  await window.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
  await window
    .treeItem(/^Session /)
    .first()
    .waitFor();
}

/** The row of a root session in the tree, by a part of its title. */
export function sessionRow(window: VscodeWindow, title: string): Locator {
  return window.treeItem(new RegExp(`^Session ${title}`));
}

/** Rows of forks in the tree, by a part of their title. */
export function forkRows(window: VscodeWindow, title: string): Locator {
  return window.treeItem(new RegExp(`^Fork ${title}`));
}

/** Clicks a session in the tree; returns the transcript with this title once messages are drawn. */
export async function openTranscript(
  window: VscodeWindow,
  row: Locator,
  title?: string,
): Promise<Frame> {
  await row.click();
  return drawnTranscript(window, title);
}

/**
 * The visible transcript with messages in it, and these words in its header: the transcript that was
 * there before may still be seen for a moment.
 */
export async function drawnTranscript(window: VscodeWindow, words = ''): Promise<Frame> {
  for (let attempts = 1; ; attempts++) {
    const frame = await window.webview('transcript');
    try {
      await frame.locator('.mp-bar', { hasText: words }).waitFor({ timeout: 5_000 });
      await frame.locator('mp-item').first().waitFor({ timeout: 5_000 });
      return frame;
    } catch (error) {
      // It goes when another one takes its place.
      if (attempts === 6) throw error;
    }
  }
}

/** Chooses from the context menu of a row. */
export async function chooseFromMenu(
  window: VscodeWindow,
  row: Locator,
  entry: string,
): Promise<void> {
  // By its words, as the name a screen reader hears ends with the entry's keys.
  const words = window.page.getByText(entry, { exact: true });
  const item = window.page.getByRole('menuitem').filter({ has: words });
  // A menu closes by itself when something else takes the focus. Then it is opened again.
  for (let attempts = 1; ; attempts++) {
    try {
      if (!(await item.isVisible())) {
        await row.click({ button: 'right' });
        await item.waitFor({ timeout: 5_000 });
        // In its first 100 ms a menu takes no click, so that the one that opened it chooses nothing.
        await window.page.waitForTimeout(200);
      }
      await item.click({ timeout: 5_000 });
      await item.waitFor({ state: 'detached', timeout: 2_000 });
      return;
    } catch (error) {
      if (attempts === 5) throw error;
    }
  }
}

/** Opens a folded row by its arrow; again, where the row was drawn anew under the pointer. */
export async function unfold(row: Locator): Promise<void> {
  const isOpen = async () => (await row.getAttribute('aria-expanded')) === 'true';
  for (let attempts = 1; !(await isOpen()); attempts++) {
    if (attempts > 3) throw new Error('the row does not unfold');
    await row.locator('.monaco-tl-twistie').click();
    await expect
      .poll(isOpen, { timeout: 10_000 })
      .toBe(true)
      .catch(() => undefined);
  }
}

/** Selects two rows of the tree and compares them; returns the comparison once rows are drawn. */
export async function compareRows(
  window: VscodeWindow,
  first: Locator,
  second: Locator,
): Promise<Frame> {
  await first.click();
  await untilSelected(first);
  await second.click({ modifiers: ['ControlOrMeta'] });
  await untilSelected(second);
  await window.page.locator('.sidebar').getByRole('button', { name: 'Compare Selected' }).click();
  const frame = await window.webview('compare');
  await frame.locator('article[data-row] .mp-cell-head').first().waitFor();
  return frame;
}

/** Returns once the tree has taken the click on a row. */
export async function untilSelected(row: Locator): Promise<void> {
  await expect.poll(() => row.getAttribute('aria-selected')).toBe('true');
}
