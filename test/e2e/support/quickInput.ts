/**
 * VS Code's quick inputs. One box serves them all, so a question is waited for by its title, and keys
 * are given to its line rather than to whatever has the focus while the box changes.
 */
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { VscodeWindow } from './window.ts';

/** The line of the open quick input. */
export function inputOf(window: VscodeWindow): Locator {
  return window.page.locator('.quick-input-widget input[type="text"]');
}

/** The title of the open quick input. */
export function headingOf(window: VscodeWindow, text: string): Locator {
  return window.page.locator('.quick-input-titlebar', { hasText: text });
}

/** Answers the question with this title: these words, or as it is proposed. */
export async function answer(window: VscodeWindow, title: string, words?: string): Promise<void> {
  await headingOf(window, title).waitFor();
  if (words !== undefined) await inputOf(window).fill(words);
  await inputOf(window).press('Enter');
}

/**
 * Runs a command that asks with a picker of this title, and takes the row that holds these words. VS
 * Code gives the focus back to a webview some moments after the palette closes, and a picker that is
 * open by then closes: it is asked for again, as a person would.
 */
export async function choose(
  window: VscodeWindow,
  command: string,
  title: string,
  words: string,
): Promise<void> {
  for (let attempts = 1; ; attempts++) {
    await window.command(command);
    try {
      await take(window, title, words);
      return;
    } catch (error) {
      if (attempts === 3) throw error;
    }
  }
}

/** Until a list is filtered, Enter takes what was first before: the focus has to come to the row. */
async function take(window: VscodeWindow, title: string, words: string): Promise<void> {
  const patiently = { timeout: 10_000 };
  await headingOf(window, title).waitFor(patiently);
  await inputOf(window).fill(words, patiently);
  const row = window.page.locator('.quick-input-list .monaco-list-row.focused');
  await row.filter({ hasText: words }).waitFor(patiently);
  await inputOf(window).press('Enter', patiently);
}

/** How the rows of a list are ticked: everything else goes by keys in either case. */
export type Ticking = (row: Locator, window: VscodeWindow) => Promise<void>;

const byMouse: Ticking = (row) => row.click();

/**
 * Down from the line into the list, on to the row, and space. While the line has the focus, space
 * belongs to what is typed.
 */
export const byKeys: Ticking = async (row, { page }) => {
  const isFocused = async () => /\bfocused\b/.test((await row.getAttribute('class')) ?? '');
  const list = page.locator('.quick-input-list .monaco-list:focus');
  for (let steps = 0; !((await isFocused()) && (await list.isVisible())); steps++) {
    if (steps === 20) throw new Error('the arrow does not lead to the row');
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Space');
};

/** Ticks exactly these rows of the picker with this title, and goes on with Enter. */
export async function tick(
  window: VscodeWindow,
  title: string,
  labels: readonly string[],
  ticking: Ticking = byMouse,
): Promise<void> {
  await headingOf(window, title).waitFor();
  const rows = window.page.locator('.quick-input-list .monaco-list-row');
  await rows.first().waitFor();
  for (const row of await rows.all()) {
    const name = (await row.locator('.label-name').first().innerText()).trim();
    const wanted = labels.includes(name);
    if ((await isTicked(row)) === wanted) continue;
    await ticking(row, window);
    await expect.poll(() => isTicked(row)).toBe(wanted);
  }
  await window.page.keyboard.press('Enter');
}

async function isTicked(row: Locator): Promise<boolean> {
  if ((await row.getAttribute('aria-checked')) === 'true') return true;
  const box = row.locator('.monaco-checkbox, input[type="checkbox"]').first();
  return (await box.getAttribute('aria-checked')) === 'true';
}
