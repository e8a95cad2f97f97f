/** The whole story by mouse, in one window: what one test leaves behind, the next goes on with. */
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionServers } from './support/processes.ts';
import { screenshot, screenshotFailures } from './support/screenshots.ts';
import {
  allowAgents,
  chooseFromMenu,
  compareRows,
  drawnTranscript,
  forkRows,
  openTranscript,
  sessionRow,
  unfold,
} from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const title = 'Fix rounding of invoice totals';
/** The fork's first own prompt becomes its title. */
const added = 'Use the decimal library, but only where we need exact tax rates.';
const forkTab = /^Use the decimal .* @3$/;
let window: VscodeWindow;

beforeAll(async () => {
  window = await openWindow({ name: 'mouse' });
});

afterAll(() => window.close());

screenshotFailures(() => window);

test('asks before it reads, and says how much there is and what it takes', async () => {
  await window.openView('Multipath');
  const agent = window.treeItem(/Claude Code/);
  await agent.waitFor();
  expect(await agent.getAttribute('aria-label')).toMatch(
    /^Claude Code: 6 files, \d.* KB; the store will take about \d.* KB and \d+ s\./,
  );
  expect(await window.treeItem(/^Session /).count()).toBe(0);
});

test('lists projects and sessions with age, messages and model once it may', async () => {
  await allowAgents(window);
  await window.treeItem(/^Project ledger-api, this workspace, 3 sessions/).waitFor();
  await window.treeItem(/^Project trail-map, 2 sessions/).waitFor();
  expect(await sessionRow(window, title).getAttribute('aria-label')).toMatch(
    /, 6 messages, claude-sonnet-4-5, \d h ago, 1 fork$/,
  );
});

test('shows a transcript with Markdown, folded tools and thinking, and coloured code', async () => {
  const frame = await openTranscript(window, sessionRow(window, title));
  await frame.locator('strong', { hasText: 'floating-point euros' }).waitFor();
  await frame.locator('.hljs-keyword', { hasText: 'export' }).waitFor();
  const [thought, read] = [fold(frame, 'Thought'), fold(frame, 'total.ts')];
  for (const closed of [thought, read]) {
    expect(await closed.getAttribute('open')).toBeNull();
    await closed.locator('summary').click();
  }
  await thought.locator('.mp-thinking', { hasText: 'smells like floating point' }).waitFor();
  await read.locator('.mp-output', { hasText: 'lines.reduce' }).waitFor();
});

test('forks at a message; the fork stands under its parent at once', async () => {
  const frame = await window.webview('transcript');
  const message = frame.locator('mp-item').nth(2);
  await message.hover();
  await message.getByRole('button', { name: 'Fork Here' }).click();
  await forkRows(window, `${title}, from message 3, 3 messages`).waitFor();
  await window.tab(`${title} @3`).waitFor();
});

test('adds messages to the fork', async () => {
  const frame = await drawnTranscript(window, '3 messages');
  await add(frame, added);
  await frame.locator('.mp-composer-role').click();
  await frame.getByRole('option', { name: 'Assistant' }).click();
  await add(frame, 'Decimal it is, in the tax module alone.');
  await forkRows(window, `${added}, from message 3, 5 messages`).waitFor();
});

test('compares two branches selected in the tree', async () => {
  const frame = await compareRows(window, sessionRow(window, title), forkRows(window, added));
  await frame.getByText('3 shared messages').waitFor();
  await frame.locator('.mp-metrics tbody tr').nth(1).waitFor();
  for (const name of ['Messages', 'Tokens', 'Cost', 'Time']) {
    await frame.getByRole('columnheader', { name }).waitFor();
  }
  const first = frame.locator('article[data-row="0"]');
  await first.locator('.mp-cell').nth(1).getByText('only where').waitFor();
  expect(await first.locator('.mp-cell').count()).toBe(2);
  await screenshot(window, 'mouse-compare');
  await first.locator('ins, del').first().waitFor();
});

test('opens a compared pair in the editor for differences', async () => {
  const frame = await window.webview('compare');
  await frame.locator('article[data-row="0"] .mp-cell').first().click();
  await frame.getByRole('button', { name: 'Open Pair in Diff Editor' }).click();
  const diff = window.page.locator('.monaco-diff-editor');
  await diff.locator('.editor.modified', { hasText: 'only where' }).waitFor();
  await diff.locator('.editor.original', { hasText: 'as well' }).waitFor();
  await screenshot(window, 'mouse-diff');
});

test('archives a session; opening it brings it back', async () => {
  await unfold(window.treeItem(/^Project trail-map/));
  const row = sessionRow(window, 'Elevation profile below the map');
  await chooseFromMenu(window, row, 'Archive Session');
  const archived = window.treeItem(/^Session Elevation profile .*, archived/);
  await archived.waitFor();
  await screenshot(window, 'mouse-archived');
  const frame = await openTranscript(window, archived);
  await frame.getByText('follows the finger').waitFor();
  await archived.waitFor({ state: 'detached' });
  await row.waitFor();
});

test('is as it was after the window is reloaded', async () => {
  await window.tab(forkTab).click();
  await drawnTranscript(window, added);
  await window.reload();
  const frame = await drawnTranscript(window, added);
  await frame.locator('mp-list').getByText(added).waitFor();
  // VS Code forgets what was unfolded in the trees of extensions.
  await unfold(sessionRow(window, title));
  await forkRows(window, `${added}, from message 3, 5 messages`).waitFor();
  await window.tab(/ ↔ .* @3$/).click();
  await (await window.webview('compare')).getByText('3 shared messages').waitFor();
  await screenshot(window, 'mouse-reloaded');
});

test('recovers by itself when the session server is killed', async () => {
  await window.tab(forkTab).click();
  const frame = await drawnTranscript(window, added);
  const before = sessionServers(window);
  expect(before).toHaveLength(1);
  for (const pid of before) process.kill(pid, 'SIGKILL');
  // Sent while nobody is there to answer, and done once.
  await add(frame, 'Still here?');
  await forkRows(window, `${added}, from message 3, 6 messages`).waitFor();
  const after = sessionServers(window);
  expect(after).toHaveLength(1);
  expect(after).not.toEqual(before);
  await frame.getByText('Still here?').waitFor();
  await frame.locator('mp-list').getByText(added).waitFor();
  expect(await frame.locator('.mp-notice').count()).toBe(0);
  await window.treeItem(/^Project trail-map, 2 sessions/).waitFor();
});

function fold(frame: Frame, text: string) {
  return frame.locator('details.mp-fold').filter({ hasText: text }).first();
}

async function add(frame: Frame, text: string): Promise<void> {
  await frame.getByLabel('Message text').fill(text);
  await frame.getByRole('button', { name: 'Add' }).click();
  await frame.locator('mp-list').getByText(text).waitFor();
}
