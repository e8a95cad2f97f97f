/** axe finds nothing to say about the transcript, in any theme and any state. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { row } from './support/look.ts';
import { THEMES } from './support/page.ts';
import { ATTACKS, hostileScene, realisticScene } from './support/scenes.ts';
import { transcriptSuite } from './support/suite.ts';

const open = transcriptSuite();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** One line per complaint and place. Evaluated, so that the page's policy need not allow it. */
async function complaints(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResults>(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}

describe.each(THEMES)('in %s', (theme) => {
  test('a session with everything in it, then with notices, an error and a draft', async () => {
    const { page, host } = await open(realisticScene, { theme, height: 1200 });
    await row(page, 43).locator('.hljs-keyword').first().waitFor();
    await row(page, 45).focus();
    await page.keyboard.press('Enter');
    await row(page, 45).locator('.hljs-string').first().waitFor();
    expect(await complaints(page)).toEqual([]);

    host.failing.set('forkAt', 'No place to cut.');
    await page.keyboard.press('f');
    await page.getByRole('textbox', { name: 'Message text' }).fill('draft');
    await host.channel.request('setNotice', { text: 'The store is away.' });
    await page.getByText('The store is away.').waitFor();
    await page.getByText('No place to cut.').waitFor();
    expect(await complaints(page)).toEqual([]);
  });

  test('every kind of block', async () => {
    const { page, host } = await open(hostileScene, { theme });
    await host.channel.request('reveal', { index: ATTACKS.length });
    await row(page, ATTACKS.length).focus();
    await page.keyboard.press('Enter');
    await row(page, ATTACKS.length).locator('.mp-output').first().waitFor();
    expect(await complaints(page)).toEqual([]);
  });
});

test('an empty session and one that cannot be shown', async () => {
  const { page, host } = await open({
    count: 0,
    messages: () => ({ role: 'user', content: [] }),
  });
  await page.getByText('No messages yet').waitFor();
  expect(await complaints(page)).toEqual([]);
  host.failing.set('ready', 'Gone.');
  await page.reload();
  await page.getByText('Gone.').waitFor();
  expect(await complaints(page)).toEqual([]);
});
