/** The owner's end of its connections to other windows. */
import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import type { SessionStore, StoreEvent } from '../../../src/core/sessionStore.ts';
import { introduceOurselves } from '../../../src/server/handshake.ts';
import { readOwnerRecord } from '../../../src/server/ownerRecord.ts';
import { startOwnerSide } from '../../../src/server/ownerSide.ts';
import { openFakeStore } from './support/fakeStore.ts';
import { temporaryFolder, until } from './support/wait.ts';

it('cuts a window off that takes no events any more, and keeps no more of them for it', async () => {
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  const listeners = new Set<(event: StoreEvent) => void>();
  const store: SessionStore = {
    ...(await openFakeStore(folder.path)),
    onDidChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const problems: string[] = [];
  const onProblem = (message: string) => problems.push(message);
  const side = await startOwnerSide(folder.path, store, { checkMs: 60_000, onProblem });
  onTestFinished(() => side.close());
  const record = await readOwnerRecord(folder.path);
  if (!record) throw new Error('The owner has no record.');
  const stopped = connect(record.address);
  onTestFinished(() => void stopped.destroy());
  await once(stopped, 'connect');
  // It reads its welcome, and nothing after it.
  expect((await introduceOurselves(stopped, record.token, 60_000)).kind).toBe('welcome');
  await until('it is answered', () => listeners.size === 1);

  const changed = Array.from({ length: 50 }, (_, index) => `session-${index}`);
  let told = 0;
  await until('it is cut off', () => {
    for (let count = 0; count < 500; count++) {
      const event: StoreEvent = { type: 'sessions', revision: ++told, changed, removed: [] };
      for (const listener of listeners) listener(event);
    }
    if (told > 100_000) throw new Error(`${told} events are kept for it`);
    return listeners.size === 0;
  });
  expect(problems).toEqual([expect.stringContaining('takes no events')]);
});
