/** The merge panel in a browser: what stands in it is what is sent, and nothing before it was decided. */
import { describe, expect, test } from 'vitest';
import { axeViolations } from '../e2e/support/accessibility.ts';
import { becomes } from './support/compareSuite.ts';
import { list, positions, row } from './support/look.ts';
import { conflicted, mergeSuite, simple, WORDS } from './support/mergeHost.ts';
import { THEMES } from './support/page.ts';

const open = mergeSuite();

test('shows what will stand in the target, merges just that, and takes it back', async () => {
  const { page, host, errors, strayRequests } = await open(simple);
  await page.getByText('10 messages · 4 of them new').waitFor();
  await row(page, 6)
    .getByText(WORDS[0] ?? '')
    .waitFor();
  await row(page, 9).getByText('Merged').waitFor();
  expect(await row(page, 5).getByText('Merged').count()).toBe(0);
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await becomes(
    () => host.argumentsOf('merge'),
    [{ mode: 'append', messages: [6, 7, 8, 9], files: [] }],
  );
  await page.getByText('4 messages were merged into “Rounding”.').waitFor();
  await page.getByText('Everything is there already.').waitFor();
  expect(await page.getByText('is there already', { exact: true }).count()).toBe(4);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await becomes(() => host.argumentsOf('openSession'), [{ sessionId: 'target', reveal: 6 }]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('The merge into “Rounding” was taken back.').waitFor();
  await page.getByText('10 messages · 4 of them new').waitFor();
  expect([errors, strayRequests]).toEqual([[], []]);
});

test('takes single messages, by mouse and keyboard, and remembers them over a reload', async () => {
  const { page, host } = await open(simple);
  const box = (nth: number) => page.getByRole('checkbox', { name: `Merge message ${nth}` });
  await box(8).click();
  await page.getByText('9 messages · 3 of them new').waitFor();
  expect(await page.getByRole('radio', { name: 'Chosen messages (3 of 4)' }).isChecked()).toBe(
    true,
  );
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await page.getByText('8 messages · 2 of them new').waitFor();
  await page.reload();
  await page.getByText('8 messages · 2 of them new').waitFor();
  await row(page, 7)
    .getByText(WORDS[3] ?? '')
    .waitFor();
  await page.keyboard.press('ControlOrMeta+Enter');
  await becomes(
    () => host.argumentsOf('merge'),
    [{ mode: 'cherry-pick', messages: [6, 9], files: [] }],
  );
});

test('has conflicts decided one by one before it merges', async () => {
  const { page, host } = await open(conflicted);
  // What both sides did to a file stands beside its name, on one line.
  const what = page.locator('.mp-what', { has: page.locator('.mp-line-counts') }).first();
  await what.waitFor();
  const [line, name] = await Promise.all([what.boundingBox(), what.locator('code').boundingBox()]);
  expect(line?.height).toBeLessThan(2 * (name?.height ?? 0));
  const merge = page.getByRole('button', { name: 'Merge', exact: true });
  await page.getByText('3 decisions are open.').waitFor();
  expect(await merge.isDisabled()).toBe(true);
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByRole('checkbox', { name: 'Add behind them' }).check();
  const file = (name: string) => page.getByRole('radiogroup', { name });
  await file('src/total.ts').getByRole('radio', { name: 'Merge all the same' }).check();
  await page.getByText('1 decision is open.').waitFor();
  await file('src/tax.ts').getByRole('radio', { name: 'Leave its 2 messages out' }).check();
  // What edited the one is left out, and with it its edit of the other.
  await page.getByText('10 messages · 2 of them new').waitFor();
  expect(await page.getByText('left out: src/tax.ts').count()).toBe(2);
  await page.getByRole('button', { name: 'Compare src/tax.ts' }).click();
  await becomes(() => host.argumentsOf('openFile'), [{ path: 'src/tax.ts' }]);
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await becomes(() => host.argumentsOf('compare'), [null]);
  expect(host.argumentsOf('merge')).toEqual([]);
  await merge.click();
  await becomes(
    () => host.argumentsOf('merge'),
    [{ mode: 'cherry-pick', messages: [6, 8], files: ['src/total.ts'] }],
  );
});

test('says what is there already and what cannot be merged yet', async () => {
  const { page, host } = await open({
    ...simple,
    plan: { alreadyMerged: [6], unanswered: [9] },
  });
  await page.getByText('8 messages · 2 of them new').waitFor();
  await page.getByText('waits for a tool’s result').waitFor();
  const fixed = page.getByRole('checkbox', { name: 'Merge message 7' });
  await fixed.click({ force: true });
  expect(await fixed.isChecked()).toBe(false);
  // All that can be chosen is, whatever cannot.
  const all = page.getByRole('checkbox', { name: 'Choose all' });
  expect(await all.isChecked()).toBe(true);
  const heads = await page
    .locator('mp-table-rows th')
    .evaluateAll((found) => found.map((head) => getComputedStyle(head).fontSize));
  expect(new Set(heads).size).toBe(1);
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await becomes(() => host.argumentsOf('merge'), [{ mode: 'append', messages: [7, 8], files: [] }]);
});

test('leaves nothing to decide where everything is there already', async () => {
  const { conflicts } = conflicted.plan ?? {};
  const nothing = { messages: [], alreadyMerged: [6, 7, 8, 9], ...(conflicts && { conflicts }) };
  const { page } = await open({ ...conflicted, plan: nothing });
  await page.getByText('Everything is there already.').waitFor();
  expect(await page.getByText('Both sides went on').count()).toBe(0);
  expect(await page.getByRole('checkbox', { name: 'Add behind them' }).count()).toBe(0);
});

test('writes a summary without a model, with one, and as the person edits it', async () => {
  const models = [
    { id: 'a/one', name: 'One' },
    { id: 'a/two', name: 'Two' },
  ];
  const { page, host } = await open({ ...simple, state: { models } });
  await page.getByRole('radio', { name: 'A summary' }).check();
  const text = page.getByRole('textbox', { name: 'Summary' });
  await expect.poll(() => text.inputValue()).toBe('Summary of 4 messages from “cents”.');
  await row(page, 6).getByText('Merged summary, made without a model').waitFor();
  await page.getByRole('combobox', { name: 'Model' }).selectOption('a/two');
  await page.getByRole('button', { name: 'Write with the Model' }).click();
  await becomes(() => host.argumentsOf('askModel'), [{ model: 'a/two', messages: [6, 7, 8, 9] }]);
  await host.channel.request('summary', { state: 'running', text: 'Cents' });
  await expect.poll(() => text.inputValue()).toBe('Cents');
  expect(await page.getByRole('button', { name: 'Merge', exact: true }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Stop' }).click();
  await becomes(() => host.argumentsOf('stopModel'), [null]);
  await host.channel.request('summary', { state: 'failed', text: '', problem: 'Too many.' });
  await page.getByText('The model did not write it: Too many.').waitFor();
  await host.channel.request('summary', {
    state: 'done',
    text: 'Cents, rounded once.',
    remarks: ['2 secrets were taken out.'],
  });
  await page.getByText('2 secrets were taken out.').waitFor();
  await row(page, 6).getByText('Merged summary by Two').waitFor();
  expect(await row(page, 6).getByText('edited').count()).toBe(0);
  await text.press('End');
  await text.pressSequentially(' Tested.');
  await row(page, 6).getByText('Cents, rounded once. Tested.').waitFor();
  await row(page, 6).getByText('Merged summary by Two, edited').waitFor();
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await becomes(
    () => host.argumentsOf('merge'),
    [
      {
        mode: 'summary',
        messages: [6, 7, 8, 9],
        summary: 'Cents, rounded once. Tested.',
        summaryBy: { model: 'Two', edited: true },
        files: [],
      },
    ],
  );
});

test('a summary stands for what it was written of, and the next merge offers the rest', async () => {
  const scene = { ...simple, source: 4, state: { models: [{ id: 'a/one', name: 'One' }] } };
  const { page, host } = await open(scene);
  await page.getByRole('radio', { name: 'A summary' }).check();
  await page.getByRole('button', { name: 'Write with the Model' }).click();
  await becomes(() => host.argumentsOf('askModel'), [{ model: 'a/one', messages: [6, 7, 8, 9] }]);
  // The branch goes on while the model writes.
  scene.source = 5;
  await host.channel.request('changed', { state: host.state() });
  await host.channel.request('summary', { state: 'done', text: 'Cents.' });
  await page.getByText('1 message that came since is not in it.').waitFor();
  await page.reload();
  await page.getByText('Stands for 4 messages.').waitFor();
  await page.getByText('1 message that came since is not in it.').waitFor();
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  const [order] = host.argumentsOf('merge');
  expect(order).toMatchObject({ messages: [6, 7, 8, 9], summary: 'Cents.' });
  await page.getByText('Stands for 1 message.').waitFor();
  // A text of the person's own stands for what was there when it was begun.
  await page.getByRole('textbox', { name: 'Summary' }).pressSequentially('Also: ');
  scene.source = 6;
  await host.channel.request('changed', { state: host.state() });
  await page.getByText('1 message that came since is not in it.').waitFor();
  await page.getByRole('button', { name: 'Without a Model' }).click();
  await page.getByText('Stands for 2 messages.').waitFor();
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await becomes(() => host.argumentsOf('merge').length, 2);
  expect(host.argumentsOf('merge')[1]).toMatchObject({ messages: [10, 11] });
});

test('changes the target, and says that an agent’s file is not written to', async () => {
  const scene = simple;
  const { page, host } = await open(scene);
  await page.getByRole('combobox', { name: 'into' }).selectOption('other');
  await becomes(() => host.argumentsOf('setTarget'), [{ targetId: 'other' }]);
  await page.getByText('“decimals” afterwards').waitFor();
  const { target } = host.state();
  const origin = { agent: 'claude-code', nativeId: 'n', path: '/x' };
  const state = { ...host.state(), target: { ...target, origin } };
  // JSON leaves out what is undefined, as where no branch was laid over it yet.
  const plan = JSON.parse(JSON.stringify({ ...state.plan, into: undefined })) as typeof state.plan;
  await host.channel.request('changed', { state: { ...state, plan } });
  await page.getByText('A branch of yours will be laid over “Rounding”').waitFor();
});

test('shows thousands of messages with few in the page', async () => {
  const { page, host } = await open({ shared: 20_000, target: 10_000, source: 5_000 });
  await page.getByText('35,000 messages · 5,000 of them new').waitFor();
  await expect.poll(() => positions(page), { timeout: 10_000 }).toContain(30_000);
  expect((await positions(page)).length).toBeLessThan(150);
  expect(await page.locator('mp-table-rows tr').count()).toBeLessThan(80);
  await list(page).press('End');
  await expect.poll(() => positions(page), { timeout: 10_000 }).toContain(34_999);
  const pages = host.argumentsOf('readBase') as { start: number; end: number }[];
  expect(pages.every(({ start, end }) => end - start <= 200)).toBe(true);
  expect(pages.length).toBeLessThan(20);
});

test('says why it failed, and what is only read is not merged', async () => {
  const { page, host } = await open(simple);
  host.failing.set('merge', 'Both sides changed a.ts since you decided.');
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await page.getByText('That failed: Both sides changed a.ts').waitFor();
  await host.channel.request('changed', { state: { ...host.state(), canWrite: false } });
  await page.getByText('The store can only be read now.').waitFor();
});

test('shows titles and paths as the text they are', async () => {
  const evil = '<img src=x onerror=alert(1)> \u202eevil';
  const { page, dialogs } = await open({
    ...conflicted,
    titles: [evil, evil],
    plan: {
      conflicts: {
        targetMessages: 1,
        files: [evil],
        edits: [
          {
            path: evil,
            target: { added: 1, removed: 1, messages: [7] },
            source: { added: 1, removed: 1, messages: [7] },
          },
        ],
      },
    },
  });
  await page.locator('code', { hasText: '<img src=x onerror=alert(1)> \ufffdevil' }).waitFor();
  expect(dialogs).toEqual([]);
});

describe.each(THEMES)('in %s', (theme) => {
  test('satisfies axe with conflicts, a summary and what came of it', async () => {
    const { page, errors } = await open(conflicted, { theme });
    await row(page, 8).waitFor();
    expect(await axeViolations(page.mainFrame())).toEqual([]);
    await page.getByRole('radio', { name: 'A summary' }).check();
    await page.getByRole('checkbox', { name: 'Add behind them' }).check();
    expect(await axeViolations(page.mainFrame())).toEqual([]);
    await page.getByRole('button', { name: 'Merge', exact: true }).click();
    await page.getByText('were merged into').waitFor();
    expect(await axeViolations(page.mainFrame())).toEqual([]);
    expect(errors).toEqual([]);
  });
});

test('has room in a narrow column', async () => {
  const { page } = await open(conflicted, { width: 520 });
  await row(page, 8).waitFor();
  expect(await axeViolations(page.mainFrame())).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
