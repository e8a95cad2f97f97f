/**
 * Which branches were given up. The rule stands here once, and in words in docs/family.md:
 *
 * A branch with messages of its own is abandoned when nobody went on with it while somebody went on
 * beside it. Beside it are its rivals: the branches that leave the same parent at the same message,
 * and the parent itself where it goes on after that message. Somebody went on with a rival that was
 * merged, or whose last message (or that of a branch that leaves it) came more than an hour after
 * the last one here: attempts that ran side by side end at about the same time. A branch that its
 * agent left (a rewind, a rollback) is abandoned without a rival, unless the person forked it and
 * went on there. With a branch all that leaves it is abandoned.
 *
 * Never abandoned: the root, what was merged, what is pinned, and a branch on the way to either.
 */
import type { FamilyBranch, FamilyMerge } from './family.ts';

/** Attempts whose last messages lie nearer together than this were made side by side. */
export const SIDE_BY_SIDE_MS = 3_600_000;

/** What the rule needs of a branch. */
export type JudgedBranch = Pick<
  FamilyBranch,
  'id' | 'parentId' | 'at' | 'length' | 'kind' | 'updatedAt' | 'pinned' | 'deleted'
>;

interface Known {
  readonly branch: JudgedBranch;
  /** Has messages of its own. */
  readonly says: boolean;
  /** Time of the last message here or in what leaves it; `-Infinity` where there is none. */
  lastAt: number;
  /** It was merged or pinned, or leads to such a branch. */
  kept: boolean;
  /** The person forked it, or what leaves it, and went on. */
  carriedOn: boolean;
}

/** Ids of the abandoned ones. `branches`: parents before their children. */
export function abandonedBranches(
  branches: readonly JudgedBranch[],
  merges: readonly Pick<FamilyMerge, 'sourceId'>[],
): Set<string> {
  const merged = new Set(merges.map(({ sourceId }) => sourceId));
  const known = new Map<string, Known>();
  for (const branch of branches) {
    const says = branch.length > branch.at;
    known.set(branch.id, {
      branch,
      says,
      lastAt: says ? branch.updatedAt : -Infinity,
      kept: merged.has(branch.id) || branch.pinned === true,
      carriedOn: false,
    });
  }
  for (const branch of branches.toReversed()) {
    const here = known.get(branch.id);
    const parent = branch.parentId === undefined ? undefined : known.get(branch.parentId);
    if (!here || !parent) continue;
    parent.lastAt = Math.max(parent.lastAt, here.lastAt);
    parent.kept ||= here.kept;
    parent.carriedOn ||= here.carriedOn || (here.says && branch.kind !== 'abandoned');
  }

  const rivals = new Rivals(branches, known, merged);
  const left = new Set<string>();
  const abandoned = new Set<string>();
  for (const branch of branches) {
    const here = known.get(branch.id);
    if (!here || branch.parentId === undefined || here.kept) continue;
    const leftByAgent = branch.kind === 'abandoned' && !here.carriedOn;
    const isLeft = left.has(branch.parentId) || leftByAgent || rivals.wentOnBeside(here);
    if (!isLeft) continue;
    left.add(branch.id);
    if (here.says && branch.deleted !== true) abandoned.add(branch.id);
  }
  return abandoned;
}

/** Finds out whether somebody went on beside a branch, without looking at every pair. */
class Rivals {
  readonly #known: ReadonlyMap<string, Known>;
  readonly #merged: ReadonlySet<string>;
  /** By parent and message: the branches that leave there, the one that went on longest first. */
  readonly #leaving = new Map<string, Known[]>();
  /** By parent and message: the last message of what leaves the parent later. */
  readonly #later = new Map<string, number>();

  constructor(
    branches: readonly JudgedBranch[],
    known: ReadonlyMap<string, Known>,
    merged: ReadonlySet<string>,
  ) {
    this.#known = known;
    this.#merged = merged;
    const byParent = new Map<string, Known[]>();
    for (const { id, parentId } of branches) {
      const here = known.get(id);
      if (!here || parentId === undefined) continue;
      const siblings = byParent.get(parentId);
      if (siblings) siblings.push(here);
      else byParent.set(parentId, [here]);
    }
    for (const [parentId, siblings] of byParent) {
      siblings.sort((a, b) => b.branch.at - a.branch.at || b.lastAt - a.lastAt);
      let later = -Infinity;
      let upTo = 0;
      for (const [position, sibling] of siblings.entries()) {
        const before = siblings[position - 1];
        if (before && before.branch.at !== sibling.branch.at) {
          for (; upTo < position; upTo++) later = Math.max(later, siblings[upTo]?.lastAt ?? later);
        }
        const key = keyOf(parentId, sibling.branch.at);
        this.#later.set(key, later);
        const here = this.#leaving.get(key);
        if (here) here.push(sibling);
        else this.#leaving.set(key, [sibling]);
      }
    }
  }

  wentOnBeside({ branch, lastAt }: Known): boolean {
    const { parentId, at, id } = branch;
    const parent = parentId === undefined ? undefined : this.#known.get(parentId);
    if (!parent || parentId === undefined) return false;
    const isLater = (time: number): boolean => time - lastAt > SIDE_BY_SIDE_MS;
    const key = keyOf(parentId, at);
    const beside = this.#leaving.get(key) ?? [];
    const first = beside[0]?.branch.id === id ? beside[1] : beside[0];
    if (first && isLater(first.lastAt)) return true;
    if (beside.some((rival) => rival.branch.id !== id && this.#merged.has(rival.branch.id))) {
      return true;
    }
    // The parent goes on after the message, or what leaves it further down does.
    if (parent.branch.length <= at) return false;
    return isLater(parent.branch.updatedAt) || isLater(this.#later.get(key) ?? -Infinity);
  }
}

function keyOf(parentId: string, at: number): string {
  return `${at} ${parentId}`;
}
