/** Merging a branch back: the panel shows what it would do before anything is written. */
import { l10n, window } from 'vscode';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { mergeTargets } from '../mergeTargets.ts';
import { registerCommand } from '../vscodeApi.ts';
import { need } from './eachSession.ts';
import { targetsOf, type CommandServices } from './targets.ts';

export function registerMerging(services: CommandServices): Disposable {
  return registerCommand(services.log, Commands.mergeBranch, async (...args) => {
    const [sourceId] = await targetsOf(services, args, l10n.t('Merge which branch?'));
    if (sourceId === undefined) return;
    const [first] = await mergeTargets(services.store, await need(services, sourceId));
    if (first) services.panels.openMerge(sourceId, first.sessionId);
    else {
      void window.showInformationMessage(l10n.t('This session has no relatives to merge into.'));
    }
  });
}
