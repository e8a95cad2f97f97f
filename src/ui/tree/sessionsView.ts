/**
 * The sessions view: draws the model, follows the store's events in bursts, and keeps what the
 * person expanded and selected.
 */
import {
  EventEmitter,
  l10n,
  window,
  workspace,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
} from 'vscode';
import { disposeAll, type Disposable } from '../disposable.ts';
import { messageOf } from '../../core/errors.ts';
import type { Session } from '../../core/session.ts';
import { Views } from '../contributions.ts';
import type { HostServices } from '../services.ts';
import { oneLine } from '../text.ts';
import { setContextKey } from '../vscodeApi.ts';
import { SessionNode, type MoreNode, type TreeNode } from './nodes.ts';
import { gather, SessionTreeModel, type SessionChanges } from './sessionTreeModel.ts';
import { sessionTooltip, treeItem } from './treeItems.ts';
import { isWorkspacePath } from './workspacePath.ts';

/** How long changes are gathered before the view draws again. */
const GATHER_MS = 150;
/**
 * The least time between two draws: an import brings changes all the time, and VS Code puts a
 * refresh off for as long as the next one comes within 200 ms.
 */
const PAUSE_MS = 1000;

export class SessionsView implements TreeDataProvider<TreeNode>, Disposable {
  readonly #services: HostServices;
  readonly #model: SessionTreeModel;
  readonly #changed = new EventEmitter<TreeNode | undefined>();
  readonly #disposables: Disposable[] = [];
  readonly view: TreeView<TreeNode>;
  readonly onDidChangeTreeData = this.#changed.event;
  #gathered: SessionChanges | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expandedProject: string | undefined;
  #notice: string | undefined;
  #hasRoots = false;
  #drawnAt = 0;

  constructor(services: HostServices) {
    this.#services = services;
    this.#model = new SessionTreeModel(services.store, (path) =>
      isWorkspacePath(
        path,
        (workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
        process.platform,
      ),
    );
    this.view = window.createTreeView(Views.sessions, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#disposables.push(
      this.view,
      this.#changed,
      this.view.onDidChangeSelection(
        () => void setContextKey('multipath.twoSelected', this.selectedSessions.length === 2),
      ),
      workspace.onDidChangeWorkspaceFolders(() => this.refreshAll()),
      services.server.onDidRestart(() => this.refreshAll()),
      {
        dispose: services.store.onDidChange((event) => this.#gather(gather(this.#gathered, event))),
      },
      { dispose: () => clearTimeout(this.#timer) },
    );
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    try {
      if (node) return [...(await this.#model.children(node))];
      const roots = await this.#model.roots();
      this.#expandedProject = roots[0]?.id;
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
    return treeItem(node, Date.now(), node.id === this.#expandedProject, this.#model.filter);
  }

  resolveTreeItem(item: TreeItem, node: TreeNode): TreeItem {
    if (node instanceof SessionNode) item.tooltip = sessionTooltip(node.session, Date.now());
    return item;
  }

  getParent(node: TreeNode): Promise<TreeNode | undefined> {
    return this.#model.parent(node);
  }

  refreshAll(): void {
    this.#gather({ changed: new Set(), removed: new Set(), all: true });
  }

  showMore(node: MoreNode): void {
    this.#changed.fire(this.#model.showMore(node));
  }

  get filter(): string | undefined {
    return this.#model.filter;
  }

  setFilter(text: string | undefined): void {
    this.#model.setFilter(text);
    void setContextKey('multipath.filtered', text !== undefined);
    this.#changed.fire(undefined);
  }

  get selectedSessions(): readonly string[] {
    return this.view.selection.flatMap((node) =>
      node instanceof SessionNode ? [node.session.id] : [],
    );
  }

  /** Selects a session where the tree is in sight, drawing it first if it is new. */
  async reveal(session: Pick<Session, 'id' | 'parentId'>): Promise<void> {
    if (!this.view.visible || this.#model.filter !== undefined) return;
    const { id, parentId } = session;
    const changed = new Set(parentId === undefined ? [id] : [parentId, id]);
    await this.#draw({ changed, removed: new Set(), all: false });
    try {
      const node = await this.#model.find(id);
      if (node) await this.view.reveal(node);
    } catch (error) {
      // The person scrolled it away or closed the view meanwhile; nothing depends on it.
      this.#services.log.debug(`Sessions view: ${messageOf(error)}`);
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

  /** A view with a message does not show what it says when it is empty: then the filter is silent. */
  #showMessage(): void {
    const text = this.#model.filter;
    const found = text !== undefined && this.#hasRoots;
    this.view.message = [
      ...(this.#notice === undefined ? [] : [this.#notice]),
      ...(found ? [l10n.t('Titles with “{0}”', oneLine(text, 60))] : []),
    ].join('\n');
  }

  #gather(changes: SessionChanges | undefined): void {
    if (changes === undefined) return;
    this.#gathered = changes;
    const earliest = this.#drawnAt + PAUSE_MS - Date.now();
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#drawnAt = Date.now();
        const gathered = this.#gathered;
        this.#gathered = undefined;
        if (gathered) void this.#draw(gathered);
      },
      Math.max(GATHER_MS, earliest),
    );
  }

  async #draw(changes: SessionChanges): Promise<void> {
    try {
      for (const node of await this.#model.refresh(changes)) this.#changed.fire(node);
    } catch (error) {
      this.#services.log.warn(`Sessions view: ${messageOf(error)}`);
    }
  }
}
