/** Deleting without asking, since it can be taken back; and undoing whatever was done last. */
import { l10n } from 'vscode';
import type { SessionStore } from '../../core/sessionStore.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { registerCommand } from '../vscodeApi.ts';
import { changeEach } from './eachSession.ts';
import { targetsOf, type CommandServices } from './targets.ts';

export function registerDeleting(services: CommandServices): Disposable[] {
  const { log, undo } = services;
  return [
    registerCommand(log, Commands.deleteSession, async (...args) => {
      await deleteSessions(
        services,
        await targetsOf(services, args, l10n.t('Delete which session?')),
      );
    }),
    registerCommand(log, Commands.undo, () => undo.undo()),
  ];
}

export async function deleteSessions(
  services: CommandServices,
  ids: readonly string[],
): Promise<void> {
  const { store, panels } = services;
  const wanted = await withoutSubagents(store, ids);
  // The children go after their parents, and come back in the same order.
  await changeEach(services, wanted, {
    progress: l10n.t('Deleting'),
    done: (what, isOne) =>
      isOne ? l10n.t('{0} is in the trash.', what) : l10n.t('{0} are in the trash.', what),
    label: (what) => l10n.t('deleting {0}', what),
    act: async ({ id }) => {
      await store.deleteSession(id);
      panels.close(id);
      return () => store.restoreSession(id);
    },
  });
}

/** Subagents go with the session they worked for, and are left out where that goes, too. */
async function withoutSubagents(
  store: Pick<SessionStore, 'getSession'>,
  ids: readonly string[],
): Promise<readonly string[]> {
  if (ids.length === 1) return ids;
  const sessions = await Promise.all(ids.map((id) => store.getSession(id)));
  const going = new Set(ids);
  return ids.filter((_, nth) => !going.has(sessions[nth]?.subagentOf ?? ''));
}
