/**
 * The public API: what `activate()` returns to other extensions (docs/api.md). Its types are
 * published as docs/multipath-api.d.ts, which `npm run api` writes.
 *
 * Invariant: within one version nothing is removed or given another meaning; additions are allowed.
 */
import type { ExplorationBudget, Run } from './exploration.ts';
import type { ModelInfo } from './models.ts';
import type { SessionStore } from './sessionStore.ts';
import type { Strategy } from './strategy.ts';

/** Decisions that only the person may take: no other extension takes them for them. */
export type PersonsOwn =
  | 'setConsent'
  | 'listWaitingSessions'
  | 'importSession'
  | 'setStoragePolicy'
  | 'setPrices'
  | 'purgeSessions'
  | 'noteFolders'
  | 'resumeInAgent'
  | 'restoreToAgent'
  | 'startExploration'
  | 'claimRuns'
  | 'cancelRuns'
  | 'noteRun'
  | 'renewRuns';

/** The store's operations, each as documented at `SessionStore`. */
export type StoreApi = Omit<SessionStore, PersonsOwn>;

export interface ExploreMultiple {
  readonly question: string;
  /** Ids of models, each asked with each strategy; the first that there is when absent. */
  readonly models?: readonly string[];
  readonly budget?: ExplorationBudget;
  /** False resolves when the forks are made; else when all runs have ended, well or not. */
  readonly wait?: boolean;
}

export interface ExploredForks {
  readonly explorationId: string;
  /** Ids of the forks: each strategy's models one after the other. */
  readonly forks: readonly string[];
  /** How they stand, in the same order. */
  readonly runs: readonly Run[];
  /** Index of the last message that the forks share with the session. */
  readonly atMessage: number;
  readonly movedBecause?: string;
}

export interface ExploringApi {
  /** Strategies that come with Multipath, and the person's own. */
  listStrategies(): Promise<readonly Strategy[]>;
  /** Models that can be asked now. Asks for no consent. */
  listModels(): Promise<readonly ModelInfo[]>;
  /**
   * Forks a session after a message once for each strategy (or its id) and model, and runs the
   * strategies in the forks. The person is asked first: fails with `cancelled` when they say no. A
   * run that fails says so in its state; the others go on.
   */
  exploreMultipleStrategies(
    sessionId: string,
    atMessage: number,
    strategies: readonly (string | Strategy)[],
    options: ExploreMultiple,
  ): Promise<ExploredForks>;
}

export interface MultipathApi extends ExploringApi {
  /** Goes up when something is removed or changes its meaning. */
  readonly version: 1;
  readonly store: StoreApi;
}
