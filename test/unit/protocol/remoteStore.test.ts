/** The store's protocol over a connection: what crosses, what is refused, what is tried again. */
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMessageConnection, type MessageConnection } from 'vscode-jsonrpc/node';
import { MultipathError } from '../../../src/core/errors.ts';
import type { SessionStore, StoreEvent } from '../../../src/core/sessionStore.ts';
import { METHODS, STORE_METHODS, type StoreMethod } from '../../../src/protocol/methods.ts';
import { createRemoteStore } from '../../../src/protocol/remoteStore.ts';
import { type RpcConnection, rpcOver } from '../../../src/protocol/rpc.ts';
import { serveStore } from '../../../src/protocol/serveStore.ts';
import { storeOver } from '../../../src/protocol/storeProxy.ts';
import { ConnectionLostError } from '../../../src/protocol/wireErrors.ts';

const connections: MessageConnection[] = [];
afterEach(() => {
  for (const connection of connections.splice(0)) connection.dispose();
});

function connectedPair(): [MessageConnection, MessageConnection] {
  const [up, down] = [new PassThrough(), new PassThrough()];
  const pair: [MessageConnection, MessageConnection] = [
    createMessageConnection(down, up),
    createMessageConnection(up, down),
  ];
  connections.push(...pair);
  for (const connection of pair) connection.listen();
  return pair;
}

/** Answers every call with what `answer` makes of it. */
function storeOf(answer: (name: StoreMethod, args: readonly unknown[]) => unknown): SessionStore & {
  emit(event: StoreEvent): void;
} {
  const listeners = new Set<(event: StoreEvent) => void>();
  const carry = async (name: StoreMethod, args: readonly unknown[]) =>
    Promise.resolve(answer(name, args));
  return {
    // The answers of these tests are made for the methods they call.
    ...storeOver(carry as never, (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    }),
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
  };
}

function remoteOf(store: SessionStore) {
  const [near, far] = connectedPair();
  const problems: string[] = [];
  const end = serveStore(rpcOver(far), store, (message) => problems.push(message));
  const remote = createRemoteStore(rpcOver(near), {
    retryForMs: 0,
    onProblem: (message) => problems.push(message),
  });
  return { remote, near, problems, end };
}

const session = {
  id: 's',
  inheritedCount: 0,
  title: 't',
  createdAt: 1,
  updatedAt: 1,
  messageCount: 0,
  storageTier: 'warm',
  tags: [],
  unknownField: { kept: true },
};

describe('the method table', () => {
  it('holds every method of the store', () => {
    const store = storeOver(
      () => Promise.reject(new Error('not called')),
      () => () => undefined,
    );
    const methods = Object.keys(store).filter((name) => name !== 'onDidChange');
    expect([...STORE_METHODS].sort()).toEqual(methods.sort());
  });

  it('bounds every answer but that of work that takes its time', () => {
    const endless = STORE_METHODS.filter((name) => METHODS[name].timeoutMs === Infinity);
    expect(endless.sort()).toEqual([
      'archiveOldSessions',
      'compactArchive',
      'deleteTemporarySessions',
      'importSession',
      'importSessions',
      'loadSessionFromDisk',
      'noteFolders',
      'purgeSessions',
      'runDoctor',
      'saveSessionToDisk',
      'takeSnapshot',
    ]);
  });
});

describe('a store over a connection', () => {
  it('hands over arguments and results, unknown fields included', async () => {
    const calls: unknown[] = [];
    const { remote } = remoteOf(
      storeOf((name, args) => {
        calls.push([name, ...args]);
        return session;
      }),
    );
    const made = await remote.createSession({ title: 'x', ...{ fromTheFuture: 1 } });
    expect(made).toEqual(session);
    expect(calls).toEqual([
      [
        'createSession',
        { title: 'x', fromTheFuture: 1, requestId: expect.stringMatching(/-7/) as unknown },
      ],
    ]);
    await remote.appendMessages('s', [{ role: 'user', text: 'hello' }], { requestId: 'mine' });
    expect(calls[1]).toEqual([
      'appendMessages',
      's',
      [{ role: 'user', text: 'hello' }],
      { requestId: 'mine' },
    ]);
  });

  it('gives undefined where JSON has only null', async () => {
    const { remote } = remoteOf(
      storeOf((name) => {
        if (name === 'compareSessions') {
          return {
            branches: [],
            sharedCount: 1,
            rows: [{ indexes: [1, undefined], changed: true, role: 'user' }],
          };
        }
        if (name === 'readComparisonRows') {
          const message = { id: 'm', index: 0, sessionId: 's' };
          return [{ cells: [{ message, replaced: false }, undefined], changed: true }];
        }
        return undefined;
      }),
    );
    expect(await remote.getSession('none')).toBeUndefined();
    await remote.deleteSession('s');
    expect((await remote.compareSessions(['a', 'b'])).rows).toEqual([
      { indexes: [1, undefined], changed: true, role: 'user' },
    ]);
    const rows = await remote.readComparisonRows(['a', 'b'], { start: 0, end: 1 });
    expect(rows[0]?.cells[1]).toBeUndefined();
  });

  it('refuses malformed arguments and says where', async () => {
    const calls: string[] = [];
    const { near } = remoteOf(storeOf((name) => calls.push(name)));
    const send = (method: string, params: object) =>
      rpcOver(near).sendRequest(`multipath/${method}`, params);
    await expect(
      send('appendMessages', { args: ['s', [{ role: 'robot', text: 'x' }]] }),
    ).rejects.toMatchObject({
      code: 'bad-request',
      message: 'Malformed arguments of "appendMessages" (at 1.0.role).',
    });
    for (const params of [{}, { args: 'x' }, { args: [] }, { args: [3] }, { args: [''] }]) {
      await expect(send('getSession', params)).rejects.toMatchObject({ code: 'bad-request' });
    }
    await expect(
      send('readMessages', { args: ['s', { start: -1, end: 2 }] }),
    ).rejects.toMatchObject({ code: 'bad-request' });
    await expect(send('onDidChange', { args: [] })).rejects.toMatchObject({ code: 'unavailable' });
    expect(calls).toEqual([]);
  });

  it('refuses a malformed answer', async () => {
    const { remote } = remoteOf(storeOf(() => ({ id: 5 })));
    await expect(remote.createSession({})).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('keeps the code and message of an error; an unexpected one is unavailable', async () => {
    let error: Error = new MultipathError('invalid-fork-point', 'Fork elsewhere.');
    const { remote } = remoteOf(
      storeOf(() => {
        throw error;
      }),
    );
    const asked = () => remote.getSession('s');
    await expect(asked()).rejects.toMatchObject({
      name: 'MultipathError',
      code: 'invalid-fork-point',
      message: 'Fork elsewhere.',
    });
    error = new TypeError('a bug');
    await expect(asked()).rejects.toMatchObject({ code: 'unavailable', message: 'a bug' });
  });

  it('delivers well-formed events until it is disposed', async () => {
    const store = storeOf(() => undefined);
    const { remote, problems, end } = remoteOf(store);
    const heard: StoreEvent[] = [];
    remote.onDidChange((event) => heard.push(event));
    const event = (revision: number): StoreEvent => ({
      type: 'sessions',
      revision,
      changed: ['a'],
      removed: [],
    });
    store.emit({ ...event(1), changed: 'all' } as never);
    store.emit(event(2));
    await vi.waitFor(() => expect(heard).toEqual([event(2)]));
    expect(problems).toHaveLength(1);

    end();
    store.emit(event(3));
    remote.dispose();
    await expect(remote.getSession('s')).rejects.toMatchObject({ code: 'cancelled' });
    expect(heard).toHaveLength(1);
  });

  it('fails what is under way when it is disposed', async () => {
    const { remote } = remoteOf(storeOf(() => new Promise(() => undefined)));
    const asked = remote.getSession('s');
    remote.dispose();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });
});

/** A connection whose answers are scripted; the last one stays. */
function scripted(...answers: (() => Promise<unknown>)[]) {
  const sent: { method: string; params: object; signal: AbortSignal | undefined }[] = [];
  const connection: RpcConnection = {
    sendRequest: (method, params, signal) => {
      sent.push({ method, params, signal });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return answer ? answer() : Promise.reject(new Error('no answer scripted'));
    },
    sendNotification: () => Promise.resolve(),
    onRequest: () => () => undefined,
    onNotification: () => () => undefined,
  };
  return { connection, sent };
}

const lost = () => Promise.reject(new ConnectionLostError());

describe('a lost connection', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is bridged by sending the same request again', async () => {
    const { connection, sent } = scripted(lost, lost, () => Promise.resolve(session));
    await createRemoteStore(connection).createSession({ title: 'x' });
    expect(sent).toHaveLength(3);
    expect(sent[1]?.params).toEqual(sent[0]?.params);
    expect(sent[2]?.params).toEqual(sent[0]?.params);
  });

  it('is given up after a bounded time, with what to do', async () => {
    vi.useFakeTimers();
    const { connection, sent } = scripted(lost);
    const asked = createRemoteStore(connection, { retryForMs: 3_000 }).getSession('s');
    const failed = expect(asked).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Reload the window') as unknown,
    });
    await vi.advanceTimersByTimeAsync(3_000);
    await failed;
    expect(sent.length).toBeGreaterThan(3);
  });

  it('is given up in that time, also where the clock is set back meanwhile', async () => {
    vi.useFakeTimers();
    const { connection } = scripted(lost);
    const asked = createRemoteStore(connection, { retryForMs: 3_000 }).getSession('s');
    const failed = expect(asked).rejects.toMatchObject({ code: 'unavailable' });
    await vi.advanceTimersByTimeAsync(1_000);
    vi.setSystemTime(Date.now() - 3_600_000);
    await vi.advanceTimersByTimeAsync(2_000);
    await failed;
  });

  it('is reported at once when nothing is to be tried again', async () => {
    const { connection, sent } = scripted(lost);
    const remote = createRemoteStore(connection, { retryForMs: 0 });
    await expect(remote.getSession('s')).rejects.toBeInstanceOf(ConnectionLostError);
    expect(sent).toHaveLength(1);
  });

  it('does not repeat what was answered with an error', async () => {
    const { connection, sent } = scripted(() =>
      Promise.reject(new MultipathError('io', 'The disk is full.')),
    );
    await expect(createRemoteStore(connection).getSession('s')).rejects.toMatchObject({
      code: 'io',
    });
    expect(sent).toHaveLength(1);
  });

  it('does not end the wait of the caller when it is disposed meanwhile', async () => {
    const { connection } = scripted(lost);
    const remote = createRemoteStore(connection, { retryForMs: 60_000 });
    const asked = remote.getSession('s');
    const failed = expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    remote.dispose();
    await failed;
  });
});

describe('an answer that does not come', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends in a timeout, and the request is withdrawn', async () => {
    vi.useFakeTimers();
    const { connection, sent } = scripted(() => new Promise(() => undefined));
    const asked = createRemoteStore(connection).getSession('s');
    const failed = expect(asked).rejects.toMatchObject({ code: 'timeout' });
    await vi.advanceTimersByTimeAsync(METHODS.getSession.timeoutMs + 5_000);
    await failed;
    expect(sent[0]?.signal?.aborted).toBe(true);
  });

  it('is waited for without end where the work has no limit', async () => {
    vi.useFakeTimers();
    const progress = { state: 'done', filesDone: 1, filesTotal: 1 };
    const { connection } = scripted(
      () =>
        new Promise((resolve) => {
          setTimeout(() => resolve(progress), 24 * 3_600_000);
        }),
    );
    const asked = createRemoteStore(connection).importSessions();
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(await asked).toEqual(progress);
  });
});
