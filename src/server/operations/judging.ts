/** Branches judged by what they show, and a family drawn as text. */
import * as v from 'valibot';
import { MultipathError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import { buildFamily } from '../../core/lineage.ts';
import { bestOf, DEFAULT_WEIGHTS, scoreBranches } from '../../core/score.ts';
import type { Comparison } from '../../core/comparison.ts';
import type { BranchScore } from '../../core/score.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import { treeToText } from '../../export/sessionTree.ts';
import { readFamily } from '../../store/familyRows.ts';
import { judgementsOf, putJudgement, removeJudgement } from '../../store/judgements.ts';
import { rememberScores } from '../../store/scoreRows.ts';
import { parser, type OperationContext } from './context.ts';

type Operations = Pick<
  SessionStore,
  | 'compareForkResults'
  | 'visualizeSessionTree'
  | 'addJudgement'
  | 'getJudgements'
  | 'deleteJudgement'
>;

const judgementOutcome = parser(v.looseObject({ id: v.string() }));
/** What earlier versions stored of a removal does not say which sessions it was about. */
const removalOutcome = parser(v.looseObject({ sessionIds: v.optional(v.array(v.string()), []) }));

export function judgingOperations(
  context: OperationContext,
  { compareSessions }: Pick<SessionStore, 'compareSessions'>,
): Operations {
  const { core } = context;
  const { catalogue } = core;
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
      await remember(context, comparison, scores, bestFork);
      const ids = branches.map(({ summary }) => summary.sessionId);
      // One of fewer branches, or of more, says something else.
      const [judgement] = judgementsOf(core.database, ids, { exactly: true, limit: 1 });
      return {
        totalForks: branches.length,
        comparison,
        scores,
        bestFork,
        ...(judgement && { judgement }),
      };
    },
    addJudgement: async (judgement, options = {}) => {
      context.mustWrite();
      for (const id of judgement.sessionIds) catalogue.get(id);
      const data = { ...judgement };
      const { id } = await core.requests.once(
        options.requestId,
        () => {
          const made = newId();
          putJudgement(core.database, made, { at: context.now(), data });
          return { id: made };
        },
        judgementOutcome,
      );
      context.announce(judgement.sessionIds);
      const [kept] = judgementsOf(core.database, judgement.sessionIds, { id });
      if (kept) return kept;
      throw new MultipathError('bad-request', 'This is no judgement of two to eight branches.');
    },
    getJudgements: (sessionIds, query) =>
      context.read(() => judgementsOf(core.database, sessionIds, query)),
    deleteJudgement: async (id, options = {}) => {
      context.mustWrite();
      const { sessionIds } = await core.requests.once(
        options.requestId,
        () => {
          const [known] = judgementsOf(core.database, [], { id });
          removeJudgement(core.database, id);
          return { id, sessionIds: [...(known?.sessionIds ?? [])] };
        },
        removalOutcome,
      );
      if (sessionIds.length > 0) context.announce(sessionIds);
    },
    visualizeSessionTree: (id) =>
      context.read(() => {
        const sessions = catalogue.family(id);
        const family = buildFamily(sessions, id);
        if (family) {
          const { branches, merges } = readFamily(core, id);
          return treeToText(family, { marked: id, branches, merges });
        }
        throw new MultipathError('not-found', `There is no session ${id} in the store.`);
      }),
  };
}

/** Keeps the scores for the tree and the graph, and says so where they are other ones. */
async function remember(
  context: OperationContext,
  { branches }: Comparison,
  scores: readonly BranchScore[],
  best: string,
): Promise<void> {
  const { core, now } = context;
  if (core.readOnlyBecause !== undefined) return;
  const changed = core.database.transaction(() =>
    rememberScores(core.database, { branches, scores, best, at: now() }),
  );
  if (changed.length === 0) return;
  await core.commits.durable();
  context.announce(changed);
}
