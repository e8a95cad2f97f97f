/**
 * How sessions descend from each other. Parents come from data, so a missing parent or a ring of
 * parents is expected here and ends a walk; it never hangs one.
 */
import type { Session, SessionTreeNode } from './session.ts';

/** What a walk along the parents needs of a session. */
export interface LineageNode {
  readonly id: string;
  readonly parentId?: string;
  /** Leading messages that the session took over from its parent. */
  readonly inheritedCount: number;
  /**
   * How many of those the parent still has at the same place; fewer than `inheritedCount` when
   * the parent's file was rewritten since. Equal to it when absent.
   */
  readonly parentSharedCount?: number;
}

export interface CommonAncestor {
  /** The lowest session that all descend from; it may be one of them. */
  readonly id: string;
  /** Leading messages that all have in common. */
  readonly sharedCount: number;
}

interface Step {
  readonly id: string;
  /** Leading messages that the walk's first session shares with this one. */
  readonly shared: number;
}

/**
 * The lowest common ancestor of sessions and what they share through it. `undefined` when they
 * are unrelated, when one is unknown, or when none was given. A session compared with itself
 * shares everything: its count is then `Infinity`, for the caller to bound by its length.
 */
export function commonAncestor(
  ids: readonly string[],
  find: (id: string) => LineageNode | undefined,
): CommonAncestor | undefined {
  const [first, ...others] = ids.map((id) => chainOf(id, find));
  if (!first) return undefined;
  const sharedWith = others.map((chain) => new Map(chain.map((step) => [step.id, step.shared])));
  for (const step of first) {
    const counts = sharedWith.map((shared) => shared.get(step.id));
    if (counts.every((count) => count !== undefined)) {
      return { id: step.id, sharedCount: Math.min(step.shared, ...counts) };
    }
  }
  return undefined;
}

/** The session and its ancestors, nearest first. Stops at a missing parent and at a ring. */
function chainOf(id: string, find: (id: string) => LineageNode | undefined): readonly Step[] {
  const steps: Step[] = [];
  const seen = new Set<string>();
  let shared = Infinity;
  let node = find(id);
  while (node && !seen.has(node.id)) {
    seen.add(node.id);
    steps.push({ id: node.id, shared });
    shared = Math.min(shared, node.inheritedCount, node.parentSharedCount ?? node.inheritedCount);
    node = node.parentId === undefined ? undefined : find(node.parentId);
  }
  return steps;
}

/**
 * The family of one session as a tree from its topmost known ancestor, children oldest first.
 * `sessions` may hold other families too. `undefined` when the session is not among them.
 */
export function buildFamily(
  sessions: readonly Session[],
  memberId: string,
): SessionTreeNode | undefined {
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const rootId = chainOf(memberId, (id) => byId.get(id)).at(-1)?.id;
  if (rootId === undefined) return undefined;

  const childrenOf = new Map<string, Session[]>();
  for (const session of [...byId.values()].sort(byAge)) {
    // Without the root's own link a ring of parents becomes a line.
    if (session.parentId === undefined || session.id === rootId) continue;
    const siblings = childrenOf.get(session.parentId);
    if (siblings) siblings.push(session);
    else childrenOf.set(session.parentId, [session]);
  }
  return treeFrom(rootId, byId, childrenOf);
}

/** Without recursion: a chain of forks may be deeper than the call stack. */
function treeFrom(
  rootId: string,
  byId: ReadonlyMap<string, Session>,
  childrenOf: ReadonlyMap<string, readonly Session[]>,
): SessionTreeNode | undefined {
  const rootSession = byId.get(rootId);
  if (!rootSession) return undefined;
  const root: { session: Session; children: SessionTreeNode[] } = {
    session: rootSession,
    children: [],
  };
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    for (const session of childrenOf.get(node.session.id) ?? []) {
      const child = { session, children: [] };
      node.children.push(child);
      open.push(child);
    }
  }
  return root;
}

function byAge(a: Session, b: Session): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}
