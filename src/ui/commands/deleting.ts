/** Deleting without asking, since it can be taken back: from the notification, or later by command. */
import { l10n, window } from 'vscode';
import type { Disposable } from '../disposable.ts';
import { Commands } from '../contributions.ts';
import { countSessions } from '../format.ts';
import { plain } from '../text.ts';
import { titleOf } from '../tree/treeItems.ts';
import { registerCommand, setContextKey, showError } from '../vscodeApi.ts';
import { targetsOf, type CommandServices } from './targets.ts';

export function registerDeleting(services: CommandServices): Disposable[] {
  const { log, store, panels } = services;
  /** What was deleted in this window, the last batch at the end. */
  const batches: (readonly string[])[] = [];
  const remember = (batch: readonly string[]) => {
    batches.push(batch);
    void setContextKey('multipath.canUndoDelete', true);
  };
  const undo = async (batch: readonly string[] | undefined) => {
    const position = batch ? batches.indexOf(batch) : -1;
    if (!batch || position < 0) {
      window.setStatusBarMessage(l10n.t('Nothing was deleted in this window.'), 5000);
      return;
    }
    // The children went after their parents: they come back in the same order.
    for (const id of batch) await store.restoreSession(id);
    batches.splice(position, 1);
    void setContextKey('multipath.canUndoDelete', batches.length > 0);
  };

  return [
    registerCommand(log, Commands.deleteSession, async (...args) => {
      const ids = await targetsOf(services, args, l10n.t('Delete which session?'));
      const [first] = ids;
      if (first === undefined) return;
      const title = await titleOfOne(services, first);
      const deleted: string[] = [];
      try {
        for (const id of ids) {
          await store.deleteSession(id);
          deleted.push(id);
          panels.close(id);
        }
      } finally {
        if (deleted.length > 0) remember(deleted);
      }
      void offerUndo(services, title, deleted, undo);
    }),
    registerCommand(log, Commands.undoDelete, () => undo(batches.at(-1))),
  ];
}

async function titleOfOne({ store }: CommandServices, id: string): Promise<string> {
  const session = await store.getSession(id);
  return session ? plain(titleOf(session)) : l10n.t('Untitled session');
}

async function offerUndo(
  { log }: CommandServices,
  title: string,
  deleted: readonly string[],
  undo: (batch: readonly string[]) => Promise<void>,
): Promise<void> {
  const text =
    deleted.length === 1
      ? l10n.t('“{0}” is in the trash.', title)
      : l10n.t('{0} are in the trash.', countSessions(deleted.length));
  const action = l10n.t('Undo');
  if ((await window.showInformationMessage(text, action)) !== action) return;
  try {
    await undo(deleted);
  } catch (error) {
    await showError(log, error);
  }
}
