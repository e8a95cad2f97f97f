/**
 * Which sessions a query is about. Choosing them walks through all sessions, so what was chosen is
 * kept until the filters or the store change: the words behind the filters are still being typed.
 */
import { hasSessionFilter, type SearchQuery } from '../search/query.ts';
import { branchKey, type Scope } from '../search/searchShards.ts';
import { number, type Database } from '../store/database.ts';
import { chosenSessions, trashedBranches, type ChosenSession } from '../store/searchScope.ts';

export interface ChosenScope extends Scope {
  /** The sessions that the filters choose; absent where there are none. */
  readonly sessions?: ReadonlySet<string>;
}

export class SearchScopes {
  readonly #database: Database;
  #last: { readonly key: string; readonly scope: Promise<ChosenScope> } | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Dates are left out: they are about the messages, and a session that goes on holds older ones. */
  async of({ filter }: SearchQuery): Promise<ChosenScope> {
    if (!hasSessionFilter(filter)) {
      return { only: false, keys: keysOf(trashedBranches(this.#database)) };
    }
    const changes = this.#database.get('SELECT total_changes() AS n');
    const key = JSON.stringify([filter, changes && number(changes, 'n')]);
    if (this.#last?.key === key) return this.#last.scope;
    const scope = chosenSessions(this.#database, filter).then(chosenScope);
    const chosen = { key, scope };
    this.#last = chosen;
    scope.catch(() => {
      // Its caller is told; the next one tries again.
      if (this.#last === chosen) this.#last = undefined;
    });
    return scope;
  }
}

function chosenScope(sessions: readonly ChosenSession[]): ChosenScope {
  return { only: true, keys: keysOf(sessions), sessions: new Set(sessions.map(({ id }) => id)) };
}

function keysOf(
  branches: readonly { readonly log: number; readonly branch: number }[],
): ReadonlySet<number> {
  return new Set(branches.map(({ log, branch }) => branchKey(log, branch)));
}
