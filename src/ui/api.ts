/** Makes the object that other extensions get; what it promises stands in src/core/api.ts. */
import type { ExploringApi, MultipathApi, PersonsOwn, StoreApi } from '../core/api.ts';
import type { SessionStore } from '../core/sessionStore.ts';
import { invoke, storeOver } from '../protocol/storeProxy.ts';

const PERSONS_OWN = [
  'setConsent',
  'listWaitingSessions',
  'importSession',
  'setStoragePolicy',
  'setPrices',
  'purgeSessions',
  'noteFolders',
  'resumeInAgent',
  'restoreToAgent',
  'startExploration',
  'claimRuns',
  'cancelRuns',
  'noteRun',
  'renewRuns',
] as const satisfies readonly PersonsOwn[];

/**
 * Frozen, and made of functions of its own: what one extension does to it reaches no other. Every
 * change gets a request id here, so that it is done once whatever happens on its way.
 */
export function createApi(store: SessionStore, exploring: ExploringApi): MultipathApi {
  const open: Partial<SessionStore> & StoreApi = storeOver(
    (name, args) => invoke(store, name, args),
    (listener) => store.onDidChange(listener),
  );
  for (const name of PERSONS_OWN) Reflect.deleteProperty(open, name);
  return Object.freeze({ ...exploring, version: 1, store: Object.freeze(open) });
}
