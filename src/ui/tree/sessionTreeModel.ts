/**
 * The tree of the sessions view, read from the store level by level. Nothing is kept that the
 * store could not be asked for again, save which nodes were shown: from a change event follows the
 * smallest set of nodes to draw again.
 */
import type { Session } from '../../core/session.ts';
import type { ProjectSummary, SessionStore, StoreEvent } from '../../core/sessionStore.ts';
import {
  MoreNode,
  ProjectNode,
  SessionNode,
  type ListParent,
  type PageSource,
  type TreeNode,
} from './nodes.ts';

/** Sessions read at once, and shown before "Show more". */
export const PAGE_SIZE = 200;
/** Most the store gives in one answer. */
const MOST_PER_REQUEST = 1000;
/** Above this many changed sessions it is quicker to draw the whole tree again. */
const MANY_CHANGES = 64;

export type TreeSource = Pick<SessionStore, 'listProjects' | 'listSessions' | 'getSession'>;
/** Sessions that changed and went, gathered from events. */
export interface SessionChanges {
  readonly changed: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  readonly all: boolean;
}

export class SessionTreeModel {
  readonly #store: TreeSource;
  readonly #isWorkspace: (path: string) => boolean;
  #projects = new Map<string, ProjectNode>();
  #projectOrder = '';
  #sessions = new Map<string, SessionNode>();
  #found = new Map<string, SessionNode>();
  #more = new Map<ListParent, MoreNode>();
  #shown = new Map<ListParent, number>();
  #filter: string | undefined;

  constructor(store: TreeSource, isWorkspace: (path: string) => boolean) {
    this.#store = store;
    this.#isWorkspace = isWorkspace;
  }

  get filter(): string | undefined {
    return this.#filter;
  }

  /** Shows only sessions whose title contains `text`, as a flat list; `undefined` shows all. */
  setFilter(text: string | undefined): void {
    this.#filter = text;
    this.#found.clear();
    this.#shown.delete(undefined);
  }

  /** Level 0: this workspace's project first, the others by their last change. */
  async roots(): Promise<readonly TreeNode[]> {
    const title = this.#filter;
    if (title !== undefined) {
      return this.#page(undefined, this.#found, (offset, limit) =>
        this.#store.listSessions({ title, offset, limit }),
      );
    }
    return this.#updateProjects(await this.#store.listProjects());
  }

  /** Newest first; ends with a MoreNode when there are more than are shown. */
  async children(node: TreeNode): Promise<readonly TreeNode[]> {
    if (node instanceof MoreNode) return [];
    if (node instanceof ProjectNode) {
      const project = node.project.key;
      return this.#page(node, this.#sessions, (offset, limit) =>
        this.#store.listSessions({ project, parentId: null, offset, limit }),
      );
    }
    if (node.flat || node.session.forkCount === 0) return [];
    const parentId = node.session.id;
    return this.#page(node, this.#sessions, (offset, limit) =>
      this.#store.listSessions({ parentId, offset, limit }),
    );
  }

  async parent(node: TreeNode): Promise<TreeNode | undefined> {
    if (node instanceof MoreNode) return node.parent;
    if (node instanceof ProjectNode || node.flat) return undefined;
    const { parentId } = node.session;
    if (parentId !== undefined) return this.find(parentId);
    return this.#projectNode(node.session);
  }

  /** The session's node, made when the tree has not shown it yet. */
  async find(sessionId: string): Promise<SessionNode | undefined> {
    const known = this.#sessions.get(sessionId);
    if (known) return known;
    const session = await this.#store.getSession(sessionId);
    return session && this.#sessionNode(this.#sessions, session);
  }

  /** Lets one page more be shown; returns what to draw again. */
  showMore(node: MoreNode): ListParent {
    this.#shown.set(node.parent, (this.#shown.get(node.parent) ?? PAGE_SIZE) + PAGE_SIZE);
    return node.parent;
  }

  /** What to draw again after changes; `undefined` in the answer means everything. */
  async refresh(changes: SessionChanges): Promise<readonly (TreeNode | undefined)[]> {
    if (
      changes.all ||
      this.#filter !== undefined ||
      changes.changed.size + changes.removed.size > MANY_CHANGES
    ) {
      return [undefined];
    }
    const stale = new Set<TreeNode | undefined>();
    for (const id of changes.removed) this.#remove(id, stale);
    const read = await Promise.all(
      [...changes.changed].map(async (id) => [id, await this.#store.getSession(id)] as const),
    );
    for (const [id, session] of read) {
      if (session) this.#update(session, stale);
      else this.#remove(id, stale);
    }
    if ([...stale].some((node) => node instanceof ProjectNode)) {
      const before = this.#projectOrder;
      this.#updateProjects(await this.#store.listProjects());
      if (before !== this.#projectOrder) stale.add(undefined);
    }
    return stale.has(undefined) ? [undefined] : [...stale];
  }

  #update(session: Session, stale: Set<TreeNode | undefined>): void {
    const node = this.#sessions.get(session.id);
    if (!node?.drawn) {
      this.#addList(session, stale);
      return;
    }
    const before = node.session;
    node.session = session;
    const inPlace = before.updatedAt === session.updatedAt && before.parentId === session.parentId;
    if (inPlace) stale.add(node);
    else this.#addList(session, stale);
  }

  #remove(id: string, stale: Set<TreeNode | undefined>): void {
    const node = this.#sessions.get(id);
    if (!node) return;
    this.#sessions.delete(id);
    this.#addList(node.session, stale);
  }

  /** Marks the list that the session stands in, where it is shown. */
  #addList(session: Session, stale: Set<TreeNode | undefined>): void {
    if (session.parentId === undefined) stale.add(this.#projectNode(session));
    else {
      const parent = this.#sessions.get(session.parentId);
      if (parent?.drawn) stale.add(parent);
    }
  }

  async #page(
    parent: ListParent,
    nodes: Map<string, SessionNode>,
    source: PageSource,
  ): Promise<readonly TreeNode[]> {
    const wanted = this.#shown.get(parent) ?? PAGE_SIZE;
    const result: TreeNode[] = [];
    let total = 0;
    do {
      const limit = Math.min(wanted - result.length, MOST_PER_REQUEST);
      const page = await source(result.length, limit);
      total = page.total;
      if (page.sessions.length === 0) break;
      for (const session of page.sessions) {
        const node = this.#sessionNode(nodes, session);
        node.drawn = true;
        result.push(node);
      }
    } while (result.length < Math.min(wanted, total));
    if (result.length < total) {
      const more = this.#more.get(parent) ?? new MoreNode(parent);
      more.remaining = total - result.length;
      this.#more.set(parent, more);
      result.push(more);
    }
    return result;
  }

  #sessionNode(nodes: Map<string, SessionNode>, session: Session): SessionNode {
    const node = nodes.get(session.id) ?? new SessionNode(session, nodes === this.#found);
    node.session = session;
    nodes.set(session.id, node);
    return node;
  }

  #projectNode(session: Session): ProjectNode | undefined {
    return this.#projects.get(session.project.key);
  }

  #updateProjects(projects: readonly ProjectSummary[]): readonly ProjectNode[] {
    const nodes = projects.map((project) => {
      const known = this.#projects.get(project.key);
      if (known) known.project = project;
      return known ?? new ProjectNode(project, this.#isWorkspace(project.path));
    });
    nodes.sort(
      (a, b) =>
        Number(b.isWorkspace) - Number(a.isWorkspace) || b.project.updatedAt - a.project.updatedAt,
    );
    this.#projects = new Map(nodes.map((node) => [node.project.key, node]));
    this.#projectOrder = nodes.map((node) => node.id).join('\n');
    return nodes;
  }
}

/** Adds an event to what was gathered since the tree was last drawn. */
export function gather(
  before: SessionChanges | undefined,
  event: StoreEvent,
): SessionChanges | undefined {
  if (event.type !== 'sessions') return before;
  return {
    changed: new Set([...(before?.changed ?? []), ...event.changed]),
    removed: new Set([...(before?.removed ?? []), ...event.removed]),
    all: (before?.all ?? false) || event.all === true,
  };
}
