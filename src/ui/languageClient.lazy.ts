/**
 * Starts the session server through vscode-languageclient, which is the heaviest thing in the
 * extension host: `.lazy.ts` makes this a bundle of its own, loaded with the first question to the
 * store. Each life of the server is a client of its own, since the client's own restart has a limit
 * and no delay; `sessionServer.ts` decides about the next.
 */
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
} from 'vscode-languageclient/node';
import type { LogOutputChannel } from 'vscode';
import type { ServerOptions } from '../protocol/events.ts';
import { rpcOver } from '../protocol/rpc.ts';
import { SERVER_ARGUMENTS, SERVER_ENVIRONMENT } from '../protocol/serverProcess.ts';
import type { ServerLife } from './sessionServer.ts';

/** Failures go to the log; what the person must know is said by the views and the status bar. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Resolves when the server is initialized, rejects when it cannot be. */
export async function launchServer(
  module: string,
  options: ServerOptions,
  log: LogOutputChannel,
  onClosed: () => void,
): Promise<ServerLife> {
  const client = new QuietClient(
    'multipath',
    'Multipath',
    {
      module,
      transport: TransportKind.ipc,
      options: { execArgv: [...SERVER_ARGUMENTS], env: SERVER_ENVIRONMENT },
    },
    {
      outputChannel: log,
      traceOutputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: options,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({
          action: CloseAction.DoNotRestart,
          handled: true,
          message: 'The connection to the session server closed.',
        }),
      },
    },
  );
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Stopped || newState === State.StartFailed) onClosed();
  });
  await client.start();
  return { connection: rpcOver(client), stop: () => client.dispose() };
}
