/**
 * The public API: what `activate()` returns to other extensions (docs/api.md). Its types are
 * published as docs/multipath-api.d.ts, which `npm run api` writes.
 *
 * Invariant: within one version nothing is removed or given another meaning; additions are allowed.
 */
import type { SessionStore } from './sessionStore.ts';

/** Decisions that only the person may take: no other extension takes them for them. */
export type PersonsOwn =
  | 'setConsent'
  | 'setStoragePolicy'
  | 'setPrices'
  | 'purgeSessions'
  | 'noteFolders'
  | 'resumeInAgent'
  | 'restoreToAgent'
  | 'startExploration'
  | 'claimRuns'
  | 'noteRun'
  | 'renewRuns';

/** The store's operations, each as documented at `SessionStore`. */
export type StoreApi = Omit<SessionStore, PersonsOwn>;

export interface MultipathApi {
  /** Goes up when something is removed or changes its meaning. */
  readonly version: 1;
  readonly store: StoreApi;
}
