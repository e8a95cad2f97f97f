/** An answer that is coming: the last row of the list, until its message is there. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { RunView } from '../../src/protocol/panels.ts';
import { eventually, focused, list, positions, row } from './support/look.ts';
import { transcriptSuite, type Opened } from './support/suite.ts';
import { text, type Scene } from './support/transcriptHost.ts';

const open = transcriptSuite();

const COUNT = 30;
const words = (count: number): string =>
  Array.from({ length: count }, (_, nth) => `Word ${nth} of the answer.`).join('\n\n');

const run: RunView = {
  id: 'run-1',
  state: 'running',
  strategyName: 'Dialectical',
  modelName: 'slow',
  step: 0,
  steps: 3,
  stepName: 'Thesis',
  text: '',
};

/** After the first messages come a prompt and an answer for each step of the run. */
const scene = (part: Partial<RunView> = {}, count = COUNT): Scene => ({
  count,
  messages: (index) => {
    const nth = index - COUNT;
    if (nth < 0) return { role: 'user', content: [text(`message ${index}`)] };
    const metadata = { explore: { run: 'run-1', index: Math.floor(nth / 2), step: 's' } };
    return nth % 2 === 0
      ? { role: 'user', content: [text('Say it in words.')], metadata }
      : { role: 'assistant', content: [text(words(40))], metadata };
  },
  state: { run: { ...run, ...part } },
});

const growing = (page: Page) => page.locator('mp-item[growing]');
/** With what was asked. */
const coming = (page: Page) => page.locator('mp-item:is([growing], [asked])');

const setRun = ({ host }: Opened, part: Partial<RunView>): Promise<unknown> =>
  host.channel.request('setRun', { run: { ...run, ...part } });

const distanceFromEnd = ({ page }: Opened): Promise<number> =>
  list(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);

const topOf = (opened: Opened, selector: string): Promise<number> =>
  opened.page.locator(selector).evaluate((element) => element.getBoundingClientRect().top);

/** Counts, in every frame, how many rows show the end of the answer; tells what it saw. */
async function watch({ page }: Opened, last: string): Promise<() => Promise<number[]>> {
  const handle = await page.evaluateHandle((wanted) => {
    const seen = new Set<number>();
    const look = (): void => {
      const rows = [...document.querySelectorAll('mp-item')];
      seen.add(rows.filter((each) => each.textContent.includes(wanted)).length);
      requestAnimationFrame(look);
    };
    look();
    return seen;
  }, last);
  return () => handle.evaluate((seen) => [...seen]);
}

describe('an answer that is coming', () => {
  test('is the last row, and is followed while the end is in view', async () => {
    const opened = await open(scene());
    const { page } = opened;
    await row(page, COUNT - 1).waitFor();
    expect(await growing(page).count()).toBe(0);
    for (const count of [1, 30, 60]) {
      await setRun(opened, { text: words(count) });
      await growing(page)
        .getByText(`Word ${count - 1} of`)
        .waitFor();
      await eventually(async () => expect(await distanceFromEnd(opened)).toBeLessThan(4));
    }
    expect((await positions(page)).slice(-2)).toEqual([COUNT - 1, COUNT]);
    expect(await growing(page).getAttribute('aria-busy')).toBe('true');
    expect(await row(page, COUNT).getAttribute('growing')).not.toBeNull();
    expect(await page.locator('[role="feed"] > mp-item').last().getAttribute('growing')).toBe(
      await growing(page).getAttribute('growing'),
    );
  });

  test('stands below what was asked, and both become their messages', async () => {
    const opened = await open(scene({ prompt: 'Say it in words.' }));
    const { page, host } = opened;
    // The question stands there before a word of the answer has come.
    await coming(page).getByText('Say it in words.').waitFor();
    expect(await coming(page).count()).toBe(1);
    await setRun(opened, { prompt: 'Say it in words.', text: words(2) });
    await growing(page).getByText('Word 1 of').waitFor();
    expect(await coming(page).locator('.mp-role').allInnerTexts()).toEqual(['You', 'Assistant']);
    await eventually(async () => expect(await distanceFromEnd(opened)).toBeLessThan(4));
    expect((await positions(page)).slice(-3)).toEqual([COUNT - 1, COUNT, COUNT + 1]);
    const seen = await watch(opened, 'Say it in words.');
    await host.grow(2);
    await host.channel.request('setRun', { run: null });
    await eventually(async () => expect(await coming(page).count()).toBe(0));
    expect(await seen()).toEqual([1]);
    await row(page, COUNT).getByText('Say it in words.').waitFor();
  });

  test('does not move what is read further up, and says that there is more', async () => {
    const opened = await open(scene({ text: words(30) }));
    const { page } = opened;
    await growing(page).getByText('Word 29 of').waitFor();
    await page.mouse.move(300, 300);
    await page.mouse.wheel(0, -900);
    await eventually(async () => expect(await distanceFromEnd(opened)).toBeGreaterThan(300));
    const before = await topOf(opened, `mp-item[aria-posinset="${COUNT}"]`);
    for (const count of [31, 60, 90]) await setRun(opened, { text: words(count) });
    await growing(page).getByText('Word 89 of').waitFor();
    expect(await topOf(opened, `mp-item[aria-posinset="${COUNT}"]`)).toBeCloseTo(before, 0);
    await page.getByRole('button', { name: 'New messages' }).click();
    await eventually(async () => expect(await distanceFromEnd(opened)).toBeLessThan(4));
  });

  test.each(['messages', 'run'] as const)(
    'becomes the message in one frame, told of the %s first',
    async (first) => {
      const opened = await open(scene({ text: words(40) }));
      const { page, host } = opened;
      await growing(page).getByText('Word 39 of').waitFor();
      const seen = await watch(opened, 'Word 39 of');
      const told = [
        () => host.grow(2),
        () => setRun(opened, { step: 1, stepName: 'Antithesis', text: '' }),
      ];
      for (const tell of first === 'run' ? told.toReversed() : told) {
        await tell();
        await page.waitForTimeout(150);
      }
      await row(page, COUNT + 1)
        .getByText('Word 39 of')
        .waitFor();
      await eventually(async () => expect(await growing(page).count()).toBe(0));
      await eventually(async () => expect(await distanceFromEnd(opened)).toBeLessThan(4));
      expect(await seen()).toEqual([1]);
      // The next step's answer begins below it.
      await setRun(opened, { step: 1, stepName: 'Antithesis', text: words(3) });
      await growing(page).getByText('Word 2 of').waitFor();
      expect(await positions(page)).toContain(COUNT + 1);
    },
  );

  test('stays under the eye and keeps the focus when its message takes its place', async () => {
    const opened = await open(scene({ text: words(40) }));
    const { page, host } = opened;
    await growing(page).getByText('Word 39 of').waitFor();
    await list(page).press('End');
    await eventually(async () => expect(await focused(page)).toBe(COUNT));
    await page.mouse.move(300, 300);
    await page.mouse.wheel(0, -300);
    await eventually(async () => expect(await distanceFromEnd(opened)).toBeGreaterThan(200));
    const before = await growing(page)
      .getByText('Word 20 of')
      .evaluate((element) => element.getBoundingClientRect().top);
    await host.grow(2);
    await host.channel.request('setRun', { run: null });
    await eventually(async () => expect(await growing(page).count()).toBe(0));
    await eventually(async () => expect(await focused(page)).toBe(COUNT + 1));
    const after = await row(page, COUNT + 1)
      .getByText('Word 20 of')
      .evaluate((element) => element.getBoundingClientRect().top);
    expect(Math.abs(after - before)).toBeLessThan(2);
  });

  test('is told aloud once a step and when it is whole, not piece by piece', async () => {
    const opened = await open(scene());
    const { page, host } = opened;
    await row(page, COUNT - 1).waitFor();
    const heard = await page.evaluateHandle(() => {
      const said: string[] = [];
      const region = document.querySelector('mp-transcript > .mp-hidden[role="status"]');
      if (region === null) throw new Error('There is no live region.');
      new MutationObserver(() => said.push(region.textContent)).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
      return said;
    });
    for (const count of [1, 2, 3]) await setRun(opened, { text: words(count) });
    await host.grow(2);
    await host.channel.request('setRun', { run: null });
    await eventually(async () => expect(await growing(page).count()).toBe(0));
    expect(await heard.jsonValue()).toEqual([
      'An answer is coming: Thesis (1 of 3)',
      'The answer is whole',
    ]);
    expect(await page.locator('[aria-live] mp-item, [role="status"] mp-item').count()).toBe(0);
  });

  test('stays, with its error, where it was broken off, and nothing can be done to it', async () => {
    const opened = await open(
      scene({ text: words(2), state: 'failed', error: 'The answer ended before it was whole.' }),
    );
    const { page, host } = opened;
    await growing(page).getByText('Word 1 of').waitFor();
    expect(await growing(page).getAttribute('aria-busy')).toBe('false');
    await page.getByRole('alert').getByText('ended before it was whole').waitFor();
    await growing(page).hover();
    await growing(page).focus();
    for (const key of ['f', 'e']) await page.keyboard.press(key);
    await page.getByRole('button', { name: 'Retry' }).click();
    await eventually(() => {
      expect(host.argumentsOf('changeRun')).toEqual([{ action: 'retry' }]);
      return Promise.resolve();
    });
    expect(await growing(page).getByRole('button', { name: 'Fork Here' }).count()).toBe(0);
    expect([...host.argumentsOf('forkAt'), ...host.argumentsOf('exploreAt')]).toEqual([]);
    expect(host.argumentsOf('setFocus').at(-1)).toEqual({ index: null });
    await setRun(opened, { state: 'queued', text: '' });
    await eventually(async () => expect(await growing(page).count()).toBe(0));
  });
});
