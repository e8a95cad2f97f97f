/**
 * The sessions view: draws the model, follows the store's events in bursts, and keeps what the
 * person expanded and selected.
 */
import {
  env,
  EventEmitter,
  window,
  workspace,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
} from 'vscode';
import { MOST_BRANCHES } from '../../core/comparison.ts';
import { disposeAll, type Disposable } from '../disposable.ts';
import { messageOf } from '../../core/errors.ts';
import type { Session } from '../../core/session.ts';
import type { StoreEvent } from '../../core/sessionStore.ts';
import { Views } from '../contributions.ts';
import { describeRun } from '../explore/runText.ts';
import type { HostServices } from '../services.ts';
import { setContextKey } from '../vscodeApi.ts';
import {
  isFiltered,
  isSameArrangement,
  parseArrangement,
  type Arrangement,
} from './arrangement.ts';
import { describeFilter, viewTitle } from './arrangementText.ts';
import { nextMidnight } from './dateGroups.ts';
import { TreeDragAndDrop } from './dragAndDrop.ts';
import { FamilyMarks } from './familyMarks.ts';
import { LiveSessions } from './liveSessions.ts';
import { SessionNode, type GroupNode, type MoreNode, type TreeNode } from './nodes.ts';
import { gather, SessionTreeModel, type SessionChanges } from './sessionTreeModel.ts';
import { sessionTooltip } from './sessionTooltip.ts';
import { treeItem } from './treeItems.ts';
import { TreePainter } from './treePainter.ts';
import { firstDayOfWeek } from './weeks.ts';
import { groupsToUnfold } from './unfolding.ts';
import { isWorkspacePath } from './workspacePath.ts';

const EVERYTHING: SessionChanges = { changed: new Set(), removed: new Set(), all: true };
/** Where the workspace remembers how its tree is arranged. */
const MEMENTO = 'multipath.tree';

export class SessionsView implements TreeDataProvider<TreeNode>, Disposable {
  readonly #services: HostServices;
  readonly #model: SessionTreeModel;
  readonly #marks: FamilyMarks;
  readonly #painter: TreePainter;
  readonly #changed = new EventEmitter<TreeNode | TreeNode[] | undefined>();
  readonly #liveChanged = new EventEmitter<void>();
  readonly #disposables: Disposable[] = [];
  readonly view: TreeView<TreeNode>;
  readonly dragAndDrop = new TreeDragAndDrop();
  readonly live: LiveSessions;
  readonly onDidChangeTreeData = this.#changed.event;
  /** Fired when a session begins or ends to run here. */
  readonly onDidChangeLive = this.#liveChanged.event;
  #midnight: ReturnType<typeof setTimeout> | undefined;
  #expanded: ReadonlySet<GroupNode> = new Set();
  /** What the rows of forks say of their runs. */
  readonly #runs = new Map<string, string>();
  #notice: string | undefined;
  #hasRoots = false;
  #isImporting = false;
  #areSeveral: boolean | undefined;
  #selectionTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(services: HostServices) {
    this.#services = services;
    const isWorkspace = (path: string): boolean =>
      isWorkspacePath(
        path,
        (workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
        process.platform,
      );
    this.live = new LiveSessions({
      store: services.store,
      isWorkspace,
      now: Date.now,
      onChange: (ids) => this.#showLive(ids),
      onProblem: (error) => services.log.debug(`Running sessions: ${messageOf(error)}`),
    });
    this.#model = new SessionTreeModel(services.store, {
      isWorkspace,
      liveIds: () => this.live.sessions.map(({ id }) => id),
      now: Date.now,
      firstDay: firstDayOfWeek(env.language),
    });
    this.#marks = new FamilyMarks(services.store);
    this.#model.arrange(parseArrangement(services.context.workspaceState.get(MEMENTO)));
    this.view = window.createTreeView(Views.sessions, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
      dragAndDropController: this.dragAndDrop,
    });
    this.#painter = new TreePainter({
      model: this.#model,
      marks: this.#marks,
      read: (node) => this.#read(node),
      item: (node) => this.#item(node),
      fire: (nodes) => this.#changed.fire(nodes),
      isImporting: () => this.#isImporting,
      isEmpty: () => !this.#hasRoots,
      warn: (message) => services.log.warn(`Sessions view: ${message}`),
    });
    const touched = (): void => this.#painter.touched();
    this.#disposables.push(
      this.view,
      this.#painter,
      this.#changed,
      this.#liveChanged,
      this.live,
      this.view.onDidChangeSelection(() => {
        touched();
        this.#showSelection();
      }),
      this.view.onDidExpandElement(touched),
      this.view.onDidCollapseElement(touched),
      workspace.onDidChangeWorkspaceFolders(() => {
        this.refreshAll();
        this.live.changed();
      }),
      services.server.onDidRestart(() => this.refreshAll()),
      services.server.onDidChangeState((state) => {
        if (state === 'running') this.live.changed();
      }),
      { dispose: services.store.onDidChange((event) => this.#follow(event)) },
      services.runs.onDidChange((ids) => this.#showRuns(ids)),
      {
        dispose: () => {
          clearTimeout(this.#midnight);
          clearTimeout(this.#selectionTimer);
        },
      },
    );
    this.#showArrangement();
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    try {
      if (node) return [...(this.#painter.rows.take(node) ?? (await this.#read(node)))];
      const roots = await this.#model.roots();
      this.#expanded = groupsToUnfold(roots, this.#expanded, this.#model.isFiltered);
      this.#hasRoots = roots.length > 0;
      this.#showMessage();
      return [...roots];
    } catch (error) {
      // The view's own messages say that the store is away; a failed level draws again by itself.
      this.#services.log.warn(`Sessions view: ${messageOf(error)}`);
      return [];
    }
  }

  getTreeItem(node: TreeNode): TreeItem {
    const item = this.#item(node);
    this.#painter.rows.drawn(node, item);
    this.#selectionTimer ??= setTimeout(() => this.#showSelection());
    return item;
  }

  resolveTreeItem(item: TreeItem, node: TreeNode): TreeItem {
    if (node instanceof SessionNode) {
      const isLive = this.live.isLive(node.session.id);
      item.tooltip = sessionTooltip(node.session, { now: Date.now(), isLive });
    }
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.#model.parent(node);
  }

  refreshAll(): void {
    this.#painter.gather(EVERYTHING);
  }

  showMore(node: MoreNode): void {
    const list = this.#model.showMore(node);
    this.#painter.rows.take(list);
    this.#changed.fire(list);
  }

  get arrangement(): Arrangement {
    return this.#model.arrangement;
  }

  /** Groups and filters as given, what is left out as it is; remembered, but for the filter. */
  arrange(change: Partial<Arrangement>): void {
    const arrangement = { ...this.#model.arrangement, ...change };
    if (isSameArrangement(arrangement, this.#model.arrangement)) return;
    this.#model.arrange(arrangement);
    this.#showArrangement();
    const { by, workspaceOnly } = arrangement;
    void this.#services.context.workspaceState.update(MEMENTO, { by, workspaceOnly });
    this.#painter.everything();
  }

  get selectedSessions(): readonly string[] {
    const ids = this.view.selection.flatMap((node) =>
      node instanceof SessionNode ? [node.session.id] : [],
    );
    // The same session may be selected in two groups.
    return [...new Set(ids)];
  }

  /**
   * Selects a session where the tree is in sight, drawing it first if it is new. Returns false where
   * it cannot be shown there.
   */
  async reveal(session: Pick<Session, 'id' | 'parentId'>, focus = false): Promise<boolean> {
    if (!this.view.visible || this.#model.isFiltered) return false;
    const { id, parentId } = session;
    const changed = new Set(parentId === undefined ? [id] : [parentId, id]);
    await this.#painter.draw({ changed, removed: new Set(), all: false });
    await this.#painter.move();
    try {
      const node = await this.#model.find(id);
      if (!node) return false;
      await this.view.reveal(node, { select: true, focus });
      return true;
    } catch (error) {
      // The person scrolled it away or closed the view meanwhile; nothing depends on it.
      this.#services.log.debug(`Sessions view: ${messageOf(error)}`);
      return false;
    }
  }

  dispose(): void {
    disposeAll(this.#disposables);
  }

  /** Says over the sessions why the store is read-only or degraded. */
  setNotice(notice: string | undefined): void {
    this.#notice = notice;
    this.#showMessage();
  }

  #follow(event: StoreEvent): void {
    if (event.type === 'import') {
      this.#isImporting = event.progress.state === 'running';
      if (!this.#isImporting) this.#painter.moveSoon();
    }
    if (event.type !== 'sessions') return;
    this.live.changed();
    this.#painter.gather(gather(this.#painter.gathered, event));
  }

  /** Reads what became of the branches below a session; a tree without these marks is one, too. */
  async #mark(node: TreeNode): Promise<void> {
    if (!(node instanceof SessionNode) || node.flat || node.session.forkCount === 0) return;
    try {
      this.#showMarks(await this.#marks.load(node.session.id), node);
    } catch (error) {
      this.#services.log.debug(`Sessions view: ${messageOf(error)}`);
    }
  }

  /** Draws the rows again whose marks are others now; those below `unfolding` are drawn anyway. */
  #showMarks(ids: readonly string[], unfolding?: TreeNode): void {
    this.#painter.redraw(this.#model.nodesOf(ids).filter((node) => node.list !== unfolding));
  }

  async #read(node: TreeNode): Promise<readonly TreeNode[]> {
    const [rows] = await Promise.all([this.#model.children(node), this.#mark(node)]);
    this.#painter.rows.read(node, rows);
    return rows;
  }

  #item(node: TreeNode): TreeItem {
    return treeItem(node, {
      now: Date.now(),
      isExpanded: (group) => this.#expanded.has(group),
      arrangement: this.#model.arrangement,
      isLive: (id) => this.live.isLive(id),
      runOf: (session) => this.#services.runs.ofSession(session),
      markOf: (id) => this.#marks.of(id),
    });
  }

  /** Of a row that is being drawn VS Code does not know what it stands for: so it is asked again. */
  #showSelection(): void {
    clearTimeout(this.#selectionTimer);
    this.#selectionTimer = undefined;
    const { length } = this.selectedSessions;
    const areSeveral = length >= 2 && length <= MOST_BRANCHES;
    if (areSeveral === this.#areSeveral) return;
    this.#areSeveral = areSeveral;
    void setContextKey('multipath.severalSelected', areSeveral);
  }

  #showLive(ids: readonly string[]): void {
    void setContextKey('multipath.running', this.live.sessions.length > 0);
    this.#liveChanged.fire();
    if (this.#model.arrangement.filter.live === true) this.refreshAll();
    else this.#painter.redraw(this.#model.nodesOf(ids));
  }

  /** Text comes in pieces; what a row says of its run does not change with each of them. */
  #showRuns(ids: readonly string[]): void {
    const changed = ids.filter((id) => {
      const run = this.#services.runs.of(id);
      const said = run && `${describeRun(run)} ${run.id}`;
      if (said === undefined || this.#runs.get(id) === said) return false;
      this.#runs.set(id, said);
      return true;
    });
    this.#painter.redraw(this.#model.nodesOf(changed));
  }

  #showArrangement(): void {
    const { arrangement } = this.#model;
    this.view.title = viewTitle(arrangement);
    void setContextKey('multipath.filtered', isFiltered(arrangement.filter));
    void setContextKey('multipath.workspaceOnly', arrangement.workspaceOnly);
    clearTimeout(this.#midnight);
    if (arrangement.by !== 'date') return;
    const tomorrow = nextMidnight(Date.now()) - Date.now();
    this.#midnight = setTimeout(() => {
      this.refreshAll();
      this.#showArrangement();
    }, tomorrow);
  }

  /** A view with a message does not show what it says when it is empty: then the filter is silent. */
  #showMessage(): void {
    const filter = this.#hasRoots ? describeFilter(this.#model.arrangement.filter) : undefined;
    this.view.message = [this.#notice, filter].filter((part) => part !== undefined).join('\n');
  }
}
