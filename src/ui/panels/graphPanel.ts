/**
 * The graph of a family in a panel: asked from the store in one answer, and again when anything
 * changed. A hidden webview is gone and asks again when it comes back, so it is told nothing then.
 */
import { l10n, ViewColumn, window, type WebviewPanel } from 'vscode';
import type { StoreEvent } from '../../core/sessionStore.ts';
import { Channel } from '../../protocol/channel.ts';
import {
  graphHostSchemas,
  type GraphHost,
  type GraphState,
  type GraphView,
} from '../../protocol/panels.ts';
import { PanelTypes } from '../contributions.ts';
import { disposeAll, type Disposable } from '../disposable.ts';
import type { HostServices } from '../services.ts';
import { agentName } from '../tree/agentNames.ts';
import { onOneLine, titleOf } from '../tree/treeItems.ts';
import { oneLine } from '../text.ts';
import { commonAnswers } from './commonAnswers.ts';
import { serverAway, type PageUpdates } from './pageUpdates.ts';
import { openPage } from './panelPage.ts';
import { panelStrings } from './panelStrings.ts';
import { webviewOptions } from './webviewHtml.ts';

/** Sessions that are being written change all the time; a large family is not asked for as often. */
const GATHER_MS = 400;
/** A refresh may take this part of the time at most. */
const SHARE = 0.1;

/** What the panel can have done; none of it is waited for, since it may ask the person. */
export interface GraphActions {
  openSession(sessionId: string, reveal: number | undefined): Promise<void>;
  compare(sessionIds: readonly string[]): void;
  chooseBest(sessionIds: readonly string[]): void;
  /** Sessions where something is at work now. */
  running(): readonly string[];
  onDidChangeRunning(listener: () => void): Disposable;
}

export class GraphPanel implements Disposable {
  readonly #services: HostServices;
  readonly #actions: GraphActions;
  readonly #channel: Channel<GraphHost, GraphView>;
  readonly #page: PageUpdates<GraphState>;
  readonly #disposables: Disposable[];
  readonly panel: WebviewPanel;
  #sessionId: string;
  #members: ReadonlySet<string> = new Set();
  #showLedger: boolean;

  constructor(
    services: HostServices,
    actions: GraphActions,
    panel: WebviewPanel,
    sessionId: string,
    showLedger = false,
  ) {
    this.#services = services;
    this.#actions = actions;
    this.panel = panel;
    this.#sessionId = sessionId;
    this.#showLedger = showLedger;
    this.#channel = this.#connect();
    const { updates, disposables } = openPage(services, panel, {
      ...{ page: 'graph', gatherMs: GATHER_MS, share: SHARE },
      channel: this.#channel,
      readState: () => this.#state(),
    });
    this.#page = updates;
    this.#disposables = [
      ...disposables,
      actions.onDidChangeRunning(() => this.#page.refreshSoon()),
      { dispose: services.store.onDidChange((event) => this.#follow(event)) },
    ];
  }

  static create(
    services: HostServices,
    actions: GraphActions,
    sessionId: string,
    showLedger: boolean,
  ): GraphPanel {
    const panel = window.createWebviewPanel(
      PanelTypes.graph,
      l10n.t('Family Graph'),
      ViewColumn.Active,
      webviewOptions(services.context.extensionUri),
    );
    return new GraphPanel(services, actions, panel, sessionId, showLedger);
  }

  /** The session that the graph was opened for. */
  get sessionId(): string {
    return this.#sessionId;
  }

  /** True when the session is of the family that is shown. */
  holds(sessionId: string): boolean {
    return this.#members.has(sessionId) || this.#sessionId === sessionId;
  }

  /** Brings the panel to the front with another session of the family in it. */
  show(sessionId: string, showLedger: boolean): void {
    this.panel.reveal();
    this.#sessionId = sessionId;
    if (!this.#page.isLoaded) this.#showLedger ||= showLedger;
    else {
      if (showLedger) void this.#page.tell(() => this.#channel.request('showLedger', null));
      this.#page.refreshSoon();
    }
  }

  dispose(): void {
    disposeAll(this.#disposables);
    this.panel.dispose();
  }

  #connect(): Channel<GraphHost, GraphView> {
    const actions = this.#actions;
    return new Channel<GraphHost, GraphView>(
      (message) => void this.panel.webview.postMessage(message),
      {
        ready: async () => {
          const state = await this.#page.state();
          const showLedger = this.#showLedger;
          this.#showLedger = false;
          return { ...state, ...(showLedger && { showLedger }) };
        },
        openSession: async ({ sessionId, reveal }) => {
          await actions.openSession(sessionId, reveal);
          return null;
        },
        compare: ({ sessionIds }) => {
          actions.compare(sessionIds);
          return null;
        },
        copyText: commonAnswers.copyText,
        chooseBest: ({ sessionIds }) => {
          actions.chooseBest(sessionIds);
          return null;
        },
      },
      graphHostSchemas,
      60_000,
    );
  }

  async #state(): Promise<GraphState> {
    const { store, server } = this.#services;
    const [graph, runs] = await Promise.all([
      store.getFamilyGraph(this.#sessionId),
      store.getRuns({ live: true }),
    ]);
    // The page finds the sums of a whole family itself.
    const isCut = graph.branches.length < graph.total;
    const ledger = isCut ? await store.getFamilyLedger(this.#sessionId) : undefined;
    this.#members = new Set(graph.branches.map(({ id }) => id));
    const root = graph.branches[0];
    this.panel.title = l10n.t('Graph: {0}', oneLine(root ? titleOf(root) : '', 40));
    const agents = [...new Set(graph.branches.map(({ agent }) => agent))];
    return {
      sessionId: this.#sessionId,
      graph: { ...graph, branches: graph.branches.map(onOneLine) },
      ...(ledger && { ledger }),
      running: [...this.#actions.running(), ...runs.map((run) => run.sessionId)].filter((id) =>
        this.#members.has(id),
      ),
      agents: Object.fromEntries(agents.map((agent) => [agent, agentName(agent)])),
      notice: server.state === 'away' ? serverAway() : null,
      strings: panelStrings(),
    };
  }

  /**
   * A fork of one of the family may be new, so that nothing in the event is known; before the first
   * answer none of the family is.
   */
  #follow(event: StoreEvent): void {
    const isOfRuns = (ids: readonly string[]): boolean =>
      !this.#page.isLoaded || ids.some((id) => this.#members.has(id));
    const isOurs = event.type === 'sessions' || (event.type === 'runs' && isOfRuns(event.sessions));
    if (isOurs) this.#page.refreshSoon();
  }
}
