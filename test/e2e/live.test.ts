/** What an agent writes while the window is open shows in it, without a command and without a click. */
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { text, Transcript } from '../../scripts/lib/samples/transcript.ts';
import { writeSession } from './support/claudeFiles.ts';
import { screenshotFailures } from './support/screenshots.ts';
import { allowAgents, openTranscript, sessionRow } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const TITLE = 'Watch the tide come in';
const FOLDER = '-code-shore';
const BEGAN = new Date(Date.now() - 3_600_000);
let window: VscodeWindow;

beforeAll(async () => {
  window = await openWindow({ name: 'live' });
  await allowAgents(window);
});

afterAll(() => window.close());

screenshotFailures(() => window);

/** The same conversation however far it went. */
function talk(steps: number): Transcript {
  const session = new Transcript('tide', window.sandbox.workspace, BEGAN, 'claude-sonnet-4-5');
  for (let step = 1; step <= steps; step++) {
    session.prompt(step === 1 ? TITLE : `Go on with step ${step}.`);
    session.answer([text(`Step ${step} is done.`)], { input: 10, output: 5 });
  }
  return session;
}

function fileOf(): string {
  return join(window.sandbox.home, '.claude', 'projects', FOLDER, `${talk(1).sessionId}.jsonl`);
}

test('a session that an agent begins appears in the tree', async () => {
  writeSession(window.sandbox, FOLDER, talk(1));
  await sessionRow(window, TITLE).waitFor();
});

test('what the agent adds appears in the open transcript', async () => {
  const frame = await openTranscript(window, sessionRow(window, TITLE), TITLE);
  await frame.getByText('Step 1 is done.').first().waitFor();
  const before = talk(1).toString();
  const whole = talk(2).toString();
  expect(whole.startsWith(before)).toBe(true);
  appendFileSync(fileOf(), whole.slice(before.length));
  await frame.getByText('Step 2 is done.').first().waitFor();
});

test('a session whose file the agent deletes is rescued, and goes on when the file is back', async () => {
  rmSync(fileOf());
  await sessionRow(window, `${TITLE}.*rescued`).waitFor();
  writeSession(window.sandbox, FOLDER, talk(3));
  const frame = await openTranscript(window, sessionRow(window, TITLE), TITLE);
  await frame.getByText('Step 3 is done.').first().waitFor();
});
