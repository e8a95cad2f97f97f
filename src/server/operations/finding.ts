/** Sessions found by tag, by time and by what was said in them. Finding is no use of a session. */
import { MultipathError } from '../../core/errors.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import { MAX_LIMIT } from '../../store/catalogue.ts';
import type { OperationContext } from './context.ts';

type Operations = Pick<
  SessionStore,
  'findSessionsByTag' | 'findSessionsByDateRange' | 'searchSessionsByContent'
>;

export function findingOperations(context: OperationContext): Operations {
  const { catalogue, commits } = context.core;
  return {
    findSessionsByTag: (tag) =>
      context.read(() => catalogue.list({ tag, limit: MAX_LIMIT }).sessions),
    findSessionsByDateRange: (range) =>
      context.read(() => catalogue.list({ ...range, limit: MAX_LIMIT }).sessions),
    searchSessionsByContent: async (query, options) => {
      commits.settle();
      if (context.search) return context.search.search(query, options);
      throw new MultipathError('unavailable', 'This store has no search.');
    },
  };
}
