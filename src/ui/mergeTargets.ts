/** Which sessions a branch can be merged into: its parent, those further up, then its other relatives. */
import type { Session, SessionTreeNode } from '../core/session.ts';
import type { SessionStore } from '../core/sessionStore.ts';
import type { MergeTarget } from '../protocol/mergePanel.ts';
import { plain } from './text.ts';
import { titleOf } from './tree/treeItems.ts';

/** Relatives that are offered. */
const OFFERED = 500;

/** Empty when the branch has no relatives. */
export async function mergeTargets(
  store: Pick<SessionStore, 'getSessionTree'>,
  source: Session,
): Promise<readonly MergeTarget[]> {
  const family = membersOf(await store.getSessionTree(source.id));
  const byId = new Map(family.map((session) => [session.id, session]));
  const ancestors = new Set<Session>();
  for (let at = byId.get(source.parentId ?? ''); at; at = byId.get(at.parentId ?? '')) {
    if (ancestors.has(at) || at.id === source.id) break;
    ancestors.add(at);
  }
  const rest = family.filter((session) => session.id !== source.id && !ancestors.has(session));
  return [...ancestors, ...rest].slice(0, OFFERED).map((session) => ({
    sessionId: session.id,
    title: plain(titleOf(session), 80),
    relation:
      session.id === source.parentId ? 'parent' : ancestors.has(session) ? 'ancestor' : 'relative',
  }));
}

function membersOf(root: SessionTreeNode): Session[] {
  const members: Session[] = [];
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    members.push(node.session);
    open.push(...node.children.toReversed());
  }
  return members;
}
