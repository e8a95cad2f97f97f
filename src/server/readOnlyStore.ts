/** A store whose every change is refused, with the reason. */
import { MultipathError } from '../core/errors.ts';
import type { SessionStore } from '../core/sessionStore.ts';
import { METHODS } from '../protocol/methods.ts';
import { invoke, storeOver } from '../protocol/storeProxy.ts';

export function readOnlyStore(store: SessionStore, why: string): SessionStore {
  return storeOver(
    (name, args) =>
      METHODS[name].mutates
        ? Promise.reject(new MultipathError('read-only', why))
        : invoke(store, name, args),
    (listener) => store.onDidChange(listener),
  );
}
