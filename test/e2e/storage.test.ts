/** The storage panel over a real store: everything it offers is done, and what can be undone is. */
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeViolations } from './support/accessibility.ts';
import { writeManySessions } from './support/manySessions.ts';
import { focusTree } from './support/keys.ts';
import { answer } from './support/quickInput.ts';
import { screenshot, screenshotFailures, screenshotThemes } from './support/screenshots.ts';
import { allowAgents, sessionRow } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

/** With the seven sample sessions. */
const SESSIONS = 67;
const title = 'Fix rounding of invoice totals';
let window: VscodeWindow;

beforeAll(async () => {
  window = await openWindow({
    name: 'storage',
    prepare: (sandbox) => writeManySessions(sandbox, SESSIONS - 7),
  });
  await allowAgents(window);
  await window.page.locator('.statusbar').getByText(`Multipath ${SESSIONS}`).waitFor();
});

afterAll(() => window.close());

screenshotFailures(() => window);

test('shows what the tiers hold', async () => {
  await window.command('Multipath: Show Storage');
  const frame = await storage();
  await frame.getByText(`${SESSIONS} sessions ·`).waitFor();
  await expect.poll(() => sessionsIn(frame, 'Cold'), { timeout: 10_000 }).toBe(0);
  await frame.getByText('Sessions move by themselves; none is due.').waitFor();
});

test('archives whatever is older than no time at all, and tells why in the ledger', async () => {
  const frame = await storage();
  await frame.getByRole('button', { name: 'Archive Older Than…' }).click();
  await window
    .pick('Any age')
    .filter({ hasText: `${SESSIONS} sessions` })
    .waitFor();
  await screenshot(window, 'storage-older-than');
  await window.pick('Any age').click();
  await window.notification(`${SESSIONS} sessions are archived`).waitFor();
  await expect.poll(() => sessionsIn(frame, 'Cold'), { timeout: 10_000 }).toBe(SESSIONS);
  await frame.getByText(/The archive saves/).waitFor();
  await frame.getByRole('tab', { name: 'Recent Moves' }).click();
  await frame.locator('tr[data-index="0"]', { hasText: 'Cold' }).waitFor();
  expect(await frame.locator('mp-table-rows table').getAttribute('aria-rowcount')).toBe(
    String(SESSIONS + 1),
  );
});

test('puts all of them back where they were', async () => {
  const frame = await storage();
  const message = window.notification(`${SESSIONS} sessions are archived`);
  await message.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => sessionsIn(frame, 'Cold'), { timeout: 30_000 }).toBe(0);
  await frame.locator('tr[data-index="0"]', { hasText: 'undone' }).waitFor();
});

test('restores what was deleted', async () => {
  const row = sessionRow(window, title);
  await row.click();
  await focusTree(window);
  await window.page.keyboard.press('Delete');
  await row.waitFor({ state: 'detached' });
  await window.command('Multipath: Show Trash');
  const frame = await storage();
  const lying = frame.locator('tr[data-index="0"]', { hasText: title });
  await lying.getByText('in 4 weeks').waitFor();
  await lying.getByRole('checkbox').check();
  await screenshot(window, 'storage-trash');
  await frame.getByRole('button', { name: 'Restore' }).click();
  await row.waitFor();
  await frame.getByText('The trash is empty.').waitFor();
});

test('satisfies axe in every theme, with some sessions archived by an age one types', async () => {
  const frame = await storage();
  await frame.getByRole('button', { name: 'Archive Older Than…' }).click();
  await window.pick('Other…').click();
  await window.page.locator('.quick-input-widget').getByText('A number of days').waitFor();
  await answer(window, 'Archive Sessions Older Than', '5h');
  await frame.getByText(/The archive saves/).waitFor();
  await window.command('Notifications: Clear All Notifications');
  await frame.getByRole('tab', { name: 'Recent Moves' }).click();
  const found: Record<string, string[]> = {};
  await screenshotThemes(window, 'storage', async (theme) => {
    const shown = await storage();
    await shown.locator('tr[data-index="0"]').waitFor();
    found[theme] = await axeViolations(shown);
  });
  expect(found).toEqual({ light: [], 'contrast-light': [], contrast: [], dark: [] });
});

test('is still there after the window is reloaded', async () => {
  await window.reload();
  const frame = await storage();
  await frame.getByRole('tab', { name: 'Recent Moves', selected: true }).waitFor();
  await frame.getByText(`${SESSIONS} sessions ·`).waitFor();
});

test('checks the store and shows a report that can be read', async () => {
  const frame = await storage();
  await frame.getByRole('button', { name: 'Run Store Doctor…' }).click();
  await window.pick('Check only').click();
  await window.tab(/Store Doctor/).waitFor();
  await expect
    .poll(() => shows(window, 'Everything that was looked at is in order.'), { timeout: 30_000 })
    .toBe(true);
  await screenshot(window, 'storage-doctor');
});

function storage(): Promise<Frame> {
  return window.webview('storage');
}

async function sessionsIn(frame: Frame, tier: string): Promise<number> {
  const cell = frame
    .getByRole('row', { name: new RegExp(`^${tier}`) })
    .locator('td')
    .first();
  return Number(await cell.innerText());
}

/** True once some document of the window shows the text, in whatever frame it is. */
async function shows({ page }: VscodeWindow, text: string): Promise<boolean> {
  const found = await Promise.all(
    page.frames().map((frame) =>
      frame
        .getByText(text)
        .first()
        .isVisible()
        // A frame may go away while we look.
        .catch(() => false),
    ),
  );
  return found.includes(true);
}
