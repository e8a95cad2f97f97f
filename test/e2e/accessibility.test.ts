/** Panels in a real window: nothing for axe to object to in any kind of theme, pictures of each. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeViolations } from './support/accessibility.ts';
import { screenshotFailures, screenshotThemes } from './support/screenshots.ts';
import {
  allowAgents,
  compareRows,
  drawnTranscript,
  forkRows,
  sessionRow,
  unfold,
} from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const title = 'Fix rounding of invoice totals';
let window: VscodeWindow;

beforeAll(async () => {
  window = await openWindow({ name: 'accessibility' });
  await allowAgents(window);
});

afterAll(() => window.close());

screenshotFailures(() => window);

test('the transcript satisfies axe in every theme', async () => {
  // A double click keeps the panel; a single one is a look in passing.
  await sessionRow(window, title).dblclick();
  const frame = await drawnTranscript(window);
  await unfold(sessionRow(window, title));
  for (const line of await frame.locator('mp-item summary').all()) await line.click();
  await frame.locator('mp-item').nth(2).hover();
  const found: Record<string, string[]> = {};
  await screenshotThemes(window, 'transcript', async (theme) => {
    found[theme] = await axeViolations(await drawnTranscript(window));
  });
  expect(found).toEqual({ light: [], 'contrast-light': [], contrast: [], dark: [] });
});

test('the comparison satisfies axe in every theme', async () => {
  const frame = await compareRows(
    window,
    sessionRow(window, title),
    forkRows(window, 'Whole cents'),
  );
  await frame.locator('article[data-row="0"]').click();
  const found: Record<string, string[]> = {};
  await screenshotThemes(window, 'compare', async (theme) => {
    found[theme] = await axeViolations(await window.webview('compare'));
  });
  expect(found).toEqual({ light: [], 'contrast-light': [], contrast: [], dark: [] });
});
