/** An agent rewrites its file: nothing that was kept in memory or counted before may stay behind. */
import { statSync, truncateSync, utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../src/core/message.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';

async function texts(store: LocalStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 1000 });
  return messages.map((message) => textOf(message));
}

async function firstId(store: LocalStore): Promise<string> {
  return (await store.listSessions({})).sessions[0]?.id ?? '';
}

function touch(file: string): void {
  const later = new Date(statSync(file).mtimeMs + 5_000);
  utimesSync(file, later, later);
}

describe('a rewritten file', () => {
  it('is read anew, also where its pages were in memory', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2));
    const store = await imported(home);
    const id = await firstId(store);
    expect(await texts(store, id)).toEqual(['user a 0', 'assistant a 1']);
    home.claude.write(A, turns('b', 2));
    touch(home.claude.file(A));
    await store.importSessions();
    expect(await texts(store, id)).toEqual(['user b 0', 'assistant b 1']);
  });

  it('counts as an updated session, not as a new one', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2));
    const store = await imported(home);
    home.claude.write(A, turns('b', 2));
    touch(home.claude.file(A));
    expect(await store.importSessions()).toMatchObject({ sessionsAdded: 0, sessionsUpdated: 1 });
  });

  it('shares with a fork only what it still says', async () => {
    const home = new StoreFolder();
    const lines = turns('a', 6);
    home.claude.write(A, lines);
    const store = await imported(home);
    const id = await firstId(store);
    const { session: fork } = await store.forkSession(id, { atMessage: 3 });
    // As a compacting tool would: the first two messages stay, the rest is other.
    home.claude.write(A, [
      ...lines.slice(0, 2),
      ...turns('c', 4, { parent: 'a-1', text: ' instead' }),
    ]);
    touch(home.claude.file(A));
    await store.importSessions();
    expect((await texts(store, id))[2]).toBe('user c 0 instead');
    const { sharedCount } = await store.compareSessions([id, fork.id]);
    expect(sharedCount).toBe(2);
    const { forks } = await store.readMessages(id, { start: 0, end: 10 });
    expect(forks).toMatchObject([{ atMessage: 1, sessionId: fork.id }]);
  });

  it('loses its torn tail in the store when it lost it on the disk', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2));
    const whole = home.claude.bytes(A).length;
    home.claude.write(A, turns('a', 2), '{"type":"user","uuid":"torn');
    const store = await imported(home);
    truncateSync(home.claude.file(A), whole);
    touch(home.claude.file(A));
    await store.importSessions();
    const parts: Uint8Array[] = [];
    for await (const records of store.readSource(home.claude.file(A))) parts.push(...records);
    expect(Buffer.concat(parts).equals(home.claude.bytes(A))).toBe(true);
  });
});
