/**
 * Which rows were drawn where: a session may stand in several lists. Rows that a list shows no
 * more are let go, with all that was drawn below them.
 */
import type { Session } from '../../core/session.ts';
import {
  GroupNode,
  MoreNode,
  SessionNode,
  SubagentsNode,
  type ListNode,
  type TreeNode,
} from './nodes.ts';

/** Sessions read at once, and shown before "Show more". */
export const PAGE_SIZE = 200;

/** A list as it was drawn. */
interface DrawnList {
  limit: number;
  order: readonly SessionNode[];
  readonly nodes: Map<string, SessionNode>;
  readonly more: MoreNode;
}

export class DrawnLists {
  readonly #lists = new Map<ListNode, DrawnList>();
  readonly #subagents = new Map<SessionNode, SubagentsNode>();
  readonly #bySession = new Map<string, Set<SessionNode>>();

  clear(): void {
    this.#lists.clear();
    this.#subagents.clear();
    this.#bySession.clear();
  }

  /** How many sessions a list shows. */
  limit(list: ListNode): number {
    return this.#list(list).limit;
  }

  showMore(list: ListNode): void {
    this.#list(list).limit += PAGE_SIZE;
  }

  /** The rows of a list from now on; of all its sessions there are `total`. */
  show(list: ListNode, sessions: readonly Session[], total: number, flat: boolean): TreeNode[] {
    const drawn = this.#list(list);
    const nodes = sessions.map((session) => this.node(list, session, flat));
    for (const node of nodes) node.drawn = true;
    const shown = new Set(nodes);
    for (const node of drawn.order) if (!shown.has(node)) this.#drop(drawn, node);
    drawn.order = nodes;
    if (nodes.length >= total) return nodes;
    drawn.more.remaining = total - nodes.length;
    return [...nodes, drawn.more];
  }

  /** A session's row in a list, made where there is none yet. */
  node(list: ListNode, session: Session, flat: boolean): SessionNode {
    const { nodes } = this.#list(list);
    const node = nodes.get(session.id) ?? new SessionNode(session, list, flat);
    node.session = session;
    nodes.set(session.id, node);
    const all = this.#bySession.get(session.id) ?? new Set();
    this.#bySession.set(session.id, all.add(node));
    return node;
  }

  subagents(trunk: SessionNode): SubagentsNode {
    const node = this.#subagents.get(trunk) ?? new SubagentsNode(trunk);
    this.#subagents.set(trunk, node);
    return node;
  }

  /** All rows of a session. */
  of(sessionId: string): readonly SessionNode[] {
    return [...(this.#bySession.get(sessionId) ?? [])];
  }

  /** The rows above another in its list. */
  above(node: SessionNode): readonly SessionNode[] {
    const order = this.#lists.get(node.list)?.order ?? [];
    return order.slice(0, Math.max(0, order.indexOf(node)));
  }

  /** A session is gone. */
  remove(sessionId: string): void {
    for (const node of this.of(sessionId)) this.#drop(this.#list(node.list), node);
  }

  /** Lets go what was drawn below a node. */
  forget(node: ListNode): void {
    const list = this.#lists.get(node);
    this.#lists.delete(node);
    for (const child of [...(list?.nodes.values() ?? [])]) if (list) this.#drop(list, child);
    if (node instanceof GroupNode || node instanceof SubagentsNode) return;
    const subagents = this.#subagents.get(node);
    this.#subagents.delete(node);
    if (subagents) this.forget(subagents);
  }

  #drop(list: DrawnList, node: SessionNode): void {
    list.nodes.delete(node.session.id);
    this.forget(node);
    const all = this.#bySession.get(node.session.id);
    all?.delete(node);
    if (all?.size === 0) this.#bySession.delete(node.session.id);
  }

  #list(node: ListNode): DrawnList {
    const known = this.#lists.get(node);
    if (known) return known;
    const list = { limit: PAGE_SIZE, order: [], nodes: new Map(), more: new MoreNode(node) };
    this.#lists.set(node, list);
    return list;
  }
}
