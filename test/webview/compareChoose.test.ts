/** Choosing in the comparison panel: scores with their reasons, ratings, files, commands, merging. */
import { describe, expect, test } from 'vitest';
import { axeViolations } from '../e2e/support/accessibility.ts';
import { attemptsScene, hostileScene, severalScene } from './support/compareScenes.ts';
import { arrived, becomes, comparedRow, compareSuite, focusedRow } from './support/compareSuite.ts';
import { THEMES } from './support/page.ts';

const open = compareSuite();

describe('the score', () => {
  test('is explained part by part, in words, and the weights are a step away', async () => {
    const { page, host } = await open(attemptsScene);
    await arrived(page, 0);
    const score = page.getByRole('row', { name: /single-flight/ }).locator('.mp-score');
    expect(await score.getAttribute('aria-expanded')).toBe('false');
    expect(await score.getAttribute('title')).toMatch(
      /^Score 83 of 100\nTests: passed \(24 of 24 points\)/,
    );
    await score.click();
    const parts = page.getByRole('region', { name: 'How the score comes about' });
    expect(await parts.getByRole('row', { name: /^Tests/ }).innerText()).toMatch(
      /failed\s+\+0\.0\s+passed\s+\+24\.0/,
    );
    const texts = await parts.getByRole('row').last().getByRole('cell').allInnerTexts();
    expect(texts.slice(1)).toEqual(['37', '83']);
    await parts.getByRole('button', { name: 'Change the weights' }).click();
    await becomes(() => host.argumentsOf('openWeights'), [null]);
    await page.reload();
    await parts.waitFor();
  });

  test('follows the rating, by mouse and by keyboard', async () => {
    const { page, host } = await open(attemptsScene);
    await arrived(page, 0);
    const rating = page.getByRole('slider', { name: 'Your rating of mutex around refresh' });
    const total = page.getByRole('row', { name: /mutex/ }).locator('.mp-score-total');
    expect(await rating.getAttribute('aria-valuetext')).toBe('not rated');
    await rating.locator('.mp-star').nth(3).click();
    await becomes(() => rating.getAttribute('aria-valuetext'), '4 of 5');
    await becomes(() => total.innerText(), '45');
    await rating.focus();
    await page.keyboard.press('ArrowRight');
    await becomes(() => rating.getAttribute('aria-valuenow'), '5');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('2');
    await becomes(() => rating.getAttribute('aria-valuenow'), '2');
    await rating.locator('.mp-star').nth(1).click();
    await becomes(() => rating.getAttribute('aria-valuetext'), 'not rated');
    expect(host.argumentsOf('rate')).toEqual(
      [4, 5, 2, null].map((value) => ({ branch: 0, rating: value })),
    );
    // The keys of the stars are not the rows'.
    expect(await page.locator('[data-row]:focus').count()).toBe(0);
  });
});

describe('the judgement of a model', () => {
  const judged = {
    ...attemptsScene,
    judgement: {
      model: 'clever',
      branches: [
        { sessionId: 'promise', wins: 1, ties: 0, losses: 0 },
        { sessionId: 'mutex', wins: 0, ties: 0, losses: 1 },
      ],
      text: '## What clever said of 2 branches\n\nIt has no lock to forget.',
    },
  };

  test('stands beside the score, with its reasons a step away', async () => {
    const { page, host } = await open(judged);
    await arrived(page, 0);
    await page.getByRole('columnheader', { name: 'Judge' }).waitFor();
    const won = page.getByRole('row', { name: /single-flight/ }).getByRole('button', {
      name: '1 of 1 won',
    });
    expect(await won.getAttribute('title')).toBe('clever: 1 won, 0 even, 0 lost. Read its reasons');
    const lost = page.getByRole('row', { name: /mutex/ }).locator('.mp-judge');
    expect(await lost.innerText()).toBe('0 of 1 won');
    // It never changes the score.
    expect(await page.locator('.mp-score-total').allInnerTexts()).toEqual(['37', '83']);
    await won.click();
    await lost.focus();
    await page.keyboard.press('Enter');
    await becomes(() => host.argumentsOf('openJudgement'), [null, null]);
  });

  test('goes with what is copied and exported', async () => {
    const { page, host } = await open(judged);
    await arrived(page, 0);
    await page.getByRole('button', { name: 'Copy as Markdown' }).click();
    await becomes(() => host.argumentsOf('copyText').length, 1);
    await page.getByRole('button', { name: 'Export as Markdown…' }).click();
    await becomes(() => host.argumentsOf('exportText').length, 1);
    for (const said of [host.argumentsOf('copyText'), host.argumentsOf('exportText')]) {
      const [{ text }] = said as [{ text: string }];
      expect(text).toContain(
        '\n\n## What clever said of 2 branches\n\nIt has no lock to forget.\n\n',
      );
    }
  });

  test('says of pairs without a winner that they are even, and leaves none out of the table', async () => {
    const { page } = await open({
      ...attemptsScene,
      judgement: {
        model: '<b>clever</b>',
        branches: [{ sessionId: 'mutex', wins: 0, ties: 1, losses: 0 }],
        text: '',
      },
    });
    await arrived(page, 0);
    expect(await page.getByRole('row', { name: /mutex/ }).locator('.mp-judge').innerText()).toBe(
      'even',
    );
    const cells = page.getByRole('row', { name: /single-flight/ }).getByRole('cell');
    expect(await cells.last().innerText()).toBe('—');
    expect(await page.locator('.mp-judge b').count()).toBe(0);
  });

  test('is not spoken of where no model was asked', async () => {
    const { page } = await open(attemptsScene);
    await arrived(page, 0);
    expect(await page.getByRole('columnheader', { name: 'Judge' }).count()).toBe(0);
    expect(await page.locator('.mp-judge').count()).toBe(0);
  });

  test.each(THEMES)('satisfies axe in %s', async (theme) => {
    const { page, errors } = await open(judged, { theme });
    await arrived(page, 0);
    expect(await axeViolations(page.mainFrame())).toEqual([]);
    expect(errors).toEqual([]);
  });
});

describe('what the branches left behind', () => {
  test('files and commands, each a step away', async () => {
    const { page, host } = await open(attemptsScene);
    await arrived(page, 0);
    const files = page.getByRole('region', { name: 'Files touched · mutex around refresh' });
    await files.getByRole('button', { name: 'src/auth/mutex.ts' }).click();
    await becomes(() => host.argumentsOf('openFile'), [{ branch: 0, path: 'src/auth/mutex.ts' }]);
    const commands = page.getByRole('region', { name: 'Commands run · single-flight promise' });
    const lines = await commands.getByRole('listitem').allInnerTexts();
    expect(lines.map((line) => line.replace(/\s+/g, ' ').trim())).toEqual([
      '$ npm test -- auth passed',
      '$ npm test passed',
    ]);
    await commands.getByRole('button', { name: 'npm test', exact: false }).last().click();
    await becomes(() => host.argumentsOf('openSession'), [{ sessionId: 'promise', reveal: 45 }]);
    await page.getByRole('button', { name: 'Open Files in Diff Editor' }).click();
    await becomes(() => host.argumentsOf('openFiles'), [null]);
  });

  test('short edits as lines that went and came, coloured; longer ones on unfolding', async () => {
    const { page } = await open(attemptsScene);
    const answer = await arrived(page, 1);
    const edit = answer.locator('.mp-side-2 .mp-edit');
    await becomes(() => edit.locator('.mp-line').count(), 2);
    expect(await edit.locator('.mp-line-removed').innerText()).toContain('return refresh();');
    expect(await edit.locator('.mp-line-added').innerText()).toContain('return (inFlight ??=');
    await edit.locator('.hljs-keyword').first().waitFor();
    // Colours change nothing of what can be read.
    expect(await edit.locator('code').textContent()).toBe(
      '  return refresh();\n  return (inFlight ??= refresh());\n',
    );
    await answer.locator('.mp-side-2 summary').last().click();
    await becomes(() => answer.locator('.mp-side-2 .mp-edit-preview').count(), 0);
    await becomes(() => edit.count(), 1);
  });

  test('fenced code keeps its colours under the changes', async () => {
    const { page } = await open(attemptsScene);
    const answer = await arrived(page, 1);
    const added = answer.locator('.mp-side-2 .mp-markdown .mp-line-added');
    await added.locator('.hljs-title').first().waitFor();
    await becomes(() => added.count(), 4);
  });
});

describe('actions', () => {
  test('merging by button and by key; exporting', async () => {
    const { page, host } = await open(attemptsScene);
    await arrived(page, 0);
    await page.getByRole('button', { name: 'Merge…' }).click();
    await comparedRow(page, 0).focus();
    await page.keyboard.press('m');
    await becomes(() => host.argumentsOf('merge'), [null, null]);
    // Nor does the key need a row: nothing may have the focus yet.
    await comparedRow(page, 0).blur();
    await page.keyboard.press('m');
    await becomes(() => host.argumentsOf('merge'), [null, null, null]);
    // Arrows lead to the rows, and whoever comes back to the panel is where they left.
    await page.keyboard.press('ArrowDown');
    await becomes(() => focusedRow(page), 0);
    await page.keyboard.press('ArrowDown');
    await becomes(() => focusedRow(page), 1);
    await comparedRow(page, 1).blur();
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await becomes(() => focusedRow(page), 1);
    await page.getByRole('button', { name: 'Export as Markdown…' }).click();
    await becomes(() => host.argumentsOf('exportText').length, 1);
    const [{ text }] = host.argumentsOf('exportText') as [{ text: string }];
    expect(text).toContain('| Score of 100 | 37 | 83 |');
    expect(text).toContain(
      '## Files touched · mutex around refresh\n\n- `src/auth/token.ts` +38 −4',
    );
    expect(text).toContain('- `npm test -- auth` failed');
  });
});

describe('four branches', () => {
  test('stand in columns whose names and ruler stay in view', async () => {
    const { page } = await open(severalScene, { width: 800 });
    const row = await arrived(page, 0);
    expect(await row.locator('.mp-cell').count()).toBe(4);
    const scroller = page.locator('.mp-scroll');
    const left = (selector: string): Promise<number> =>
      page
        .locator(selector)
        .first()
        .evaluate((element) => element.getBoundingClientRect().left);
    await scroller.evaluate((element) => {
      element.scrollLeft = 300;
      element.scrollTop = 400;
    });
    await becomes(async () => Math.round(await left('.mp-heads > .mp-lane')), 0);
    expect(await left('.mp-head.mp-side-1')).toBeLessThan(0);
    const [heads, top] = await Promise.all([
      page.locator('.mp-heads').boundingBox(),
      scroller.boundingBox(),
    ]);
    expect(Math.round((heads?.y ?? 0) - (top?.y ?? 1))).toBe(0);
    const lanes = await page
      .locator('.mp-row > .mp-lane')
      .evaluateAll((all) => all.map((lane) => Math.round(lane.getBoundingClientRect().left)));
    expect(new Set(lanes)).toEqual(new Set([0]));
  });

  test('put in one row what two later ones share; a pair opens from its cell', async () => {
    const { page, host } = await open(severalScene);
    const row = await arrived(page, 1);
    expect(await row.locator('.mp-cell-none').count()).toBe(1);
    await row.locator('.mp-side-4').getByRole('button', { name: 'Open Pair' }).click();
    await becomes(() => host.argumentsOf('openDiff'), [{ row: 1, branch: 3, reference: 0 }]);
    await comparedRow(page, 1).focus();
    await page.keyboard.press('Enter');
    await becomes(() => host.argumentsOf('openDiff').at(-1), { row: 1, reference: 0 });
  });

  test('are compared with the one that is chosen, by mouse and by key, over a reload', async () => {
    const { page, host, errors } = await open(severalScene);
    const row = await arrived(page, 0);
    const references = (): Promise<string[]> =>
      page
        .locator('.mp-reference[aria-pressed=true]')
        .evaluateAll((all) =>
          all.map((one) => one.closest('.mp-head')?.className.split(' ').at(-1) ?? ''),
        );
    const marked = (side: number): Promise<boolean> =>
      row
        .locator(`.mp-side-${String(side)} del`)
        .count()
        .then((count) => count > 0);
    expect(await references()).toEqual(['mp-side-1']);
    expect([await marked(1), await marked(3)]).toEqual([true, false]);
    await page.locator('.mp-head.mp-side-3 .mp-reference').click();
    await becomes(references, ['mp-side-3']);
    await becomes(async () => [await marked(1), await marked(3)], [false, true]);
    await page.reload();
    await arrived(page, 0);
    await becomes(references, ['mp-side-3']);
    await becomes(async () => [await marked(1), await marked(3)], [false, true]);
    await comparedRow(page, 0).focus();
    await page.keyboard.press('r');
    await becomes(references, ['mp-side-4']);
    await page.getByRole('status').getByText('Compared with').waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    await becomes(() => host.argumentsOf('openDiff').at(-1), { row: 0, reference: 3 });
    expect(errors).toEqual([]);
  });

  test.each(THEMES)('satisfy axe in %s, scores explained', async (theme) => {
    const { page, errors } = await open(severalScene, { theme });
    await arrived(page, 0);
    await page.locator('.mp-score').first().click();
    await page.getByRole('slider').first().focus();
    expect(await axeViolations(page.mainFrame())).toEqual([]);
    expect(errors).toEqual([]);
  });
});

test('hostile titles, paths and commands make nothing but text below and above the rows', async () => {
  const { page, strayRequests, dialogs, errors } = await open(hostileScene);
  await arrived(page, 0);
  await page.locator('.mp-score').first().click();
  const around = page.locator('.mp-touched, .mp-metrics, .mp-explanation');
  expect(await around.locator('img, svg, a, script, style, iframe, form, input').count()).toBe(0);
  expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
  expect([strayRequests, dialogs, errors]).toEqual([[], [], []]);
});
