/** Two windows on one store: the second sees what the first does, and outlives its session server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionServers } from './support/processes.ts';
import { screenshotFailures } from './support/screenshots.ts';
import { allowAgents, forkRows, openTranscript, sessionRow, unfold } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const title = 'Retry lost webhooks';
let first: VscodeWindow;
let second: VscodeWindow;
/** The session server of the first window, which owns the store because it was there first. */
let owner: number;

beforeAll(async () => {
  first = await openWindow({ name: 'windows' });
  await allowAgents(first);
  const [pid] = sessionServers(first);
  if (pid === undefined) throw new Error('the first window has no session server');
  owner = pid;
  second = await first.openSecond();
  await second.openView('Multipath');
  await sessionRow(second, title).waitFor();
});

afterAll(() => first.close());

screenshotFailures(() => second);

test('each window has a session server of its own', () => {
  expect(sessionServers(second)).toHaveLength(2);
});

test('the second window shows at once what is forked and added in the first', async () => {
  await unfold(sessionRow(second, title));
  const frame = await openTranscript(first, sessionRow(first, title));
  const message = frame.locator('mp-item').nth(1);
  await message.hover();
  await message.getByRole('button', { name: 'Fork Here' }).click();
  await forkRows(second, `${title}, from message 2, 2 messages`).waitFor();
});

test('the second goes on when the session server of the first is killed', async () => {
  const frame = await openTranscript(second, forkRows(second, `${title}, from message 2`));
  process.kill(owner, 'SIGKILL');
  // Asked of an owner that is gone, done once by whoever takes its place.
  await frame.getByLabel('Message text').fill('Over here.');
  await frame.getByRole('button', { name: 'Add Message' }).click();
  for (const window of [second, first]) {
    await forkRows(window, 'Over here., from message 2, 3 messages').waitFor();
  }
  await expect.poll(() => sessionServers(first).length, { timeout: 30_000 }).toBe(2);
  expect(sessionServers(first)).not.toContain(owner);
});
