/**
 * What was done in this window and how to take it back: a bounded stack of exact inverses. Taking
 * back stops where the store refuses and keeps what is left, so that asking again goes on there.
 */
import { EventEmitter, l10n, ProgressLocation, window, type LogOutputChannel } from 'vscode';
import { messageOf, MultipathError } from '../core/errors.ts';
import type { Disposable } from './disposable.ts';
import { formatNumber } from './format.ts';
import { plain } from './text.ts';
import { setContextKey, showError } from './vscodeApi.ts';

/** Puts one thing back as it was. */
export type UndoStep = () => Promise<unknown>;

/** One thing the person did, with what is left to take back of it. */
export interface UndoEntry {
  /** What it was, in words. */
  readonly label: string;
  readonly steps: readonly UndoStep[];
}

/** More than this nobody remembers having done. */
const DEPTH = 50;
/** From so many steps on there is progress to look at, and a way to stop. */
const MANY = 10;

export class UndoStack implements Disposable {
  readonly #log: LogOutputChannel;
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #entries: readonly UndoEntry[] = [];

  constructor(log: LogOutputChannel) {
    this.#log = log;
  }

  get canUndo(): boolean {
    return this.#entries.length > 0;
  }

  /** True while it can be taken back. */
  has(entry: UndoEntry): boolean {
    return this.#entries.includes(entry);
  }

  /** Remembers what was done; `undefined` when there is nothing to take back. */
  record(label: string, steps: readonly UndoStep[]): UndoEntry | undefined {
    if (steps.length === 0) return undefined;
    const entry = { label, steps };
    this.#set([...this.#entries.slice(1 - DEPTH), entry]);
    return entry;
  }

  /** Says what was done, with a button that takes it back. */
  async offer(text: string, entry: UndoEntry | undefined): Promise<void> {
    const action = l10n.t('Undo');
    const answer = await window.showInformationMessage(text, ...(entry ? [action] : []));
    if (answer !== action || !entry) return;
    try {
      await this.undo(entry);
    } catch (error) {
      await showError(this.#log, error);
    }
  }

  /**
   * Takes back one entry, or the last thing that was done.
   * @throws MultipathError that says how far it came, when the store refuses a step
   */
  async undo(wanted = this.#entries.at(-1)): Promise<void> {
    if (!wanted || !this.#entries.includes(wanted)) {
      void window.showInformationMessage(l10n.t('There is nothing to undo in this window.'));
      return;
    }
    // Out of the stack while it runs, so that a second call does not do it twice.
    const position = this.#entries.indexOf(wanted);
    this.#set(this.#entries.filter((entry) => entry !== wanted));
    const total = wanted.steps.length;
    const { left, gone, problem } = await this.#run(wanted);
    if (left.length > 0) {
      const entry = { label: wanted.label, steps: left };
      this.#set(this.#entries.toSpliced(position, 0, entry));
    }
    if (problem !== undefined) {
      const done = formatNumber(total - left.length);
      throw new MultipathError(
        'unavailable',
        l10n.t(
          '{0} of {1} undone ({2}). {3} Run “Multipath: Undo” again to go on.',
          done,
          formatNumber(total),
          wanted.label,
          messageOf(problem),
        ),
        { cause: problem },
      );
    }
    if (left.length > 0) return;
    const { label } = wanted;
    // What was taken back is seen where it is; what could not be is seen nowhere.
    if (gone === 0) {
      window.setStatusBarMessage(plain(l10n.t('Undone: {0}', label), 200), 5000);
      return;
    }
    const [missing, all] = [formatNumber(gone), formatNumber(total)];
    const text = l10n.t('Undone: {0}. {1} of {2} are no longer there.', label, missing, all);
    void window.showWarningMessage(plain(text, 300));
  }

  dispose(): void {
    this.#entries = [];
    this.#changed.dispose();
  }

  /** Runs the steps in their order; what was stopped or refused is left. */
  async #run({ label, steps }: UndoEntry): Promise<{
    readonly left: readonly UndoStep[];
    readonly gone: number;
    readonly problem?: unknown;
  }> {
    const isLong = steps.length >= MANY;
    return window.withProgress(
      {
        location: isLong ? ProgressLocation.Notification : ProgressLocation.Window,
        title: l10n.t('Undoing: {0}', plain(label)),
        cancellable: isLong,
      },
      async (progress, token) => {
        let gone = 0;
        for (const [done, step] of steps.entries()) {
          if (token.isCancellationRequested) return { left: steps.slice(done), gone };
          try {
            await step();
          } catch (problem) {
            // What was removed for good meanwhile cannot be put back; the others still can.
            if (!MultipathError.is(problem, 'not-found')) {
              return { left: steps.slice(done), gone, problem };
            }
            this.#log.warn(`Undo: ${problem.message}`);
            gone++;
          }
          progress.report({ increment: 100 / steps.length });
        }
        return { left: [], gone };
      },
    );
  }

  #set(entries: readonly UndoEntry[]): void {
    this.#entries = entries;
    void setContextKey('multipath.canUndo', this.canUndo);
    this.#changed.fire();
  }
}
