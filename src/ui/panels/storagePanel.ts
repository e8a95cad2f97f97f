/**
 * The storage panel: how the store is, drawn again when it changed, and the way to its commands.
 * A hidden webview is gone and asks again when it comes back, so it is told nothing then.
 */
import { l10n, ViewColumn, window, type WebviewPanel } from 'vscode';
import type { StoreTask, TaskKind } from '../../core/storage.ts';
import { Channel, type Handlers } from '../../protocol/channel.ts';
import {
  storageHostSchemas,
  type StorageAction,
  type StorageHost,
  type StorageList,
  type StorageState,
  type StorageView,
} from '../../protocol/panels.ts';
import { PanelTypes } from '../contributions.ts';
import { disposeAll, type Disposable } from '../disposable.ts';
import type { HostServices } from '../services.ts';
import { onOneLine } from '../tree/treeItems.ts';
import type { UndoStack } from '../undo.ts';
import type { PageUpdates } from './pageUpdates.ts';
import { openPage } from './panelPage.ts';
import { panelStrings } from './panelStrings.ts';
import { webviewOptions } from './webviewHtml.ts';

/** Changes are gathered: planning the moves of thousands of sessions is not free. */
const GATHER_MS = 800;
/** Accesses per hour fade and the queue pauses without an event. */
const REFRESH_MS = 15_000;
/** A refresh may take this part of the time at most: planning goes through all sessions. */
const SHARE = 0.1;
const FEW_MOVES = 500;
/** Of lists that could be as long as the store is large. */
const MOST_SHOWN = 2_000;

/** What the panel can have done; none of it is waited for, since it may ask the person. */
export interface StorageActions {
  run(action: StorageAction): void;
  moveNow(sessionIds: readonly string[]): void;
  keep(sessionIds: readonly string[]): void;
  restore(sessionIds: readonly string[]): void;
  purge(sessionIds: readonly string[]): void;
  openSession(sessionId: string): Promise<void>;
}

export class StoragePanel implements Disposable {
  readonly #services: HostServices;
  readonly #actions: StorageActions;
  readonly #undo: UndoStack;
  readonly #channel: Channel<StorageHost, StorageView>;
  readonly #page: PageUpdates<StorageState>;
  readonly #disposables: Disposable[];
  readonly #tasks = new Map<TaskKind, StoreTask>();
  readonly panel: WebviewPanel;
  #show: StorageList | undefined;

  constructor(
    services: HostServices,
    undo: UndoStack,
    actions: StorageActions,
    panel: WebviewPanel,
    show?: StorageList,
  ) {
    this.#services = services;
    this.#actions = actions;
    this.#undo = undo;
    this.panel = panel;
    this.#show = show;
    this.#channel = new Channel<StorageHost, StorageView>(
      (message) => void panel.webview.postMessage(message),
      this.#handlers(),
      storageHostSchemas,
      120_000,
    );
    const { store, server } = services;
    const { updates, disposables } = openPage(services, panel, {
      ...{ page: 'storage', gatherMs: GATHER_MS, share: SHARE },
      channel: this.#channel,
      readState: () => this.#state(),
    });
    this.#page = updates;
    const clock = setInterval(() => this.#page.refreshSoon(), REFRESH_MS);
    this.#disposables = [
      ...disposables,
      // Whatever ran there ended with it.
      server.onDidRestart(() => this.#tasks.clear()),
      undo.onDidChange(() => this.#page.refreshSoon()),
      {
        dispose: store.onDidChange((event) => {
          if (event.type === 'task') this.#takeTask(event.task);
          else if (event.type !== 'import') this.#page.refreshSoon();
        }),
      },
      { dispose: () => clearInterval(clock) },
    ];
  }

  static create(
    services: HostServices,
    undo: UndoStack,
    actions: StorageActions,
    show: StorageList | undefined,
  ): StoragePanel {
    const panel = window.createWebviewPanel(
      PanelTypes.storage,
      l10n.t('Storage'),
      ViewColumn.Active,
      { ...webviewOptions(services.context.extensionUri), enableFindWidget: true },
    );
    return new StoragePanel(services, undo, actions, panel, show);
  }

  /** Brings the panel to the front, and a list of it. */
  reveal(list: StorageList | undefined): void {
    this.panel.reveal();
    if (list === undefined) return;
    if (this.#page.isLoaded) void this.#page.tell(() => this.#channel.request('show', { list }));
    else this.#show = list;
  }

  dispose(): void {
    disposeAll(this.#disposables);
    this.panel.dispose();
  }

  #handlers(): Handlers<StorageHost> {
    const { store } = this.#services;
    const actions = this.#actions;
    const begin = (run: () => void): null => {
      run();
      return null;
    };
    return {
      ready: () => this.#page.state(),
      readMoves: async ({ limit }) => ({
        moves: (await store.getMigrationHistory(limit)).map(titled),
      }),
      openSession: async ({ sessionId }) => {
        await actions.openSession(sessionId);
        return null;
      },
      run: ({ action }) => begin(() => actions.run(action)),
      moveNow: ({ sessionIds }) => begin(() => actions.moveNow(sessionIds)),
      keep: ({ sessionIds }) => begin(() => actions.keep(sessionIds)),
      restore: ({ sessionIds }) => begin(() => actions.restore(sessionIds)),
      purge: ({ sessionIds }) => begin(() => actions.purge(sessionIds)),
      cancelTask: async ({ kind }) => {
        await store.cancelTask(kind);
        return null;
      },
    };
  }

  async #state(): Promise<StorageState> {
    const { store } = this.#services;
    const [statistics, planned, trash, moves, status] = await Promise.all([
      store.getTierStatistics(),
      store.planMoves({}),
      store.listTrash(),
      store.getMigrationHistory(FEW_MOVES),
      store.getStatus(),
    ]);
    const show = this.#show;
    this.#show = undefined;
    return {
      statistics,
      planned: planned.slice(0, MOST_SHOWN).map(onOneLine),
      plannedCount: planned.length,
      trash: trash
        .slice(0, MOST_SHOWN)
        .map((entry) => ({ ...entry, session: onOneLine(entry.session) })),
      moves: moves.map(titled),
      tasks: [...this.#tasks.values()],
      canWrite: status.role !== 'read-only',
      canUndo: this.#undo.canUndo,
      notice: status.notice ?? null,
      ...(show && { show }),
      strings: panelStrings(),
    };
  }

  #takeTask(task: StoreTask): void {
    if (task.state === 'running') this.#tasks.set(task.kind, task);
    else {
      this.#tasks.delete(task.kind);
      this.#page.refreshSoon();
    }
    void this.#page.tell(() => this.#channel.request('task', { task }));
  }
}

/** A removed session has no title to make safe. */
function titled<T extends { readonly title?: string }>(move: T): T {
  return move.title === undefined ? move : onOneLine({ ...move, title: move.title });
}
