/** The gateway's less happy routes, within one process. */
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MultipathError } from '../../../src/core/errors.ts';
import type { StoreEvent } from '../../../src/core/sessionStore.ts';
import { PROTOCOL_VERSION } from '../../../src/server/handshake.ts';
import { writeOwnerRecord } from '../../../src/server/ownerRecord.ts';
import { listenForCallers } from '../../../src/server/ownerSocket.ts';
import { openOwnership, type OwnershipOptions } from '../../../src/server/ownership.ts';
import {
  type GatewayOptions,
  startGateway,
  type StoreGateway,
} from '../../../src/server/storeGateway.ts';
import { openFakeStore } from './support/fakeStore.ts';
import { temporaryFolder, until } from './support/wait.ts';

let folder: ReturnType<typeof temporaryFolder>;
const gateways: StoreGateway[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.dispose()));
  folder.remove();
});

async function gateway(
  options: Partial<GatewayOptions> & { locks?: OwnershipOptions } = {},
): Promise<StoreGateway> {
  const { locks, ...rest } = options;
  const started = startGateway({
    storePath: folder.path,
    ownership: await openOwnership(folder.path, locks),
    openStore: ({ readOnly }) => openFakeStore(folder.path, readOnly),
    onProblem: () => undefined,
    ...rest,
    timing: { reopenMs: 50, routeMs: 300, ...rest.timing },
  });
  gateways.push(started);
  return started;
}
const noSqlite: OwnershipOptions = { sqlite: undefined };
const said = (text: string) => [{ role: 'user' as const, text }];

describe('where locks cannot be trusted', () => {
  it('a second window reads through the first and says why it may not write', async () => {
    const first = await gateway({ locks: noSqlite });
    const { id } = await first.store.createSession({});
    const second = await gateway({ locks: noSqlite });
    const status = await second.store.getStatus();
    expect(status).toMatchObject({ role: 'read-only', ownerPid: process.pid });
    expect(status.notice).toContain('node:sqlite');
    expect(await second.store.getSession(id)).toMatchObject({ id });
    for (const change of [
      second.store.createSession({}),
      second.store.appendMessages(id, said('x')),
      second.store.deleteSession(id),
      second.store.setConsent('claude-code', 'granted'),
      second.store.importSessions(),
    ]) {
      await expect(change).rejects.toMatchObject({ code: 'read-only' });
    }
    await first.store.appendMessages(id, said('seen by both'));
    expect((await second.store.getSession(id))?.messageCount).toBe(1);
  });

  it('the second window may write when the first has gone', async () => {
    const first = await gateway({ locks: noSqlite });
    const { id } = await first.store.createSession({});
    const second = await gateway({ locks: noSqlite });
    expect((await second.store.getStatus()).role).toBe('read-only');
    await first.dispose();
    await until('the second window owns the store', async () => {
      const status = await second.store.getStatus();
      return status.role === 'owner' && status.notice === undefined;
    });
    await second.store.appendMessages(id, said('x'));
  });

  it('reads the files where the owner cannot be reached, until it has gone', async () => {
    const first = await gateway({ locks: noSqlite });
    const { id } = await first.store.createSession({});
    const elsewhere = { address: `${folder.path}/none`, token: 't', version: 1 };
    await writeOwnerRecord(folder.path, { ...elsewhere, pid: 1, startedAt: 0 });
    const modes: boolean[] = [];
    const second = await gateway({
      locks: noSqlite,
      openStore: ({ readOnly }) => {
        modes.push(readOnly);
        return openFakeStore(folder.path, readOnly);
      },
    });
    expect((await second.store.getStatus()).role).toBe('read-only');
    expect(await second.store.getSession(id)).toMatchObject({ id });
    await expect(second.store.createSession({})).rejects.toMatchObject({ code: 'read-only' });
    expect(modes).toEqual([true]);
    await first.dispose();
    await until(
      'the second window owns the store',
      async () => (await second.store.getStatus()).role === 'owner',
    );
    expect(modes).toEqual([true, false]);
  });
});

describe('a disk without room for the lock file', () => {
  it('lets the store be read, and be written once there is room', async () => {
    const first = await gateway({ locks: noSqlite });
    const { id } = await first.store.createSession({});
    await first.dispose();
    let isFull = true;
    const ownership = await openOwnership(folder.path, noSqlite);
    const { store } = await gateway({
      ownership: {
        ...ownership,
        tryLock: () => {
          if (!isFull) return ownership.tryLock();
          const cause = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
          throw new MultipathError('io', 'The lock file cannot be written.', { cause });
        },
      },
    });
    const status = await store.getStatus();
    expect(status.role).toBe('read-only');
    expect(status.notice).toMatch(/no room on the disk.*Free some space/);
    expect(await store.getSession(id)).toMatchObject({ id });
    await expect(store.createSession({})).rejects.toMatchObject({ code: 'read-only' });
    isFull = false;
    await until('the store can be written', async () => {
      const { role, notice } = await store.getStatus();
      return role === 'owner' && notice === undefined;
    });
    await store.appendMessages(id, said('more'));
  });
});

describe('a store that does not open', () => {
  it('fails requests at once with the reason, and is tried again', async () => {
    let error: Error | undefined = new MultipathError('io', 'The disk is full. Free some space.');
    const { store } = await gateway({
      openStore: () => (error ? Promise.reject(error) : openFakeStore(folder.path)),
    });
    const events: StoreEvent[] = [];
    store.onDidChange((event) => events.push(event));
    await expect(store.createSession({})).rejects.toMatchObject({ code: 'io' });
    expect((await store.getStatus()).notice).toBe('The disk is full. Free some space.');
    error = new TypeError('a bug');
    await until('the other error is told', async () =>
      (await store.getStatus()).notice?.includes('could not be opened: a bug'),
    );
    error = undefined;
    await until('the store is open', async () => (await store.getStatus()).role === 'owner');
    expect((await store.getStatus()).notice).toBeUndefined();
    await store.createSession({});
    const told = events.flatMap((event) => (event.type === 'status' ? [event.status.notice] : []));
    expect(told).toContain('The store could not be opened: a bug');
    expect(told.at(-1)).toBeUndefined();
  });

  it('leaves the lock to a window that can open it', async () => {
    const failing = await gateway({ openStore: () => Promise.reject(new Error('broken here')) });
    await expect(failing.store.createSession({})).rejects.toThrow('broken here');
    const { store } = await gateway();
    const { id } = await store.createSession({});
    await until('the first window goes through the second', async () => {
      const { role, notice } = await failing.store.getStatus();
      return role === 'client' && notice === undefined;
    });
    expect(await failing.store.getSession(id)).toMatchObject({ id });
  });
});

describe('a gateway', () => {
  it('gives requests up when the owner cannot be found in time', async () => {
    const ownership = await openOwnership(folder.path);
    const lock = ownership.tryLock();
    const { store } = await gateway();
    await expect(store.createSession({})).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('cannot be reached') as unknown,
    });
    lock?.release();
    await store.createSession({});
    ownership.close();
  });

  it.each([
    [99, 'an older version of Multipath than the window that owns', 'Reload this window.'],
    [0, 'a newer version of Multipath than the window that owns', 'Reload that window.'],
  ])('says so when the owner speaks version %i', async (version, what, advice) => {
    const ownership = await openOwnership(folder.path);
    ownership.tryLock();
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(`{"ok":false,"version":${version}}\n`);
    });
    const address =
      process.platform === 'win32' ? `\\\\.\\pipe\\mp-test-${process.pid}` : `${folder.path}/s`;
    await new Promise<void>((resolve) => server.listen(address, resolve));
    const record = { address, token: 't', version, pid: 1, startedAt: 0 };
    await writeOwnerRecord(folder.path, record);
    const { store } = await gateway();
    const notice = await until('the other version is told', async () => {
      const { notice } = await store.getStatus();
      return notice?.includes(what) && notice;
    });
    expect(notice).toContain(advice);
    await expect(store.createSession({})).rejects.toMatchObject({ code: 'unavailable' });
    server.close();
    ownership.close();
    await until('the store is ours', async () => (await store.getStatus()).role === 'owner');
  });

  it('gives reads up once the owner is known to hang, and leaves changes to what comes of them', async () => {
    const ownership = await openOwnership(folder.path);
    ownership.tryLock();
    // Takes all that it is sent, and answers none of it.
    const owner = await listenForCallers((socket) => socket.resume());
    const { address, token } = owner;
    const record = { address, token, version: PROTOCOL_VERSION, pid: 1, startedAt: 0 };
    await writeOwnerRecord(folder.path, record);
    const { store } = await gateway({ timing: { routeMs: 60_000, pingMs: 5, pingLimitMs: 200 } });
    let changed: boolean | undefined;
    const change = store.createSession({}).then(() => (changed = true));
    await expect(store.getSession('any')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('does not answer') as unknown,
    });
    expect(changed).toBeUndefined();
    ownership.close();
    await owner.close();
    await change;
    expect(changed).toBe(true);
  });

  it('refuses requests once it is disposed, and closes the store before the lock is free', async () => {
    const order: string[] = [];
    const ownership = await openOwnership(folder.path);
    const started = await gateway({
      ownership: {
        ...ownership,
        tryLock: () => {
          const lock = ownership.tryLock();
          return (
            lock && {
              release: () => {
                order.push('lock released');
                lock.release();
              },
            }
          );
        },
      },
      openStore: async () => ({
        ...(await openFakeStore(folder.path)),
        close: () => {
          order.push('store closed');
          return Promise.resolve();
        },
      }),
    });
    await started.store.createSession({});
    await started.dispose();
    expect(order).toEqual(['store closed', 'lock released']);
    await expect(started.store.createSession({})).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('ends subscriptions when told to', async () => {
    const { store } = await gateway();
    const heard: StoreEvent[] = [];
    const end = store.onDidChange((event) => heard.push(event));
    await store.createSession({});
    end();
    const count = heard.length;
    await store.createSession({});
    expect(heard).toHaveLength(count);
  });
});
