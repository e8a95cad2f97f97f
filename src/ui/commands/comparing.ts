/** Comparing two sessions: both selected in the tree, or one here and one picked. */
import { l10n, window } from 'vscode';
import type { Disposable } from '../disposable.ts';
import type { Session } from '../../core/session.ts';
import { Commands } from '../contributions.ts';
import { registerCommand } from '../vscodeApi.ts';
import { pickSession } from './pickSession.ts';
import { sessionIdsOf, type CommandServices } from './targets.ts';

export function registerComparing(services: CommandServices): Disposable[] {
  const { log, panels, view } = services;
  const compare = async (...args: readonly unknown[]) => {
    const named = sessionIdsOf(args, view.selectedSessions);
    if (named.length > 2) {
      window.setStatusBarMessage(l10n.t('Select two sessions to compare.'), 5000);
      return;
    }
    const first =
      named[0] ??
      panels.activeTranscript?.sessionId ??
      (await pickSession(services, { title: l10n.t('Compare which session? (1 of 2)') }));
    if (first === undefined) return;
    const second = named[1] ?? (await pickSecond(services, first));
    if (second !== undefined) panels.openComparison(await inOrder(services, first, second));
  };
  return [
    registerCommand(log, Commands.compareSessions, compare),
    registerCommand(log, Commands.compareSelected, (...args) =>
      // A context menu names what was selected, the view's title at most what has the focus.
      sessionIdsOf(args, []).length < 2
        ? compare(undefined, view.selectedSessions)
        : compare(...args),
    ),
  ];
}

/** The nearest relative is offered first: its parent, or its newest fork. */
async function pickSecond(services: CommandServices, first: string): Promise<string | undefined> {
  const { store } = services;
  const [parent, forks] = await Promise.all([
    store.getSessionParent(first),
    store.getSessionForks(first),
  ]);
  return pickSession(services, {
    title: l10n.t('Compare with which session? (2 of 2)'),
    first: parent?.id ?? forks[0]?.id,
    exclude: [first],
  });
}

/** What was there first stands left: a root before its forks, an older fork before a newer one. */
async function inOrder(
  { store }: CommandServices,
  first: string,
  second: string,
): Promise<[string, string]> {
  const [a, b] = await Promise.all([store.getSession(first), store.getSession(second)]);
  const isFork = (session: Session | undefined) => Number(session?.parentId !== undefined);
  const order = isFork(a) - isFork(b) || (a?.createdAt ?? 0) - (b?.createdAt ?? 0);
  return order <= 0 ? [first, second] : [second, first];
}
