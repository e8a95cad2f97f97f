/** Comparing 2 to 8 sessions: those selected in the tree, or one here and the others picked. */
import { l10n, window } from 'vscode';
import type { Disposable } from '../disposable.ts';
import { MOST_BRANCHES } from '../../core/comparison.ts';
import type { Session } from '../../core/session.ts';
import { Commands } from '../contributions.ts';
import { registerCommand } from '../vscodeApi.ts';
import { pickSession, pickSessions } from './pickSession.ts';
import { sessionIdsOf, type CommandServices } from './targets.ts';

export function registerComparing(services: CommandServices): Disposable[] {
  const { log, panels, view } = services;
  const compare = async (...args: readonly unknown[]) => {
    const named = sessionIdsOf(args, view.selectedSessions);
    const first =
      named[0] ??
      panels.activeTranscript?.sessionId ??
      (await pickSession(services, { title: l10n.t('Compare which session?') }));
    if (first === undefined) return;
    const others = named.length > 1 ? named.slice(1) : await pickOthers(services, first);
    if (others === undefined || others.length === 0) return;
    if (others.length >= MOST_BRANCHES) {
      void window.showInformationMessage(
        l10n.t('Select 2 to {0} sessions to compare.', MOST_BRANCHES),
      );
      return;
    }
    panels.openComparison(await inOrder(services, [first, ...others]));
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
async function pickOthers(
  services: CommandServices,
  first: string,
): Promise<readonly string[] | undefined> {
  const { store } = services;
  const [parent, forks] = await Promise.all([
    store.getSessionParent(first),
    store.getSessionForks(first),
  ]);
  return pickSessions(services, {
    title: l10n.t('Compare with which session?'),
    many: l10n.t('Check up to {0} sessions, then press Enter', MOST_BRANCHES - 1),
    first: parent?.id ?? forks[0]?.id,
    exclude: [first],
  });
}

/** What was there first stands left: a root before its forks, an older fork before a newer one. */
async function inOrder(
  { store }: CommandServices,
  ids: readonly string[],
): Promise<readonly string[]> {
  const sessions = await Promise.all(ids.map((id) => store.getSession(id)));
  const isFork = (session: Session | undefined) => Number(session?.parentId !== undefined);
  return ids
    .map((id, at) => ({ id, session: sessions[at] }))
    .toSorted(
      (a, b) =>
        isFork(a.session) - isFork(b.session) ||
        (a.session?.createdAt ?? 0) - (b.session?.createdAt ?? 0),
    )
    .map(({ id }) => id);
}
