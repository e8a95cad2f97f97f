/**
 * Which panels are open. A session has one panel; a single click in the tree reuses the panel of
 * the last one, as editors do in preview, until the person does something in it that keeps it.
 */
import { l10n, ViewColumn, window, type WebviewPanel } from 'vscode';
import * as v from 'valibot';
import { MOST_BRANCHES } from '../../core/comparison.ts';
import { disposeAll, type Disposable } from '../disposable.ts';
import { PanelTypes } from '../contributions.ts';
import type { HostServices } from '../services.ts';
import { tabTitle } from '../tree/treeItems.ts';
import type { StorageList } from '../../protocol/panels.ts';
import type { UndoStack } from '../undo.ts';
import type { ModelClient } from '../../core/models.ts';
import type { Session } from '../../core/session.ts';
import { openFileOfPair } from './branchFiles.ts';
import { ComparePanel } from './comparePanel.ts';
import { MergePanel, type MergePanelActions } from './mergePanel.ts';
import { StoragePanel, type StorageActions } from './storagePanel.ts';
import { SummaryWriter } from './summaryWriter.ts';
import { TranscriptPanel, type ForkDetails } from './transcriptPanel.ts';

/** Two activations within this many milliseconds are a double click. */
const DOUBLE_CLICK_MS = 600;

const mergeState = v.looseObject({ sourceId: v.string(), targetId: v.string() });
const transcriptState = v.looseObject({ sessionId: v.string() });
const compareState = v.looseObject({
  sessionIds: v.pipe(v.array(v.string()), v.minLength(2), v.maxLength(MOST_BRANCHES)),
});

/** Makes a fork and opens it in these panels; returns its id. */
export type Fork = (
  panels: Panels,
  sessionId: string,
  index: number,
  details?: ForkDetails,
) => Promise<string>;

/** What the storage panel can have done. */
export type MakeStorageActions = (panels: Panels) => StorageActions;

export interface OpenOptions {
  /** Message to show first. */
  readonly reveal?: number;
  /** True for a look in passing: the panel is reused for the next one. */
  readonly preview?: boolean;
  readonly beside?: boolean;
}

export class Panels implements Disposable {
  readonly #services: HostServices;
  readonly #actions: MergePanelActions;
  readonly #models: () => Promise<ModelClient>;
  readonly #merges = new Set<MergePanel>();
  readonly #transcripts = new Set<TranscriptPanel>();
  readonly #comparisons = new Set<ComparePanel>();
  readonly #undo: UndoStack;
  readonly #storageActions: StorageActions;
  #storage: StoragePanel | undefined;
  readonly #serializers: Disposable[];
  #preview: { readonly panel: TranscriptPanel; openedAt: number } | undefined;

  constructor(
    services: HostServices,
    undo: UndoStack,
    fork: Fork,
    makeStorageActions: MakeStorageActions,
    models: () => Promise<ModelClient>,
  ) {
    this.#models = models;
    this.#services = services;
    this.#undo = undo;
    this.#storageActions = makeStorageActions(this);
    this.#actions = {
      openSession: (sessionId, reveal) =>
        this.openTranscript(sessionId, reveal === undefined ? {} : { reveal }),
      openMessage: async (sessionId, messageId) => {
        const reveal = await services.store.findMessage(sessionId, messageId);
        await this.openTranscript(sessionId, reveal === undefined ? {} : { reveal });
      },
      compare: (sessionIds) => this.openComparison(sessionIds),
      compareFile: ([target, source], path) => {
        const named = ({ id, title }: Session) => ({ sessionId: id, title });
        return openFileOfPair(services, target, [named(target), named(source)], path);
      },
      fork: (sessionId, index, details) => {
        this.#keep(sessionId);
        return fork(this, sessionId, index, details);
      },
    };
    this.#serializers = [
      window.registerWebviewPanelSerializer(PanelTypes.transcript, {
        deserializeWebviewPanel: (panel, state) => this.#restoreTranscript(panel, state),
      }),
      window.registerWebviewPanelSerializer(PanelTypes.compare, {
        deserializeWebviewPanel: (panel, state) => this.#restoreComparison(panel, state),
      }),
      window.registerWebviewPanelSerializer(PanelTypes.merge, {
        deserializeWebviewPanel: (panel, state) => this.#restoreMerge(panel, state),
      }),
      window.registerWebviewPanelSerializer(PanelTypes.storage, {
        deserializeWebviewPanel: (panel) => {
          this.#adoptStorage(new StoragePanel(services, undo, this.#storageActions, panel));
          return Promise.resolve();
        },
      }),
    ];
  }

  /** The transcript the person is looking at. */
  get activeTranscript(): TranscriptPanel | undefined {
    return [...this.#transcripts].find(({ panel }) => panel.active);
  }

  async openTranscript(sessionId: string, options: OpenOptions = {}): Promise<void> {
    const open = this.#transcriptOf(sessionId);
    if (open) return this.#showAgain(open, options);
    const session = await this.#services.store.getSession(sessionId);
    // The second click of two comes while the first is answered: its panel is there by now.
    const opened = this.#transcriptOf(sessionId);
    if (opened) return this.#showAgain(opened, options);
    const { reveal, preview = false, beside = false } = options;
    const title = session ? tabTitle(session, 60) : l10n.t('Transcript');
    const reusable = preview ? this.#preview : undefined;
    // Beside what one looks at, a preview that is seen already is used again.
    if (reusable && (!beside || reusable.panel.panel.visible)) {
      reusable.openedAt = Date.now();
      reusable.panel.show(sessionId, title, reveal);
      reusable.panel.panel.reveal(undefined, true);
      return;
    }
    const panel = TranscriptPanel.create(
      this.#services,
      this.#actions,
      sessionId,
      title,
      {
        viewColumn: beside ? ViewColumn.Beside : ViewColumn.Active,
        preserveFocus: preview,
      },
      reveal,
    );
    this.#adopt(panel);
    if (preview) this.#preview = { panel, openedAt: Date.now() };
  }

  #transcriptOf(sessionId: string): TranscriptPanel | undefined {
    return [...this.#transcripts].find((panel) => panel.sessionId === sessionId);
  }

  async #showAgain(open: TranscriptPanel, { reveal, preview = false }: OpenOptions): Promise<void> {
    const again =
      this.#preview?.panel === open && Date.now() - this.#preview.openedAt < DOUBLE_CLICK_MS;
    if (!preview || again) this.#keep(open.sessionId);
    open.panel.reveal(undefined, preview && !again);
    if (reveal !== undefined) await open.reveal(reveal);
  }

  fork(sessionId: string, index: number, details?: ForkDetails): Promise<string> {
    return this.#actions.fork(sessionId, index, details);
  }

  /** 2 to 8 sessions, the first to the left. */
  openComparison(sessionIds: readonly string[]): void {
    const open = [...this.#comparisons].find(
      (panel) =>
        panel.sessionIds.length === sessionIds.length &&
        sessionIds.every((id, position) => panel.sessionIds[position] === id),
    );
    if (open) open.panel.reveal();
    else this.#adoptComparison(ComparePanel.create(this.#services, this.#actions, sessionIds));
  }

  /** A branch has one such panel; its target is chosen in it. */
  openMerge(sourceId: string, targetId: string): void {
    const open = [...this.#merges].find((panel) => panel.sourceId === sourceId);
    if (open) open.panel.reveal();
    else this.#adoptMerge(MergePanel.open(this.#services), { sourceId, targetId });
  }

  /** There is one; with a list, that comes to the front. */
  openStorage(list?: StorageList): void {
    if (this.#storage) this.#storage.reveal(list);
    else {
      this.#adoptStorage(
        StoragePanel.create(this.#services, this.#undo, this.#storageActions, list),
      );
    }
  }

  /** Closes the session's panel, for a session that is no longer there. */
  close(sessionId: string): void {
    for (const panel of [...this.#transcripts]) {
      if (panel.sessionId === sessionId) panel.dispose();
    }
  }

  dispose(): void {
    disposeAll(this.#serializers);
    const panels = [...this.#transcripts, ...this.#comparisons, ...this.#merges];
    for (const panel of panels) panel.dispose();
    this.#storage?.dispose();
  }

  /** The panel stays with this session from now on. */
  #keep(sessionId: string): void {
    if (this.#preview?.panel.sessionId === sessionId) this.#preview = undefined;
  }

  #adopt(panel: TranscriptPanel): void {
    this.#transcripts.add(panel);
    panel.panel.onDidDispose(() => {
      this.#transcripts.delete(panel);
      if (this.#preview?.panel === panel) this.#preview = undefined;
      panel.dispose();
    });
  }

  #adoptComparison(panel: ComparePanel): void {
    this.#comparisons.add(panel);
    panel.panel.onDidDispose(() => {
      this.#comparisons.delete(panel);
      panel.dispose();
    });
  }

  #adoptMerge(panel: WebviewPanel, sides: { sourceId: string; targetId: string }): void {
    const writer = new SummaryWriter(this.#services.store, this.#models);
    const made = new MergePanel(this.#services, this.#undo, this.#actions, writer, panel, sides);
    this.#merges.add(made);
    panel.onDidDispose(() => {
      this.#merges.delete(made);
      made.dispose();
    });
  }

  #adoptStorage(panel: StoragePanel): void {
    this.#storage = panel;
    panel.panel.onDidDispose(() => {
      if (this.#storage === panel) this.#storage = undefined;
      panel.dispose();
    });
  }

  #restoreTranscript(panel: WebviewPanel, state: unknown): Promise<void> {
    const parsed = v.safeParse(transcriptState, state);
    if (parsed.success) {
      const { sessionId } = parsed.output;
      this.#adopt(new TranscriptPanel(this.#services, this.#actions, panel, sessionId));
    } else this.#giveUp(panel);
    return Promise.resolve();
  }

  #restoreComparison(panel: WebviewPanel, state: unknown): Promise<void> {
    const parsed = v.safeParse(compareState, state);
    if (parsed.success) {
      const { sessionIds } = parsed.output;
      this.#adoptComparison(new ComparePanel(this.#services, this.#actions, panel, sessionIds));
    } else this.#giveUp(panel);
    return Promise.resolve();
  }

  #restoreMerge(panel: WebviewPanel, state: unknown): Promise<void> {
    const parsed = v.safeParse(mergeState, state);
    if (parsed.success) this.#adoptMerge(panel, parsed.output);
    else this.#giveUp(panel);
    return Promise.resolve();
  }

  /** A panel that was closed before it had loaded does not know what it showed. */
  #giveUp(panel: WebviewPanel): void {
    this.#services.log.info(`A panel of type ${panel.viewType} knew nothing to show again.`);
    panel.dispose();
  }
}
