/** Two branches side by side in a panel; drawn again when one of them changed. */
import { commands, env, l10n, Uri, ViewColumn, window, type WebviewPanel } from 'vscode';
import { disposeAll, type Disposable } from '../disposable.ts';
import type { ComparisonRow } from '../../core/comparison.ts';
import { messageOf, MultipathError } from '../../core/errors.ts';
import { Channel } from '../../protocol/channel.ts';
import {
  compareHostSchemas,
  type CompareHost,
  type CompareState,
  type CompareView,
} from '../../protocol/panels.ts';
import { PanelTypes } from '../contributions.ts';
import { emptyUri, messageUri } from '../documents.ts';
import type { HostServices } from '../services.ts';
import { onOneLine, tabTitle, titleOf } from '../tree/treeItems.ts';
import { openLink } from './openLink.ts';
import { panelStrings } from './panelStrings.ts';
import type { PanelActions } from './transcriptPanel.ts';
import { webviewHtml, webviewOptions } from './webviewHtml.ts';

/** A session that is being written changes every few seconds; aligning it again is not free. */
const GATHER_MS = 500;

export class ComparePanel implements Disposable {
  readonly #services: HostServices;
  readonly #actions: PanelActions;
  readonly #channel: Channel<CompareHost, CompareView>;
  readonly #disposables: Disposable[];
  readonly panel: WebviewPanel;
  readonly sessionIds: readonly string[];
  #loaded = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    services: HostServices,
    actions: PanelActions,
    panel: WebviewPanel,
    sessionIds: readonly string[],
  ) {
    this.#services = services;
    this.#actions = actions;
    this.panel = panel;
    this.sessionIds = sessionIds;
    this.#channel = this.#connect();
    const { store, server, context } = services;
    this.#disposables = [
      panel.webview.onDidReceiveMessage((message) => void this.#channel.receive(message)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#loaded = false;
      }),
      server.onDidRestart(() => this.#refreshSoon()),
      server.onDidChangeState((state) => {
        if (state === 'away' || state === 'running') void this.#tellNotice(state === 'away');
      }),
      {
        dispose: store.onDidChange((event) => {
          if (event.type !== 'sessions') return;
          if (event.all === true || sessionIds.some((id) => event.changed.includes(id))) {
            this.#refreshSoon();
          }
        }),
      },
      { dispose: () => clearTimeout(this.#timer) },
    ];
    panel.iconPath = Uri.joinPath(context.extensionUri, 'media', 'compare.svg');
    panel.webview.options = webviewOptions(context.extensionUri);
    panel.webview.html = webviewHtml(panel.webview, context.extensionUri, 'compare');
  }

  static create(
    services: HostServices,
    actions: PanelActions,
    sessionIds: readonly string[],
  ): ComparePanel {
    const panel = window.createWebviewPanel(
      PanelTypes.compare,
      l10n.t('Comparison'),
      ViewColumn.Active,
      { ...webviewOptions(services.context.extensionUri), enableFindWidget: true },
    );
    return new ComparePanel(services, actions, panel, sessionIds);
  }

  dispose(): void {
    this.#channel.dispose();
    disposeAll(this.#disposables);
    this.panel.dispose();
  }

  #connect(): Channel<CompareHost, CompareView> {
    const { store } = this.#services;
    return new Channel<CompareHost, CompareView>(
      (message) => void this.panel.webview.postMessage(message),
      {
        ready: async () => {
          const state = await this.#state();
          this.#loaded = true;
          return state;
        },
        readRows: async (range) => ({
          rows: await store.readComparisonRows(this.sessionIds, range),
        }),
        openDiff: async ({ row }) => {
          const [found] = await store.readComparisonRows(this.sessionIds, {
            start: row,
            end: row + 1,
          });
          if (found) await this.#openDiff(found);
          return null;
        },
        openSession: async (target) => {
          if (target.message === undefined) {
            await this.#actions.openSession(target.sessionId, target.reveal);
          } else await this.#actions.openMessage(target.sessionId, target.message);
          return null;
        },
        openLink: ({ url }) => {
          // Not awaited: the answer to a dialog may take longer than a request may.
          void openLink(url);
          return null;
        },
        copyText: async ({ text }) => {
          await env.clipboard.writeText(text);
          return null;
        },
      },
      compareHostSchemas,
      // Two long branches are aligned before the first answer.
      120_000,
    );
  }

  async #state(): Promise<CompareState> {
    const { store } = this.#services;
    const [comparison, ...found] = await Promise.all([
      store.compareSessions(this.sessionIds),
      ...this.sessionIds.map((id) => store.getSession(id)),
    ]);
    const sessions = found.filter((session) => session !== undefined);
    if (sessions.length !== this.sessionIds.length) {
      throw new MultipathError(
        'not-found',
        l10n.t('One of the sessions is no longer in the store.'),
      );
    }
    this.panel.title = sessions.map((session) => tabTitle(session, 30)).join(' ↔ ');
    const { ancestorId } = comparison;
    // One that lies in the trash has no title to show; the branches are named all the same.
    const ancestor = ancestorId === undefined ? undefined : await store.getSession(ancestorId);
    return {
      sessions: sessions.map(onOneLine),
      comparison: { ...comparison, branches: comparison.branches.map(onOneLine) },
      ...(ancestor && { ancestorTitle: titleOf(ancestor) }),
      strings: panelStrings(),
    };
  }

  async #openDiff(row: ComparisonRow): Promise<void> {
    const [left, right] = row.cells;
    const message = left?.message ?? right?.message;
    if (!message) return;
    const uris = this.sessionIds.map((id, position) => {
      const cell = row.cells[position];
      return cell ? messageUri(id, cell.message, 'diff') : emptyUri();
    });
    await commands.executeCommand(
      'vscode.diff',
      ...uris.slice(0, 2),
      l10n.t('{0} · message {1}', this.panel.title, message.index + 1),
      { preview: true },
    );
  }

  #refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (!this.#loaded) return;
      void this.#tell(async () => {
        const state = await this.#state();
        await this.#channel.request('changed', { state });
      });
    }, GATHER_MS);
  }

  async #tellNotice(away: boolean): Promise<void> {
    if (!this.#loaded) return;
    const text = away ? l10n.t('The session server went away and is being restarted.') : null;
    await this.#tell(() => this.#channel.request('setNotice', { text }));
  }

  /** A page that is being torn down does not answer; that is no failure of the person's. */
  async #tell(request: () => Promise<unknown>): Promise<void> {
    try {
      await request();
    } catch (error) {
      this.#services.log.debug(`Compare panel: ${messageOf(error)}`);
    }
  }
}
