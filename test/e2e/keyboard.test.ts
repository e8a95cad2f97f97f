/** The story by keyboard alone: the mouse is never used, and what has the focus is what one sees. */
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { focusedPanel, walkTo } from './support/keys.ts';
import { choose, headingOf, inputOf } from './support/quickInput.ts';
import { screenshotFailures } from './support/screenshots.ts';
import { drawnTranscript, forkRows, sessionRow } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const title = 'Idempotency keys for payments';
const added = 'Keep the keys for a week.';
let window: VscodeWindow;

beforeAll(async () => {
  window = await openWindow({ name: 'keyboard' });
});

afterAll(() => window.close());

screenshotFailures(() => window);

test('allows an agent from the palette', async () => {
  await window.command('Multipath: Focus on Sessions View');
  await window.command('Multipath: Review Agents…');
  await window.pick('Claude Code').waitFor();
  await inputOf(window).press('Enter');
  await sessionRow(window, title).waitFor();
});

test('walks the tree with the arrows and opens a session with Enter', async () => {
  await walkTo(window, title);
  await press('Enter');
  await drawnTranscript(window);
});

test('goes from message to message and forks at one', async () => {
  await press('ControlOrMeta+1');
  const frame = await focusedPanel(window, 'transcript', 'mp-item:focus');
  await press('Home');
  await focusedMessage(frame, 1);
  await press('j');
  await focusedMessage(frame, 2);
  await press('ArrowDown');
  await focusedMessage(frame, 3);
  await press('k');
  await focusedMessage(frame, 2);
  await press('f');
  await forkRows(window, `${title}, from message 2, 2 messages`).waitFor();
});

test('adds a message with Ctrl+Enter', async () => {
  const frame = await focusedPanel(window, 'transcript', 'mp-item[aria-posinset="2"]:focus');
  for (let steps = 0; (await frame.locator('textarea:focus').count()) === 0; steps++) {
    expect(steps).toBeLessThan(20);
    await press('Tab');
  }
  await window.page.keyboard.type(added);
  await press('ControlOrMeta+Enter');
  await forkRows(window, `${added}, from message 2, 3 messages`).waitFor();
});

test('keeps a question open while the page takes the focus back', async () => {
  const frame = await window.webview('transcript');
  const [line, title] = [inputOf(window), headingOf(window, 'Group Sessions By')];
  await window.command('Multipath: Group Sessions By…');
  await title.waitFor();
  // As VS Code does some moments after the palette closes.
  await frame.evaluate('focus()');
  await window.page.locator('.quick-input-widget input[type="text"]:focus').waitFor();
  await window.page.keyboard.type('Proj');
  expect(await line.inputValue()).toBe('Proj');
  await window.pick('Project').waitFor();
  await press('Escape');
  await title.waitFor({ state: 'hidden' });
});

test('compares with the parent, goes through the differences, and opens a pair', async () => {
  await choose(window, 'Multipath: Compare Sessions…', 'Compare with which session?', title);
  const frame = await focusedPanel(window, 'compare', 'article[data-row="0"]');
  await press('F7');
  await frame.locator('article[data-row="0"]:focus').waitFor();
  await press('F7');
  await frame.locator('article[data-row="1"]:focus').waitFor();
  await press('Shift+F7');
  await frame.locator('article[data-row="0"]:focus').waitFor();
  await press('Enter');
  await window.page.locator('.monaco-diff-editor').getByText('Run the payment tests').waitFor();
});

async function focusedMessage(frame: Frame, number: number): Promise<void> {
  await frame.locator(`mp-item[aria-posinset="${number}"]:focus`).waitFor();
}

function press(key: string): Promise<void> {
  return window.page.keyboard.press(key);
}
