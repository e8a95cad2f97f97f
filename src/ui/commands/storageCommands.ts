/**
 * Upkeep that the person asks for: bulk archiving, the trash, compaction, snapshots, the store doctor. Each
 * shows its progress, can be stopped, and can be undone where the store can undo it; the one that
 * cannot asks first.
 */
import { commands, env, l10n, window } from 'vscode';
import { pickFrom } from '../ask.ts';
import type { BulkOutcome, DoctorReport } from '../../core/storage.ts';
import type { StorageAction } from '../../protocol/panels.ts';
import { Commands, type CommandId } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { countSessions, formatAge, formatBytes, formatNumber } from '../format.ts';
import { withTask } from '../longTask.ts';
import { openMachineSettings } from '../openSettings.ts';
import type { StorageActions } from '../panels/storagePanel.ts';
import { plain } from '../text.ts';
import { titleOf } from '../tree/treeItems.ts';
import type { UndoStep } from '../undo.ts';
import { registerCommand, showError } from '../vscodeApi.ts';
import { deleteSessions } from './deleting.ts';
import { pickAge } from './pickAge.ts';
import { moveSessions } from './moving.ts';
import { setRetention } from './organizing.ts';
import { sessionIdsOf, type CommandServices } from './targets.ts';

/** Opens a report where it can be read. */
export type ShowReport = (report: DoctorReport) => Promise<void>;

const COMMANDS: Readonly<Record<Exclude<StorageAction, 'settings'>, CommandId>> = {
  archiveOlderThan: Commands.archiveOlderThan,
  deleteTemporary: Commands.deleteTemporary,
  emptyTrash: Commands.emptyTrash,
  compact: Commands.compactArchive,
  doctor: Commands.runDoctor,
  undo: Commands.undo,
};

export function registerStorage(services: CommandServices, showReport: ShowReport): Disposable[] {
  const { log, panels, store } = services;
  return [
    registerCommand(log, Commands.showStorage, () => panels.openStorage()),
    registerCommand(log, Commands.showTrash, () => panels.openStorage('trash')),
    registerCommand(log, Commands.archiveOlderThan, () => archiveOlderThan(services)),
    registerCommand(log, Commands.deleteTemporary, () => deleteTemporary(services)),
    registerCommand(log, Commands.restoreFromTrash, async (...args) => {
      const ids = await trashTargets(services, args, l10n.t('Restore which sessions?'));
      await restoreSessions(services, ids);
    }),
    registerCommand(log, Commands.deletePermanently, async (...args) => {
      const ids = await trashTargets(services, args, l10n.t('Delete which sessions permanently?'));
      if (ids.length > 0) await purge(services, ids);
    }),
    registerCommand(log, Commands.emptyTrash, () => purge(services, undefined)),
    registerCommand(log, Commands.compactArchive, async () => {
      const { freedBytes } = await withTask(
        services,
        'compact',
        l10n.t('Compacting the archive'),
        () => store.compactArchive(),
      );
      void window.showInformationMessage(
        freedBytes === 0
          ? l10n.t('There was nothing to compact.')
          : l10n.t('The archive is compacted: {0} given back.', formatBytes(freedBytes)),
      );
    }),
    registerCommand(log, Commands.runDoctor, async () => {
      const repair = await pickRepair();
      if (repair === undefined) return;
      const title = repair ? l10n.t('Repairing the store') : l10n.t('Checking the store');
      const report = await withTask(services, 'doctor', title, () => store.runDoctor({ repair }));
      await showReport(report);
    }),
    registerCommand(log, Commands.takeSnapshot, async () => {
      const { file, bytes } = await withTask(
        services,
        'snapshot',
        l10n.t('Taking a snapshot'),
        () => store.takeSnapshot(),
      );
      void tellSnapshot(file, bytes);
    }),
  ];
}

async function tellSnapshot(file: string, bytes: number): Promise<void> {
  const copyPath = l10n.t('Copy Path');
  const answer = await window.showInformationMessage(
    l10n.t('A snapshot of the store’s database was saved ({0}).', formatBytes(bytes)),
    copyPath,
  );
  if (answer === copyPath) await env.clipboard.writeText(file);
}

/** What the storage panel has done through these commands. */
export function storageActions(services: CommandServices): StorageActions {
  const run = (work: () => unknown): void => {
    void (async () => {
      try {
        await work();
      } catch (error) {
        await showError(services.log, error);
      }
    })();
  };
  return {
    run: (action) =>
      run(() =>
        action === 'settings'
          ? openMachineSettings('multipath.storage')
          : commands.executeCommand(COMMANDS[action]),
      ),
    moveNow: (ids) => run(() => moveAsPlanned(services, ids)),
    keep: (ids) => run(() => setRetention(services, ids, 'critical')),
    restore: (ids) => run(() => restoreSessions(services, ids)),
    purge: (ids) => run(() => purge(services, ids)),
    openSession: (id) => services.panels.openTranscript(id),
  };
}

async function archiveOlderThan(services: CommandServices): Promise<void> {
  const { store } = services;
  const olderThan = await pickAge(services);
  if (olderThan === undefined) return;
  // Where each of them was before: that is where undoing puts it.
  const planned = await store.planMoves({ olderThan });
  const wasHot = new Set(planned.filter(({ from }) => from === 'hot').map((one) => one.sessionId));
  const outcome = await withTask(services, 'archive', l10n.t('Archiving'), () =>
    store.archiveOldSessions({ olderThan }),
  );
  const what = countSessions(outcome.sessionIds.length);
  const isOne = outcome.sessionIds.length === 1;
  report(services, outcome, {
    text: isOne
      ? l10n.t('{0} is archived ({1}).', what, formatBytes(outcome.bytes))
      : l10n.t('{0} are archived ({1}).', what, formatBytes(outcome.bytes)),
    label: l10n.t('archiving {0}', what),
    none: l10n.t('No session is that old.'),
    step: (id) => () =>
      store.migrateToTier(id, wasHot.has(id) ? 'hot' : 'warm', { reason: 'undone' }),
  });
}

async function deleteTemporary(services: CommandServices): Promise<void> {
  const { store, panels } = services;
  const outcome = await withTask(services, 'archive', l10n.t('Deleting temporary sessions'), () =>
    store.deleteTemporarySessions(),
  );
  for (const id of outcome.sessionIds) panels.close(id);
  const what = countSessions(outcome.sessionIds.length);
  report(services, outcome, {
    text:
      outcome.sessionIds.length === 1
        ? l10n.t('{0} is in the trash.', what)
        : l10n.t('{0} are in the trash.', what),
    label: l10n.t('deleting {0}', what),
    none: l10n.t('No temporary session’s time is over.'),
    step: (id) => () => store.restoreSession(id),
  });
}

function report(
  { undo }: CommandServices,
  { sessionIds, skipped, cancelled }: BulkOutcome,
  words: {
    readonly text: string;
    readonly label: string;
    readonly none: string;
    readonly step: (id: string) => UndoStep;
  },
): void {
  const entry = undo.record(words.label, sessionIds.map(words.step));
  const [reason] = skipped;
  const parts = [
    sessionIds.length === 0 && !cancelled ? words.none : words.text,
    ...(cancelled ? [l10n.t('Stopped before the end.')] : []),
    ...(reason
      ? [
          l10n.t(
            '{0} left as they were: {1}.',
            formatNumber(skipped.length),
            plain(reason.reason, 200),
          ),
        ]
      : []),
  ];
  void undo.offer(parts.join(' '), entry);
}

/** Does for these sessions now what the decision table plans, tier by tier. */
async function moveAsPlanned(services: CommandServices, ids: readonly string[]): Promise<void> {
  const wanted = new Set(ids);
  const planned = (await services.store.planMoves({})).filter((one) => wanted.has(one.sessionId));
  const to = (target: (typeof planned)[number]['to']) => [
    ...new Set(planned.filter((one) => one.to === target).map((one) => one.sessionId)),
  ];
  for (const tier of ['cold', 'warm', 'hot'] as const) await moveSessions(services, to(tier), tier);
  await deleteSessions(services, to('trash'));
  const removed = to('removed');
  if (removed.length > 0) await purge(services, removed);
}

async function restoreSessions(services: CommandServices, ids: readonly string[]): Promise<void> {
  const { store, undo } = services;
  const steps: UndoStep[] = [];
  try {
    for (const id of ids) {
      await store.restoreSession(id);
      steps.push(() => store.deleteSession(id));
    }
  } finally {
    const what = countSessions(steps.length);
    const entry = undo.record(l10n.t('restoring {0}', what), steps);
    const text = steps.length === 1 ? l10n.t('{0} is back.', what) : l10n.t('{0} are back.', what);
    if (entry) void undo.offer(text, entry);
  }
}

/** Asks before it does what cannot be undone; all of the trash without ids. */
async function purge(services: CommandServices, ids: readonly string[] | undefined): Promise<void> {
  const { store } = services;
  const count = ids?.length ?? (await store.listTrash()).length;
  if (count === 0) {
    void window.showInformationMessage(l10n.t('The trash is empty.'));
    return;
  }
  const confirm = l10n.t('Delete Permanently');
  const answer = await window.showWarningMessage(
    l10n.t('Delete {0} permanently?', countSessions(count)),
    {
      modal: true,
      detail: l10n.t(
        'This cannot be undone. Messages that forks still share stay, hidden, until the last of these forks has gone. Agents’ own files are not touched.',
      ),
    },
    confirm,
  );
  if (answer !== confirm) return;
  const outcome = await withTask(services, 'purge', l10n.t('Deleting permanently'), () =>
    store.purgeSessions(ids),
  );
  report(services, outcome, {
    text: l10n.t(
      '{0} deleted permanently, {1} given back.',
      countSessions(outcome.sessionIds.length),
      formatBytes(outcome.bytes),
    ),
    label: '',
    none: l10n.t('Nothing was deleted.'),
    step: () => () => Promise.resolve(),
  });
}

/** Sessions of the trash that the arguments name, or that the person picks. */
async function trashTargets(
  { store, view }: CommandServices,
  args: readonly unknown[],
  title: string,
): Promise<readonly string[]> {
  const named = sessionIdsOf(args, view.selectedSessions);
  if (named.length > 0) return named;
  const now = Date.now();
  const entries = await store.listTrash();
  const picked = await pickFrom(
    entries.map(({ session, deletedAt }) => ({
      label: plain(titleOf(session)),
      description: l10n.t('deleted {0}', formatAge(deletedAt, now)),
      sessionId: session.id,
    })),
    {
      title,
      canPickMany: true,
      matchOnDescription: true,
      placeHolder: entries.length === 0 ? l10n.t('The trash is empty.') : title,
    },
  );
  return picked?.map(({ sessionId }) => sessionId) ?? [];
}

async function pickRepair(): Promise<boolean | undefined> {
  const picked = await pickFrom(
    [
      {
        label: `$(search) ${l10n.t('Check only')}`,
        detail: l10n.t('Reads everything and reports what is wrong; changes nothing'),
        repair: false,
      },
      {
        label: `$(tools) ${l10n.t('Check and repair')}`,
        detail: l10n.t('Mends what can be mended; nothing that can still be read is removed'),
        repair: true,
      },
    ],
    { title: l10n.t('Run Store Doctor') },
  );
  return picked?.repair;
}
