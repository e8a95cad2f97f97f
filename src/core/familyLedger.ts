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
  const lines = inTreeOrder(branches).map(([branch, depth]): LedgerLine => {
    const { id, title, merged, abandoned, deleted } = branch;
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

/** Each branch with its depth, followed by what leaves it. */
function inTreeOrder(branches: readonly FamilyBranch[]): [FamilyBranch, depth: number][] {
  const children = Map.groupBy(branches, ({ parentId }) => parentId);
  const ordered: [FamilyBranch, number][] = [];
  const below = (id: string | undefined, depth: number): [FamilyBranch, number][] =>
    (children.get(id) ?? []).toReversed().map((branch) => [branch, depth]);
  const open = below(undefined, 0);
  for (let next = open.pop(); next; next = open.pop()) {
    ordered.push(next);
    open.push(...below(next[0].id, next[1] + 1));
  }
  return ordered;
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
