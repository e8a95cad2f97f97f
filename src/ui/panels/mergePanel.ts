/**
 * A merge before it is made, in a panel: what it would do is asked again when one of its sessions
 * changed, and nothing is written but by the person's word. What was merged here is taken back here,
 * or by Undo. A hidden webview is gone and asks again when it comes back.
 */
import { l10n, ViewColumn, window, type WebviewPanel } from 'vscode';
import { MultipathError } from '../../core/errors.ts';
import type { MergeMode, MergeResult } from '../../core/merge.ts';
import type { Session } from '../../core/session.ts';
import { Channel, type Handlers } from '../../protocol/channel.ts';
import {
  mergeHostSchemas,
  type MergeDone,
  type MergeHost,
  type MergeState,
  type MergeView,
} from '../../protocol/mergePanel.ts';
import { PanelTypes } from '../contributions.ts';
import { disposeAll, type Disposable } from '../disposable.ts';
import { messageUri } from '../documents.ts';
import { mergeTargets } from '../mergeTargets.ts';
import type { HostServices } from '../services.ts';
import { plain } from '../text.ts';
import { onOneLine, tabTitle, titleOf } from '../tree/treeItems.ts';
import type { UndoEntry, UndoStack } from '../undo.ts';
import { commonAnswers } from './commonAnswers.ts';
import type { PageUpdates } from './pageUpdates.ts';
import { openPage } from './panelPage.ts';
import { panelStrings } from './panelStrings.ts';
import type { SummaryWriter } from './summaryWriter.ts';
import type { PanelActions } from './transcriptPanel.ts';
import { webviewOptions } from './webviewHtml.ts';

/** Changes are gathered: a session that is being written changes every few seconds. */
const GATHER_MS = 500;
/** A refresh may take this part of the time at most: planning reads both branches. */
const SHARE = 0.2;

export interface MergePanelActions extends PanelActions {
  compare(sessionIds: readonly [string, string]): void;
  /** What both sides made of a file, in VS Code's diff. */
  compareFile(sides: readonly [Session, Session], path: string): Promise<void>;
}

interface Made {
  readonly mergeId: string;
  readonly done: Omit<MergeDone, 'stands'>;
  readonly entry: UndoEntry | undefined;
}

export class MergePanel implements Disposable {
  readonly #services: HostServices;
  readonly #undo: UndoStack;
  readonly #actions: MergePanelActions;
  readonly #writer: SummaryWriter;
  readonly #channel: Channel<MergeHost, MergeView>;
  readonly #page: PageUpdates<MergeState>;
  readonly #disposables: Disposable[];
  readonly panel: WebviewPanel;
  readonly sourceId: string;
  #targetId: string;
  /** The session that the messages go to, as the page was last told. */
  #baseId: string | undefined;
  #made: Made | undefined;

  constructor(
    services: HostServices,
    undo: UndoStack,
    actions: MergePanelActions,
    writer: SummaryWriter,
    panel: WebviewPanel,
    sides: { readonly sourceId: string; readonly targetId: string },
  ) {
    this.#services = services;
    this.#undo = undo;
    this.#actions = actions;
    this.#writer = writer;
    this.panel = panel;
    this.sourceId = sides.sourceId;
    this.#targetId = sides.targetId;
    this.#channel = new Channel<MergeHost, MergeView>(
      (message) => void panel.webview.postMessage(message),
      this.#handlers(),
      mergeHostSchemas,
      120_000,
    );
    const { updates, disposables } = openPage(services, panel, {
      ...{ page: 'merge', gatherMs: GATHER_MS, share: SHARE },
      channel: this.#channel,
      readState: () => this.#state(),
    });
    this.#page = updates;
    this.#disposables = [
      ...disposables,
      panel.onDidChangeViewState(() => {
        if (!panel.visible) writer.stop();
      }),
      undo.onDidChange(() => {
        if (this.#made) this.#page.refreshSoon();
      }),
      {
        dispose: services.store.onDidChange((event) => {
          if (event.type !== 'sessions') return;
          const sides = [this.sourceId, this.#targetId, this.#baseId];
          // Where the messages go is known with the first answer.
          if (
            !this.#page.isLoaded ||
            event.all === true ||
            [...event.changed, ...event.removed].some((id) => sides.includes(id))
          ) {
            this.#page.refreshSoon();
          }
        }),
      },
      writer,
    ];
  }

  static open(services: HostServices): WebviewPanel {
    return window.createWebviewPanel(PanelTypes.merge, l10n.t('Merge'), ViewColumn.Active, {
      ...webviewOptions(services.context.extensionUri),
      enableFindWidget: true,
    });
  }

  dispose(): void {
    disposeAll(this.#disposables);
    this.panel.dispose();
  }

  #handlers(): Handlers<MergeHost> {
    const { store } = this.#services;
    const done = (run: () => void): null => {
      run();
      return null;
    };
    return {
      ready: () => this.#page.state(),
      setTarget: async ({ targetId }) => {
        const [before, made] = [this.#targetId, this.#made];
        this.#targetId = targetId;
        this.#made = undefined;
        try {
          return await this.#page.state();
        } catch (error) {
          // The page goes on showing the one before: nothing may be merged into another.
          this.#targetId = before;
          this.#made = made;
          throw error;
        }
      },
      readSource: (range) => store.readMessages(this.sourceId, range),
      readBase: (range) => store.readMessages(this.#baseId ?? this.#targetId, range),
      summarise: async () => {
        const plan = await store.planMerge(this.#targetId, this.sourceId, { mode: 'summary' });
        return { text: plan.summary ?? '', messages: plan.messages };
      },
      askModel: async ({ model, messages }) => {
        const { title } = await this.#need(this.sourceId);
        const order = { sessionId: this.sourceId, title, messages };
        this.#writer.write(model, order, (progress) => {
          void this.#page.tell(() => this.#channel.request('summary', progress));
        });
        return null;
      },
      stopModel: () => done(() => this.#writer.stop()),
      merge: async ({ mode, messages, summary, summaryBy, files }) => {
        const result = await store.mergeFork(this.#targetId, this.sourceId, {
          mode,
          messages,
          acceptConflicts: true,
          ...(mode === 'summary'
            ? { ...(summary !== undefined && { summary }), ...(summaryBy && { summaryBy }) }
            : { acceptFiles: files }),
        });
        await this.#note(mode, result);
        return this.#page.state();
      },
      undo: async () => {
        if (this.#made) await this.#takeBack(this.#made);
        return this.#page.state();
      },
      compare: () => done(() => this.#actions.compare([this.#targetId, this.sourceId])),
      openFile: async ({ path }) => {
        const sides = [await this.#need(this.#targetId), await this.#need(this.sourceId)] as const;
        await this.#actions.compareFile(sides, path);
        return null;
      },
      openSession: async ({ sessionId, reveal, message }) => {
        if (message === undefined) await this.#actions.openSession(sessionId, reveal);
        else await this.#actions.openMessage(sessionId, message);
        return null;
      },
      openFull: async ({ sessionId, index }) => {
        const message = await store.readMessage(sessionId, index);
        await window.showTextDocument(messageUri(sessionId, message), {
          viewColumn: ViewColumn.Beside,
          preview: true,
        });
        return null;
      },
      ...commonAnswers,
    };
  }

  async #need(sessionId: string): Promise<Session> {
    const session = await this.#services.store.getSession(sessionId);
    if (session) return session;
    throw new MultipathError('not-found', l10n.t('One of the sessions is no longer in the store.'));
  }

  async #state(): Promise<MergeState> {
    const { store } = this.#services;
    const [source, target, status] = await Promise.all([
      this.#need(this.sourceId),
      this.#need(this.#targetId),
      store.getStatus(),
    ]);
    const [plan, targets] = await Promise.all([
      store.planMerge(target.id, source.id),
      mergeTargets(store, source),
    ]);
    const base =
      plan.into === undefined || plan.into === target.id ? target : await this.#need(plan.into);
    this.#baseId = base.id;
    this.panel.title = l10n.t('Merge {0}', tabTitle(source, 40));
    return {
      source: onOneLine(source),
      target: onOneLine(target),
      base: onOneLine(base),
      targets,
      plan,
      models: this.#writer.models(() => this.#page.refreshSoon()),
      ...(this.#made && { done: await this.#asItStands(this.#made) }),
      canWrite: status.role !== 'read-only',
      strings: panelStrings(),
    };
  }

  /** Undo may have taken it back from elsewhere. */
  async #asItStands({ mergeId, done }: Made): Promise<MergeDone> {
    const merges = await this.#services.store.getMerges([done.sessionId]);
    return { ...done, stands: merges.some((merge) => merge.mergeId === mergeId) };
  }

  async #takeBack({ mergeId, done, entry }: Made): Promise<void> {
    if (entry && this.#undo.has(entry)) await this.#undo.undo(entry);
    else await this.#services.store.undoMerge(mergeId, { sessionId: done.sessionId });
  }

  async #note(mode: MergeMode, { mergeId, sessionId, merged }: MergeResult): Promise<void> {
    const { store } = this.#services;
    if (merged === 0) return;
    const [source, session] = await Promise.all([this.#need(this.sourceId), this.#need(sessionId)]);
    const entry = this.#undo.record(l10n.t('merging “{0}”', plain(titleOf(source))), [
      () => store.undoMerge(mergeId, { sessionId }),
    ]);
    const first = Math.max(0, session.messageCount - merged);
    const done = { sessionId, title: titleOf(session), first, merged };
    this.#made = { mergeId, done, entry };
    this.#services.log.info(`Merged ${merged} messages (${mode}) into ${sessionId}`);
  }
}
