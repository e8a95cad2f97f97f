/** A transcript that attacks its reader shows as text and does nothing. */
import { describe, expect, test } from 'vitest';
import { eventually, list, row } from './support/look.ts';
import { ATTACKS, hostileScene } from './support/scenes.ts';
import { transcriptSuite, type Opened } from './support/suite.ts';

const open = transcriptSuite();

async function expectNothingDone({ page, strayRequests, dialogs, host }: Opened): Promise<void> {
  expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
  expect(strayRequests).toEqual([]);
  expect(dialogs).toEqual([]);
  expect(host.argumentsOf('openLink')).toEqual([]);
  const made = await page
    .locator('mp-message')
    .locator(
      'img, svg, iframe, form, input, style, script, object, embed, base, meta, math, mp-list',
    )
    .count();
  expect(made).toBe(0);
  const withHandlers = await page.evaluate(
    () =>
      [...document.querySelectorAll('mp-message *')].filter((element) =>
        [...element.attributes].some(({ name }) => name.startsWith('on') || name === 'style'),
      ).length,
  );
  expect(withHandlers).toBe(0);
  expect(await page.locator('mp-message [href], mp-message [src]').count()).toBe(0);
}

describe('a hostile transcript', () => {
  test('shows every attack as text and does nothing', async () => {
    const panel = await open(hostileScene);
    const { page } = panel;
    await list(page).waitFor();
    for (const [index, attack] of ATTACKS.entries()) {
      await panel.host.channel.request('reveal', { index });
      await row(page, index).waitFor();
      const shown = await row(page, index).locator('.mp-blocks').innerText();
      // Whoever reads it sees the words of the markup that was not obeyed.
      const word = /\[quote\]|overlay|harmed|evil\.|workbench\.action|passwd|mp-list|ref/
        .exec(attack)?.[0]
        .replaceAll(/[[\]]/g, '');
      expect(shown, attack).toContain(word);
    }
    await expectNothingDone(panel);
    expect(panel.errors).toEqual([]);
  });

  test('shows attacks in tools, thinking, attachments and notices as text', async () => {
    const panel = await open(hostileScene);
    const { page } = panel;
    await panel.host.channel.request('reveal', { index: ATTACKS.length });
    const target = row(page, ATTACKS.length);
    await target.focus();
    await page.keyboard.press('Enter'); // opens its folds
    await eventually(async () => expect(await target.locator('details[open]').count()).toBe(3));
    await eventually(async () =>
      expect(await target.locator('.mp-output').first().innerText()).toContain('<script>'),
    );
    await expectNothingDone(panel);
  });

  test('links that are not to the web are inert; the others are asked of the host', async () => {
    const panel = await open({
      count: 1,
      messages: () => ({
        role: 'assistant',
        content: [
          {
            type: 'text',
            text: '[bad](javascript:alert(1)) [worse](command:x) [file](src/a.ts) [good](https://example.com/a?b=c)',
          },
        ],
      }),
    });
    const { page } = panel;
    await row(page, 0).waitFor();
    expect(await page.getByRole('link').allInnerTexts()).toEqual(['good']);
    for (const label of ['bad', 'worse', 'file']) {
      await page.getByText(label, { exact: true }).click();
    }
    await page.getByText('good', { exact: true }).click();
    await page.getByText('good', { exact: true }).press('Enter');
    await eventually(() => {
      expect(panel.host.argumentsOf('openLink')).toEqual([
        { url: 'https://example.com/a?b=c' },
        { url: 'https://example.com/a?b=c' },
      ]);
      return Promise.resolve();
    });
    expect(page.url()).toMatch(/\/transcript$/);
    expect(panel.strayRequests).toEqual([]);
  });

  test('a text of 5 MB is cut, with a button that opens the whole of it', async () => {
    const panel = await open(hostileScene);
    const { page, host } = panel;
    const index = ATTACKS.length + 1;
    await host.channel.request('reveal', { index });
    const button = row(page, index).getByRole('button', { name: 'Show all (5.0 MB)' });
    await button.click();
    await eventually(() => {
      expect(host.argumentsOf('openFull')).toEqual([{ index }]);
      return Promise.resolve();
    });
    // The one after it came whole by mistake: the panel cuts it itself.
    await host.channel.request('reveal', { index: index + 1 });
    await row(page, index + 1)
      .getByRole('button', { name: 'Show all (5.0 MB)' })
      .waitFor();
    const shown = await row(page, index + 1)
      .locator('.mp-raw')
      .innerText();
    expect(shown.length).toBeLessThan(300_000);
  });

  test('nothing turns the direction of what is read, by entity or by name', async () => {
    const turn = '\u202e';
    const { page } = await open({
      count: 1,
      messages: () => ({
        role: 'assistant',
        model: `model${turn}x`,
        content: [
          { type: 'text', text: 'An entity &#8238;here, &#x202e; there, in `code &#8238;` not.' },
          {
            type: 'attachment',
            name: `cod${turn}exe.txt`,
            mediaType: `text/${turn}plain`,
            bytes: 3,
          },
        ],
      }),
      session: { models: [`model${turn}x`] },
    });
    await row(page, 0).waitFor();
    expect(await page.locator('body').innerText()).toContain('An entity \ufffdhere, \ufffd there');
    const whole = await page.evaluate(() => document.body.outerHTML);
    expect(whole).toContain('cod\ufffdexe.txt');
    expect(whole).not.toContain(turn);
  });
});
