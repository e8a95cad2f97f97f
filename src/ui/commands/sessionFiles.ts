/** A session saved to a file of its own, and loaded from one. */
import path from 'node:path';
import { l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import { MultipathError } from '../../core/errors.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { fileName } from '../text.ts';
import { titleOf } from '../tree/treeItems.ts';
import { registerCommand } from '../vscodeApi.ts';
import { targetsOf, type CommandServices } from './targets.ts';

const EXTENSION = 'multipath.jsonl';

export function registerSessionFiles(services: CommandServices): Disposable[] {
  const { log, store, panels } = services;
  return [
    registerCommand(log, Commands.saveSession, async (...args) => {
      const [id] = await targetsOf(services, args, l10n.t('Save which session?'));
      if (id === undefined) return;
      const session = await store.getSession(id);
      if (!session) {
        throw new MultipathError(
          'not-found',
          l10n.t('This session is no longer in the store. Refresh the sessions view.'),
        );
      }
      const name = `${fileName(titleOf(session))}.${EXTENSION}`;
      const folder = workspace.workspaceFolders?.[0]?.uri;
      const target = await window.showSaveDialog({
        title: l10n.t('Save Session'),
        filters: filters(),
        ...(folder && { defaultUri: Uri.joinPath(folder, name) }),
      });
      if (!target) return;
      // The dialog has asked before it names a file that exists.
      const { file } = await working(l10n.t('Saving “{0}”', titleOf(session)), () =>
        store.saveSessionToDisk(id, target.fsPath, { overwrite: true }),
      );
      void window.showInformationMessage(l10n.t('Saved to {0}.', path.basename(file)));
    }),
    registerCommand(log, Commands.loadSession, async () => {
      const [source] =
        (await window.showOpenDialog({
          title: l10n.t('Load Session'),
          openLabel: l10n.t('Load'),
          filters: filters(),
        })) ?? [];
      if (!source) return;
      const session = await working(l10n.t('Loading {0}', path.basename(source.fsPath)), () =>
        store.loadSessionFromDisk(source.fsPath),
      );
      await panels.openTranscript(session.id);
    }),
  ];
}

function filters(): Record<string, string[]> {
  return { [l10n.t('Saved Sessions')]: ['jsonl'] };
}

function working<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return window.withProgress({ location: ProgressLocation.Notification, title }, work);
}
