/**
 * Imports as the person sees them: in the background with a percentage in the status bar, or asked
 * for, with progress and a way to stop. The server does the work and joins requests of any window.
 */
import { EventEmitter, l10n, ProgressLocation, window } from 'vscode';
import type { Disposable } from './disposable.ts';
import { messageOf } from '../core/errors.ts';
import type { FileCount, ImportProgress } from '../core/sessionStore.ts';
import { countFiles, countSessions, formatBytes, formatNumber } from './format.ts';
import type { HostServices } from './services.ts';
import { setContextKey, showError } from './vscodeApi.ts';

export class Importer implements Disposable {
  readonly #services: HostServices;
  readonly #changed = new EventEmitter<ImportProgress | undefined>();
  readonly onDidChange = this.#changed.event;
  readonly #unsubscribe: () => void;
  #progress: ImportProgress | undefined;
  #overBudget: FileCount | undefined;

  constructor(services: HostServices) {
    this.#services = services;
    this.#unsubscribe = services.store.onDidChange((event) => {
      if (event.type === 'import') this.#show(event.progress);
    });
  }

  /** The import that is running, in whatever window it was asked for. */
  get progress(): ImportProgress | undefined {
    return this.#progress;
  }

  /** What the last import left unread because it is over the budget. */
  get overBudget(): FileCount | undefined {
    return this.#overBudget;
  }

  /** Catches up with the agents' files; a failure is logged and shown by the status bar only. */
  async runInBackground(): Promise<void> {
    try {
      const result = await this.#services.store.importSessions();
      this.#show(result);
      const failure = failureOf(result);
      if (failure !== undefined) this.#services.log.error(`Import: ${failure}`);
    } catch (error) {
      this.#services.log.error(`Import: ${messageOf(error)}`);
    } finally {
      this.#show(undefined);
    }
  }

  /**
   * Imports because the person asked: with progress, and a word about what came of it. Resolves to
   * what they want of what is over the budget as well, if anything.
   */
  async run(): Promise<'rest' | 'one' | undefined> {
    try {
      const result = await window.withProgress(
        {
          location: ProgressLocation.Notification,
          title: l10n.t('Importing sessions'),
          cancellable: true,
        },
        async (report, token) => {
          let shown = 0;
          const subscription = this.onDidChange((progress) => {
            if (!progress) return;
            const percent = percentOf(progress);
            report.report({ message: progressText(progress), increment: percent - shown });
            shown = percent;
          });
          const cancellation = token.onCancellationRequested(() => void this.cancel());
          try {
            return await this.#services.store.importSessions();
          } finally {
            subscription.dispose();
            cancellation.dispose();
          }
        },
      );
      return await this.#finish(result);
    } finally {
      this.#show(undefined);
    }
  }

  async cancel(): Promise<void> {
    try {
      await this.#services.store.cancelImport();
    } catch (error) {
      await showError(this.#services.log, error);
    }
  }

  dispose(): void {
    this.#unsubscribe();
    this.#changed.dispose();
  }

  async #finish(result: ImportProgress): Promise<'rest' | 'one' | undefined> {
    for (const { path, message } of filesOf(result)) {
      this.#services.log.warn(`Import of ${path}: ${message}`);
    }
    const failure = failureOf(result);
    void (failure === undefined ? this.#tell(result) : showError(this.#services.log, failure));
    if (result.state !== 'done' || !result.overBudget) return undefined;
    const rest = l10n.t('Import the Rest');
    const one = l10n.t('Import One…');
    const { files, bytes } = result.overBudget;
    const answer = await window.showInformationMessage(
      l10n.t(
        'Multipath imported what you allowed. {0} older than that ({1}) were not read.',
        countFiles(files),
        formatBytes(bytes),
      ),
      rest,
      one,
    );
    if (answer === rest) return 'rest';
    return answer === one ? 'one' : undefined;
  }

  /** What is new is seen in the tree; that nothing is, or that files are missing, is seen nowhere. */
  async #tell(result: ImportProgress): Promise<void> {
    const { sessionsAdded, sessionsUpdated } = result;
    const failed = filesOf(result).length;
    const done = l10n.t(
      'Multipath: {0} added, {1} updated',
      countSessions(sessionsAdded),
      formatNumber(sessionsUpdated),
    );
    if (failed === 0) {
      if (sessionsAdded + sessionsUpdated > 0) window.setStatusBarMessage(done, 8000);
      else void window.showInformationMessage(done);
      return;
    }
    const showLog = l10n.t('Show Log');
    const files = countFiles(failed);
    const text = l10n.t('{0}. {1} could not be read; the log says why.', done, files);
    const answer = await window.showWarningMessage(text, showLog);
    if (answer === showLog) this.#services.log.show();
  }

  #show(progress: ImportProgress | undefined): void {
    if (progress) this.#overBudget = progress.overBudget;
    const running = progress?.state === 'running' ? progress : undefined;
    if (!running && !this.#progress) return;
    this.#progress = running;
    void setContextKey('multipath.importing', running !== undefined);
    this.#changed.fire(running);
  }
}

/** The files that could not be read; what ended the whole import names none. */
function filesOf({ failures }: ImportProgress): ImportProgress['failures'] {
  return failures.filter(({ path }) => path !== '');
}

/** Why an import as a whole failed; the reason comes after those of its files. */
function failureOf({ state, failures }: ImportProgress): string | undefined {
  if (state !== 'failed') return undefined;
  return failures.findLast(({ path }) => path === '')?.message ?? l10n.t('The import failed.');
}

/** 0 to 100, by bytes: files differ in size by four orders of magnitude. */
export function percentOf({ bytesDone, bytesTotal }: ImportProgress): number {
  return bytesTotal === 0 ? 0 : Math.min(100, Math.floor((bytesDone / bytesTotal) * 100));
}

export function progressText(progress: ImportProgress): string {
  return l10n.t(
    '{0} of {1} files',
    formatNumber(progress.filesDone),
    formatNumber(progress.filesTotal),
  );
}
