/**
 * The whole story by keyboard alone: three strategies explored from a message, compared, one rated
 * and chosen, merged back and taken back. The mouse is never used.
 */
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startModelServer, type ModelServer } from '../unit/support/modelServer.ts';
import { answerExploring, withEndpoint } from './support/exploring.ts';
import { focusedPanel, walkTo } from './support/keys.ts';
import { byKeys, choose, inputOf } from './support/quickInput.ts';
import { screenshot, screenshotFailures, screenshotThemes } from './support/screenshots.ts';
import { drawnTranscript, forkRows, sessionRow } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const title = 'Idempotency keys for payments';
const strategies = ['Single', 'Sequential refinement', 'Dialectical'];
const best = 'Dialectical · clever';
let window: VscodeWindow;
let server: ModelServer;

beforeAll(async () => {
  server = await startModelServer((_request, nth) => ({
    pieces: ['Keep them for a week, ', `by account. That was answer ${nth}.`],
  }));
  window = await openWindow({
    name: 'multipath-keys',
    prepare: withEndpoint(server.url, ['clever']),
  });
});

afterAll(async () => {
  await window.close();
  await server.close();
});

screenshotFailures(() => window);

test('finds a message and explores three strategies from it', async () => {
  await window.command('Multipath: Focus on Sessions View');
  await window.command('Multipath: Review Agents…');
  await window.pick('Claude Code').waitFor();
  await inputOf(window).press('Enter');
  await sessionRow(window, title).waitFor();
  await walkTo(window, title);
  await press('Enter');
  await drawnTranscript(window);
  await press('ControlOrMeta+1');
  const frame = await focusedPanel(window, 'transcript', 'mp-item:focus');
  await press('Home');
  await frame.locator('mp-item[aria-posinset="1"]:focus').waitFor();
  await press('j');
  await frame.locator('mp-item[aria-posinset="2"]:focus').waitFor();
  await press('e');
  await answerExploring(window, { strategies, models: ['clever'], question: 'How long?' }, byKeys);
  await screenshot(window, 'keys-start');
  expect(server.asked).toEqual([]);
  await inputOf(window).press('Enter');
  await window.notification('3 runs are done').waitFor();
  await screenshot(window, 'keys-explored');
});

test('compares the three, from the notification, and rates one', async () => {
  await window.command('Notifications: Accept Notification Primary Action');
  const frame = await focusedPanel(window, 'compare', 'article[data-row="0"]');
  await frame.getByText('Keep them for a week').first().waitFor();
  expect(await frame.locator('.mp-head').count()).toBe(3);
  await press('F7');
  await frame.locator('article[data-row="0"]:focus').waitFor();
  const rating = frame.getByRole('slider', { name: best });
  // The figures stand above the rows.
  await goTo(frame, rating, 'Shift+Tab');
  await press('5');
  await expect.poll(() => rating.getAttribute('aria-valuetext')).toBe('5 of 5');
  await screenshotThemes(window, 'keys-compare');
});

test('chooses the best', async () => {
  await choose(
    window,
    'Multipath: Choose Best Fork…',
    'Choose the best fork of which session?',
    title,
  );
  const first = window.page.locator('.quick-input-list .monaco-list-row').first();
  await expect.poll(() => first.innerText()).toContain('your rating: 5');
  expect(await first.innerText()).toContain(best);
  await screenshot(window, 'keys-best');
  await inputOf(window).press('Enter');
  await window.tab(new RegExp(`^${best}`)).waitFor();
  await drawnTranscript(window);
});

test('merges it and takes it back', async () => {
  await window.command('Multipath: Merge Branch…');
  // What is open is proposed.
  const first = window.page.locator('.quick-input-list .monaco-list-row').first();
  await expect.poll(() => first.innerText()).toContain(best);
  await inputOf(window).press('Enter');
  const panel = await focusedPanel(window, 'merge', 'button');
  const merge = panel.getByRole('button', { name: 'Merge', exact: true });
  const decision = panel.getByRole('checkbox', { name: 'Add behind them' });
  await decision.waitFor();
  await goTo(panel, decision, 'Tab');
  await press('Space');
  await expect.poll(() => merge.isEnabled()).toBe(true);
  await screenshotThemes(window, 'keys-merge');
  await press('ControlOrMeta+Enter');
  await panel.getByText('merged into').waitFor();
  const branch = forkRows(window, title);
  await branch.first().waitFor();
  await screenshot(window, 'keys-merged');
  await window.command('Multipath: Undo');
  await panel.getByText('was taken back').waitFor();
  await branch.first().waitFor({ state: 'detached' });
});

/** Presses a key until the focus is on an element of a panel. */
async function goTo(frame: Frame, element: Locator, key: string): Promise<void> {
  for (let steps = 0; !(await element.and(frame.locator(':focus')).isVisible()); steps++) {
    expect(steps).toBeLessThan(40);
    await press(key);
  }
}

function press(key: string): Promise<void> {
  return window.page.keyboard.press(key);
}
