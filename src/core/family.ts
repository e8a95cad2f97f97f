/**
 * A family of sessions in one answer: every branch as the graph and the tree draw it, and the merges
 * between them. Small enough that thousands go over the wire together; bodies are never in it.
 *
 * Invariant: parents come before their children, and every parent that is named is in the list.
 */
import type { CostSum } from './costSum.ts';
import type { MergeMode, SummaryAuthor } from './merge.ts';
import type { Session } from './session.ts';

/** What one branch took by itself: what it shares with its parent is the parent's. */
export interface BranchUse extends CostSum {
  /** Messages said in it; those that it has by merging were said elsewhere. */
  readonly messages: number;
  readonly tokens: number;
}

export interface FamilyBranch {
  readonly id: string;
  readonly parentId?: string;
  /** Messages shared with the parent: the branch leaves it after them. 0 for the root. */
  readonly at: number;
  /** All messages, shared ones included. */
  readonly length: number;
  readonly title: string;
  /** Id of its agent; `multipath` for a branch of our own. */
  readonly agent: string;
  /** The model that answered last. */
  readonly model?: string;
  readonly kind: Session['kind'];
  readonly createdAt: number;
  /** Time of its last message, in milliseconds since the epoch. */
  readonly updatedAt: number;
  readonly own: BranchUse;
  /** What its subagents took, all of them together; not among its own. */
  readonly subagents?: BranchUse & { readonly count: number };
  /** Why and how it was forked, where the person or an exploration said so. */
  readonly reason?: string;
  readonly strategy?: string;
  readonly pinned?: boolean;
  /** Something of it was merged into another branch. */
  readonly merged?: boolean;
  /** Nobody went on with it (src/core/abandoned.ts). */
  readonly abandoned?: boolean;
  /** In the trash; it is here because branches that are not hang on it. */
  readonly deleted?: boolean;
  /** 0 to 100, from when it was last judged; absent once it has changed. */
  readonly score?: number;
  /** The best of those that it was last judged among. */
  readonly best?: boolean;
}

/** Where a branch came back. */
export interface FamilyMerge {
  readonly mergeId: string;
  readonly mode: MergeMode;
  readonly sourceId: string;
  /** The branch that holds the messages. */
  readonly sessionId: string;
  /** Index of the first merged message there. */
  readonly index: number;
  readonly messages: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of a summary, where it is known. */
  readonly summaryBy?: SummaryAuthor;
}

export interface FamilyGraph {
  readonly rootId: string;
  readonly branches: readonly FamilyBranch[];
  readonly merges: readonly FamilyMerge[];
  /** Branches of the family; more than in the list where that is cut. */
  readonly total: number;
}

export interface LedgerLine {
  readonly sessionId: string;
  readonly title: string;
  /** 0 for the root. */
  readonly depth: number;
  /** Its own part and its subagents'. */
  readonly use: BranchUse;
  readonly merged?: boolean;
  readonly abandoned?: boolean;
  readonly deleted?: boolean;
}

export interface FamilyLedger {
  readonly rootId: string;
  /** Each followed by what leaves it. */
  readonly lines: readonly LedgerLine[];
  readonly whole: BranchUse;
  /** Of the whole. */
  readonly abandoned: BranchUse;
  readonly abandonedCount: number;
  /** Messages that a count of each branch from its beginning would add to the whole. */
  readonly sharedMessages: number;
}

/** Branches in one answer; a family that has more is cut, nearest to the root first. */
export const MOST_BRANCHES = 5000;

type Placed = Pick<FamilyBranch, 'id' | 'parentId' | 'createdAt'>;

/**
 * Sorts branches so that parents come before their children, siblings by their age. A parent that is
 * not there, or a ring of parents, makes a root of the branch where the walk ends.
 */
export function inFamilyOrder<T extends Placed>(branches: readonly T[]): T[] {
  const byId = new Map(branches.map((branch) => [branch.id, branch]));
  const children = new Map<string, T[]>();
  const roots: T[] = [];
  for (const branch of branches.toSorted(byAge)) {
    const { parentId } = branch;
    if (parentId === undefined || !byId.has(parentId)) roots.push(branch);
    else {
      const siblings = children.get(parentId);
      if (siblings) siblings.push(branch);
      else children.set(parentId, [branch]);
    }
  }
  const ordered: T[] = [];
  const seen = new Set<string>();
  const walk = (from: readonly T[]): void => {
    let level: readonly T[] = from;
    while (level.length > 0) {
      const fresh = level.filter(({ id }) => !seen.has(id));
      for (const branch of fresh) seen.add(branch.id);
      ordered.push(...fresh);
      level = fresh.flatMap(({ id }) => children.get(id) ?? []);
    }
  };
  walk(roots);
  // What no root leads to is a ring: it is cut at its oldest.
  for (const branch of byId.values()) if (!seen.has(branch.id)) walk([branch]);
  return ordered;
}

function byAge(a: Placed, b: Placed): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}
