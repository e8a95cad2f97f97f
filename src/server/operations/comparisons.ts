/** Branches compared, a comparison's rows and its files read; all without counting as use. */
import type { Comparison } from '../../core/comparison.ts';
import { compareBranches } from '../../core/compare/compare.ts';
import { comparisonRows } from '../../core/compare/rows.ts';
import { MultipathError } from '../../core/errors.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import { BranchFiles } from '../branchFiles.ts';
import { ComparisonCache } from '../comparisonCache.ts';
import { branchReader, lineageFinder } from '../storeReading.ts';
import type { OperationContext } from './context.ts';
import { MAX_RANGE } from './messages.ts';

type Operations = Pick<SessionStore, 'compareSessions' | 'readComparisonRows' | 'readBranchFile'>;

export function comparisonOperations(context: OperationContext): Operations {
  const { core } = context;
  const comparisons = new ComparisonCache();
  const files = new BranchFiles(core);

  function revisionOf(id: string): string {
    const { log, branch, inherited } = context.position(id);
    return [id, core.outlines.revision(log, branch), inherited].join('\n');
  }

  async function compare(sessionIds: readonly string[]): Promise<Comparison> {
    core.commits.settle();
    const sessions = sessionIds.map((id) => core.catalogue.get(id));
    const revisions = sessions.map(({ id, title }) => `${title}\n${revisionOf(id)}`);
    return comparisons.get([...revisions, core.prices.edition], () =>
      compareBranches({
        sessions,
        findSession: lineageFinder(core),
        reader: branchReader(core),
      }),
    );
  }

  return {
    compareSessions: compare,
    readComparisonRows: async (sessionIds, range, { reference } = {}) => {
      const { rows } = await compare(sessionIds);
      const wanted = rows.slice(range.start, Math.min(range.end, range.start + MAX_RANGE));
      const at = reference === undefined ? 0 : sessionIds.indexOf(reference);
      if (at < 0) {
        throw new MultipathError('bad-request', 'The reference is none of these branches.');
      }
      return comparisonRows(sessionIds, wanted, branchReader(core), at);
    },
    readBranchFile: async (sessionId, path, { end } = {}) => {
      core.commits.settle();
      return files.read(context.position(sessionId), revisionOf(sessionId), path, end);
    },
  };
}
