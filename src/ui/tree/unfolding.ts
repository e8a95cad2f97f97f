/** Which groups are unfolded without being asked to: what the person most likely looks for. */
import type { GroupNode } from './nodes.ts';

/** Groups of a filter that are unfolded at first. */
const FOUND_GROUPS = 5;

/**
 * The first group, and the workspace's; of what a filter found, some more. While sessions are being
 * imported another group comes first every now and then: the one that was unfolded stays the one.
 */
export function groupsToUnfold(
  roots: readonly GroupNode[],
  before: ReadonlySet<GroupNode>,
  isFiltered: boolean,
): ReadonlySet<GroupNode> {
  const groups = roots.filter(({ group }) => group.kind !== 'pinned');
  if (isFiltered) return new Set(groups.slice(0, FOUND_GROUPS));
  const known = new Set([...before].map(({ id }) => id));
  const kept = groups.filter(({ id, isWorkspace }) => isWorkspace || known.has(id));
  return new Set(kept.length > 0 ? kept : groups.slice(0, 1));
}
