/** The graph panel in a real browser: drawing, mouse, keyboard, the tree beside it, the ledger. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { axeViolations } from '../e2e/support/accessibility.ts';
import { graphState, graphSuite } from './support/graphHost.ts';
import { branch, familyOf, largeFamily, usualFamily } from './support/graphScenes.ts';
import { THEMES } from './support/page.ts';

const open = graphSuite();
const usual = graphState(usualFamily, { sessionId: 'flight', running: ['login'] });

const node = (page: Page, id: string) => page.locator(`.mp-canvas [data-branch="${id}"]`);
const label = (page: Page, id: string, text: string) =>
  node(page, id).locator('text').filter({ hasText: text });
const tree = (page: Page) => page.getByRole('tree');

/** The branch that screen readers are at. */
async function current(page: Page): Promise<string> {
  const id = await tree(page).getAttribute('aria-activedescendant');
  return (await page.locator(`[id="${id ?? ''}"]`).innerText()).split(',')[0] ?? '';
}

async function becomes<T>(read: () => T, wanted: T): Promise<void> {
  await expect.poll(read).toEqual(wanted);
}

test('draws branches, forks, merges and what became of them', async () => {
  const { page, errors, strayRequests } = await open(usual);
  await label(page, 'flight', '0.81 ★').waitFor();
  await label(page, 'queue', 'abandoned, $0.44').waitFor();
  await label(page, 'abort', 'merged back').waitFor();
  await label(page, 'login', 'running').waitFor();
  await page.locator('.mp-canvas').getByText('message 42', { exact: true }).waitFor();
  await page.locator('.mp-canvas').getByText('3 forks', { exact: true }).waitFor();
  expect(await page.locator('.mp-merge').count()).toBe(1);
  const dash = await page
    .locator('.mp-merge > .mp-line')
    .evaluate((line) => getComputedStyle(line).strokeDasharray);
  expect(dash).not.toBe('none');
  const opacity = (id: string): Promise<string> =>
    node(page, id)
      .locator('.mp-node')
      .last()
      .evaluate((at) => getComputedStyle(at).opacity);
  expect([await opacity('queue'), await opacity('mutex')]).toEqual(['0.5', '1']);
  await page.getByText('6 branches').waitFor();
  expect([errors, strayRequests]).toEqual([[], []]);
});

test('opens by the mouse: a branch at its end, a fork at its message', async () => {
  const { page, host } = await open(usual);
  await node(page, 'mutex').locator('.mp-label').click();
  await page.locator('.mp-canvas [data-fork="login"][data-at="42"] .mp-node').click();
  await becomes(
    () => host.argumentsOf('openSession'),
    [{ sessionId: 'mutex' }, { sessionId: 'login', reveal: 41 }],
  );
});

test('chooses several and compares them', async () => {
  const { page, host } = await open(usual);
  const compare = page.getByRole('button', { name: 'Compare' });
  await node(page, 'mutex')
    .locator('.mp-label')
    .click({ modifiers: ['Control'] });
  expect(await compare.isDisabled()).toBe(true);
  await node(page, 'flight')
    .locator('.mp-label')
    .click({ modifiers: ['Control'] });
  await page.getByText('2 chosen').waitFor();
  await compare.click();
  await page.getByRole('button', { name: 'Choose Best' }).click();
  const chosen = [{ sessionIds: ['mutex', 'flight'] }];
  await becomes(() => host.argumentsOf('compare'), chosen);
  await becomes(() => host.argumentsOf('chooseBest'), chosen);
  expect(host.argumentsOf('openSession')).toEqual([]);
});

test('goes along the branches by keyboard, opens, chooses and compares', async () => {
  const { page, host } = await open(usual);
  await tree(page).focus();
  expect(await current(page)).toBe('single-flight promise');
  await page.keyboard.press('ArrowRight');
  expect(await current(page)).toBe('…with abort signal');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowUp');
  expect(await current(page)).toBe('mutex around refresh');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await page.keyboard.press('c');
  await becomes(() => host.argumentsOf('compare'), [{ sessionIds: ['mutex', 'flight'] }]);
  await page.keyboard.press('Escape');
  await page.getByText('2 chosen').waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+Enter');
  await becomes(
    () => host.argumentsOf('openSession'),
    [{ sessionId: 'flight' }, { sessionId: 'flight', reveal: 41 }],
  );
  await page.keyboard.press('Home');
  expect(await current(page)).toBe('Fix login race');
  await page.keyboard.press('End');
  expect(await current(page)).toBe('Would rate limiting help here?');
});

test('zooms by keyboard and wheel, and shows all again', async () => {
  const { page } = await open(usual);
  const scale = async (): Promise<number> =>
    Number.parseInt(await page.getByRole('button', { name: '%' }).first().innerText());
  await node(page, 'flight').waitFor();
  const first = await scale();
  await tree(page).focus();
  await page.keyboard.press('+');
  await expect.poll(scale).toBeGreaterThan(first);
  await page.keyboard.press('-');
  await page.keyboard.press('-');
  await expect.poll(scale).toBeLessThan(first);
  await page.keyboard.press('0');
  await expect.poll(scale).toBe(first);
  await page.mouse.move(500, 400);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  await expect.poll(scale).toBeGreaterThan(first);
  await page.keyboard.press('0');
  const top = async (): Promise<number> => (await node(page, 'login').boundingBox())?.y ?? NaN;
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  const before = await top();
  await page.mouse.wheel(0, 100);
  await expect.poll(top).toBeLessThan(before);
});

test('reads as a tree to screen readers', async () => {
  const { page } = await open(usual);
  const item = page.getByRole('treeitem', { name: /^single-flight promise, fork from message 42/ });
  expect(await item.getAttribute('aria-level')).toBe('2');
  expect(await item.getAttribute('aria-setsize')).toBe('4');
  const name = await item.innerText();
  for (const part of ['Codex CLI', 'gpt-5.2-codex', '22 messages', 'score 0.81', 'best']) {
    expect(name).toContain(part);
  }
  const merged = page.getByRole('treeitem', { name: /^…with abort signal/ });
  expect(await merged.innerText()).toContain('merged into single-flight promise');
  expect(await page.locator('svg.mp-canvas').getAttribute('aria-hidden')).toBe('true');
});

test('shows what the family took, sorted, and as Markdown', async () => {
  const { page, host } = await open(usual);
  await page.getByRole('button', { name: 'Ledger', exact: true }).click();
  await page.getByText('114 messages · 189k tokens · ≥ $1.63').waitFor();
  await page.getByText('16 messages · 70.6k tokens · $0.53').waitFor();
  await page.getByText('Shared messages are counted once: 189 less').waitFor();
  const rows = page.locator('mp-table-rows tbody tr');
  expect(await rows.count()).toBe(6);
  const first = (): Promise<string> => rows.first().locator('button').innerText();
  expect(await first()).toBe('Fix login race');
  await page.getByRole('button', { name: 'Cost', exact: true }).click();
  await page
    .getByRole('columnheader', { name: 'Cost' })
    .and(page.locator('[aria-sort=descending]'))
    .waitFor();
  await page.getByRole('button', { name: 'Cost', exact: true }).click();
  await expect.poll(first).toBe('Would rate limiting help here?');
  await page.getByRole('button', { name: 'Cost', exact: true }).click();
  await expect.poll(first).toBe('Fix login race');
  await page.getByRole('button', { name: 'Copy as Markdown' }).click();
  await expect.poll(() => host.argumentsOf('copyText')).toHaveLength(1);
  const [copied] = host.argumentsOf('copyText');
  const { text } = copied as { readonly text: string };
  expect(text).toContain('| rewrite as queue | 8 | 61,000 | $0.44 | abandoned |');
  expect(text).toContain('| …with abort signal | 7 | 9,000 | ≥ $0.10 | merged back |');
  await rows.nth(1).locator('button').click();
  await expect.poll(() => host.argumentsOf('openSession')).toHaveLength(1);
  await page.getByRole('button', { name: 'Close the ledger' }).click();
  await rows.first().waitFor({ state: 'detached' });
});

test('opens its ledger when it is asked for one', async () => {
  const { page, host } = await open({ ...usual, showLedger: true });
  await page.getByRole('region', { name: 'Ledger' }).waitFor();
  await page.getByRole('button', { name: 'Close the ledger' }).click();
  await host.channel.request('showLedger', null);
  await page.getByRole('region', { name: 'Ledger' }).waitFor();
});

test('colours by score, and says so while nothing is judged', async () => {
  const { page, host } = await open(usual);
  const colour = (id: string): Promise<string> =>
    node(page, id).evaluate((at) => getComputedStyle(at).color);
  const before = await colour('mutex');
  await page.getByRole('button', { name: 'By Score' }).click();
  await expect.poll(() => colour('mutex')).not.toBe(before);
  expect(await colour('mutex')).not.toBe(await colour('flight'));
  await host.change({ graph: familyOf([branch('alone')]), sessionId: 'alone' });
  await page.getByText('No branch has been judged yet.').waitFor();
});

test('keeps what one was looking at over a reload', async () => {
  const { page } = await open(usual);
  await page.getByRole('button', { name: 'By Score' }).click();
  await tree(page).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('+');
  await page.keyboard.press('ArrowRight');
  const scale = page.locator('.mp-scale');
  const before = await scale.innerText();
  await page.reload();
  await node(page, 'abort').waitFor();
  expect(await scale.innerText()).toBe(before);
  await page.getByText('1 chosen').waitFor();
  expect(await current(page)).toBe('…with abort signal');
  await page.locator('button[aria-pressed=true]', { hasText: 'By Score' }).waitFor();
});

test('follows the family as it grows, and stays where one is', async () => {
  const { page, host } = await open(usual);
  await tree(page).focus();
  await page.keyboard.press('ArrowRight');
  const grown = [
    ...usualFamily.branches,
    branch('new', { parentId: 'abort', at: 58, length: 60, title: 'one more' }),
  ];
  await host.change({ graph: { ...usualFamily, branches: grown, total: 7 } });
  await label(page, 'new', 'one more').waitFor();
  expect(await current(page)).toBe('…with abort signal');
  await host.channel.request('setNotice', { text: 'The store is away.' });
  await page.getByText('The store is away.').waitFor();
});

test('draws of thousands only what is seen, and all of them from afar', async () => {
  const { page, errors } = await open(graphState(largeFamily(2000)));
  await page.getByText('2,000 branches').waitFor();
  await node(page, 'b0').waitFor();
  const parts = (): Promise<number> => page.locator('.mp-canvas *').count();
  expect(await parts()).toBeLessThan(2500);
  expect(await page.getByRole('treeitem').count()).toBeLessThan(100);
  await tree(page).focus();
  await page.keyboard.press('0');
  await page.locator('.mp-ends').first().waitFor({ state: 'attached' });
  expect(await parts()).toBeLessThan(2500);
  await page.keyboard.press('End');
  expect(await current(page)).not.toBe('The first of many');
  expect(errors).toEqual([]);
});

test('says that a family is cut', async () => {
  const { page } = await open(graphState({ ...usualFamily, total: 9000 }));
  await page.getByText('The nearest 6 of 9,000 branches are shown.').waitFor();
});

test('shows hostile titles as the text they are', async () => {
  const title = '<img src=x onerror=alert(1)>\u202e |`x`| \n# evil';
  const { page, host, dialogs, errors } = await open(
    graphState(
      familyOf([
        branch('root', { title }),
        branch('fork', { parentId: 'root', at: 4, title, reason: title, strategy: title }),
      ]),
      { showLedger: true },
    ),
  );
  await label(page, 'root', '<img src=x onerror=alert(1)>\ufffd').waitFor();
  await page.getByRole('button', { name: 'Copy as Markdown' }).click();
  await expect.poll(() => host.argumentsOf('copyText')).toHaveLength(1);
  const { text } = host.argumentsOf('copyText')[0] as { readonly text: string };
  for (const line of text.split('\n').slice(2, 8)) {
    expect(line.replaceAll(/\\./g, '')).toMatch(/^\|[^|]*\|[^|]*\|[^|]*\|[^|]*\|[^|]*\|$/);
  }
  expect(text).not.toMatch(/(?<!\\)<img|^# evil/m);
  expect([dialogs, errors]).toEqual([[], []]);
});

test('does not open what lies in the trash', async () => {
  const { page, host } = await open(
    graphState(
      familyOf([branch('root', { deleted: true }), branch('fork', { parentId: 'root', at: 4 })]),
      { sessionId: 'fork' },
    ),
  );
  await label(page, 'root', 'in the trash').waitFor();
  await node(page, 'root').locator('.mp-label').first().click();
  await node(page, 'fork').locator('.mp-label').click();
  await becomes(() => host.argumentsOf('openSession'), [{ sessionId: 'fork' }]);
});

test('says why it could not be shown, and tries again', async () => {
  const { page, host } = await open(usual, {}, (played) => {
    played.failing.set('ready', 'The session server does not answer.');
  });
  await page.getByText('The session server does not answer.').waitFor();
  host.failing.clear();
  await page.getByRole('button', { name: 'Retry' }).click();
  await node(page, 'flight').waitFor();
  host.failing.set('openSession', 'It is gone.');
  await node(page, 'mutex').locator('.mp-label').click();
  await page.getByText('That failed: It is gone.').waitFor();
});

describe.each(THEMES)('in %s', (theme) => {
  test('satisfies axe, with and without the ledger', async () => {
    const { page, errors } = await open(usual, { theme });
    await tree(page).focus();
    await page.keyboard.press('Space');
    await node(page, 'flight').waitFor();
    expect(await axeViolations(page.mainFrame())).toEqual([]);
    await page.getByRole('button', { name: 'By Score' }).click();
    await page.getByRole('button', { name: 'Ledger', exact: true }).click();
    await page.getByRole('region', { name: 'Ledger' }).waitFor();
    expect(await axeViolations(page.mainFrame())).toEqual([]);
    expect(errors).toEqual([]);
  });
});

test('stands still for those who asked for it', async () => {
  const { page } = await open(usual, { reducedMotion: true });
  const duration = await node(page, 'login')
    .locator('.mp-node')
    .last()
    .evaluate((at) => Number.parseFloat(getComputedStyle(at).animationDuration));
  expect(duration).toBeLessThan(0.001);
});

test('says whose menu is asked for, by mouse and by key', async () => {
  const { page } = await open(usual);
  const context = async (): Promise<unknown> =>
    JSON.parse((await tree(page).getAttribute('data-vscode-context')) ?? 'null');
  await node(page, 'mutex').locator('.mp-label').click({ button: 'right' });
  expect(await context()).toMatchObject({ multipathBranch: true, sessionId: 'mutex' });
  await page.mouse.click(900, 600, { button: 'right' });
  expect(await context()).toEqual({ preventDefaultContextMenuItems: true });
  await page.keyboard.press('Escape');
  await tree(page).focus();
  await tree(page).dispatchEvent('contextmenu');
  expect(await context()).toMatchObject({ sessionId: 'mutex' });
});
