/** Waits for the index and asks it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SearchOptions, SearchResult } from '../../../../src/core/search.ts';
import type { SessionStore } from '../../../../src/core/sessionStore.ts';

/** The answer once nothing is left to be indexed. */
export async function searched(
  store: Pick<SessionStore, 'searchSessionsByContent'>,
  query: string,
  options: SearchOptions = {},
): Promise<SearchResult> {
  for (let tries = 0; tries < 2_000; tries++) {
    const result = await store.searchSessionsByContent(query, options);
    if (result.pending === 0 && result.notice === undefined) return result;
    await sleep(10);
  }
  throw new Error('The index did not catch up with the store.');
}

/** Where the hits are, as `title#index`, best first. */
export async function found(
  store: Pick<SessionStore, 'searchSessionsByContent'>,
  query: string,
  options: SearchOptions = {},
): Promise<string[]> {
  const { hits } = await searched(store, query, { limit: 200, ...options });
  return hits.map(({ session, messageIndex }) => `${session.title}#${messageIndex}`);
}
