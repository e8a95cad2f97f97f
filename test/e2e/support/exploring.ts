/** What the stories need of exploring: a window whose models are on a server here, and its questions. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
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

/** Answers all that is asked before an exploration starts, by keyboard alone. */
export async function answerExploring(
  window: VscodeWindow,
  wanted: {
    readonly strategies: readonly string[];
    readonly models: readonly string[];
    readonly question: string;
  },
): Promise<void> {
  const input = inputOf(window);
  await headingOf(window, 'Strategies').waitFor();
  await tick(window, wanted.strategies);
  await headingOf(window, 'Models').waitFor();
  await tick(window, wanted.models);
  await headingOf(window, 'Question').waitFor();
  await input.fill(wanted.question);
  await input.press('Enter');
  await headingOf(window, 'Budget').waitFor();
  await input.press('Enter');
  await headingOf(window, 'Start?').waitFor();
}

/** Ticks exactly these rows of the open picker and goes on: down to each row, space on it. */
async function tick(window: VscodeWindow, labels: readonly string[]): Promise<void> {
  const rows = window.page.locator('.quick-input-list .monaco-list-row');
  await rows.first().waitFor();
  const input = inputOf(window);
  for (const row of await rows.all()) {
    const name = (await row.locator('.label-name').first().innerText()).trim();
    const isTicked = (await row.getAttribute('aria-checked')) === 'true';
    const box = row.locator('.monaco-checkbox, input[type="checkbox"]').first();
    const checked = isTicked || (await box.getAttribute('aria-checked')) === 'true';
    if (checked !== labels.includes(name)) await row.click();
  }
  await input.press('Enter');
}
