/** Several session servers, each a process of its own, on one store folder. */
import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readOwnerRecord } from '../../../src/server/ownerRecord.ts';
import type { GatewayTiming } from '../../../src/server/storeGateway.ts';
import {
  DIE_AFTER_WRITE,
  POISON,
  readOperations,
  textsOnDisk,
  THROW_LATER,
} from './support/fakeStore.ts';
import { ownFolder } from './support/ownFolder.ts';
import { startServer, type TestServer } from './support/startServer.ts';
import { until } from './support/wait.ts';

// Several processes start in each of these; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

const folder = ownFolder();

const said = (text: string) => [{ role: 'user' as const, text }];

/** Processes that opened the store for writing, in order. */
function openers(): number[] {
  return readOperations(folder.path).flatMap((operation) =>
    operation.kind === 'open' ? [operation.pid] : [],
  );
}

/** No process wrote after another one had opened the store. */
function expectOneWriterAtATime(): void {
  let owner: number | undefined;
  for (const operation of readOperations(folder.path)) {
    if (operation.kind === 'open') owner = operation.pid;
    expect(operation.pid).toBe(owner);
  }
}

/** Waits until a server says that the owner it goes through does not answer. */
function untilSilent({ events }: TestServer): Promise<unknown> {
  return until('the silence is announced', () =>
    events.some(
      (event) =>
        event.type === 'status' &&
        event.status.role === 'client' &&
        event.status.notice?.includes('does not answer'),
    ),
  );
}

async function startClient(
  owner: TestServer,
  timing: Partial<GatewayTiming> = {},
): Promise<TestServer> {
  const client = await startServer(folder.path, timing);
  expect(await client.store.getStatus()).toMatchObject({
    role: 'client',
    ownerPid: owner.pid,
    serverPid: client.pid,
  });
  return client;
}

async function startPair(
  timing: Partial<GatewayTiming> = {},
): Promise<{ owner: TestServer; client: TestServer }> {
  const owner = await startServer(folder.path, timing);
  expect((await owner.store.getStatus()).role).toBe('owner');
  return { owner, client: await startClient(owner, timing) };
}

describe('servers on one folder', () => {
  it('agree on one owner when they start at once', async () => {
    const servers = await Promise.all([1, 2, 3].map(() => startServer(folder.path)));
    const roles = await Promise.all(
      servers.map(async ({ store }) => (await store.getStatus()).role),
    );
    expect(roles.sort()).toEqual(['client', 'client', 'owner']);
    expect(openers()).toHaveLength(1);
  });

  it('share what each of them writes and hear of it', async () => {
    const { owner, client } = await startPair();
    const session = await client.store.createSession({});
    await client.store.appendMessages(session.id, said('from the client'));
    await owner.store.appendMessages(session.id, said('from the owner'));
    expect((await client.store.getSession(session.id))?.messageCount).toBe(2);
    expect(await client.store.getSession('none')).toBeUndefined();
    await expect(client.store.appendMessages('none', said('x'))).rejects.toMatchObject({
      code: 'not-found',
    });
    for (const { events } of [owner, client]) {
      await until('both changes are heard of', () => {
        const heard = events.filter(
          (event) => event.type === 'sessions' && event.changed.includes(session.id),
        );
        return heard.length >= 3;
      });
    }
  });

  it('lose and repeat nothing when the owner is killed under load', async () => {
    const { owner, client: first } = await startPair();
    const second = await startClient(owner);
    const { id } = await first.store.createSession({});
    const texts = Array.from({ length: 400 }, (_, i) => `message ${i}`);
    const results = texts.map((text, i) =>
      (i % 2 === 0 ? first : second).store.appendMessages(id, said(text)),
    );
    await until('the owner is at work', () => textsOnDisk(folder.path, id).length > 20);
    owner.kill('SIGKILL');
    await Promise.all(results);
    expect(textsOnDisk(folder.path, id).sort()).toEqual([...texts].sort());
    const roles = await Promise.all(
      [first, second].map(async ({ store }) => (await store.getStatus()).role),
    );
    expect(roles.sort()).toEqual(['client', 'owner']);
    expect(openers()).toHaveLength(2);
    expectOneWriterAtATime();
  });

  it('do a request once whose owner died between the write and the answer', async () => {
    const { client } = await startPair();
    const { id } = await client.store.createSession({});
    const session = await client.store.appendMessages(id, said(DIE_AFTER_WRITE));
    expect(session.messageCount).toBe(1);
    expect(textsOnDisk(folder.path, id)).toEqual([DIE_AFTER_WRITE]);
    expect((await client.store.getStatus()).role).toBe('owner');
    expectOneWriterAtATime();
  });

  it('announce a new owner, and that everything must be asked again', async () => {
    const { owner, client } = await startPair();
    await client.store.createSession({});
    client.events.length = 0;
    const before = await readOwnerRecord(folder.path);
    expect(before && existsSync(before.address)).toBe(true);
    owner.kill('SIGKILL');
    await until('the role is announced', () =>
      client.events.some((event) => event.type === 'status' && event.status.role === 'owner'),
    );
    await until('everything is announced', () =>
      client.events.some((event) => event.type === 'sessions' && event.all === true),
    );
    // The socket of the killed owner does not stay behind.
    expect(before && existsSync(dirname(before.address))).toBe(false);
  });

  it('do not rob an owner that hangs, but say so', async () => {
    const attentive = { pingMs: 100, pingLimitMs: 500 };
    const { owner, client } = await startPair(attentive);
    const { id } = await client.store.createSession({});
    owner.kill('SIGSTOP');
    await untilSilent(client);
    await expect(client.store.getSession(id)).rejects.toMatchObject({ code: 'unavailable' });
    const late = await startServer(folder.path, attentive);
    expect((await late.store.getStatus()).notice).toContain('does not answer');
    expect(openers()).toEqual([owner.pid]);

    owner.kill('SIGCONT');
    for (const { store } of [client, late]) {
      await until('the owner answers again', async () => {
        const status = await store.getStatus();
        return status.role === 'client' && status.notice === undefined;
      });
    }
    await client.store.appendMessages(id, said('after'));
    expect(openers()).toEqual([owner.pid]);
    expectOneWriterAtATime();
  });

  it('end an owner that hangs when asked to, and never one that answers', async () => {
    const attentive = { pingMs: 100, pingLimitMs: 500 };
    const { owner, client } = await startPair(attentive);
    const { id } = await client.store.createSession({});
    expect(await client.endHungOwner()).toBe(false);
    expect(await owner.endHungOwner()).toBe(false);
    owner.kill('SIGSTOP');
    await untilSilent(client);
    expect((await client.store.getStatus()).notice).toContain('Restart Session Server');
    expect(await client.endHungOwner()).toBe(true);
    expect(await owner.exited).toBeNull();
    await until('the store is reached again', async () => {
      const { role, notice } = await client.store.getStatus();
      return role === 'owner' && notice === undefined;
    });
    await client.store.appendMessages(id, said('after'));
    expect(textsOnDisk(folder.path, id)).toEqual(['after']);
    expectOneWriterAtATime();
  });

  it('take over at once from an owner that shuts down, and leave no address behind', async () => {
    const { owner, client } = await startPair();
    const { id } = await client.store.createSession({});
    const before = await readOwnerRecord(folder.path);
    await owner.shutDown();
    await client.store.appendMessages(id, said('after'));
    expect((await client.store.getStatus()).role).toBe('owner');
    expect(before && existsSync(before.address)).toBe(false);
    await client.shutDown();
    expect(await readOwnerRecord(folder.path)).toBeUndefined();
    expectOneWriterAtATime();
  });

  it('open a poisoned store again and carry out what poisoned it once', async () => {
    const { owner, client } = await startPair();
    const { id } = await client.store.createSession({});
    const session = await client.store.appendMessages(id, said(POISON));
    expect(session.messageCount).toBe(1);
    await owner.store.appendMessages(id, said('after'));
    expect(textsOnDisk(folder.path, id)).toEqual([POISON, 'after']);
    expectOneWriterAtATime();
  });

  it('make another socket when theirs is removed from outside', async () => {
    const { client } = await startPair({ socketCheckMs: 200 });
    const before = await readOwnerRecord(folder.path);
    if (!before) throw new Error('The owner has no record.');
    rmSync(before.address);
    await until('a new address is published', async () => {
      const now = await readOwnerRecord(folder.path);
      return now !== undefined && now.address !== before.address;
    });
    const late = await startServer(folder.path);
    expect((await late.store.getStatus()).role).toBe('client');
    expect((await client.store.getStatus()).role).toBe('client');
  });
});

describe('a server process', () => {
  it('ends when its extension host goes', async () => {
    const server = await startServer(folder.path);
    await server.store.getStatus();
    server.child.disconnect();
    expect(await server.exited).toBe(0);
    expect(await readOwnerRecord(folder.path)).toBeUndefined();
  });

  it('ends in order on SIGTERM', async () => {
    const server = await startServer(folder.path);
    await server.store.getStatus();
    server.kill('SIGTERM');
    expect(await server.exited).toBe(0);
    expect(await readOwnerRecord(folder.path)).toBeUndefined();
  });

  it('reports an error nobody caught and ends so that it is started again', async () => {
    const server = await startServer(folder.path);
    const { id } = await server.store.createSession({});
    await server.store.appendMessages(id, said(THROW_LATER));
    expect(await server.exited).toBe(1);
    expect(server.log.join('\n')).toContain('thrown where nobody catches it');
  });

  it('refuses options that are not what they should be', async () => {
    await expect(startServer('')).rejects.toThrow(/initialization options/);
  });
});
