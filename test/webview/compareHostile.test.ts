/** Branches that attack their reader show as text and do nothing, marked changes included. */
import { describe, expect, test } from 'vitest';
import { hostileScene } from './support/compareScenes.ts';
import { arrived, becomes, comparedRow, compareSuite } from './support/compareSuite.ts';
import { ATTACKS } from './support/scenes.ts';

const open = compareSuite();

describe('hostile branches', () => {
  test('show every attack as text and do nothing', async () => {
    const { page, strayRequests, dialogs, errors, host } = await open(hostileScene);
    await arrived(page, 0);
    for (const [at, attack] of ATTACKS.entries()) {
      await page.keyboard.press('F7');
      await page.keyboard.press('F7');
      const row = await arrived(page, at * 2 + 1);
      // A link that goes to the web says where in its title.
      const shown = await row
        .locator('.mp-blocks')
        .first()
        .evaluate((blocks) =>
          [blocks.textContent, ...[...blocks.querySelectorAll('a')].map((link) => link.title)].join(
            ' ',
          ),
        );
      // Whoever reads it sees the words of the markup that was not obeyed.
      const word = /harmed|evil|overlay|workbench\.action|passwd|mp-list|ref/.exec(attack)?.[0];
      expect(shown, attack).toContain(word);
    }
    await page.keyboard.press('F7');
    const last = await arrived(page, ATTACKS.length * 2);
    for (const fold of await last.locator('summary').all()) await fold.click();
    await becomes(() => last.locator('details[open]').count(), 6);

    expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
    expect(strayRequests).toEqual([]);
    expect(dialogs).toEqual([]);
    expect(errors).toEqual([]);
    expect(host.argumentsOf('openLink')).toEqual([]);
    const made = page
      .locator('mp-compare')
      .locator('img, svg, iframe, form, input, style, script, object, embed, base, meta, math');
    expect(await made.count()).toBe(0);
    expect(await page.locator('mp-compare [href], mp-compare [src]').count()).toBe(0);
    const withHandlers = await page
      .locator('mp-compare *')
      .evaluateAll(
        (elements) =>
          elements.filter((element) =>
            [...element.attributes].some(({ name }) => name.startsWith('on')),
          ).length,
      );
    expect(withHandlers).toBe(0);
  });

  test('links are asked of the host, by mouse and by keyboard', async () => {
    const { page, host } = await open({
      branches: [
        {
          session: { id: 'a', title: 'a' },
          messages: [
            {
              role: 'assistant',
              content: [
                { type: 'text', text: '[bad](command:x) [good](https://example.com/a) one' },
              ],
            },
          ],
        },
        {
          session: { id: 'b', title: 'b' },
          messages: [{ role: 'assistant', content: [{ type: 'text', text: 'two' }] }],
        },
      ],
    });
    await arrived(page, 0);
    expect(await page.getByRole('link').allInnerTexts()).toEqual(['good']);
    await comparedRow(page, 0).getByText('bad').click();
    await page.getByRole('link').click();
    await page.getByRole('link').press('Enter');
    const url = 'https://example.com/a';
    await becomes(() => host.argumentsOf('openLink'), [{ url }, { url }]);
    expect(page.url()).toMatch(/\/compare$/);
  });
});
