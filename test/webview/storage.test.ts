/** The storage panel in a browser: what it says, what it asks of its host, and what it survives. */
import { describe, expect, test } from 'vitest';
import { axeViolations } from '../e2e/support/accessibility.ts';
import { becomes } from './support/compareSuite.ts';
import { THEMES } from './support/page.ts';
import {
  emptyStore,
  listRow,
  moved,
  planned,
  showList,
  storageSuite,
  titleAt,
  usedStore,
} from './support/storageHost.ts';

const open = storageSuite();

test('tells what the tiers hold, what is on disk and why nothing moves', async () => {
  const { page, errors, strayRequests } = await open(usedStore);
  await listRow(page, 0).waitFor();
  const warm = page.getByRole('row', { name: /^Warm/ });
  expect(await warm.locator('td').allInnerTexts()).toEqual(['212', '96.0 MB', '4.2']);
  await page.getByText('The archive saves 851.0 MB (87 %).').waitFor();
  await page.getByText('12 are due. Paused: you are working.').waitFor();
  // Whatever the archive no longer uses is told apart, and counted once.
  expect(await page.getByRole('row', { name: /^Archive 131.0 MB$/ }).count()).toBe(1);
  await page.getByText('1,219 sessions · 429.0 MB on disk').waitFor();
  expect([errors, strayRequests]).toEqual([[], []]);
});

test('archives and keeps what is chosen, and remembers it over a reload', async () => {
  const { page, host } = await open(usedStore);
  const archive = page.getByRole('button', { name: 'Archive Now' });
  expect(await archive.isDisabled()).toBe(true);
  await listRow(page, 0).getByRole('checkbox').check();
  await listRow(page, 1).getByRole('checkbox').check();
  await page.reload();
  await page.getByText('2 chosen').waitFor();
  await archive.click();
  await becomes(() => host.argumentsOf('moveNow'), [{ sessionIds: ['p0', 'p1'] }]);
  // The fourth goes into the trash: that is not archiving.
  await listRow(page, 3).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Move Now' }).waitFor();
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await becomes(() => host.argumentsOf('keep'), [{ sessionIds: ['p0', 'p1', 'p3'] }]);
  // What is no longer due is no longer chosen.
  await host.change({ planned: planned(12).slice(1) });
  await page.getByText('2 chosen').waitFor();
  await page.getByRole('checkbox', { name: 'Choose all' }).check();
  await page.getByText('11 chosen').waitFor();
  // A list is cut where it would be as long as the store is large, and says so.
  await host.change({ plannedCount: 20_000 });
  await page.getByText('The first 11 of 20,000 are shown.').waitFor();
});

test('restores and removes what lies in the trash', async () => {
  const { page, host } = await open(usedStore);
  await showList(page, /^Trash/);
  await listRow(page, 1).getByText('2 forks').waitFor();
  await listRow(page, 1).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('button', { name: 'Delete Permanently' }).click();
  await page.getByRole('button', { name: 'Empty Trash' }).click();
  await becomes(() => host.argumentsOf('run'), [{ action: 'emptyTrash' }]);
  expect(host.argumentsOf('restore')).toEqual([{ sessionIds: ['t1'] }]);
  expect(host.argumentsOf('purge')).toEqual([{ sessionIds: ['t1'] }]);
});

test('pages through thousands of moves with few rows in the page, and opens a session', async () => {
  const { page, host } = await open(usedStore);
  await showList(page, /Recent Moves/);
  await listRow(page, 0).getByRole('button').focus();
  await page.keyboard.press('End');
  await becomes(() => host.argumentsOf('readMoves'), [{ limit: 1000 }]);
  await expect
    .poll(() => page.locator('mp-table-rows table').getAttribute('aria-rowcount'))
    .toBe('1001');
  expect(await page.locator('mp-table-rows tr').count()).toBeLessThan(80);
  const title = moved(500)[499]?.title ?? '';
  await page.locator(':focus', { hasText: title }).waitFor();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await becomes(() => host.argumentsOf('openSession'), [{ sessionId: 'm498' }]);
});

test('tells what is going on and stops it', async () => {
  const { page, host } = await open(usedStore);
  await page.getByRole('button', { name: 'Run Store Doctor…' }).waitFor();
  const task = { kind: 'compact', total: 4, message: 'segment 0002' } as const;
  await host.channel.request('task', { task: { ...task, state: 'running', done: 1 } });
  // Read aloud is that it runs, not each step of it.
  await page.getByText('1 of 4 · segment 0002').waitFor();
  const said = page.getByRole('status').filter({ hasText: 'Compacting the archive' });
  expect(await said.allInnerTexts()).toEqual(['Compacting the archive']);
  expect(await page.getByRole('button', { name: 'Compact' }).first().isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await becomes(() => host.argumentsOf('cancelTask'), [{ kind: 'compact' }]);
  await host.channel.request('task', { task: { ...task, state: 'cancelled', done: 1 } });
  await page.getByText('segment 0002').waitFor({ state: 'detached' });
});

test('follows advice, and says what failed', async () => {
  const { page, host } = await open(usedStore);
  await page.getByRole('list', { name: 'Advice' }).getByRole('button').click();
  await becomes(() => host.argumentsOf('run'), [{ action: 'compact' }]);
  host.failing.set('run', 'The disk is full.');
  await page.getByRole('button', { name: 'Archive Older Than…' }).click();
  await page.getByText('That failed: The disk is full.').waitFor();
});

test('can be read where it may not be changed', async () => {
  const { page } = await open({ ...usedStore, canWrite: false, notice: 'Another window owns it.' });
  await page.getByText('Another window owns it.').waitFor();
  await listRow(page, 0).getByRole('checkbox').check();
  for (const name of ['Archive Older Than…', 'Archive Now', 'Keep', 'Delete Temporary']) {
    expect(await page.getByRole('button', { name, exact: true }).isDisabled(), name).toBe(true);
  }
});

test('shows titles as the text they are', async () => {
  const title = '<img src=x onerror=alert(1)> \u202eevil';
  const [first] = planned(1);
  const { page, dialogs } = await open({
    ...usedStore,
    planned: first ? [{ ...first, title }] : [],
  });
  await listRow(page, 0).getByText('<img src=x onerror=alert(1)> \ufffdevil').waitFor();
  expect(dialogs).toEqual([]);
});

test('says why it could not be shown, and tries again', async () => {
  const { page, host } = await open(usedStore, {}, (played) => {
    played.failing.set('ready', 'The session server does not answer.');
  });
  await page.getByText('The session server does not answer.').waitFor();
  host.failing.clear();
  await page.getByRole('button', { name: 'Retry' }).click();
  await listRow(page, 0).getByText(titleAt(0)).waitFor();
});

describe.each(THEMES)('in %s', (theme) => {
  test('satisfies axe with every list', async () => {
    const { page, host, errors } = await open(usedStore, { theme });
    await listRow(page, 0).getByRole('checkbox').check();
    expect(await axeViolations(page.mainFrame())).toEqual([]);
    await host.channel.request('task', {
      task: { kind: 'doctor', state: 'running', done: 0, total: 0, message: 'archive' },
    });
    await host.channel.request('setNotice', { text: 'The store is away.' });
    await showList(page, /^Trash/);
    await listRow(page, 0).waitFor();
    expect(await axeViolations(page.mainFrame())).toEqual([]);
    await showList(page, /Recent Moves/);
    await listRow(page, 0).waitFor();
    expect(await axeViolations(page.mainFrame())).toEqual([]);
    expect(errors).toEqual([]);
  });
});

test('satisfies axe while there is nothing, and in a narrow column', async () => {
  const { page } = await open(emptyStore, { width: 520 });
  await page.getByText('Nothing is due to be moved.').waitFor();
  expect(await axeViolations(page.mainFrame())).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
