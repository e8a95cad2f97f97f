/** The servers that ship where something is missing: room on the disk, permission, `node:sqlite`. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { messageOf } from '../../../src/core/errors.ts';
import { textOf } from '../../../src/core/message.ts';
import type { SessionStore } from '../../../src/core/sessionStore.ts';
import { serverScript } from '../../support/serverFolder.ts';
import { smallDisk } from './support/smallDisk.ts';
import { ownFolder } from './support/ownFolder.ts';
import { killServers, startServer, WITHOUT_SQLITE } from './support/startServer.ts';
import { until } from './support/wait.ts';

// Several processes start in each of these; a busy machine takes its time.
vi.setConfig({ testTimeout: 180_000 });

const folder = ownFolder();

const said = (text: string) => [{ role: 'user' as const, text }];
const roleOf = async (store: SessionStore) => (await store.getStatus()).role;

async function textsOf(store: SessionStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 1000 });
  return messages.map((message) => textOf(message).split(' ', 1)[0] ?? '');
}

/** Takes all the room there is, and gives it back. */
function fillDisk(path: string): () => void {
  const file = join(path, 'ballast');
  mkdirSync(path, { recursive: true });
  for (let size = 1 << 20, number = 0; size >= 512; number++) {
    try {
      writeFileSync(`${file}${number}`, Buffer.alloc(size));
    } catch {
      size >>= 1;
    }
  }
  return () => {
    for (const name of readdirSync(path)) {
      if (name.startsWith('ballast')) rmSync(join(path, name));
    }
  };
}

describe('a disk that becomes full', () => {
  it('refuses with a clear message, keeps everything acknowledged, and goes on when there is room', async (test) => {
    const disk = smallDisk(24);
    if (disk === undefined) return test.skip('no disk of its own can be mounted here');
    const storePath = join(disk.path, 'store');
    const start = () => startServer(storePath, {}, serverScript(), folder.path);
    const owner = await start();
    const client = await start();
    const { id } = await owner.store.createSession({ title: 'kept' });
    await owner.store.appendMessages(id, said('first'));

    const sent = ['first'];
    const letGo = fillDisk(disk.path);
    let refusal: unknown;
    // What was set aside for the log is used up first.
    for (let nth = 0; nth < 100 && refusal === undefined; nth++) {
      const text = `m${nth} ${'x'.repeat(150_000)}`;
      await client.store.appendMessages(id, said(text), { requestId: `r${nth}` }).then(
        () => sent.push(`m${nth}`),
        (error: unknown) => (refusal = error),
      );
    }
    expect(messageOf(refusal)).toMatch(/room/);
    const refused = sent.length - 1;
    for (const { store } of [owner, client]) {
      expect(await textsOf(store, id)).toEqual(sent);
    }

    letGo();
    const retry = () =>
      client.store.appendMessages(id, said(`m${refused} again`), { requestId: `r${refused}` });
    await until('there is room again', () =>
      retry().then(
        () => true,
        () => false,
      ),
    );
    await retry();
    sent.push(`m${refused}`);
    await owner.store.appendMessages(id, said('last'));
    sent.push('last');
    expect((await client.store.getStatus()).notice).toBeUndefined();

    await killServers();
    const later = await start();
    expect(await textsOf(later.store, id)).toEqual(sent);
  });

  it('lets a store that cannot even be recovered for want of room be read', async (test) => {
    const disk = smallDisk(24);
    if (disk === undefined) return test.skip('no disk of its own can be mounted here');
    const storePath = join(disk.path, 'store');
    const start = () => startServer(storePath, {}, serverScript(), folder.path);
    const first = await start();
    const { id } = await first.store.createSession({ title: 'kept' });
    // Less than makes a server bring it into the database: bringing it there is what needs room.
    const count = 15;
    for (let nth = 0; nth < count; nth++) {
      await first.store.appendMessages(id, said(`m${nth} ${'x'.repeat(200_000)}`));
    }
    first.kill('SIGKILL');
    await first.exited;
    const letGo = fillDisk(disk.path);

    const second = await start();
    const third = await start();
    for (const { store } of [second, third]) {
      const status = await store.getStatus();
      expect(status.role).toBe('read-only');
      expect(status.notice).toMatch(/no room on the disk.*Free some space/);
      expect(await textsOf(store, id)).toHaveLength(count);
      await expect(store.createSession({})).rejects.toMatchObject({ code: 'read-only' });
    }
    letGo();
    await until(
      'the store can be written',
      async () => (await roleOf(third.store)) !== 'read-only',
    );
    await third.store.appendMessages(id, said('more'));
    expect(await textsOf(second.store, id)).toHaveLength(count + 1);
  });
});

describe('a folder that cannot be written', () => {
  it('can be read, says why, and is written again once it can be', async (test) => {
    const disk = smallDisk(24);
    if (disk === undefined) return test.skip('no disk of its own can be mounted here');
    const storePath = join(disk.path, 'store');
    const start = () => startServer(storePath, {}, serverScript(), folder.path);
    const before = await start();
    const { id } = await before.store.createSession({ title: 'kept' });
    await before.store.appendMessages(id, said('one'));
    await before.shutDown();

    disk.remount('ro');
    const { store } = await start();
    const status = await store.getStatus();
    expect(status.role).toBe('read-only');
    expect(status.notice).toMatch(/cannot be written .*read but not changed/);
    expect(status.notice).not.toContain('Another window');
    expect(await textsOf(store, id)).toEqual(['one']);
    await expect(store.appendMessages(id, said('x'))).rejects.toMatchObject({ code: 'read-only' });
    disk.remount('rw');
    await until('the store can be written', async () => (await roleOf(store)) === 'owner');
    await store.appendMessages(id, said('two'));
  });

  it('and holds no store says so', async (test) => {
    const disk = smallDisk(1);
    if (disk === undefined) return test.skip('no disk of its own can be mounted here');
    disk.remount('ro');
    const { store } = await startServer(join(disk.path, 'store'), {}, serverScript(), folder.path);
    await expect(store.createSession({})).rejects.toThrow(/cannot be written/);
    expect((await store.getStatus()).notice).toMatch(/cannot be written/);
  });
});

describe('without node:sqlite', () => {
  it('one window writes, the second reads through it and follows it when it dies', async () => {
    const start = () => startServer(folder.path, {}, WITHOUT_SQLITE);
    const first = await start();
    expect(await roleOf(first.store)).toBe('owner');
    const { id } = await first.store.createSession({ title: 'kept' });
    await first.store.appendMessages(id, said('one'));
    const second = await start();
    const status = await second.store.getStatus();
    expect(status.role).toBe('read-only');
    expect(status.notice).toContain('no node:sqlite');
    expect(await textsOf(second.store, id)).toEqual(['one']);
    await expect(second.store.createSession({})).rejects.toMatchObject({ code: 'read-only' });
    first.kill('SIGKILL');
    await first.exited;
    await until(
      'the second window may write',
      async () => (await roleOf(second.store)) === 'owner',
    );
    await second.store.appendMessages(id, said('two'));
    expect(await textsOf(second.store, id)).toEqual(['one', 'two']);
  });
});
