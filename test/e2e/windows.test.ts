/** Two windows on one store: each sees what the other does and outlives it, however it ends. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { extensionHostOf, sessionServers } from './support/processes.ts';
import { screenshotFailures } from './support/screenshots.ts';
import { allowAgents, forkRows, openTranscript, sessionRow, unfold } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const title = 'Retry lost webhooks';
let first: VscodeWindow;
let second: VscodeWindow;
/** The session server of the first window, which owns the store because it was there first. */
let owner: number;
let secondServer: number;

beforeAll(async () => {
  first = await openWindow({ name: 'windows' });
  await allowAgents(first);
  const [pid] = sessionServers(first);
  if (pid === undefined) throw new Error('the first window has no session server');
  owner = pid;
  second = await first.openSecond();
  await second.openView('Multipath');
  await sessionRow(second, title).waitFor();
  const [other] = sessionServers(second).filter((server) => server !== owner);
  if (other === undefined) throw new Error('the second window has no session server');
  secondServer = other;
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
  const frame = await openTranscript(
    second,
    forkRows(second, `${title}, from message 2`),
    '2 messages',
  );
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

test('the first goes on when the second is killed with its extension host, and that one comes back', async () => {
  const own = 'Over here., from message 2';
  const host = extensionHostOf(secondServer);
  // It owns the store since the first lost its server.
  process.kill(secondServer, 'SIGKILL');
  process.kill(host, 'SIGKILL');

  const frame = await openTranscript(first, forkRows(first, own), 'Over here.');
  await frame.getByText('Over here.').first().waitFor();
  await frame.getByLabel('Message text').fill('Still here.');
  await frame.getByRole('button', { name: 'Add Message' }).click();
  await forkRows(first, `${own}, 4 messages`).waitFor();

  await second.load();
  await second.openView('Multipath');
  await unfold(sessionRow(second, title));
  const again = await openTranscript(second, forkRows(second, `${own}, 4 messages`), '4 messages');
  await again.getByText('Still here.').first().waitFor();
  await again.getByLabel('Message text').fill('And back.');
  await again.getByRole('button', { name: 'Add Message' }).click();
  await forkRows(first, `${own}, 5 messages`).waitFor();
  await expect.poll(() => sessionServers(first).length, { timeout: 30_000 }).toBe(2);
  expect(sessionServers(first)).not.toContain(secondServer);
});
