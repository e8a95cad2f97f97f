/** Three branches of one session compared, rated and opened in VS Code's own diff editors. */
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { text, toolUse, Transcript } from '../../scripts/lib/samples/transcript.ts';
import { axeViolations } from './support/accessibility.ts';
import { writeSession } from './support/claudeFiles.ts';
import { inputOf } from './support/quickInput.ts';
import { screenshot, screenshotFailures, screenshotThemes } from './support/screenshots.ts';
import {
  allowAgents,
  chooseFromMenu,
  sessionRow,
  unfold,
  untilSelected,
} from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const title = 'Keep two tabs from refreshing twice';
/** For what takes a round to the store and back. */
const patiently = { timeout: 20_000 };
const usage = { input: 900, output: 300 };
const before = 'export function token() {\n  return refresh();\n}\n';
let window: VscodeWindow;

/** Each attempt begins at the same answer and edits the same file, and one more of its own. */
const ATTEMPTS = [
  ['Use a mutex.', 'return mutex.run(refresh);', 'src/mutex.ts', true],
  ['Share the promise in flight.', 'return (inFlight ??= refresh());', 'src/flight.ts', false],
  ['Put callers in a queue.', 'return queue.add(refresh);', 'src/queue.ts', false],
] as const;

function attempts(cwd: string): Transcript {
  const session = new Transcript(
    'attempts',
    cwd,
    new Date(Date.now() - 3_600_000),
    'claude-sonnet-4-5',
  );
  const file = join(cwd, 'src/token.ts');
  session.prompt(title);
  session.answer([toolUse('w', 'Write', { file_path: file, content: before })], usage);
  session.results([{ call: 'w', text: 'File created' }]);
  session.answer([text('How should it be done?')], usage);
  const fork = session.head;
  for (const [at, [wish, line, own, fails]] of ATTEMPTS.entries()) {
    session.head = fork;
    session.prompt(wish);
    const call = String(at);
    const edit = { file_path: file, old_string: 'return refresh();', new_string: line };
    session.answer(
      [text(`I will:\n\n\`\`\`ts\n${line}\n\`\`\``), toolUse(`e${call}`, 'Edit', edit)],
      usage,
    );
    session.results([{ call: `e${call}`, text: 'The file has been updated.' }]);
    const helper = { file_path: join(cwd, own), content: `export const helper = ${call};\n` };
    session.answer([toolUse(`h${call}`, 'Write', helper)], usage);
    session.results([{ call: `h${call}`, text: 'File created' }]);
    session.answer([toolUse(`t${call}`, 'Bash', { command: 'npm test -- token' })], usage);
    session.results([
      fails
        ? { call: `t${call}`, text: 'Exit code 1\n1 failed', isError: true }
        : { call: `t${call}`, text: '3 passed' },
    ]);
    session.answer([text('Done.')], usage);
  }
  return session;
}

beforeAll(async () => {
  window = await openWindow({ name: 'comparing' });
  const { workspace } = window.sandbox;
  writeSession(window.sandbox, workspace.replaceAll(/[^A-Za-z0-9]/g, '-'), attempts(workspace));
  await allowAgents(window);
});

afterAll(() => window.close());

screenshotFailures(() => window);

async function comparison(): Promise<Frame> {
  const frame = await window.webview('compare');
  await frame.locator('article[data-row] .mp-cell-head').first().waitFor();
  return frame;
}

test('compares the three that are selected in the tree, in columns', async () => {
  const root = sessionRow(window, title);
  await unfold(root);
  await root.click();
  await untilSelected(root);
  for (const name of ['Use a mutex', 'Share the promise']) {
    const branch = window.treeItem(new RegExp(name));
    await branch.click({ modifiers: ['ControlOrMeta'] });
    await untilSelected(branch);
  }
  await chooseFromMenu(window, window.treeItem(/Use a mutex/), 'Compare Selected');
  const frame = await comparison();
  expect(await frame.locator('.mp-head').count()).toBe(3);
  expect(await frame.locator('article[data-row="0"] .mp-cell').count()).toBe(3);
  await frame.getByText('3 shared messages').waitFor();
  await frame.locator('.mp-metrics tbody tr').nth(2).waitFor();
  await frame.locator('.mp-score').first().click();
  await frame.getByRole('region', { name: 'How the score comes about' }).waitFor();
  await screenshotThemes(window, 'comparing', async () => {
    expect(await axeViolations(frame)).toEqual([]);
  });
  await frame.locator('.mp-score').first().click();
});

test('rates a branch by keyboard; the score follows', async () => {
  const frame = await comparison();
  const rating = frame.getByRole('slider').first();
  const total = frame.locator('.mp-score-total').first();
  const unrated = Number(await total.innerText());
  await rating.focus();
  await window.page.keyboard.press('5');
  await expect.poll(() => rating.getAttribute('aria-valuetext'), patiently).toBe('5 of 5');
  await expect
    .poll(async () => Number(await total.innerText()), patiently)
    .toBeGreaterThan(unrated);
  await screenshot(window, 'comparing-rated');
});

test('opens the files of a pair in the editor for many differences', async () => {
  const frame = await comparison();
  await frame.getByRole('button', { name: 'Open Files in Diff Editor' }).click();
  await window.pick('↔').nth(2).waitFor();
  await inputOf(window).press('Enter');
  const editors = window.page.locator('.monaco-diff-editor');
  // What both left alike is not among them; what only one wrote is.
  await editors.nth(2).waitFor();
  await window.page.locator('.monaco-diff-editor .editor.original').first().waitFor();
  await screenshot(window, 'comparing-files');
  await window.command('View: Close Editor');
  await editors.first().waitFor({ state: 'detached' });
});

test('shows what one branch did to a file, whole on both sides', async () => {
  await window.tab(/↔.*\+1/).click();
  const frame = await comparison();
  const file = frame.getByRole('button', { name: 'src/token.ts' }).first();
  await file.scrollIntoViewIfNeeded();
  await screenshot(window, 'comparing-touched');
  await file.click();
  const diff = window.page.locator('.monaco-diff-editor');
  await diff.locator('.editor.original', { hasText: 'return refresh();' }).waitFor();
  await diff.locator('.editor.modified', { hasText: 'return' }).waitFor();
  await screenshot(window, 'comparing-file');
});

test('survives a reload and leads to merging by key', async () => {
  await window.tab(/↔.*\+1/).click();
  await comparison();
  await window.reload();
  const frame = await comparison();
  expect(await frame.getByRole('slider').first().getAttribute('aria-valuetext')).toBe('5 of 5');
  await window.page.keyboard.press('F7');
  const row = frame.locator('article[data-row]').first();
  await row.focus();
  await window.page.keyboard.press('m');
  await window.page.locator('.quick-input-title', { hasText: 'Merge which branch?' }).waitFor();
  await screenshot(window, 'comparing-merge');
  await inputOf(window).press('Escape');
});
