/**
 * The tree as a person arranges it, by keyboard and by mouse: grouped, filtered, with sessions that
 * run here, were rescued, are pinned, have notes and subagents, dragged onto a tag, in one window.
 */
import { appendFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { text, Transcript } from '../../scripts/lib/samples/transcript.ts';
import type { Sandbox } from '../../scripts/lib/sandbox.ts';
import { focusTree } from './support/keys.ts';
import { answer, choose, headingOf, inputOf } from './support/quickInput.ts';
import { screenshot, screenshotFailures, screenshotThemes } from './support/screenshots.ts';
import {
  allowAgents,
  chooseFromMenu,
  drawnTranscript,
  sessionRow,
  unfold,
} from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const trunk = 'Split the billing module';
const running = 'Add a retry budget';
let window: VscodeWindow;
let runningFile = '';
let goneFile = '';

beforeAll(async () => {
  window = await openWindow({ name: 'tree', prepare: prepareSessions });
  await allowAgents(window);
});

afterAll(() => window.close());

screenshotFailures(() => window);

test('folds subagents away below their session, which open and can be forked', async () => {
  const row = sessionRow(window, trunk);
  await row.waitFor();
  expect(await row.getAttribute('aria-label')).toMatch(/, 2 subagents$/);
  await unfold(row);
  const folded = window.treeItem(/^2 subagents/);
  await unfold(folded);
  const subagent = window.treeItem(/^Subagent Find who calls it/);
  await subagent.click();
  const frame = await drawnTranscript(window);
  await frame.locator('mp-list').getByText('Three callers').waitFor();
  await chooseFromMenu(window, subagent, 'Fork Session…');
  await window.pick('Three callers').first().waitFor();
  await inputOf(window).press('Enter');
  await window.treeItem(/^Fork Find who calls it/).waitFor();
});

test('marks what an agent writes to here, and opens it with one click', async () => {
  const row = window.treeItem(new RegExp(`^Session ${running}.*running here now`));
  // As the agent goes on while the window is open. An import that runs already is joined.
  await importUntil(row, () =>
    appendFileSync(runningFile, `${JSON.stringify({ type: 'progress' })}\n`),
  );
  const item = window.page.locator('.statusbar').getByRole('button', { name: /running session/ });
  await item.click();
  await window.tab(new RegExp(running)).waitFor();
});

test('marks a session as rescued once its agent’s file is gone', async () => {
  rmSync(goneFile);
  await importUntil(window.treeItem(/^Session Draw the .*, rescued/));
});

test('pins by keyboard: first in its list, and in a group at the top', async () => {
  await sessionRow(window, trunk).click();
  await focusTree(window);
  await press('ControlOrMeta+Alt+p');
  await window.treeItem(/^Group Pinned, 1 session/).waitFor();
  await window
    .treeItem(new RegExp(`^Session ${trunk}.*pinned`))
    .first()
    .waitFor();
});

test('takes a note by keyboard, and shows it when the pointer rests', async () => {
  const row = sessionRow(window, trunk).last();
  await row.click();
  await focusTree(window);
  await press('ControlOrMeta+Alt+n');
  await answer(window, 'Note', 'Ask Ada before the split');
  await window
    .treeItem(new RegExp(`^Session ${trunk}.*has a note`))
    .first()
    .waitFor();
  await window.page.mouse.move(900, 500);
  await row.hover();
  await window.page.locator('.monaco-hover', { hasText: 'Ask Ada before' }).waitFor();
  await screenshotThemes(window, 'tree-projects');
});

test('groups by agent, date, tag and tier, and shows the present choice', async () => {
  await window.command('Multipath: Focus on Sessions View');
  await groupBy('Date');
  await window
    .treeItem(/^Date /)
    .first()
    .waitFor();
  await titled('by date');
  await screenshot(window, 'tree-dates');
  await groupBy('Agent');
  await window.treeItem(/^Agent Claude Code, /).waitFor();
  await screenshotThemes(window, 'tree-agents');
  await groupBy('Tier');
  await window.treeItem(/^Tier Warm: at hand, /).waitFor();
  await groupBy('Tag');
  await window.treeItem(/^Tag No tag, /).waitFor();
  await window.command('Multipath: Group Sessions By…');
  await window.pick('Tag').getByText('now').waitFor();
  await inputOf(window).press('Escape');
});

test('drags a session onto a tag', async () => {
  const tagged = sessionRow(window, running).last();
  // What the pointer rested on before would cover the row.
  await window.restPointer();
  await chooseFromMenu(window, tagged, 'Tag Session…');
  await answer(window, 'Tags', 'billing');
  const group = window.treeItem(/^Tag billing, 1 session/);
  await group.waitFor();
  await sessionRow(window, trunk).last().dragTo(group);
  await window.treeItem(/^Tag billing, 2 sessions/).waitFor();
});

test('filters by words and by what sessions have in common, in their groups', async () => {
  await groupBy('Project');
  await window.treeItem(/^Project ledger-api/).waitFor();
  await focusTree(window);
  await press('ControlOrMeta+Alt+f');
  await headingOf(window, 'Filter Sessions').waitFor();
  await window.pick('Rescued').click();
  await window.page.locator('.sidebar').getByText('Filter: rescued').waitFor();
  await inputOf(window).press('Escape');
  await expect.poll(() => window.treeItem(/^Session /).count()).toBe(1);
  await screenshot(window, 'tree-filtered');
  await choose(window, 'Multipath: Filter Sessions…', 'Filter Sessions', 'nothing like this');
  await window.page
    .locator('.sidebar')
    .getByText('No session is what the filter asks for')
    .waitFor();
  await window.command('Multipath: Clear Filter');
  await sessionRow(window, trunk).first().waitFor();
});

test('shows in another window what was pinned and noted in this one', async () => {
  const second = await window.openSecond();
  await second.openView('Multipath');
  await second.treeItem(/^Group Pinned, 1 session/).waitFor();
  const row = second.treeItem(new RegExp(`^Session ${trunk}.*pinned, has a note`)).first();
  await row.waitFor();
  await chooseFromMenu(second, row, 'Unpin Session');
  await window.treeItem(/^Group Pinned/).waitFor({ state: 'detached' });
  await second.page.close();
});

test('is arranged the same way after a reload', async () => {
  await groupBy('Agent');
  await window.command('Multipath: Show This Workspace Only');
  await titled('this workspace only');
  await window.reload();
  await window.treeItem(/^Agent Claude Code, /).waitFor();
  await titled('by agent · this workspace only');
  await window.command('Multipath: Show All Projects');
  await screenshot(window, 'tree-reloaded');
});

/** Looks for changes until a row is there: an import that runs already is only joined. */
async function importUntil(row: Locator, before: () => void = () => undefined): Promise<void> {
  for (let attempt = 0; !(await row.isVisible()); attempt++) {
    expect(attempt).toBeLessThan(10);
    before();
    await window.command('Multipath: Import Sessions');
    await row.waitFor({ timeout: 5_000 }).catch(() => undefined);
  }
}

/** The side bar's title ends with how the view is arranged. */
async function titled(words: string): Promise<void> {
  await window.page.locator('.sidebar .title-label', { hasText: words }).waitFor();
}

function press(key: string): Promise<void> {
  return window.page.keyboard.press(key);
}

async function groupBy(name: string): Promise<void> {
  await choose(window, 'Multipath: Group Sessions By…', 'Group Sessions By', name);
  await window.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** A session with subagents, one that an agent is at work in, and one whose file will go. */
function prepareSessions({ home, workspace }: Sandbox): void {
  const hour = 3_600_000;
  const now = Date.now();
  const folder = join(home, '.claude', 'projects', '-tree');
  const write = (path: string, lines: readonly string[], at: number): string => {
    const file = join(folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    utimesSync(file, at / 1000, at / 1000);
    return file;
  };
  const session = (name: string, prompt: string, answer: string, at: number): Transcript => {
    const one = new Transcript(name, workspace, new Date(at), 'claude-sonnet-4-5');
    one.prompt(prompt);
    one.answer([text(answer)], { input: 900, output: 120 });
    return one;
  };
  const parent = session('tree trunk', trunk, 'I ask two subagents first.', now - 2 * hour);
  write(`${parent.sessionId}.jsonl`, parent.lines, now - 2 * hour);
  for (const [name, prompt, answer] of [
    ['callers', 'Find who calls it', 'Three callers: invoices, refunds and the nightly job.'],
    ['tests', 'List its tests', 'Eleven tests, two of them slow.'],
  ] as const) {
    const work = session(`tree ${name}`, prompt, answer, now - 2 * hour);
    const lines = work.lines.map((line) =>
      JSON.stringify({
        ...(JSON.parse(line) as object),
        sessionId: parent.sessionId,
        isSidechain: true,
        agentId: name,
      }),
    );
    write(`${parent.sessionId}/subagents/agent-${name}.jsonl`, lines, now - 2 * hour);
  }
  const live = session('tree live', running, 'A budget of ten percent.', now - 60_000);
  runningFile = write(`${live.sessionId}.jsonl`, live.lines, now - hour);
  const gone = session('tree gone', 'Draw the state machine', 'Here it is.', now - 5 * hour);
  goneFile = write(`${gone.sessionId}.jsonl`, gone.lines, now - 5 * hour);
}
