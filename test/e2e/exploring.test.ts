/** Exploring from a message, by mouse and keyboard: chosen, watched, cancelled, retried, found again. */
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startModelServer, type ModelServer } from '../unit/support/modelServer.ts';
import { axeViolations } from './support/accessibility.ts';
import { answerExploring, withEndpoint } from './support/exploring.ts';
import { inputOf } from './support/quickInput.ts';
import { screenshot, screenshotFailures, screenshotThemes } from './support/screenshots.ts';
import { allowAgents, forkRows, openTranscript, sessionRow, unfold } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const title = 'Fix rounding of invoice totals';
const question = 'Is there another way to round';
let window: VscodeWindow;
let server: ModelServer;

beforeAll(async () => {
  server = await startModelServer();
  window = await openWindow({
    name: 'exploring',
    prepare: withEndpoint(server.url, ['steady', 'slow', 'failing', 'cut']),
  });
  await allowAgents(window);
});

afterAll(async () => {
  await window.close();
  await server.close();
});

screenshotFailures(() => window);

/** The visible transcript with its run: the one before may still be seen for a moment. */
async function runShown(): Promise<{ readonly bar: Locator; readonly growing: Locator }> {
  const count = async () => (await window.webview('transcript')).locator('.mp-run').count();
  await expect.poll(() => count().catch(() => 0), { timeout: 30_000 }).toBe(1);
  const frame = await window.webview('transcript');
  return { bar: frame.locator('.mp-run'), growing: frame.locator('mp-item[growing]') };
}

const explore = (strategies: readonly string[], models: readonly string[]) =>
  answerExploring(window, { strategies, models, question: `${question}?` });

test('asks what to explore, says what is sent, and shows the answer as it comes', async () => {
  const frame = await openTranscript(window, sessionRow(window, title), title);
  const message = frame.locator('mp-item').nth(1);
  await message.hover();
  await screenshot(window, 'explore-button');
  await message.getByRole('button', { name: 'Explore…' }).click();
  await explore(['Single', 'Dialectical'], ['slow']);
  await screenshot(window, 'explore-start');
  expect(server.asked).toEqual([]);
  await inputOf(window).press('Enter');
  await window.tab(/^Single · slow/).waitFor();
  const run = await runShown();
  await run.growing.getByText('From slow:').waitFor();
  await window.page.locator('.statusbar').getByText('0/2').waitFor();
  await screenshotThemes(window, 'explore-running', async () => {
    expect(await axeViolations(await window.webview('transcript'))).toEqual([]);
  });
});

test('cancels a run and keeps what had arrived', async () => {
  const frame = await window.webview('transcript');
  await frame.getByRole('button', { name: 'Cancel Run' }).click();
  await frame.getByText('cancelled', { exact: true }).waitFor();
  await frame.locator('mp-item[growing]').getByText('From slow:').waitFor();
  await screenshot(window, 'explore-cancelled');
});

test('goes on with it when it is retried, until all answers are messages', async () => {
  const frame = await window.webview('transcript');
  await frame.locator('.mp-run').getByRole('button', { name: 'Retry' }).click();
  await frame.getByRole('button', { name: 'Cancel Run' }).waitFor();
  const releasing = setInterval(() => server.release(), 100);
  try {
    await frame.locator('mp-item', { hasText: 'That was answer' }).waitFor();
    await frame.locator('.mp-run').waitFor({ state: 'detached' });
    await frame.locator('mp-item[growing]').waitFor({ state: 'detached' });
    await unfold(sessionRow(window, title));
    await forkRows(window, 'Dialectical · slow.*done').first().waitFor();
  } finally {
    clearInterval(releasing);
  }
  await screenshot(window, 'explore-done');
});

test('shows failures with their error, by keyboard, and again after a reload', async () => {
  const frame = await openTranscript(window, sessionRow(window, title), title);
  const message = frame.locator('mp-item').nth(1);
  await message.focus();
  await message.press('e');
  await explore(['Single'], ['failing', 'cut']);
  await inputOf(window).press('Enter');
  await forkRows(window, 'Single · cut.*failed').first().waitFor();
  await forkRows(window, 'Single · cut').first().click();
  await window.tab(/^Single · cut/).waitFor();
  const run = await runShown();
  await run.bar.getByText('ended before it was whole').waitFor();
  await run.growing.getByText('From cut:').waitFor();
  await screenshotThemes(window, 'explore-failed', async () => {
    expect(await axeViolations(await window.webview('transcript'))).toEqual([]);
  });
  await window.reload();
  const again = await runShown();
  await again.growing.getByText('From cut:').waitFor();
  await again.bar.getByRole('button', { name: 'Retry' }).waitFor();
});
