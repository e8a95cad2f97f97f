/** The comparison panel as a person uses it, by mouse and by keyboard, over a played host. */
import { describe, expect, test } from 'vitest';
import { attemptsScene, emptyScene, strangersScene } from './support/compareScenes.ts';
import { arrived, becomes, comparedRow, compareSuite, focusedRow } from './support/compareSuite.ts';

const open = compareSuite();

describe('what the comparison shows', () => {
  test('the figures of both branches, the best of each marked in words too', async () => {
    const { page } = await open(attemptsScene);
    const [left, right] = [
      page.getByRole('row', { name: /mutex around refresh/ }),
      page.getByRole('row', { name: /single-flight promise/ }),
    ];
    const texts = async (row: typeof left): Promise<string[]> =>
      (await row.getByRole('cell').allTextContents()).map((text) =>
        // Icons stand for themselves; what they mean is said in words.
        text
          .replaceAll(/[\uE000-\uF8FF]/g, '')
          .replace(/\s+/g, ' ')
          .trim(),
      );
    await left.waitFor();
    expect(await texts(left)).toEqual([
      ...['claude-sonnet-4-5', '7', '6.5k', '$0.31', '6m 18s Best', '2', '0', '2 ✗', '3'],
      ...['+64 −12', '', '37'],
    ]);
    expect(await texts(right)).toEqual([
      ...['gpt-5.2-codex', '6 Best', '2.6k Best', '$0.14 Best', '7m 36s', '0 Best', '0'],
      ...['2 ✓ Best', '2 Best', '+41 −2 Best', '', '83 Best'],
    ]);
  });

  test('the shared prefix once, where the branches part, and the files of each', async () => {
    const { page, host } = await open(attemptsScene);
    const shared = page.getByRole('button', { name: /42 shared messages/ });
    await expect
      .poll(() => shared.innerText(), { timeout: 20_000 })
      .toMatch(/two tabs wake up”[^]*counted once: 118k tokens, \$0\.92/);
    expect(await page.getByText(/forked here · /).innerText()).toMatch(/forked here · .*10:42/);
    await shared.click();
    await becomes(() => host.argumentsOf('openSession'), [{ sessionId: 'race', reveal: 41 }]);
    const files = page.getByRole('region', { name: 'Files touched · single-flight promise' });
    const lines = await files.getByRole('listitem').allInnerTexts();
    expect(lines.map((line) => line.replace(/\s+/g, ' ').trim())).toEqual([
      'src/auth/token.ts +9 −2',
      'test/auth.test.ts +32',
    ]);
  });

  test('changed words as deletions and insertions, code line by line', async () => {
    const { page } = await open(attemptsScene);
    const prompt = await arrived(page, 0);
    expect(await prompt.getByRole('deletion').allInnerTexts()).toEqual([
      'with a lock around the refresh call',
    ]);
    expect(await prompt.getByRole('insertion').allInnerTexts()).toEqual([
      'without a lock: share the promise that is in flight',
    ]);
    const answer = comparedRow(page, 1);
    const lines = await answer.locator('.mp-side-2 .mp-markdown .mp-line-added').allInnerTexts();
    expect(lines.map((line) => line.trim())).toEqual([
      'inFlight ??= refresh().finally(() => {',
      'inFlight = undefined;',
      '});',
      'return inFlight;',
    ]);
    // The page's code is still the message's: nothing was added or lost by marking it.
    expect(await answer.locator('.mp-side-1 .mp-markdown pre').textContent()).toContain(
      '  try {\n    return await refresh();\n',
    );
  });

  test('a message without a counterpart, and calls that only one branch made', async () => {
    const { page } = await open(attemptsScene);
    const lone = await arrived(page, 2);
    expect(await lone.getByText('no counterpart').count()).toBe(1);
    expect(await lone.locator('ins, del').count()).toBe(0);
    const only = page.locator('.mp-tool-only');
    await becomes(() => only.count(), 3);
    expect((await only.allInnerTexts()).join()).not.toContain('npm test');
  });

  test('sessions that share nothing, with dashes for what is not known', async () => {
    const { page } = await open(strangersScene);
    await page.getByText('These sessions share no message.').waitFor();
    const prompts = await arrived(page, 0);
    expect(await prompts.getByText('rewritten').count()).toBe(2);
    expect(await prompts.locator('ins, del').count()).toBe(0);
    expect(await page.getByText(/forked here/).count()).toBe(0);
    const cells = await page
      .getByRole('row', { name: /Paint the shed/ })
      .getByRole('cell')
      .allInnerTexts();
    expect(cells.slice(2, 5)).toEqual(['—', '—', '—']);
  });

  test('that neither branch has begun', async () => {
    const { page } = await open(emptyScene);
    await page.getByText('None of these branches has messages of its own yet.').waitFor();
    expect(await page.getByRole('button', { name: /Next difference/ }).isDisabled()).toBe(true);
  });
});

describe('filters', () => {
  test('unchanged messages are folded, unfold one by one or all', async () => {
    const { page } = await open(attemptsScene);
    await arrived(page, 0);
    expect(await comparedRow(page, 3).count()).toBe(0);
    await page.getByRole('button', { name: '1 unchanged message' }).first().click();
    await arrived(page, 3);
    await becomes(() => focusedRow(page), 3);
    expect(await comparedRow(page, 6).count()).toBe(0);
    await page.getByRole('button', { name: 'Only differences' }).click();
    await arrived(page, 6);
  });

  test('by role; the count of differences follows', async () => {
    const { page } = await open(attemptsScene);
    await arrived(page, 0);
    await page.getByRole('combobox', { name: 'Role' }).selectOption('user');
    await page.getByText('1 difference', { exact: true }).waitFor();
    expect(await comparedRow(page, 1).count()).toBe(0);
    expect(await comparedRow(page, 0).count()).toBe(1);
    await page.getByRole('combobox', { name: 'Role' }).selectOption('system');
    await page.getByText('No message of this role.').waitFor();
  });

  test('and the place one was at survive a reload', async () => {
    const { page } = await open(attemptsScene);
    await arrived(page, 0);
    await page.getByRole('button', { name: 'Only differences' }).click();
    await page.getByRole('combobox', { name: 'Role' }).selectOption('assistant');
    await page.keyboard.press('F7');
    await page.keyboard.press('F7');
    await page.getByText('2 of 4').waitFor();
    await page.reload();
    await page.getByText('2 of 4').waitFor();
    expect(await page.getByRole('combobox', { name: 'Role' }).inputValue()).toBe('assistant');
    const button = page.getByRole('button', { name: 'Only differences' });
    expect(await button.getAttribute('aria-pressed')).toBe('false');
  });
});

describe('the keyboard', () => {
  test('steps through differences and stops at both ends', async () => {
    const { page } = await open(attemptsScene);
    await arrived(page, 0);
    const visited: (number | undefined)[] = [];
    for (const key of ['F7', 'F7', 'F7', 'F7', 'F7', 'F7', 'Shift+F7']) {
      await page.keyboard.press(key);
      await page.waitForFunction(() => document.activeElement?.matches('[data-row]'));
      visited.push(await focusedRow(page));
    }
    expect(visited).toEqual([0, 1, 2, 4, 5, 5, 4]);
    expect(await page.getByText('4 of 5').count()).toBe(1);
  });

  test('goes by rows, opens a pair, and has one row in the tab order', async () => {
    const { page, host } = await open(attemptsScene);
    await arrived(page, 0);
    const reachable = page.locator('[data-row][tabindex="0"]');
    expect(await reachable.count()).toBe(1);
    await comparedRow(page, 0).focus();
    await page.keyboard.press('ArrowDown');
    await becomes(() => focusedRow(page), 1);
    await page.keyboard.press('End');
    await becomes(() => focusedRow(page), 5);
    await page.keyboard.press('ArrowUp');
    await becomes(() => focusedRow(page), 4);
    await page.keyboard.press('Home');
    await becomes(() => focusedRow(page), 0);
    await page.keyboard.press('Enter');
    await becomes(() => host.argumentsOf('openDiff'), [{ row: 0, reference: 0 }]);
    expect(await reachable.count()).toBe(1);
  });

  test('leaves keys to what has the focus inside a row; Escape comes back', async () => {
    const { page, host } = await open(attemptsScene);
    const answer = await arrived(page, 1);
    const call = answer.locator('summary').first();
    await call.focus();
    await page.keyboard.press('Enter');
    await answer.locator('.mp-output').first().waitFor();
    expect(host.argumentsOf('openDiff')).toEqual([]);
    await page.keyboard.press('Escape');
    await becomes(() => focusedRow(page), 1);
  });
});

describe('what the comparison asks of its host', () => {
  test('to open a pair, a session, a message in its transcript', async () => {
    const { page, host } = await open(attemptsScene);
    const pair = page.getByRole('button', { name: 'Open Pair in Diff Editor' });
    await arrived(page, 1);
    expect(await pair.isDisabled()).toBe(true);
    await comparedRow(page, 1).focus();
    await pair.click();
    await becomes(() => host.argumentsOf('openDiff'), [{ row: 1, reference: 0 }]);
    await page.getByRole('button', { name: 'mutex around refresh', exact: true }).click();
    await comparedRow(page, 5)
      .getByRole('button', { name: 'Show in the transcript of single-flight promise' })
      .click();
    await becomes(
      () => host.argumentsOf('openSession'),
      [{ sessionId: 'mutex' }, { sessionId: 'promise', reveal: 46 }],
    );
  });

  test('to copy what is on show as Markdown', async () => {
    const { page, host } = await open(attemptsScene);
    await arrived(page, 0);
    await page.getByRole('button', { name: 'Copy as Markdown' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const [copied] = host.argumentsOf('copyText') as { text: string }[];
    expect(copied?.text).toContain('# mutex around refresh / single-flight promise');
    expect(copied?.text).toContain('share the promise that is in flight');
    expect(copied?.text).toContain('*No counterpart*');
    // Folded rows are not on show.
    expect(copied?.text).not.toContain('Run all the tests');
  });

  test('again after a failure, which is shown', async () => {
    const { page, host } = await open(attemptsScene, {}, (played) => {
      played.failing.set('ready', 'The store is away.');
    });
    await page.getByText('The store is away.').waitFor();
    host.failing.clear();
    host.failing.set('readRows', 'Block 7 is damaged.');
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('These messages could not be read: Block 7 is damaged.').first().waitFor();
    host.failing.clear();
    host.failing.set('openDiff', 'No diff editor here.');
    await page.getByRole('button', { name: 'Retry' }).first().click();
    await arrived(page, 0);
    await page.keyboard.press('F7');
    await page.keyboard.press('Enter');
    await page.getByText('That failed: No diff editor here.').waitFor();
  });

  test('shows a notice and draws itself again when the host says so', async () => {
    const { page, host } = await open(attemptsScene);
    await arrived(page, 0);
    await host.channel.request('setNotice', { text: 'The server is being restarted.' });
    await page.getByText('The server is being restarted.').waitFor();
    await host.channel.request('setNotice', { text: null });
    await becomes(() => page.getByText('The server is being restarted.').count(), 0);
    const before = host.argumentsOf('readRows').length;
    let release = (): void => undefined;
    host.held = new Promise((resolve) => (release = resolve));
    await host.channel.request('changed', { state: await host.state() });
    await becomes(() => host.argumentsOf('readRows').length > before, true);
    // What was there stays until the new rows have come.
    expect(await comparedRow(page, 0).locator('.mp-cell-head').count()).toBe(2);
    release();
  });
});
