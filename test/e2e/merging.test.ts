/** Branches judged, merged back and taken back, by mouse and keyboard, in one window. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeViolations } from './support/accessibility.ts';
import { inputOf } from './support/quickInput.ts';
import { screenshot, screenshotFailures, screenshotThemes } from './support/screenshots.ts';
import {
  allowAgents,
  chooseFromMenu,
  drawnTranscript,
  forkRows,
  openTranscript,
  sessionRow,
  unfold,
} from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const title = 'Fix rounding of invoice totals';
const added = 'Decimals for tax rates only.';
let window: VscodeWindow;

beforeAll(async () => {
  window = await openWindow({ name: 'merging' });
  await allowAgents(window);
  const frame = await openTranscript(window, sessionRow(window, title));
  const message = frame.locator('mp-item').nth(2);
  await message.hover();
  await message.getByRole('button', { name: 'Fork Here' }).click();
  await window.tab(`${title} @3`).waitFor();
  const fork = await drawnTranscript(window, '3 messages');
  await fork.locator('textarea').fill(added);
  await fork.locator('textarea').press('ControlOrMeta+Enter');
  await forkRows(window, `${added}, from message 3, 4 messages`).waitFor();
});

afterAll(() => window.close());

screenshotFailures(() => window);

test('orders the branches with its reasons, the person’s rating among them', async () => {
  await chooseFromMenu(window, forkRows(window, added), 'Rate Session…');
  await window.pick('5').first().waitFor();
  await inputOf(window).press('Enter');
  await window.notification('is rated').waitFor();
  await unfold(sessionRow(window, title));
  await chooseFromMenu(window, sessionRow(window, title), 'Choose Best Fork…');
  const best = window.pick(added).first();
  await best.waitFor();
  await expect.poll(() => best.innerText()).toContain('your rating: 5');
  await screenshot(window, 'choose');
  await inputOf(window).press('Escape');
});

test('shows what will stand, has the conflict decided, merges into a branch over the agent’s session', async () => {
  await chooseFromMenu(window, forkRows(window, added), 'Merge Branch…');
  const panel = await window.webview('merge');
  await panel.getByText('A branch of yours will be laid over').waitFor();
  await panel.getByText('7 messages · 1 of them new').waitFor();
  await panel.locator('mp-item', { hasText: added }).waitFor();
  const merge = panel.getByRole('button', { name: 'Merge', exact: true });
  expect(await merge.isDisabled()).toBe(true);
  expect(await axeViolations(panel)).toEqual([]);
  await screenshotThemes(window, 'merge', () => Promise.resolve());
  await panel.getByRole('checkbox', { name: 'Add behind them' }).check();
  await merge.click();
  await panel.getByText('1 message was merged into').waitFor();
  await screenshot(window, 'merge-done');
  await panel.getByRole('button', { name: 'Open', exact: true }).click();
  await window.tab(`${title} @6`).waitFor();
  const frame = await drawnTranscript(window, '7 messages');
  const merged = frame.locator('mp-item', { hasText: added });
  await merged.getByRole('button', { name: 'Merged' }).waitFor();
  await screenshotThemes(window, 'merged', () => Promise.resolve());
});

test('leads from the merged message to where it was said, and back', async () => {
  const there = await drawnTranscript(window);
  await there
    .locator('mp-item', { hasText: added })
    .getByRole('button', { name: 'Merged' })
    .click();
  await window.tab(`${added} @3`).waitFor();
  const here = await drawnTranscript(window, added);
  const said = here.locator('mp-item', { hasText: added });
  await said.getByTitle(`Open “${title}” where it was merged to`).click();
  await window.tab(`${title} @6`).waitFor();
});

test('takes it back', async () => {
  await forkRows(window, `${title}, from message 6, 7 messages`).waitFor();
  await window.command('Multipath: Undo');
  await forkRows(window, `${title}, from message 6`).waitFor({ state: 'detached' });
});

test('draws the family as text', async () => {
  await chooseFromMenu(window, sessionRow(window, title), 'Show Tree as Text');
  const editor = window.page.locator('.monaco-editor .view-lines').last();
  await expect.poll(() => editor.innerText()).toContain('└─');
  await screenshot(window, 'family');
});
