/** A store whose every change is refused, with the reason. */
import { MultipathError } from '../core/errors.ts';
import type { SessionStore } from '../core/sessionStore.ts';
import { METHODS } from '../protocol/methods.ts';
import { invoke, storeOver } from '../protocol/storeProxy.ts';

export function readOnlyStore(store: SessionStore, why: string): SessionStore {
  const refusing = storeOver(
    (name, args) =>
      METHODS[name].mutates
        ? Promise.reject(new MultipathError('read-only', why))
        : invoke(store, name, args),
    (listener) => store.onDidChange(listener),
  );
  return {
    ...refusing,
    getStatus: async () => {
      const { role, notice, ...status } = await store.getStatus();
      // What a store that was opened to be read says of it is less than is known here.
      const more = role === 'read-only' ? undefined : notice;
      return {
        ...status,
        role: 'read-only',
        notice: [why, more].filter((part) => part !== undefined).join(' '),
      };
    },
  };
}
