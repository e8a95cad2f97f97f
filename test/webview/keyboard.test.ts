/** Everything the transcript offers can be done without a mouse. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { eventually, focused, list, positions, row } from './support/look.ts';
import { longScene, realisticScene } from './support/scenes.ts';
import { transcriptSuite } from './support/suite.ts';

const open = transcriptSuite();

/** Once it is open the panel gives the focus to a message by itself: only then is it ours to move. */
async function focusRow(page: Page, index: number): Promise<void> {
  await row(page, index).waitFor();
  await eventually(async () => expect(await focused(page)).toBeDefined());
  await row(page, index).focus();
  expect(await focused(page)).toBe(index);
}

describe('by keyboard', () => {
  test('a panel that has the focus gives it to the message that is read', async () => {
    const { page } = await open(longScene(40), { height: 900 });
    await eventually(async () => expect(await focused(page)).toBe(39));
    await page.keyboard.press('k');
    expect(await focused(page)).toBe(38);
  });

  test('a panel that gets the focus back gives it to the message that had it, while that is in view', async () => {
    const { page, host } = await open(longScene(40), { height: 900 });
    await eventually(async () => expect(await focused(page)).toBe(39));
    await page.keyboard.press('k');
    const back = () =>
      page.evaluate(() => {
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        dispatchEvent(new Event('focus'));
      });
    await back();
    expect(await focused(page)).toBe(38);
    await host.channel.request('reveal', { index: 4 });
    await eventually(async () => expect(await focused(page)).toBe(4));
    await page.keyboard.press('j');
    await page.mouse.move(400, 300);
    await page.mouse.wheel(0, 9_000);
    await row(page, 39).waitFor();
    await eventually(async () => {
      await back();
      expect(await focused(page)).toBeGreaterThan(25);
    });
  });

  test('a panel whose message goes while a question is asked elsewhere leaves the focus there', async () => {
    const { page, host } = await open(longScene(400), { height: 900 });
    await eventually(async () => expect(await focused(page)).toBe(399));
    const leave = async (hasFocus: boolean) => {
      await page.evaluate((has) => {
        document.hasFocus = () => has;
      }, hasFocus);
      await eventually(async () => {
        await list(page).evaluate((element) => (element.scrollTop = 0));
        expect(await positions(page)).not.toContain(399);
      });
    };
    const active = () => page.evaluate(() => document.activeElement?.tagName);
    await leave(false);
    expect(await active()).toBe('BODY');
    await host.channel.request('reveal', { index: 399 });
    await eventually(async () => expect(await focused(page)).toBe(399));
    await leave(true);
    await eventually(async () => expect(await active()).toBe('MP-LIST'));
  });

  test('arrows, j and k go from message to message and tell the host', async () => {
    const { page, host } = await open(longScene(40), { height: 900 });
    await host.channel.request('reveal', { index: 4 });
    await eventually(async () => expect(await focused(page)).toBe(4));
    await page.keyboard.press('j');
    expect(await focused(page)).toBe(5);
    await page.keyboard.press('k');
    await page.keyboard.press('ArrowUp');
    expect(await focused(page)).toBe(3);
    await page.keyboard.press('ArrowDown');
    await eventually(async () => expect(await focused(page)).toBe(4));
    await eventually(() => {
      expect(host.argumentsOf('setFocus')).toEqual([4, 5, 4, 3, 4].map((index) => ({ index })));
      return Promise.resolve();
    });
    // One stop for the tabulator in the whole list.
    expect(await page.locator('mp-item[tabindex="0"]').count()).toBe(1);
  });

  test('Home and End reach both ends of a long session', async () => {
    const { page } = await open(longScene(5000));
    await focusRow(page, 4999);
    await page.keyboard.press('Home');
    await eventually(async () => expect(await focused(page)).toBe(0));
    expect(await list(page).evaluate((element) => element.scrollTop)).toBe(0);
    await page.keyboard.press('End');
    await eventually(async () => expect(await focused(page)).toBe(4999));
    await eventually(async () =>
      expect(
        await list(page).evaluate(
          (element) => element.scrollHeight - element.scrollTop - element.clientHeight,
        ),
      ).toBeLessThan(4),
    );
  });

  test('the cursor walks on over rows that are not in the page yet', async () => {
    const { page, host } = await open(longScene(2000));
    await host.channel.request('reveal', { index: 995 });
    await eventually(async () => expect(await focused(page)).toBe(995));
    for (let step = 1; step <= 60; step++) {
      await page.keyboard.press('j');
      await eventually(async () => expect(await focused(page)).toBe(995 + step));
    }
    expect((await positions(page)).length).toBeLessThan(200);
  });

  test.each(['f', 'Alt+f'])('%s forks at the message and says so', async (keys) => {
    const { page, host } = await open(realisticScene);
    await focusRow(page, 42);
    await page.keyboard.press(keys);
    await page.getByRole('status').getByText('Fork created').waitFor({ state: 'attached' });
    expect(host.argumentsOf('forkAt')).toEqual([{ index: 42 }]);
    await row(page, 42).getByRole('button', { name: 'fork of 42' }).waitFor();
    expect(await focused(page)).toBe(42);
  });

  test('Tab reaches Fork Here, and Enter presses it', async () => {
    const { page, host } = await open(realisticScene);
    await focusRow(page, 44);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await eventually(() => {
      expect(host.argumentsOf('forkAt')).toEqual([{ index: 44 }]);
      return Promise.resolve();
    });
  });

  test('Enter and Space unfold a message and fold it again', async () => {
    const { page } = await open(realisticScene);
    await focusRow(page, 45);
    const unfolded = row(page, 45).locator('details[open]');
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await unfolded.count()).toBe(2));
    await page.keyboard.press('Space');
    await eventually(async () => expect(await unfolded.count()).toBe(0));
  });

  test('Ctrl+C copies the message, or what is selected', async () => {
    const { page, host } = await open(realisticScene);
    await focusRow(page, 44);
    await page.keyboard.press('Control+c');
    await eventually(() => {
      expect(host.argumentsOf('copyText')).toEqual([{ text: 'Good. Does it survive an abort?' }]);
      return Promise.resolve();
    });
    await row(page, 44).getByText('Good.').selectText();
    await page.keyboard.press('Control+c');
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    expect(host.argumentsOf('copyText')).toHaveLength(1);
  });

  test('keys typed into the composer are text', async () => {
    const { page, host } = await open(realisticScene);
    const box = page.getByRole('textbox', { name: 'Message text' });
    await box.pressSequentially('fjk');
    await box.press('Control+Enter');
    await page.getByRole('status').getByText('Message added').waitFor({ state: 'attached' });
    expect(host.argumentsOf('append')).toEqual([{ text: 'fjk', role: 'user' }]);
    expect(host.argumentsOf('forkAt')).toEqual([]);
    await row(page, 46).getByText('fjk').waitFor();
    expect(await box.inputValue()).toBe('');
  });
});
