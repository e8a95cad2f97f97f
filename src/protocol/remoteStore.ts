/**
 * The store at the other end of a connection. Answers are bounded in time. When the connection is
 * lost before an answer, the request is sent again over the restored one, with the request id it
 * had, until a bounded time is over: a repeated mutation returns its first result.
 */
import * as v from 'valibot';
import { MultipathError } from '../core/errors.ts';
import type { SessionStore, StoreEvent } from '../core/sessionStore.ts';
import { EVENT_NOTIFICATION, REQUEST_PREFIX } from './events.ts';
import { METHODS, type StoreMethod, type StoreResult } from './methods.ts';
import { storeEvent } from './results.ts';
import type { RpcConnection } from './rpc.ts';
import { storeOver } from './storeProxy.ts';
import { ConnectionLostError } from './wireErrors.ts';

export interface RemoteStoreOptions {
  /** Milliseconds for which a lost request is tried again; 0 gives up at once. */
  readonly retryForMs?: number;
  /**
   * Milliseconds added to each method's limit, for an answering server that itself forwards: its
   * own report that the owner does not answer comes first.
   */
  readonly graceMs?: number;
  /** Hears of events that were not what they should be. */
  readonly onProblem?: (message: string) => void;
}

export type RemoteStore = SessionStore & { dispose(): void };

const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 500;

export function createRemoteStore(
  connection: Pick<RpcConnection, 'sendRequest' | 'onNotification'>,
  options: RemoteStoreOptions = {},
): RemoteStore {
  const { retryForMs = 15_000, graceMs = 5_000 } = options;
  const closing = new AbortController();
  const listeners = new Set<(event: StoreEvent) => void>();

  const endEvents = connection.onNotification(EVENT_NOTIFICATION, (params) => {
    const parsed = v.safeParse(storeEvent, params);
    if (!parsed.success) {
      options.onProblem?.(`A malformed event was ignored: ${parsed.issues[0].message}`);
      return;
    }
    for (const listener of [...listeners]) listener(parsed.output);
  });

  async function call<K extends StoreMethod>(name: K, args: unknown): Promise<StoreResult<K>> {
    const { timeoutMs, result } = METHODS[name];
    let giveUpAt: number | undefined;
    let delayMs = FIRST_DELAY_MS;
    for (;;) {
      const sentAt = performance.now();
      try {
        const answer = await sendWithin(
          (signal) => connection.sendRequest(REQUEST_PREFIX + name, { args }, signal),
          { name, limitMs: timeoutMs + graceMs, closing: closing.signal },
        );
        const parsed = v.safeParse(result, answer);
        if (parsed.success) return parsed.output;
        throw new MultipathError(
          'unavailable',
          `The session server's answer to "${name}" was malformed (at ${v.getDotPath(parsed.issues[0]) ?? 'its top'}). Reload the window.`,
        );
      } catch (error) {
        if (!(error instanceof ConnectionLostError) || closing.signal.aborted) throw error;
        const now = performance.now();
        // Work without a time limit may be cut off many times; what counts is when it last went on.
        if (timeoutMs === Infinity && now - sentAt >= retryForMs) giveUpAt = undefined;
        giveUpAt ??= now + retryForMs;
        if (now + delayMs > giveUpAt) {
          if (retryForMs === 0) throw error;
          throw new MultipathError(
            'unavailable',
            'The session server does not answer. Reload the window to start it again.',
            { cause: error },
          );
        }
      }
      await pause(delayMs, closing.signal);
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
    }
  }

  const store = storeOver(call, (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  });
  return {
    ...store,
    dispose: () => {
      closing.abort();
      endEvents();
      listeners.clear();
    },
  };
}

interface Bounds {
  readonly name: string;
  readonly limitMs: number;
  readonly closing: AbortSignal;
}

function sendWithin(
  send: (signal: AbortSignal) => Promise<unknown>,
  { name, limitMs, closing }: Bounds,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stop = new AbortController();
    const fail = (error: Error) => {
      settle();
      reject(error);
      stop.abort();
    };
    const onClosing = () => fail(closedError());
    const timer =
      limitMs === Infinity
        ? undefined
        : setTimeout(() => fail(timeoutError(name, limitMs)), limitMs);
    const settle = () => {
      clearTimeout(timer);
      closing.removeEventListener('abort', onClosing);
    };
    if (closing.aborted) {
      onClosing();
      return;
    }
    closing.addEventListener('abort', onClosing, { once: true });
    send(stop.signal).then(resolve, reject).finally(settle);
  });
}

function pause(ms: number, closing: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClosing = () => {
      clearTimeout(timer);
      reject(closedError());
    };
    const timer = setTimeout(() => {
      closing.removeEventListener('abort', onClosing);
      resolve();
    }, ms);
    closing.addEventListener('abort', onClosing, { once: true });
  });
}

function closedError(): MultipathError {
  return new MultipathError('cancelled', 'The connection to the session server was closed.');
}

function timeoutError(name: string, limitMs: number): MultipathError {
  const seconds = Math.round(limitMs / 1000);
  return new MultipathError(
    'timeout',
    `"${name}" was not answered within ${seconds} s. It may still take effect; look before trying again.`,
  );
}
