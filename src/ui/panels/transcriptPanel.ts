/**
 * One transcript in a panel. The webview asks for what it shows and is told when the session
 * changed; a hidden webview is gone and asks again when it comes back, so it is told nothing then.
 */
import { commands, ViewColumn, window, l10n, type WebviewPanel } from 'vscode';
import { disposeAll, type Disposable } from '../disposable.ts';
import { messageOf, MultipathError } from '../../core/errors.ts';
import type { Run } from '../../core/exploration.ts';
import type { Session } from '../../core/session.ts';
import type { ForkSession } from '../../core/sessionStore.ts';
import { promptUnderWay } from '../../explore/promptUnderWay.ts';
import { Channel } from '../../protocol/channel.ts';
import {
  transcriptHostSchemas,
  type TranscriptHost,
  type TranscriptState,
  type TranscriptView,
} from '../../protocol/panels.ts';
import { Commands, PanelTypes } from '../contributions.ts';
import { messageUri } from '../documents.ts';
import type { HostServices } from '../services.ts';
import { onOneLine, tabTitle, titleOf } from '../tree/treeItems.ts';
import { FromPanel } from './fromPanel.ts';
import { commonAnswers } from './commonAnswers.ts';
import { serverAway } from './pageUpdates.ts';
import { hearPage, loadPage } from './panelPage.ts';
import { panelStrings } from './panelStrings.ts';
import { RunTeller } from './runTeller.ts';
import { webviewOptions } from './webviewHtml.ts';

/** What may be said of a fork when it is made. */
export type ForkDetails = Pick<ForkSession, 'title' | 'tags' | 'metadata'>;

/** What a panel asks of the others. */
export interface PanelActions {
  openSession(sessionId: string, reveal: number | undefined): Promise<void>;
  /** Opens a session at the message with an id, or where that was merged to. */
  openMessage(sessionId: string, messageId: string): Promise<void>;
  fork(sessionId: string, index: number, details?: ForkDetails): Promise<string>;
}

const WAYS = {
  forkPoint: Commands.goToForkPoint,
  forks: Commands.goToFork,
  siblings: Commands.goToSibling,
  next: Commands.goToNextSibling,
  previous: Commands.goToPreviousSibling,
} as const;

/** Sessions of agents are read-only; messages go to branches that began here. */
export function canAppend(session: Pick<Session, 'kind'>): boolean {
  return session.kind === 'fork' || session.kind === 'created';
}

export class TranscriptPanel implements Disposable {
  readonly #services: HostServices;
  readonly #actions: PanelActions;
  readonly #disposables: Disposable[] = [];
  readonly panel: WebviewPanel;
  /** The message the cursor is on, for commands. */
  focusedMessage: number | undefined;
  readonly #runTeller: RunTeller;
  #channel: Channel<TranscriptHost, TranscriptView>;
  #sessionId: string;
  #reveal: number | undefined;
  #loaded = false;
  /** Counts the pages that were there: what one asked for says nothing about the next. */
  #page = 0;
  /** Answers that the page waits for, and whether the session changed since it does. */
  #awaited = 0;
  #isChangedMeanwhile = false;
  /** The session as the page knows it. */
  #told: string | undefined;
  /** What the store has to say. */
  #notice: string | undefined;
  /** Counts how often the store said so of its own accord. */
  #notices = 0;
  #isDeleted = false;

  constructor(
    services: HostServices,
    actions: PanelActions,
    panel: WebviewPanel,
    sessionId: string,
    reveal?: number,
  ) {
    this.#services = services;
    this.#actions = actions;
    this.panel = panel;
    this.#sessionId = sessionId;
    this.#reveal = reveal;
    this.#channel = this.#connect();
    const { store, server, runs } = services;
    this.#runTeller = new RunTeller(
      runs,
      (run) =>
        this.#loaded ? this.#tell(() => this.#channel.request('setRun', { run })) : undefined,
      (run) => this.#readPrompt(run),
    );
    this.#runTeller.follow(sessionId);
    this.#disposables.push(
      this.#runTeller,
      hearPage(panel, (message) => this.#channel.receive(message)),
      panel.onDidChangeViewState(() => {
        if (panel.visible) return;
        this.#leave();
        this.focusedMessage = undefined;
      }),
      server.onDidChangeState(() => void this.#tellNotice()),
      server.onDidRestart(() => void this.#refresh()),
      {
        dispose: store.onDidChange((event) => {
          if (event.type === 'status') {
            this.#notice = event.status.notice;
            this.#notices++;
            void this.#tellNotice();
          }
          if (event.type !== 'sessions') return;
          const id = this.#sessionId;
          if (event.all === true) void this.#refresh();
          else if (event.changed.includes(id) || event.removed.includes(id)) {
            void this.#refresh(this.#told);
          }
        }),
      },
    );
    this.#load();
  }

  static create(
    services: HostServices,
    actions: PanelActions,
    sessionId: string,
    title: string,
    show: { readonly viewColumn: ViewColumn; readonly preserveFocus: boolean },
    reveal?: number,
  ): TranscriptPanel {
    const { extensionUri } = services.context;
    const panel = window.createWebviewPanel(PanelTypes.transcript, title, show, {
      ...webviewOptions(extensionUri),
      enableFindWidget: true,
    });
    return new TranscriptPanel(services, actions, panel, sessionId, reveal);
  }

  get sessionId(): string {
    return this.#sessionId;
  }

  /** Shows another session in this panel. */
  show(sessionId: string, title: string, reveal: number | undefined): void {
    this.#sessionId = sessionId;
    this.#runTeller.follow(sessionId);
    this.#reveal = reveal;
    this.focusedMessage = undefined;
    this.panel.title = title;
    this.#channel.dispose();
    this.#channel = this.#connect();
    this.#load();
  }

  async reveal(index: number): Promise<void> {
    if (this.#loaded) await this.#tell(() => this.#channel.request('reveal', { index }));
    else this.#reveal = index;
  }

  dispose(): void {
    this.#leave();
    this.#channel.dispose();
    disposeAll(this.#disposables);
    this.panel.dispose();
  }

  #load(): void {
    this.#leave();
    // A fresh nonce makes it a fresh page, also when the panel changes its session.
    loadPage(this.panel, this.#services.context.extensionUri, 'transcript');
  }

  #leave(): void {
    this.#loaded = false;
    this.#page++;
    this.#awaited = 0;
    this.#isChangedMeanwhile = false;
  }

  #connect(): Channel<TranscriptHost, TranscriptView> {
    const { store } = this.#services;
    const sessionId = this.#sessionId;
    return new Channel<TranscriptHost, TranscriptView>(
      (message) => void this.panel.webview.postMessage(message),
      {
        ready: () => this.#state(),
        readMessages: async (range) => {
          const page = await store.readMessages(sessionId, range);
          return { ...page, forks: page.forks.map(onOneLine), merges: page.merges.map(onOneLine) };
        },
        forkAt: async ({ index }) => ({ sessionId: await this.#actions.fork(sessionId, index) }),
        exploreAt: ({ index }) => {
          // Not awaited: the person is asked what to explore.
          void commands.executeCommand(Commands.exploreFromHere, {
            sessionId,
            multipathMessage: index,
          });
          return null;
        },
        changeRun: ({ action }) => {
          const command = action === 'cancel' ? Commands.cancelRun : Commands.retryRun;
          void commands.executeCommand(command, new FromPanel(sessionId));
          return null;
        },
        append: async ({ text, role }) =>
          onOneLine(await store.appendMessages(sessionId, [{ role, text }])),
        openFull: ({ index }) => this.#openFull(index),
        openSession: async (target) => {
          const { sessionId: wanted, reveal, message } = target;
          if (message === undefined) await this.#actions.openSession(wanted, reveal);
          else await this.#actions.openMessage(wanted, message);
          return null;
        },
        ...commonAnswers,
        navigate: ({ to }) => {
          // Not awaited: a picker may ask where to.
          void commands.executeCommand(WAYS[to], { sessionId });
          return null;
        },
        setFocus: ({ index }) => {
          this.focusedMessage = index ?? undefined;
          return null;
        },
      },
      transcriptHostSchemas,
    );
  }

  async #state(): Promise<TranscriptState> {
    const page = this.#page;
    this.#awaited++;
    try {
      return await this.#readState(page);
    } finally {
      if (page === this.#page) this.#answered(page);
    }
  }

  /** What changed since it was read is told after the answer, which is not sent yet. */
  #answered(page: number): void {
    this.#awaited--;
    if (this.#awaited > 0 || !this.#isChangedMeanwhile) return;
    this.#isChangedMeanwhile = false;
    setImmediate(() => {
      if (page === this.#page) void this.#refresh(this.#told);
    });
  }

  async #readState(page: number): Promise<TranscriptState> {
    const { store } = this.#services;
    const notices = this.#notices;
    const [session, status] = await Promise.all([
      store.getSession(this.#sessionId),
      store.getStatus(),
    ]);
    if (!session) {
      throw new MultipathError('not-found', l10n.t('This session is no longer in the store.'));
    }
    const { parentId, subagentOf } = session;
    const [parent, forks] = await Promise.all([
      parentId === undefined
        ? subagentOf === undefined
          ? undefined
          : store.getSession(subagentOf)
        : store.getSessionParent(session.id),
      parentId === undefined ? undefined : store.getSessionForks(parentId),
    ]);
    const state = {
      session: onOneLine(session),
      ...(parent && { parentTitle: titleOf(parent) }),
      ...(forks && forks.length > 1 && { siblings: placeAmong(forks, session.id) }),
      canWrite: status.role !== 'read-only' && canAppend(session),
      strings: panelStrings(),
    };
    // Another page took its place, of another session maybe: what is to be shown first is for that.
    if (page !== this.#page) return state;
    this.panel.title = tabTitle(session, 60);
    this.#loaded = true;
    this.#told = contentOf(session);
    if (notices === this.#notices) this.#notice = status.notice;
    this.#isDeleted = false;
    const reveal = this.#reveal;
    this.#reveal = undefined;
    if (this.#notice !== undefined) void this.#tellNotice();
    return { ...state, ...(reveal !== undefined && { reveal }), ...this.#runTeller.state };
  }

  /** The transcript does without it where it cannot be read. */
  async #readPrompt(run: Run): Promise<string | undefined> {
    try {
      return await promptUnderWay(this.#services.store, run);
    } catch (error) {
      this.#services.log.debug(`Transcript panel: ${messageOf(error)}`);
      return undefined;
    }
  }

  async #openFull(index: number): Promise<null> {
    const message = await this.#services.store.readMessage(this.#sessionId, index);
    await window.showTextDocument(messageUri(this.#sessionId, message), {
      viewColumn: ViewColumn.Beside,
      preview: true,
    });
    return null;
  }

  /**
   * `told` is what the page knows: a session that only moved to another tier is not read again,
   * for reading an archived session would bring it back.
   */
  async #refresh(told?: string): Promise<void> {
    if (this.#awaited > 0) {
      this.#isChangedMeanwhile = true;
      return;
    }
    if (!this.#loaded) return;
    await this.#tell(async () => {
      const page = this.#page;
      const session = await this.#services.store.getSession(this.#sessionId);
      if (page !== this.#page) return;
      if (this.#isDeleted !== (session === undefined)) {
        this.#isDeleted = session === undefined;
        await this.#tellNotice();
      }
      if (!session) return;
      if (told === contentOf(session)) return;
      this.#told = contentOf(session);
      this.panel.title = tabTitle(session, 60);
      await this.#channel.request('sessionChanged', { session: onOneLine(session) });
    });
  }

  async #tellNotice(): Promise<void> {
    if (!this.#loaded) return;
    const away = this.#services.server.state === 'away';
    const deleted = this.#isDeleted ? l10n.t('This session was deleted.') : undefined;
    const text = away ? serverAway() : (deleted ?? this.#notice);
    await this.#tell(() => this.#channel.request('setNotice', { text: text ?? null }));
  }

  /** A page that is being torn down does not answer; that is no failure of the person's. */
  async #tell(request: () => Promise<unknown>): Promise<void> {
    try {
      await request();
    } catch (error) {
      this.#services.log.debug(`Transcript panel: ${messageOf(error)}`);
    }
  }
}

function placeAmong(
  forks: readonly Session[],
  sessionId: string,
): NonNullable<TranscriptState['siblings']> {
  return { position: forks.findIndex(({ id }) => id === sessionId) + 1, count: forks.length };
}

/** What a transcript shows of its session; where it is kept and how often it was read is not. */
function contentOf(session: Session): string {
  return JSON.stringify({
    ...session,
    storageTier: '',
    lastAccessedAt: 0,
    accessCount: 0,
    accessFrequency: 0,
  });
}
