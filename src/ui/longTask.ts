/** Work of the store that takes its time, as the person sees it: progress, and a way to stop it. */
import { l10n, ProgressLocation, window } from 'vscode';
import { messageOf } from '../core/errors.ts';
import type { StoreTask, TaskKind } from '../core/storage.ts';
import { formatNumber } from './format.ts';
import type { HostServices } from './services.ts';
import { plain } from './text.ts';

/** Runs `work`, showing what the store tells of the task of this kind; cancelling ends that task. */
export function withTask<T>(
  { store, log }: Pick<HostServices, 'store' | 'log'>,
  kind: TaskKind,
  title: string,
  work: () => Promise<T>,
): Thenable<T> {
  return window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      let shown = 0;
      const unsubscribe = store.onDidChange((event) => {
        if (event.type !== 'task' || event.task.kind !== kind) return;
        const percent = percentOf(event.task);
        progress.report({ message: textOf(event.task), increment: Math.max(0, percent - shown) });
        shown = Math.max(shown, percent);
      });
      const cancellation = token.onCancellationRequested(() => {
        store.cancelTask(kind).catch((error: unknown) => {
          log.warn(`Cancelling ${kind}: ${messageOf(error)}`);
        });
      });
      try {
        return await work();
      } finally {
        unsubscribe();
        cancellation.dispose();
      }
    },
  );
}

function percentOf({ done, total }: StoreTask): number {
  return total === 0 ? 0 : Math.min(100, (done / total) * 100);
}

function textOf({ done, total, message }: StoreTask): string {
  const text = plain(message, 80);
  if (total === 0) return text;
  const count = l10n.t('{0} of {1}', formatNumber(done), formatNumber(total));
  return text === '' ? count : `${count} · ${text}`;
}
