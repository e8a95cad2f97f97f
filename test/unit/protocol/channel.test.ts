/** Messages between a panel's page and its host, where pages follow one another in a panel. */
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { Channel } from '../../../src/protocol/channel.ts';

interface Host {
  ready(argument: null): string;
}
interface Page {
  tell(argument: null): null;
}

const schemas = { ready: v.null() };

it('gives no page the answer to the question of the page before', async () => {
  const asked: unknown[] = [];
  const posted: unknown[] = [];
  const answers = ['first', 'second'];
  const [before, page] = [0, 1].map(
    () =>
      new Channel<Page, Host>(
        (message) => void asked.push(message),
        { tell: () => null },
        { tell: v.null() },
      ),
  );
  const host = new Channel<Host, Page>(
    (message) => void posted.push(message),
    { ready: () => answers.shift() ?? '' },
    schemas,
  );
  void before?.request('ready', null).catch(() => undefined);
  const answer = page?.request('ready', null);
  for (const message of asked) await host.receive(message);
  // Both answers come to the page that is there now.
  for (const message of posted) await page?.receive(message);
  expect(await answer).toBe('second');
  before?.dispose();
});
