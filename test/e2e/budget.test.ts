/** Of a large history the person allows a part: the rest is neither read nor forgotten. */
import { truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { text, Transcript } from '../../scripts/lib/samples/transcript.ts';
import type { Sandbox } from '../../scripts/lib/sandbox.ts';
import { writeSession } from './support/claudeFiles.ts';
import { screenshot, screenshotFailures } from './support/screenshots.ts';
import { headingOf, inputOf } from './support/quickInput.ts';
import { drawnTranscript, sessionRow } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const DAY_MS = 86_400_000;
const QUIET = 'Why is the cache cold?';
let window: VscodeWindow;

beforeAll(async () => {
  window = await openWindow({
    name: 'budget',
    prepare: (sandbox) => {
      const old = new Date(Date.now() - 200 * DAY_MS);
      const session = new Transcript('old', sandbox.workspace, old, 'claude-sonnet-4-5');
      session.prompt('An old one');
      session.answer([text('Long ago.')], { input: 1, output: 1 });
      writeSession(sandbox, '-old', session);
      const file = join(sandbox.home, '.claude/projects/-old', `${session.sessionId}.jsonl`);
      // Large by its size alone: what is not there takes no room.
      truncateSync(file, 3_000_000_000);
      utimesSync(file, old, old);
      writeOld(sandbox, new Date(Date.now() - 30 * DAY_MS));
    },
  });
});

/** Older than what is going to be allowed, and of the usual size. */
function writeOld(sandbox: Sandbox, at: Date): void {
  const session = new Transcript('quiet', sandbox.workspace, at, 'claude-sonnet-4-5');
  session.prompt(QUIET);
  session.answer([text('Nobody asked it before.')], { input: 1, output: 1 });
  writeSession(sandbox, '-old', session);
  const file = join(sandbox.home, '.claude/projects/-old', `${session.sessionId}.jsonl`);
  utimesSync(file, at, at);
}

afterAll(() => window.close());

screenshotFailures(() => window);

test('a large history asks how much of it may be read, and keeps to it', async () => {
  await window.openView('Multipath');
  await window.page.getByRole('button', { name: 'Review and Allow…' }).click();
  await window.pick('Claude Code').waitFor();
  await window.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
  await window.pick('Everything').waitFor();
  await screenshot(window, 'budget');
  await window.pick('The last 7 days').click();
  await sessionRow(window, 'Retry lost webhooks').waitFor();
  const message = window.page.getByText('Multipath imported what you allowed.').first();
  await message.waitFor();
  expect(await message.innerText()).toContain('2 files');
  await window.page.getByRole('button', { name: 'Import the Rest' }).waitFor();
});

test('of what it keeps out, one session can be read by itself', async () => {
  await window.page.getByRole('button', { name: 'Import One…' }).click();
  await headingOf(window, 'Import One Session').waitFor();
  await window.pick('An old one').waitFor();
  await screenshot(window, 'import-one');
  await window.pick(QUIET).click();
  const transcript = await drawnTranscript(window, QUIET);
  await transcript.getByText('Nobody asked it before.').waitFor();
  await sessionRow(window, QUIET).waitFor();
  await window.command('Multipath: Import One Session…');
  await window.pick('An old one').waitFor();
  expect(await window.pick(QUIET).count()).toBe(0);
  await inputOf(window).press('Escape');
});
