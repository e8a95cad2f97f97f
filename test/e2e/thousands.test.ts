/** Three thousand sessions: the tree stays quick to use, level by level and page by page. */
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Transcript, text } from '../../scripts/lib/samples/transcript.ts';
import { writeSession } from './support/claudeFiles.ts';
import { choose } from './support/quickInput.ts';
import { focusTree } from './support/keys.ts';
import { screenshot, screenshotFailures } from './support/screenshots.ts';
import { allowAgents, unfold } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const projects = [2_000, 700, 300];
const started = Date.parse('2026-01-05T09:00:00Z');
let window: VscodeWindow;

beforeAll(async () => {
  window = await openWindow({
    name: 'thousands',
    prepare: (sandbox) => {
      for (const [position, count] of projects.entries()) {
        for (let number = 1; number <= count; number++) {
          writeSession(sandbox, `-p${position}`, smallSession(`/code/project-${position}`, number));
        }
      }
    },
  });
  await allowAgents(window);
});

afterAll(() => window.close());

screenshotFailures(() => window);

test('lists projects while the import runs, and all sessions after it', async () => {
  await window.treeItem(/^Project ledger-api, this workspace/).waitFor({ timeout: 120_000 });
  await window.page
    .locator('.statusbar')
    .getByText('Multipath 3,007')
    .waitFor({ timeout: 120_000 });
  await window.treeItem(/^Project project-0, 2,000 sessions/).waitFor();
  await atRest();
});

test('shows a long project by pages', async () => {
  // The one that was listed first was unfolded then.
  await window.page.locator('.sidebar').getByRole('button', { name: 'Collapse All' }).click();
  await unfold(window.treeItem(/^Project project-0/));
  await window.treeItem('Session task 2000,').waitFor();
  const more = window.treeItem(/^Show more/);
  await focusTree(window);
  await atEnd(more.filter({ hasText: '1,800 more' }));
  await screenshot(window, 'thousands');
  await more.click();
  await window.treeItem('Session task 1800,').waitFor();
  await atEnd(more.filter({ hasText: '1,600 more' }));
  await window.treeItem('Session task 1601,').waitFor();
});

test('finds one among them by a part of its title', async () => {
  await choose(window, 'Multipath: Filter Sessions…', 'Filter Sessions', 'task 1234');
  await expect.poll(() => window.treeItem(/^Session task /).count(), { timeout: 20_000 }).toBe(1);
  await window.treeItem('Session task 1234,').waitFor();
});

/** Returns once no row moves any more: what is clicked while an import ends may be the neighbour. */
async function atRest(): Promise<void> {
  let before = '';
  const rests = async () => {
    const now = await window.page.locator('.sidebar .monaco-list-rows').innerText();
    const same = now === before;
    before = now;
    return same;
  };
  await expect.poll(rests, { timeout: 60_000, interval: 2_000 }).toBe(true);
}

/** Goes to the end until it is there: the tree may still be growing when the key is pressed. */
async function atEnd(row: Locator): Promise<void> {
  const visible = async () => {
    await window.page.keyboard.press('End');
    return row.count();
  };
  await expect.poll(visible, { timeout: 20_000 }).toBe(1);
}

function smallSession(cwd: string, number: number): Transcript {
  const name = `${cwd} ${number}`;
  const session = new Transcript(name, cwd, new Date(started + number * 60_000), 'claude-x');
  session.prompt(`task ${number}`);
  session.answer([text(`Done with ${number}.`)], { input: 10, output: 5 });
  return session;
}
