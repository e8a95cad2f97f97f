/** Branches judged by what they show, and a family drawn as text. */
import { MultipathError } from '../../core/errors.ts';
import { buildFamily } from '../../core/lineage.ts';
import { bestOf, DEFAULT_WEIGHTS, scoreBranches } from '../../core/score.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import { treeToText } from '../../export/sessionTree.ts';
import type { OperationContext } from './context.ts';

type Operations = Pick<SessionStore, 'compareForkResults' | 'visualizeSessionTree'>;

export function judgingOperations(
  context: OperationContext,
  { compareSessions }: Pick<SessionStore, 'compareSessions'>,
): Operations {
  const { catalogue } = context.core;
  return {
    compareForkResults: async (sessionIds, { weights = {} } = {}) => {
      const comparison = await compareSessions(sessionIds);
      const branches = comparison.branches.map((summary) => {
        const rating = catalogue.find(summary.sessionId)?.metadata['rating'];
        return { summary, ...(typeof rating === 'number' && { rating }) };
      });
      const scores = scoreBranches(branches, { ...DEFAULT_WEIGHTS, ...weights });
      const bestFork = bestOf(branches, scores);
      if (bestFork === undefined) {
        throw new MultipathError('bad-request', 'Choose two different branches to compare.');
      }
      return { totalForks: branches.length, comparison, scores, bestFork };
    },
    visualizeSessionTree: (id) =>
      context.read(() => {
        const family = buildFamily(catalogue.family(id), id);
        if (family) return treeToText(family, id);
        throw new MultipathError('not-found', `There is no session ${id} in the store.`);
      }),
  };
}
