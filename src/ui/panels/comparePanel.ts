/** Branches side by side in a panel; drawn again when one of them, or what is thought of it, changed. */
import { commands, l10n, ViewColumn, window, workspace, type WebviewPanel } from 'vscode';
import { disposeAll, type Disposable } from '../disposable.ts';
import { messageOf, MultipathError } from '../../core/errors.ts';
import { rankBranches } from '../../core/judge.ts';
import { Channel } from '../../protocol/channel.ts';
import {
  compareHostSchemas,
  type CompareHost,
  type CompareState,
  type CompareView,
} from '../../protocol/panels.ts';
import { Commands, PanelTypes, Settings } from '../contributions.ts';
import { judgementUri } from '../documents.ts';
import { formatNumber } from '../format.ts';
import { judgementText } from '../judgementText.ts';
import { readScoreWeights } from '../scoreWeights.ts';
import type { HostServices } from '../services.ts';
import { plain } from '../text.ts';
import { onOneLine, tabTitle, titleOf } from '../tree/treeItems.ts';
import { openFileOfBranch } from './branchFiles.ts';
import { mergeOneOf, openFilesOfTwo, openPairOfRow } from './comparedBranches.ts';
import { exportMarkdown } from './exportText.ts';
import { commonAnswers } from './commonAnswers.ts';
import { openPage } from './panelPage.ts';
import { panelStrings } from './panelStrings.ts';
import type { PageUpdates } from './pageUpdates.ts';
import type { PanelActions } from './transcriptPanel.ts';
import { webviewOptions } from './webviewHtml.ts';

/** Branches named in a tab's title; the others are counted. */
const NAMED = 2;
/** A session that is being written changes every few seconds; aligning it again is not free. */
const GATHER_MS = 500;
/** A refresh may take this part of the time at most. */
const SHARE = 0.2;

export class ComparePanel implements Disposable {
  readonly #services: HostServices;
  readonly #actions: PanelActions;
  readonly #page: PageUpdates<CompareState>;
  readonly #disposables: Disposable[];
  readonly panel: WebviewPanel;
  readonly sessionIds: readonly string[];
  /** The judgement on show. */
  #judgementId: string | undefined;

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
    const { updates, disposables } = openPage(services, panel, {
      ...{ page: 'compare', gatherMs: GATHER_MS, share: SHARE },
      channel: this.#connect(),
      readState: () => this.#state(),
    });
    this.#page = updates;
    this.#disposables = [
      ...disposables,
      {
        dispose: services.store.onDidChange((event) => {
          if (event.type !== 'sessions') return;
          const touched = [...event.changed, ...event.removed];
          if (event.all === true || sessionIds.some((id) => touched.includes(id))) {
            this.#page.refreshSoon();
          }
        }),
      },
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(Settings.scoreWeights)) this.#page.refreshSoon();
      }),
    ];
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
    disposeAll(this.#disposables);
    this.panel.dispose();
  }

  #connect(): Channel<CompareHost, CompareView> {
    const { store } = this.#services;
    return new Channel<CompareHost, CompareView>(
      (message) => void this.panel.webview.postMessage(message),
      {
        ready: () => this.#page.state(),
        readRows: async ({ reference, ...range }) => ({
          rows: await store.readComparisonRows(this.sessionIds, range, this.#refer(reference)),
        }),
        openDiff: async ({ row, ...wanted }) => {
          const range = { start: row, end: row + 1 };
          const [found] = await store.readComparisonRows(this.sessionIds, range);
          if (found) this.#apart(() => openPairOfRow(store, this.sessionIds, found, wanted));
          return null;
        },
        openFiles: () => {
          this.#apart(() => openFilesOfTwo(this.#services, this.sessionIds));
          return null;
        },
        openFile: async ({ branch, path }) => {
          const comparison = await store.compareSessions(this.sessionIds);
          const summary = comparison.branches[branch];
          if (summary) await openFileOfBranch(this.#services, summary, path, comparison);
          return null;
        },
        rate: ({ branch, rating }) => {
          const sessionId = this.sessionIds[branch];
          this.#apart(() =>
            commands.executeCommand(Commands.rateSession, { sessionId }, rating ?? 'none'),
          );
          return null;
        },
        merge: () => {
          this.#apart(() => mergeOneOf(store, this.sessionIds));
          return null;
        },
        openWeights: async () => {
          await commands.executeCommand('workbench.action.openSettings', Settings.scoreWeights);
          return null;
        },
        openJudgement: async () => {
          const uri =
            this.#judgementId && judgementUri(this.#judgementId, this.sessionIds[0] ?? '');
          if (uri) await window.showTextDocument(uri, { preview: true });
          return null;
        },
        exportText: ({ text }) => {
          this.#apart(() => exportMarkdown(this.panel.title, text));
          return null;
        },
        openSession: async (target) => {
          if (target.message === undefined) {
            await this.#actions.openSession(target.sessionId, target.reveal);
          } else await this.#actions.openMessage(target.sessionId, target.message);
          return null;
        },
        ...commonAnswers,
      },
      compareHostSchemas,
      // Two long branches are aligned before the first answer.
      120_000,
    );
  }

  async #state(): Promise<CompareState> {
    const { store } = this.#services;
    const [{ comparison, scores, bestFork, judgement }, status, ...found] = await Promise.all([
      store.compareForkResults(this.sessionIds, { weights: readScoreWeights() }),
      store.getStatus(),
      ...this.sessionIds.map((id) => store.getSession(id)),
    ]);
    const sessions = found.filter((session) => session !== undefined);
    if (sessions.length !== this.sessionIds.length) {
      throw new MultipathError(
        'not-found',
        l10n.t('One of the sessions is no longer in the store.'),
      );
    }
    const titles = sessions.slice(0, NAMED).map((session) => tabTitle(session, 30));
    const others = sessions.length - titles.length;
    this.panel.title = `${titles.join(' ↔ ')}${others > 0 ? ` +${formatNumber(others)}` : ''}`;
    this.#judgementId = judgement?.id;
    const { ancestorId } = comparison;
    // One that lies in the trash has no title to show; the branches are named all the same.
    const ancestor = ancestorId === undefined ? undefined : await store.getSession(ancestorId);
    return {
      sessions: sessions.map(onOneLine),
      comparison: { ...comparison, branches: comparison.branches.map(onOneLine) },
      ...(ancestor && { ancestorTitle: titleOf(ancestor) }),
      scores,
      bestFork,
      ...(judgement && {
        judgement: {
          model: plain(judgement.model.name, 60),
          branches: rankBranches(judgement),
          text: judgementText(judgement, new Map(sessions.map((one) => [one.id, titleOf(one)])), 2),
        },
      }),
      canWrite: status.role !== 'read-only',
      strings: panelStrings(),
    };
  }

  #refer(place: number): { readonly reference?: string } {
    const reference = this.sessionIds[place];
    return reference === undefined ? {} : { reference };
  }

  /** What asks the person may take longer than a request may: it is not waited for. */
  #apart(run: () => Thenable<unknown>): void {
    run().then(undefined, (error: unknown) => {
      void window.showErrorMessage(plain(messageOf(error), 300));
    });
  }
}
