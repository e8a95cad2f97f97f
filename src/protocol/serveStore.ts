/** The answering side of the protocol: checks arguments, runs, maps errors, forwards events. */
import * as v from 'valibot';
import { messageOf, MultipathError } from '../core/errors.ts';
import type { SessionStore } from '../core/sessionStore.ts';
import { EVENT_NOTIFICATION, REQUEST_PREFIX } from './events.ts';
import { METHODS, STORE_METHODS, type StoreArguments, type StoreMethod } from './methods.ts';
import type { RpcConnection, Unsubscribe } from './rpc.ts';
import { invoke } from './storeProxy.ts';

const envelope = v.looseObject({ args: v.array(v.unknown()) });

function checkedArguments<K extends StoreMethod>(name: K, params: unknown): StoreArguments<K> {
  const parsed = v.safeParse(envelope, params);
  const checked = parsed.success && v.safeParse(METHODS[name].params, parsed.output.args);
  if (!parsed.success || !checked || !checked.success) {
    const where = checked && !checked.success ? v.getDotPath(checked.issues[0]) : undefined;
    throw new MultipathError(
      'bad-request',
      `Malformed arguments of "${name}"${where ? ` (at ${where})` : ''}.`,
    );
  }
  // Just checked: the schema's output is the parameter list, proved where the table is made.
  return parsed.output.args as StoreArguments<K>;
}

/**
 * Answers the store's requests on a connection until the returned function is called.
 * `onProblem` hears of events that could not be delivered.
 */
export function serveStore(
  connection: RpcConnection,
  store: SessionStore,
  onProblem: (message: string) => void,
): Unsubscribe {
  const ends = STORE_METHODS.map((name) =>
    connection.onRequest(REQUEST_PREFIX + name, async (params) =>
      invoke(store, name, checkedArguments(name, params)),
    ),
  );
  ends.push(
    store.onDidChange((event) => {
      connection.sendNotification(EVENT_NOTIFICATION, event).catch((error: unknown) => {
        onProblem(`A "${event.type}" event could not be delivered: ${messageOf(error)}`);
      });
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}
