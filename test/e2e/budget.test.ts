/** Of a large history the person allows a part: the rest is neither read nor forgotten. */
import { truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { text, Transcript } from '../../scripts/lib/samples/transcript.ts';
import { writeSession } from './support/claudeFiles.ts';
import { screenshot, screenshotFailures } from './support/screenshots.ts';
import { sessionRow } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const DAY_MS = 86_400_000;
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
    },
  });
});

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
  expect(await message.innerText()).toContain('1 file');
  await window.page.getByRole('button', { name: 'Import the Rest' }).waitFor();
});
