/**
 * How far down each message of each branch stands. Messages of one place in the conversation stand
 * side by side, but for what a merge brings: that stands below the end of the branch it came from,
 * and everything after it as far down, so that a merge leads down, as time does.
 *
 * A branch that went on after it was merged ends where it ends now: only the line from it may then
 * lead up. Shared messages stand where their branch has them, whoever inherits them.
 */
import type { FamilyBranch, FamilyMerge } from '../../src/core/family.ts';
import type { Scale } from './scale.ts';

/** Pixels from the end of a branch down to where it was merged, at least. */
const DROP = 40;

/** Pixels from the top of a message of a branch; `messages`: how many of the branch lead up to it. */
export type HeightOf = (branch: FamilyBranch, messages: number) => number;

interface Step {
  /** From so many messages of the branch on. */
  readonly from: number;
  readonly by: number;
}

/** `branches`: parents before children. `endOf`: messages up to the end of a branch. */
export function heightsOf(
  branches: readonly FamilyBranch[],
  merges: readonly FamilyMerge[],
  scale: Scale,
  endOf: (branch: FamilyBranch) => number,
): HeightOf {
  const byId = new Map(branches.map((branch) => [branch.id, branch]));
  const steps = new Map<string, Step[]>();
  const own = ({ id }: FamilyBranch, messages: number): number =>
    (steps.get(id) ?? []).reduce((sum, { from, by }) => (from <= messages ? sum + by : sum), 0);
  /** How much further down a message stands for the merges of its branch and of those above. */
  const shiftOf = (branch: FamilyBranch, messages: number): number => {
    const seen = new Set<string>();
    let shift = 0;
    let last = messages;
    for (let at: FamilyBranch | undefined = branch; at && !seen.has(at.id);) {
      seen.add(at.id);
      shift += own(at, last);
      last = Math.min(last, at.at);
      at = byId.get(at.parentId ?? '');
    }
    return shift;
  };
  const bottomOf = (branch: FamilyBranch): number =>
    scale(endOf(branch)) + shiftOf(branch, endOf(branch));
  for (const { sourceId, sessionId, index } of merges.toSorted((a, b) => a.at - b.at)) {
    const [source, target] = [byId.get(sourceId), byId.get(sessionId)];
    if (!source || !target) continue;
    const from = index + 1;
    const bottom = bottomOf(source);
    const by = bottom + DROP - (scale(from) + shiftOf(target, from));
    if (by <= 0) continue;
    const before = steps.get(sessionId) ?? [];
    steps.set(sessionId, [...before, { from, by }]);
    // Where the source would move along, nothing is won.
    if (bottomOf(source) !== bottom) steps.set(sessionId, before);
  }
  if (steps.size === 0) return (_, messages) => scale(messages);
  // Forks of forks may be thousands deep: what those above add is summed up once.
  const above = new Map<string, number>();
  const heightOf: HeightOf = (branch, messages) => {
    const isOwn = messages > branch.at || branch.parentId === undefined;
    const shift = isOwn
      ? (above.get(branch.id) ?? 0) + own(branch, messages)
      : shiftOf(branch, messages);
    return scale(messages) + shift;
  };
  for (const branch of branches) {
    const parent = byId.get(branch.parentId ?? '');
    if (parent) above.set(branch.id, heightOf(parent, branch.at) - scale(branch.at));
  }
  return heightOf;
}
