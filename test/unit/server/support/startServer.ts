/** Starts session servers as an extension host does, and speaks to them as one. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import type { StoreEvent } from '../../../../src/core/sessionStore.ts';
import { END_HUNG_OWNER_REQUEST } from '../../../../src/protocol/events.ts';
import { createRemoteStore, type RemoteStore } from '../../../../src/protocol/remoteStore.ts';
import { rpcOver } from '../../../../src/protocol/rpc.ts';
import type { GatewayTiming } from '../../../../src/server/storeGateway.ts';

export interface TestServer {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly store: RemoteStore;
  readonly events: StoreEvent[];
  readonly log: string[];
  /** Resolves with the exit code, `null` after a signal. */
  readonly exited: Promise<number | null>;
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void;
  /** As the command does that restarts the server. */
  endHungOwner(): Promise<unknown>;
  /** Ends it as an extension host does. */
  shutDown(): Promise<void>;
}

const running = new Set<ChildProcess>();

/** The server over the fake store; the one that ships, as it is later, and where sqlite is missing. */
const FAKE = fileURLToPath(new URL('serverProcess.ts', import.meta.url));
export const NEWER = fileURLToPath(new URL('newerServer.ts', import.meta.url));
export const WITHOUT_SQLITE = fileURLToPath(new URL('withoutSqliteServer.ts', import.meta.url));

export async function startServer(
  storePath: string,
  timing: Partial<GatewayTiming> = {},
  program = FAKE,
  temporary = storePath,
): Promise<TestServer> {
  const child = fork(program, ['--node-ipc'], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      MULTIPATH_TEST_TIMING: JSON.stringify(timing),
      // What a killed owner leaves there goes with the test's folder.
      ...(storePath !== '' && { TMPDIR: temporary }),
    },
  });
  running.add(child);
  const log: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  const { pid } = child;
  if (pid === undefined) throw new Error('The server process did not start.');

  const connection = createMessageConnection(
    new IPCMessageReader(child),
    new IPCMessageWriter(child),
  );
  // A killed child is told by its exit; writing to it meanwhile is what the tests are about.
  connection.onError(() => undefined);
  const exited = once(child, 'exit').then(([code]: unknown[]) => {
    running.delete(child);
    connection.dispose();
    return typeof code === 'number' ? code : null;
  });
  connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
    log.push(message);
  });
  connection.listen();
  const events: StoreEvent[] = [];
  const store = createRemoteStore(rpcOver(connection), { retryForMs: 0 });
  store.onDidChange((event) => events.push(event));
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    initializationOptions: { storePath, agentRoots: {}, hotBytes: 1_000_000 },
  });
  await connection.sendNotification('initialized', {});
  return {
    pid,
    child,
    store,
    events,
    log,
    exited,
    endHungOwner: () => connection.sendRequest(END_HUNG_OWNER_REQUEST, {}),
    kill: (signal) => process.kill(pid, signal),
    shutDown: async () => {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      await exited;
    },
  };
}

/** Ends whatever a test has left running. */
export async function killServers(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }),
  );
}
