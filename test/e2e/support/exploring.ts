/** What the stories need of exploring: a window whose models are on a server here, and its questions. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { Sandbox } from '../../../scripts/lib/sandbox.ts';
import type { VscodeWindow } from './window.ts';

/** Settings of an endpoint, where only the machine's count. */
export function withEndpoint(url: string, models: readonly string[]): (sandbox: Sandbox) => void {
  return ({ userData }) => {
    const folder = join(userData, 'Machine');
    mkdirSync(folder, { recursive: true });
    const endpoints = [{ name: 'local', url, models }];
    writeFileSync(
      join(folder, 'settings.json'),
      JSON.stringify({ 'multipath.models.endpoints': endpoints }),
    );
  };
}

/** The line of the open quick input. */
export function inputOf(window: VscodeWindow): Locator {
  return window.page.locator('.quick-input-widget input[type="text"]');
}

function headingOf(window: VscodeWindow, text: string): Locator {
  return window.page.locator('.quick-input-titlebar', { hasText: text });
}

/** How the rows of a list are ticked: everything else goes by keys in either case. */
type Ticking = (row: Locator, window: VscodeWindow) => Promise<void>;

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

/** Answers all that is asked before an exploration starts. */
export async function answerExploring(
  window: VscodeWindow,
  wanted: {
    readonly strategies: readonly string[];
    readonly models: readonly string[];
    readonly question: string;
  },
  ticking: Ticking = byMouse,
): Promise<void> {
  const { keyboard } = window.page;
  await headingOf(window, 'Strategies').waitFor();
  await tick(window, wanted.strategies, ticking);
  await headingOf(window, 'Models').waitFor();
  await tick(window, wanted.models, ticking);
  await headingOf(window, 'Question').waitFor();
  await inputOf(window).fill(wanted.question);
  await keyboard.press('Enter');
  await headingOf(window, 'Budget').waitFor();
  await keyboard.press('Enter');
  await headingOf(window, 'Start?').waitFor();
}

/** Ticks exactly these rows of the open picker and goes on with Enter. */
async function tick(
  window: VscodeWindow,
  labels: readonly string[],
  ticking: Ticking,
): Promise<void> {
  const rows = window.page.locator('.quick-input-list .monaco-list-row');
  await rows.first().waitFor();
  for (const row of await rows.all()) {
    const name = (await row.locator('.label-name').first().innerText()).trim();
    const wanted = labels.includes(name);
    if ((await isTicked(row)) === wanted) continue;
    await ticking(row, window);
    await expect.poll(() => isTicked(row), { timeout: 10_000 }).toBe(wanted);
  }
  await window.page.keyboard.press('Enter');
}

async function isTicked(row: Locator): Promise<boolean> {
  if ((await row.getAttribute('aria-checked')) === 'true') return true;
  const box = row.locator('.monaco-checkbox, input[type="checkbox"]').first();
  return (await box.getAttribute('aria-checked')) === 'true';
}
