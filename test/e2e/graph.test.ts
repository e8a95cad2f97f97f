/** The graph of a family in a real window, by mouse and keyboard; along the branches by keys. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeViolations } from './support/accessibility.ts';
import { focusedPanel, focusTree } from './support/keys.ts';
import { answer, inputOf } from './support/quickInput.ts';
import { screenshotFailures, screenshotThemes } from './support/screenshots.ts';
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
  window = await openWindow({ name: 'graph' });
  await allowAgents(window);
});

afterAll(() => window.close());

screenshotFailures(() => window);

const press = (key: string) => window.page.keyboard.press(key);
const inGraph = async (text: string) =>
  (await window.webview('graph')).locator('.mp-canvas [data-branch]').filter({ hasText: text });

test('draws the family of a session from the tree, and satisfies axe in every theme', async () => {
  await unfold(sessionRow(window, title));
  await forkRows(window, 'Whole cents').waitFor();
  await chooseFromMenu(window, sessionRow(window, title), 'Show Graph');
  await (await inGraph('Whole cents')).waitFor();
  const found: Record<string, string[]> = {};
  await screenshotThemes(window, 'graph', async (theme) => {
    await (await inGraph('Whole cents')).waitFor();
    found[theme] = await axeViolations(await window.webview('graph'));
  });
  expect(found).toEqual({ light: [], 'contrast-light': [], contrast: [], dark: [] });
});

test('opens a branch and compares two by keyboard', async () => {
  const frame = await window.webview('graph');
  const tree = frame.getByRole('tree');
  await tree.focus();
  await press('ArrowRight');
  await expect.poll(() => tree.getAttribute('aria-activedescendant')).not.toBeNull();
  await press('Enter');
  await drawnTranscript(window, 'Whole cents');
  await tree.focus();
  await press('Space');
  await press('ArrowLeft');
  await press('Space');
  await frame.getByText('2 chosen').waitFor();
  await press('c');
  const comparison = await window.webview('compare');
  await comparison.locator('article[data-row] .mp-cell-head').first().waitFor();
});

test('offers what can be done with a branch in its menu', async () => {
  await window.tab(/^Graph: /).click();
  const branch = (await inGraph('Whole cents')).locator('.mp-label').last();
  await branch.click({ button: 'right' });
  await window.page.getByRole('menuitem', { name: 'Merge Branch…' }).waitFor();
  await chooseFromMenu(window, branch, 'Pin Session');
  await forkRows(window, 'Whole cents')
    .filter({ hasText: 'pinned' })
    .or(window.treeItem(/Whole cents.*pinned/))
    .first()
    .waitFor();
  // What is pinned is kept, whatever went on beside it.
  const words = (await inGraph('Whole cents')).locator('text');
  await expect.poll(() => words.allTextContents()).not.toContain('abandoned, $0.01');
});

test('shows what the family took, from the palette', async () => {
  await window.tab(/^Graph: /).click();
  await window.command('Multipath: Show Ledger');
  const frame = await window.webview('graph');
  await frame.getByRole('region', { name: 'Ledger' }).waitFor();
  await frame.getByText('Whole family').waitFor();
  await screenshotThemes(window, 'ledger', () => Promise.resolve());
});

test('follows a fork that is made, and says of it why', async () => {
  await openTranscript(window, sessionRow(window, title), title);
  await chooseFromMenu(window, sessionRow(window, title), 'Fork with Details…');
  await window.pick('2  Assistant').first().waitFor();
  await inputOf(window).press('Enter');
  const answers = [added, 'Rates are not money', 'single', 'tax, try'];
  for (const [at, words] of answers.entries()) {
    await answer(window, `Fork with Details (${at + 1} of 4)`, words);
  }
  await forkRows(window, added).waitFor();
  await window.tab(/^Graph: /).click();
  const branch = await inGraph(added);
  await branch.waitFor();
  const tip = branch.locator('title');
  expect(await tip.textContent()).toContain('Rates are not money');
});

test('goes to parent, siblings and fork point by keys', async () => {
  const active = (name: string | RegExp) =>
    window.page
      .locator('.editor-group-container.active')
      .getByRole('tab', { name, selected: true });
  await forkRows(window, added).dblclick();
  await active(added).waitFor();
  await window.tab(new RegExp(`^${added}`)).click();
  await focusedPanel(window, 'transcript', `h1:has-text("${added}")`);
  await press('Shift+Alt+ArrowUp');
  await active(title).waitFor();
  await focusedPanel(window, 'transcript', `h1:has-text("${title}")`);
  await press('Shift+Alt+ArrowDown');
  await window.pick('Whole cents').waitFor();
  await inputOf(window).press('Escape');
  await forkRows(window, added).click();
  await focusTree(window);
  await press('Shift+Alt+ArrowUp');
  await expect.poll(() => sessionRow(window, title).getAttribute('aria-selected')).toBe('true');
});

test('is there again after a reload', async () => {
  await window.tab(/^Graph: /).click();
  await (await inGraph(added)).waitFor();
  await window.reload();
  await window.tab(/^Graph: /).click();
  await (await inGraph(added)).waitFor();
  await (await window.webview('graph')).getByRole('region', { name: 'Ledger' }).waitFor();
});
