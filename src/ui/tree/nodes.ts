/**
 * What stands in the sessions view. A node keeps its identity for as long as the view lives: VS
 * Code finds what to refresh by the object, and what to keep expanded by the id. A session may stand
 * in several lists (two tags, the pinned ones), so its id is told by the list it stands in.
 */
import type { GroupBy, SessionFilter, SessionGroup } from '../../core/sessionStore.ts';
import type { Session } from '../../core/session.ts';

export interface Group extends SessionGroup {
  readonly kind: GroupBy | 'pinned';
  /** Lasting part of its id: `2026-10`, where the key is a moment that moves. */
  readonly name: string;
  /** What its list asks for. */
  readonly filter: SessionFilter;
}

export class GroupNode {
  readonly id: string;
  group: Group;
  readonly isWorkspace: boolean;

  /** `flat`: a filter's group, which is unfolded whether or not the group was before. */
  constructor(group: Group, isWorkspace: boolean, flat = false) {
    this.id = `${flat ? 'found ' : ''}${idOfGroup(group)}`;
    this.group = group;
    this.isWorkspace = isWorkspace;
  }
}

export function idOfGroup({ kind, key, name }: Pick<Group, 'kind' | 'key' | 'name'>): string {
  return `${kind}:${kind === 'date' ? name : key}`;
}

export class SessionNode {
  readonly id: string;
  session: Session;
  readonly list: ListNode;
  /** True among what a filter found: forks do not stand under their parents there. */
  readonly flat: boolean;
  /** False while only its children or the model know it: no list that was drawn holds it yet. */
  drawn = false;

  constructor(session: Session, list: ListNode, flat: boolean) {
    this.id = `${list.id}/${session.id}`;
    this.session = session;
    this.list = list;
    this.flat = flat;
  }
}

/** What a session's subagents did, folded away. */
export class SubagentsNode {
  readonly id: string;
  readonly trunk: SessionNode;

  constructor(trunk: SessionNode) {
    this.id = `${trunk.id}/subagents`;
    this.trunk = trunk;
  }
}

/** The last line of a list that has more. */
export class MoreNode {
  readonly id: string;
  readonly list: ListNode;
  remaining = 0;

  constructor(list: ListNode) {
    this.id = `${list.id}/more`;
    this.list = list;
  }
}

/** What sessions stand under: a group, the session they were forked from, or its subagents. */
export type ListNode = GroupNode | SessionNode | SubagentsNode;
export type TreeNode = ListNode | MoreNode;
