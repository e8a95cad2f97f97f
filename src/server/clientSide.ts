/** What a window that is not the owner does: reaches the owner over its socket and watches it. */
import { connect, type Socket } from 'node:net';
import {
  createMessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
} from 'vscode-jsonrpc/node';
import { createRemoteStore, type RemoteStore } from '../protocol/remoteStore.ts';
import { rpcOver } from '../protocol/rpc.ts';
import { introduceOurselves } from './handshake.ts';
import type { OwnerRecord } from './ownerRecord.ts';
import { PING_REQUEST } from './ownerSide.ts';

export interface OwnerLink {
  /** Loses requests at once when the owner goes; whoever holds the link repeats them. */
  readonly store: RemoteStore;
  readonly closed: Promise<void>;
  /** True when the owner answered within the time. */
  ping(limitMs: number): Promise<boolean>;
  /** Ends the connection; what is under way is lost with it. */
  dispose(): void;
}

export type Contact =
  | { readonly kind: 'linked'; readonly link: OwnerLink }
  /** Nobody listens there (any more). */
  | { readonly kind: 'gone' }
  /** Somebody listens and does not answer. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'other-version'; readonly version: number };

function openSocket(address: string, timeoutMs: number): Promise<Socket | 'gone' | 'silent'> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const timer = setTimeout(() => {
      resolve('silent');
      socket.destroy();
    }, timeoutMs);
    // Also keeps later errors from ending the process: 'close' tells of them.
    socket.on('error', () => {
      clearTimeout(timer);
      resolve('gone');
      socket.destroy();
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

/** Tries once. `timeoutMs` bounds the connection and, again, the handshake. */
export async function contactOwner(
  record: OwnerRecord,
  { timeoutMs, onProblem }: { timeoutMs: number; onProblem: (message: string) => void },
): Promise<Contact> {
  const socket = await openSocket(record.address, timeoutMs);
  if (typeof socket === 'string') return { kind: socket };
  const reply = await introduceOurselves(socket, record.token, timeoutMs);
  switch (reply.kind) {
    case 'welcome':
      return { kind: 'linked', link: linkOver(socket, onProblem) };
    case 'closed':
      socket.destroy();
      return { kind: 'gone' };
    case 'silent':
    case 'other-version':
      socket.destroy();
      return reply;
  }
}

function linkOver(socket: Socket, onProblem: (message: string) => void): OwnerLink {
  const connection = createMessageConnection(
    new SocketMessageReader(socket),
    new SocketMessageWriter(socket),
  );
  const rpc = rpcOver(connection);
  const store = createRemoteStore(rpc, { retryForMs: 0, graceMs: 0, onProblem });
  connection.onError(([error]) => {
    if (!socket.destroyed) onProblem(`Connection to the owner: ${error.message}`);
  });
  connection.listen();
  const closed = new Promise<void>((resolve) => {
    const onClose = () => {
      // Rejects what is under way as lost.
      connection.dispose();
      resolve();
    };
    if (socket.closed) onClose();
    else socket.once('close', onClose);
  });
  socket.resume();
  return {
    store,
    closed,
    ping: async (limitMs) => {
      const limit = new AbortController();
      const late = new Promise<false>((resolve) => {
        limit.signal.addEventListener('abort', () => resolve(false), { once: true });
      });
      const timer = setTimeout(() => limit.abort(), limitMs);
      const answered = rpc.sendRequest(PING_REQUEST, {}, limit.signal).then(
        () => true,
        () => false,
      );
      try {
        return await Promise.race([answered, late]);
      } finally {
        clearTimeout(timer);
      }
    },
    dispose: () => connection.dispose(),
  };
}
