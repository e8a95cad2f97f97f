/** The servers that ship, over the real store: what a kill at any moment leaves behind. */
import { expect, it } from 'vitest';
import { textOf } from '../../../src/core/message.ts';
import type { SessionStore } from '../../../src/core/sessionStore.ts';
import { serverScript } from '../../support/serverFolder.ts';
import { ownFolder } from './support/ownFolder.ts';
import { killServers, startServer } from './support/startServer.ts';
import { until } from './support/wait.ts';

const folder = ownFolder();

const start = () => startServer(folder.path, {}, serverScript());
const roleOf = async (store: SessionStore) => (await store.getStatus()).role;

async function textsOf(store: SessionStore, sessionId: string): Promise<string[]> {
  const { messages } = await store.readMessages(sessionId, { start: 0, end: 1000 });
  return messages.map(textOf);
}

it('no message is lost or doubled when the owner is killed, time after time', async () => {
  let owner = await start();
  expect(await roleOf(owner.store)).toBe('owner');
  let client = await start();
  const { id } = await client.store.createSession({ title: 'under fire' });
  const sent: string[] = [];
  for (let round = 0; round < 3; round++) {
    expect(await roleOf(client.store)).toBe('client');
    const texts = Array.from({ length: 60 }, (_, i) => `round ${round}, message ${i}`);
    sent.push(...texts);
    let answered = 0;
    const results = texts.map(async (text) => {
      await client.store.appendMessages(id, [{ role: 'user', text }]);
      answered++;
    });
    await until('the owner is at work', () => answered >= 5 * round + 1);
    owner.kill('SIGKILL');
    await Promise.all(results);
    expect((await textsOf(client.store, id)).sort()).toEqual([...sent].sort());
    owner = client;
    client = await start();
  }
  expect((await textsOf(client.store, id)).sort()).toEqual([...sent].sort());

  await killServers();
  const later = await start();
  expect((await textsOf(later.store, id)).sort()).toEqual([...sent].sort());
}, 60_000);
