/** A session server that dies comes back by itself, and requests wait for it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { window } from 'vscode';
import { MultipathError } from '../../../src/core/errors.ts';
import { ConnectionLostError } from '../../../src/protocol/wireErrors.ts';
import { SessionServer, type ServerLife } from '../../../src/ui/sessionServer.ts';

const DELAYS = { first: 100, longest: 1600, stable: 60_000, wait: 5000 };

interface Life extends ServerLife {
  readonly die: () => void;
  readonly notify: (method: string, params: unknown) => void;
  answer: (method: string) => Promise<unknown>;
  stopped: boolean;
}

let lives: Life[];
let startFailures: number;
let server: SessionServer;

beforeEach(() => {
  vi.useFakeTimers();
  lives = [];
  startFailures = 0;
  server = new SessionServer(
    (onClosed) => {
      if (startFailures-- > 0) return Promise.reject(new Error('no such file'));
      const handlers = new Map<string, ((params: unknown) => void)[]>();
      const life: Life = {
        stopped: false,
        answer: (method) => Promise.resolve(`${method} from ${lives.indexOf(life)}`),
        die: onClosed,
        notify: (method, params) => {
          for (const handler of handlers.get(method) ?? []) handler(params);
        },
        connection: {
          sendRequest: (method) => life.answer(method),
          onNotification: (method, handler) => {
            handlers.set(method, [...(handlers.get(method) ?? []), handler]);
            return () => undefined;
          },
        },
        stop: () => {
          life.stopped = true;
          onClosed();
          return Promise.resolve();
        },
      };
      lives.push(life);
      return Promise.resolve(life);
    },
    window.createOutputChannel('test', { log: true }),
    DELAYS,
  );
});

afterEach(() => {
  server.dispose();
  vi.useRealTimers();
});

const life = (position: number): Life => {
  const found = lives[position];
  if (!found) throw new Error(`no life ${position}`);
  return found;
};

describe('SessionServer', () => {
  it('starts with the first request, once', async () => {
    expect(lives).toHaveLength(0);
    const answers = await Promise.all([server.sendRequest('a', {}), server.sendRequest('b', {})]);
    expect(answers).toEqual(['a from 0', 'b from 0']);
    expect(lives).toHaveLength(1);
  });

  it('answers from the next life after one died', async () => {
    await server.sendRequest('a', {});
    const restarted = vi.fn();
    server.onDidRestart(restarted);
    life(0).die();
    expect(server.state).toBe('away');
    const answer = server.sendRequest('b', {});
    await vi.advanceTimersByTimeAsync(DELAYS.first);
    expect(await answer).toBe('b from 1');
    expect(restarted).toHaveBeenCalledOnce();
  });

  it('reports a request whose server died as lost, not as failed', async () => {
    await server.sendRequest('a', {});
    life(0).answer = () => Promise.reject(new Error('pipe closed'));
    const failed = server.sendRequest('b', {});
    life(0).die();
    await expect(failed).rejects.toBeInstanceOf(ConnectionLostError);
  });

  it('passes on a failure of a server that lives', async () => {
    await server.sendRequest('a', {});
    const error = new MultipathError('not-found', 'no');
    life(0).answer = () => Promise.reject(error);
    await expect(server.sendRequest('b', {})).rejects.toBe(error);
  });

  it('waits longer after each failure and never gives up', async () => {
    startFailures = 8;
    const first = server.sendRequest('a', {});
    first.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(0);
    const waits: number[] = [];
    for (let failure = 1; failure < 8; failure++) {
      expect(server.failures).toBe(failure);
      let waited = 0;
      while (server.failures === failure && waited < 5000) {
        await vi.advanceTimersByTimeAsync(50);
        waited += 50;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([100, 200, 400, 800, 1600, 1600, 1600]);
    await vi.advanceTimersByTimeAsync(1600);
    expect(server.state).toBe('running');
  });

  it('says that no server answers when none comes in time', async () => {
    startFailures = 1000;
    const answer = server.sendRequest('a', {}).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(0);
    const waiting = server.sendRequest('b', {}).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(DELAYS.wait);
    expect(MultipathError.is(await waiting, 'unavailable')).toBe(true);
    expect(MultipathError.is(await answer, 'unavailable')).toBe(true);
  });

  it('forgets failures once a server ran for long', async () => {
    await server.sendRequest('a', {});
    life(0).die();
    await vi.advanceTimersByTimeAsync(DELAYS.first);
    expect(server.failures).toBe(1);
    await vi.advanceTimersByTimeAsync(DELAYS.stable + 1);
    life(1).die();
    expect(server.failures).toBe(1);
  });

  it('hears the notifications of every life once', async () => {
    const heard: unknown[] = [];
    server.onNotification('event', (params) => heard.push(params));
    const first = server.sendRequest('a', {});
    const end = server.onNotification('event', (params) => heard.push(`late ${String(params)}`));
    await first;
    life(0).notify('event', 1);
    end();
    life(0).die();
    await vi.advanceTimersByTimeAsync(DELAYS.first);
    life(1).notify('event', 2);
    expect(heard).toEqual([1, 'late 1', 2]);
  });

  it('restarts on request, at once', async () => {
    await server.sendRequest('a', {});
    await server.restart();
    expect(life(0).stopped).toBe(true);
    expect(server.failures).toBe(0);
    expect(await server.sendRequest('b', {})).toBe('b from 1');
    await vi.advanceTimersByTimeAsync(DELAYS.longest);
    expect(lives).toHaveLength(2);
  });

  it('stops for good', async () => {
    await server.sendRequest('a', {});
    await server.stop();
    await vi.advanceTimersByTimeAsync(DELAYS.longest);
    expect(lives).toHaveLength(1);
    await expect(server.sendRequest('b', {})).rejects.toMatchObject({ code: 'unavailable' });
  });
});
