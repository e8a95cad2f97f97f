/** Which sessions a branch can be merged into: its parent, those further up, then its other relatives. */
import type { FamilyBranch } from '../core/family.ts';
import type { Session } from '../core/session.ts';
import type { SessionStore } from '../core/sessionStore.ts';
import type { MergeTarget } from '../protocol/mergePanel.ts';
import { plain } from './text.ts';
import { titleOf } from './tree/treeItems.ts';

/** Relatives that are offered. */
const OFFERED = 500;

/** Empty when the branch has no relatives outside the trash. */
export async function mergeTargets(
  store: Pick<SessionStore, 'getFamilyGraph'>,
  source: Pick<Session, 'id' | 'parentId'>,
): Promise<readonly MergeTarget[]> {
  // Flat: a chain of forks may be deeper than what can be sent as a tree.
  const { branches } = await store.getFamilyGraph(source.id);
  const byId = new Map(branches.map((branch) => [branch.id, branch]));
  const ancestors = new Set<FamilyBranch>();
  for (let at = byId.get(source.parentId ?? ''); at; at = byId.get(at.parentId ?? '')) {
    if (ancestors.has(at) || at.id === source.id) break;
    ancestors.add(at);
  }
  const rest = branches.filter((branch) => branch.id !== source.id && !ancestors.has(branch));
  return [...ancestors, ...rest]
    .filter(({ deleted }) => deleted !== true)
    .slice(0, OFFERED)
    .map((branch) => ({
      sessionId: branch.id,
      title: plain(titleOf(branch), 80),
      relation:
        branch.id === source.parentId ? 'parent' : ancestors.has(branch) ? 'ancestor' : 'relative',
    }));
}
