/**
 * The little that the store's protocol needs of a connection, and the adapter that gives it over
 * any of the three we have: a `MessageConnection` on a socket, the language server's connection,
 * and the extension host's `LanguageClient`, which reconnects to a restarted server by itself.
 */
import { fromWireError, toWireError } from './wireErrors.ts';

export type Unsubscribe = () => void;

export interface RpcConnection {
  /**
   * Rejects with a MultipathError: the other end's own, or ConnectionLostError when the connection
   * went before the answer. An aborted request is dropped at the other end if it still waits there.
   */
  sendRequest(method: string, params: object, signal?: AbortSignal): Promise<unknown>;
  /** Rejects like a request when it could not be sent. */
  sendNotification(method: string, params: object): Promise<void>;
  /** What the handler throws is answered as an error. */
  onRequest(method: string, handler: (params: unknown) => Promise<unknown>): Unsubscribe;
  onNotification(method: string, handler: (params: unknown) => void): Unsubscribe;
}

interface Disposable {
  dispose(): void;
}

interface CancellationToken {
  readonly isCancellationRequested: boolean;
  readonly onCancellationRequested: (listener: (event: unknown) => unknown) => Disposable;
}

/** What MessageConnection, the language server's Connection and LanguageClient have in common. */
export interface JsonRpcPeer {
  sendRequest(method: string, params: object, token: CancellationToken): Promise<unknown>;
  sendNotification(method: string, params: object): Promise<void>;
  onRequest(method: string, handler: (params: unknown) => Promise<unknown>): Disposable;
  onNotification(method: string, handler: (params: unknown) => void): Disposable;
}

function tokenOf(signal: AbortSignal): CancellationToken {
  return {
    get isCancellationRequested() {
      return signal.aborted;
    },
    onCancellationRequested: (listener) => {
      const onAbort = () => void listener(undefined);
      signal.addEventListener('abort', onAbort, { once: true });
      return { dispose: () => signal.removeEventListener('abort', onAbort) };
    },
  };
}

/** Params must be objects: the three peers pack a lone array or scalar each in their own way. */
export function rpcOver(peer: JsonRpcPeer): RpcConnection {
  return {
    async sendRequest(method, params, signal = new AbortController().signal) {
      try {
        return await peer.sendRequest(method, params, tokenOf(signal));
      } catch (error) {
        throw fromWireError(error);
      }
    },
    async sendNotification(method, params) {
      try {
        await peer.sendNotification(method, params);
      } catch (error) {
        throw fromWireError(error);
      }
    },
    onRequest(method, handler) {
      const registration = peer.onRequest(method, async (params) => {
        try {
          return await handler(params);
        } catch (error) {
          throw toWireError(error);
        }
      });
      return () => registration.dispose();
    },
    onNotification(method, handler) {
      const registration = peer.onNotification(method, handler);
      return () => registration.dispose();
    },
  };
}
