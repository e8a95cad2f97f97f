/**
 * The tree of the sessions view, read from the store level by level. Nothing is kept that the
 * store could not be asked for again, save which nodes were shown: from a change event follows the
 * smallest set of nodes to draw again, those that stay where they are apart from lists whose rows
 * may move.
 */
import type { Session } from '../../core/session.ts';
import type {
  SessionFilter,
  SessionList,
  SessionStore,
  StoreEvent,
} from '../../core/sessionStore.ts';
import { FIRST_ARRANGEMENT, isFiltered, queryOfFilter, type Arrangement } from './arrangement.ts';
import { dateGroups, type DateGroup } from './dateGroups.ts';
import { DrawnLists } from './drawnLists.ts';
import { groupIdsOf, groupOf, PINNED, PINNED_ID } from './groups.ts';
import {
  GroupNode,
  idOfGroup,
  MoreNode,
  SubagentsNode,
  type Group,
  type ListNode,
  type SessionNode,
  type TreeNode,
} from './nodes.ts';

/** Most the store gives in one answer. */
const MOST_PER_REQUEST = 1000;
/** Above this many changed sessions it is quicker to draw the whole tree again. */
const MANY_CHANGES = 64;

export type TreeSource = Pick<
  SessionStore,
  'listGroups' | 'listProjects' | 'listSessions' | 'getSession'
>;
export interface TreeSurroundings {
  readonly isWorkspace: (path: string) => boolean;
  readonly liveIds: () => readonly string[];
  readonly now: () => number;
  /** First day of the week, 0 for Sunday. */
  readonly firstDay: number;
}

/** Sessions that changed and went, gathered from events. */
export interface SessionChanges {
  readonly changed: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  readonly all: boolean;
}

/** What to draw again; `undefined` among the lists means everything. */
export interface Redraw {
  /** Nodes that stay where they are. */
  readonly inPlace: readonly TreeNode[];
  /** Nodes below which rows come, go or move. */
  readonly lists: readonly (TreeNode | undefined)[];
}

type PageSource = (offset: number, limit: number) => Promise<SessionList>;

const EVERYTHING: Redraw = { inPlace: [], lists: [undefined] };

export class SessionTreeModel {
  readonly #store: TreeSource;
  readonly #around: TreeSurroundings;
  readonly #drawn = new DrawnLists();
  #groups = new Map<string, GroupNode>();
  #arrangement = FIRST_ARRANGEMENT;
  #projects: readonly string[] | undefined;

  constructor(store: TreeSource, around: TreeSurroundings) {
    this.#store = store;
    this.#around = around;
  }

  get arrangement(): Arrangement {
    return this.#arrangement;
  }

  get isFiltered(): boolean {
    return isFiltered(this.#arrangement.filter);
  }

  arrange(arrangement: Arrangement): void {
    this.#arrangement = arrangement;
    this.#groups.clear();
    this.#drawn.clear();
  }

  /** Level 0: what is pinned, then the groups; of projects, this workspace's come first. */
  async roots(): Promise<readonly GroupNode[]> {
    await this.#readGroups();
    return [...this.#groups.values()];
  }

  /** Newest first, what is pinned before the others; ends with a MoreNode when there are more. */
  async children(node: TreeNode): Promise<readonly TreeNode[]> {
    if (node instanceof MoreNode) return [];
    if (node instanceof GroupNode) {
      const query = {
        ...this.#chosen(),
        ...this.#level(node.group),
        ...node.group.filter,
        ...(node.group.kind !== 'pinned' && { pinnedFirst: true }),
      };
      return this.#page(node, (offset, limit) =>
        this.#store.listSessions({ ...query, offset, limit }),
      );
    }
    if (node instanceof SubagentsNode) {
      const subagentsOf = node.trunk.session.id;
      return this.#page(node, (offset, limit) =>
        this.#store.listSessions({ subagentsOf, offset, limit }),
      );
    }
    if (node.flat) return [];
    const { id: parentId, forkCount, subagents } = node.session;
    return [
      ...(subagents ? [this.#drawn.subagents(node)] : []),
      ...(forkCount === 0
        ? []
        : await this.#page(node, (offset, limit) =>
            this.#store.listSessions({ parentId, pinnedFirst: true, offset, limit }),
          )),
    ];
  }

  parent(node: TreeNode): TreeNode | undefined {
    if (node instanceof GroupNode) return undefined;
    return node instanceof SubagentsNode ? node.trunk : node.list;
  }

  /** The session's node, made when the tree has not shown it yet and has a place for it. */
  async find(sessionId: string): Promise<SessionNode | undefined> {
    const known = this.#drawn.of(sessionId);
    const best = known.find((node) => node.drawn && !isPinnedList(node.list)) ?? known[0];
    if (best) return best;
    const session = await this.#store.getSession(sessionId);
    const list = session && (await this.#listOf(session));
    return list && this.#drawn.node(list, session, this.isFiltered);
  }

  /** Lets one page more be shown; returns what to draw again. */
  showMore({ list }: MoreNode): ListNode {
    this.#drawn.showMore(list);
    return list;
  }

  /** The nodes of some sessions, wherever they are drawn. */
  nodesOf(sessionIds: readonly string[]): readonly SessionNode[] {
    return sessionIds.flatMap((id) => this.#drawn.of(id).filter((node) => node.drawn));
  }

  async refresh(changes: SessionChanges): Promise<Redraw> {
    const size = changes.changed.size + changes.removed.size;
    // Nothing in particular changed when a project's folder came or went.
    if (changes.all || this.isFiltered || size === 0 || size > MANY_CHANGES) return EVERYTHING;
    const inPlace = new Set<TreeNode>();
    const lists = new Set<TreeNode | undefined>();
    for (const id of changes.removed) this.#remove(id, lists);
    const read = await Promise.all(
      [...changes.changed].map(async (id) => [id, await this.#store.getSession(id)] as const),
    );
    for (const [id, session] of read) {
      if (session) this.#update(session, inPlace, lists);
      else this.#remove(id, lists);
    }
    if ([...lists].some((node) => node === undefined || node instanceof GroupNode)) {
      const before = [...this.#groups.keys()].join('\n');
      await this.#readGroups();
      if (before !== [...this.#groups.keys()].join('\n')) lists.add(undefined);
    }
    if (lists.has(undefined)) return EVERYTHING;
    return { inPlace: [...inPlace].filter((node) => !lists.has(node)), lists: [...lists] };
  }

  #update(session: Session, inPlace: Set<TreeNode>, lists: Set<TreeNode | undefined>): void {
    const nodes = this.#drawn.of(session.id);
    const drawn = nodes.filter((node) => node.drawn);
    const before = drawn[0]?.session;
    const stays = before !== undefined && this.#stays(before, session, drawn);
    for (const node of nodes) node.session = session;
    if (stays) {
      for (const node of drawn) inPlace.add(node);
      return;
    }
    for (const node of drawn) lists.add(node.list);
    if (!this.#isShown(session)) return;
    for (const list of this.#listsFor(session)) lists.add(list);
    if (session.pinnedAt !== undefined || before?.pinnedAt !== undefined) {
      lists.add(this.#groups.get(PINNED_ID));
    }
  }

  #remove(id: string, lists: Set<TreeNode | undefined>): void {
    for (const node of this.#drawn.of(id)) if (node.drawn) lists.add(node.list);
    this.#drawn.remove(id);
  }

  /** True when the session's rows need not move, nor come or go anywhere. */
  #stays(before: Session, after: Session, drawn: readonly SessionNode[]): boolean {
    const same =
      before.parentId === after.parentId &&
      before.subagentOf === after.subagentOf &&
      before.pinnedAt === after.pinnedAt &&
      before.project.key === after.project.key &&
      this.#groupIds(before).join('\n') === this.#groupIds(after).join('\n');
    if (!same) return false;
    return before.updatedAt === after.updatedAt || drawn.every((node) => this.#isOnTop(node));
  }

  /** A session that goes on stays where it is, if nothing stands above it but what is pinned. */
  #isOnTop(node: SessionNode): boolean {
    const isPinned = node.session.pinnedAt !== undefined;
    const isFirst = this.#drawn
      .above(node)
      .every(({ session }) => session.pinnedAt !== undefined && !isPinned);
    if (!isFirst || !(node.list instanceof GroupNode)) return isFirst;
    // Projects are ordered by their last change.
    const projects = [...this.#groups.values()].filter(({ group }) => group.kind === 'project');
    return node.list.group.kind !== 'project' || projects[0] === node.list;
  }

  #isShown({ project }: Session): boolean {
    return !this.#arrangement.workspaceOnly || this.#around.isWorkspace(project.path);
  }

  /** Lists that hold the session now, those that are drawn; `undefined` for a group that is new. */
  #listsFor(session: Session): (TreeNode | undefined)[] {
    const groups = this.#groupIds(session).map((id) => this.#groups.get(id));
    const { parentId, subagentOf } = session;
    const above = [parentId, subagentOf].flatMap((id) =>
      id === undefined ? [] : this.#drawn.of(id),
    );
    return [...groups, ...above.filter((node) => node.drawn)];
  }

  async #listOf(session: Session): Promise<ListNode | undefined> {
    if (!this.#isShown(session)) return undefined;
    if (session.subagentOf !== undefined) {
      const trunk = await this.find(session.subagentOf);
      return trunk && this.#drawn.subagents(trunk);
    }
    if (session.parentId !== undefined) return this.find(session.parentId);
    return this.#groupIds(session)
      .map((id) => this.#groups.get(id))
      .find((group) => group !== undefined);
  }

  /** What the filter and the workspace choose. */
  #chosen(): SessionFilter {
    return {
      ...queryOfFilter(this.#arrangement.filter, this.#around.liveIds()),
      ...(this.#projects && { projects: this.#projects }),
    };
  }

  /** Roots only, with what hangs on them below; what is looked for is found wherever it is. */
  #level({ kind, key }: Pick<Group, 'kind' | 'key'>): SessionFilter {
    const anywhere = this.isFiltered || kind === 'pinned' || (kind === 'tag' && key !== '');
    return anywhere ? {} : { parentId: null };
  }

  async #readGroups(): Promise<void> {
    const { by, workspaceOnly, filter } = this.#arrangement;
    if (workspaceOnly) {
      const projects = await this.#store.listProjects();
      this.#projects = projects
        .filter(({ path }) => this.#around.isWorkspace(path))
        .map(({ key }) => key);
    } else this.#projects = undefined;
    const chosen = this.#chosen();
    const dates = by === 'date' ? this.#dates() : [];
    const [found, pinned] = await Promise.all([
      this.#store.listGroups({
        ...chosen,
        ...(!this.isFiltered && { parentId: null }),
        by,
        ...(by === 'date' && { starts: dates.map(({ start }) => start) }),
      }),
      filter.pinned === true
        ? undefined
        : this.#store.listSessions({ ...chosen, pinned: true, limit: 1 }),
    ]);
    // A session with two tags is found by each of them, and looked for by one.
    const wanted = found.filter(
      ({ key }) => by !== 'tag' || filter.tag === undefined || key === filter.tag,
    );
    const groups = wanted.map((group) => groupOf(by, group, dates));
    const ordered = groups
      .map((group) => this.#groupNode(group))
      .sort(
        (a, b) =>
          Number(b.isWorkspace) - Number(a.isWorkspace) ||
          (b.group.updatedAt ?? 0) - (a.group.updatedAt ?? 0),
      );
    const count = pinned?.total ?? 0;
    const first = count === 0 ? [] : [this.#groupNode({ ...PINNED, count })];
    const nodes = [...first, ...ordered];
    for (const node of this.#groups.values()) if (!nodes.includes(node)) this.#drawn.forget(node);
    this.#groups = new Map(nodes.map((node) => [idOfGroup(node.group), node]));
  }

  #groupNode(group: Group): GroupNode {
    const known = this.#groups.get(idOfGroup(group));
    if (known) known.group = group;
    const isWorkspace = group.kind === 'project' && this.#around.isWorkspace(group.path ?? '');
    return known ?? new GroupNode(group, isWorkspace, this.isFiltered);
  }

  async #page(list: ListNode, source: PageSource): Promise<readonly TreeNode[]> {
    const wanted = this.#drawn.limit(list);
    const sessions: Session[] = [];
    let total = 0;
    do {
      const limit = Math.min(wanted - sessions.length, MOST_PER_REQUEST);
      const page = await source(sessions.length, limit);
      total = page.total;
      if (page.sessions.length === 0) break;
      sessions.push(...page.sessions);
    } while (sessions.length < Math.min(wanted, total));
    return this.#drawn.show(list, sessions, total, this.isFiltered);
  }

  #groupIds(session: Session): readonly string[] {
    return groupIdsOf(session, this.#arrangement.by, () => this.#dates());
  }

  #dates(): readonly DateGroup[] {
    return dateGroups(this.#around.now(), this.#around.firstDay);
  }
}

function isPinnedList(list: ListNode): boolean {
  return list instanceof GroupNode && list.group.kind === 'pinned';
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
