/**
 * What a family of branches took: each branch by itself, so that what they share is counted once,
 * and what was spent on branches that were given up. Prices that are not known make a sum the least
 * it can be, and are counted; they are never 0.
 *
 * Laws (test/property/core/familyLedger.test.ts): the parts add up to the whole, every message said
 * is counted once, and the order of the branches changes nothing.
 */
import { addCosts } from './cost.ts';
import type { BranchUse, FamilyBranch, FamilyLedger, LedgerLine } from './family.ts';

/** The ledger of branches as `getFamilyGraph` gives them; `branches` must not be cut. */
export function familyLedger(rootId: string, branches: readonly FamilyBranch[]): FamilyLedger {
  const depths = new Map<string, number>();
  const lines = branches.map((branch): LedgerLine => {
    const { id, parentId, title, merged, abandoned, deleted } = branch;
    const depth = parentId === undefined ? 0 : (depths.get(parentId) ?? -1) + 1;
    depths.set(id, depth);
    return {
      sessionId: id,
      title,
      depth,
      use: useOf(branch),
      ...(merged === true && { merged }),
      ...(abandoned === true && { abandoned }),
      ...(deleted === true && { deleted }),
    };
  });
  const given = lines.filter(({ abandoned }) => abandoned === true);
  return {
    rootId,
    lines,
    whole: addUses(lines.map(({ use }) => use)),
    abandoned: addUses(given.map(({ use }) => use)),
    abandonedCount: given.length,
    sharedMessages: branches.reduce((sum, { at }) => sum + at, 0),
  };
}

/** What a branch took, its subagents included. */
export function useOf({ own, subagents }: Pick<FamilyBranch, 'own' | 'subagents'>): BranchUse {
  return subagents ? addUses([own, { ...subagents, messages: 0 }]) : own;
}

function addUses(uses: readonly BranchUse[]): BranchUse {
  return {
    messages: uses.reduce((sum, { messages }) => sum + messages, 0),
    tokens: uses.reduce((sum, { tokens }) => sum + tokens, 0),
    ...addCosts(uses),
  };
}
