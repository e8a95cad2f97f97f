/**
 * The session server on a language-server connection: the store's requests beside whatever standard
 * language features there will be. It ends in order on `shutdown`, when its extension host goes, and
 * on a signal; on an error nobody caught it ends at once, for its state is unknown then, and the
 * client starts it again.
 */
import * as v from 'valibot';
import { type Connection, ErrorCodes, ResponseError } from 'vscode-languageserver/node';
import { messageOf } from '../core/errors.ts';
import type { SessionStore } from '../core/sessionStore.ts';
import { END_HUNG_OWNER_REQUEST, type ServerOptions } from '../protocol/events.ts';
import { ownPrices, storagePolicy } from '../protocol/methods.ts';
import { rpcOver } from '../protocol/rpc.ts';
import { serveStore } from '../protocol/serveStore.ts';
import { openOwnership } from './ownership.ts';
import {
  type GatewayTiming,
  type OpenedStore,
  type OpenMode,
  startGateway,
  type StoreGateway,
} from './storeGateway.ts';

const serverOptions = v.looseObject({
  storePath: v.pipe(v.string(), v.minLength(1)),
  agentRoots: v.record(v.string(), v.array(v.string())),
  hotBytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
  version: v.exactOptional(v.string()),
  storage: v.exactOptional(storagePolicy),
  prices: v.exactOptional(ownPrices),
}) satisfies v.GenericSchema<unknown, ServerOptions>;

export interface SessionServerOptions {
  /** Opens the store over its files. Called again after each loss of ownership. */
  readonly openStore: (
    options: ServerOptions,
    mode: OpenMode,
    log: (message: string) => void,
  ) => Promise<OpenedStore>;
  readonly timing?: Partial<GatewayTiming>;
}

/** How long an orderly end may take once the extension host is gone. */
const FAREWELL_MS = 5_000;
/** What an error report may take to leave the process. */
const LAST_WORDS_MS = 200;

/** Answers on the connection until the process ends. The caller has to have made it, not to listen. */
export function runSessionServer(
  connection: Connection,
  { openStore, timing = {} }: SessionServerOptions,
): void {
  let gateway: StoreGateway | undefined;
  const onProblem = (message: string) => connection.console.warn(message);

  connection.onInitialize(async ({ initializationOptions }) => {
    const parsed = v.safeParse(serverOptions, initializationOptions);
    if (!parsed.success) {
      throw new ResponseError(
        ErrorCodes.InvalidParams,
        `Malformed initialization options: ${v.summarize(parsed.issues)}`,
      );
    }
    let options: ServerOptions = parsed.output;
    const { storePath } = options;
    gateway = startGateway({
      storePath,
      ownership: await openOwnership(storePath),
      openStore: (mode) => openStore(options, mode, onProblem),
      onProblem,
      timing,
    });
    const { store, endHungOwner } = gateway;
    const followed: SessionStore = {
      ...store,
      setStoragePolicy: (storage) => {
        // Whether it owns the store now or later, it goes by what the settings said last.
        options = { ...options, storage };
        return store.setStoragePolicy(storage);
      },
      setPrices: (prices) => {
        options = { ...options, prices };
        return store.setPrices(prices);
      },
    };
    const rpc = rpcOver(connection);
    serveStore(rpc, followed, onProblem);
    rpc.onRequest(END_HUNG_OWNER_REQUEST, () => endHungOwner());
    return { capabilities: {}, serverInfo: { name: 'multipath' } };
  });
  connection.onShutdown(() => gateway?.dispose());

  let leaving = false;
  const leave = () => {
    if (leaving) return;
    leaving = true;
    setTimeout(() => process.exit(1), FAREWELL_MS).unref();
    void (gateway?.dispose() ?? Promise.resolve()).then(() => process.exit(0));
  };
  // The library looks for a dead parent every few seconds; the closed channel says it at once.
  process.on('disconnect', leave);
  process.on('SIGTERM', leave);
  process.on('SIGINT', leave);

  const collapse = (error: unknown) => {
    const text = error instanceof Error && error.stack ? error.stack : messageOf(error);
    connection.console.error(`The session server ends on an unexpected error: ${text}`);
    process.exitCode = 1;
    setTimeout(() => process.exit(1), LAST_WORDS_MS);
  };
  process.on('uncaughtException', collapse);
  process.on('unhandledRejection', collapse);

  connection.listen();
}
