/** What the owner does for other windows: answers them over its socket and says where that is. */
import type { Socket } from 'node:net';
import {
  createMessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
} from 'vscode-jsonrpc/node';
import { messageOf } from '../core/errors.ts';
import type { SessionStore } from '../core/sessionStore.ts';
import { type RpcConnection, rpcOver } from '../protocol/rpc.ts';
import { serveStore } from '../protocol/serveStore.ts';
import { PROTOCOL_VERSION } from './handshake.ts';
import { readOwnerRecord, removeOwnerRecord, writeOwnerRecord } from './ownerRecord.ts';
import { processStart } from './processIdentity.ts';
import { listenForCallers, type OwnerSocket, removeLeftSocket } from './ownerSocket.ts';

/** Asked by clients to learn whether the owner still answers at all. */
export const PING_REQUEST = 'multipath/ping';

/** Events on their way to a window; one that lets more of them lie reads nothing any more. */
const MOST_EVENTS = 5_000;

export interface OwnerSide {
  /** Cuts all callers off: they turn to the next owner and repeat what was not answered. */
  close(): Promise<void>;
}

function answerCaller(
  socket: Socket,
  store: SessionStore,
  onProblem: (message: string) => void,
): void {
  const connection = createMessageConnection(
    new SocketMessageReader(socket),
    new SocketMessageWriter(socket),
  );
  const rpc = sendingAtMost(MOST_EVENTS, rpcOver(connection), () => {
    // A window that goes on after all comes back, and asks for everything anew.
    onProblem('Another window takes no events any more; its connection is ended.');
    socket.destroy();
  });
  const endPing = rpc.onRequest(PING_REQUEST, () => Promise.resolve(process.pid));
  const endStore = serveStore(rpc, store, (message) => {
    // Events under way when a caller leaves are nobody's loss.
    if (!socket.destroyed) onProblem(message);
  });
  connection.onClose(() => {
    endStore();
    endPing();
    connection.dispose();
  });
  connection.onError(([error]) => {
    if (!socket.destroyed) onProblem(`Connection of another window: ${error.message}`);
  });
  connection.listen();
  socket.resume();
}

/** Calls `onMore` once when more notifications than that are under way, and takes no more then. */
function sendingAtMost(most: number, rpc: RpcConnection, onMore: () => void): RpcConnection {
  let underWay = 0;
  let isOver = false;
  return {
    ...rpc,
    sendNotification: async (method, params) => {
      if (isOver) return;
      if (underWay >= most) {
        isOver = true;
        onMore();
        return;
      }
      underWay++;
      try {
        await rpc.sendNotification(method, params);
      } finally {
        underWay--;
      }
    },
  };
}

/** @throws when no socket or no record of it can be made: the other windows cannot come in then. */
export async function startOwnerSide(
  storePath: string,
  store: SessionStore,
  { checkMs, onProblem }: { checkMs: number; onProblem: (message: string) => void },
): Promise<OwnerSide> {
  const startedAt = Date.now();
  const started = processStart(process.pid);
  const publish = async (): Promise<OwnerSocket> => {
    const socket = await listenForCallers((caller) => answerCaller(caller, store, onProblem));
    const { address, token } = socket;
    try {
      await writeOwnerRecord(storePath, {
        ...{ pid: process.pid, address, token, version: PROTOCOL_VERSION, startedAt },
        ...(started !== undefined && { started }),
      });
    } catch (error) {
      await socket.close();
      throw error;
    }
    return socket;
  };

  const left = await readOwnerRecord(storePath);
  if (left !== undefined) {
    await removeLeftSocket(left.address).catch((error: unknown) => onProblem(messageOf(error)));
  }
  let current = await publish();
  const retired: OwnerSocket[] = [];
  let checking: Promise<void> = Promise.resolve();
  const check = async () => {
    if (await current.isReachable()) return;
    onProblem('The socket for other windows was removed from outside; making another one.');
    // Callers that are connected keep their connection; new ones find the new address.
    const next = await publish();
    retired.push(current);
    current = next;
  };
  const timer = setInterval(() => {
    checking = checking
      .then(check)
      .catch((error: unknown) => onProblem(`No socket for other windows: ${messageOf(error)}`));
  }, checkMs);
  timer.unref();

  return {
    close: async () => {
      clearInterval(timer);
      await checking;
      await removeOwnerRecord(storePath, current.token);
      await Promise.all([current, ...retired].map((socket) => socket.close()));
    },
  };
}
