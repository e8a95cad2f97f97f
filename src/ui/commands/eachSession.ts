/**
 * One change to many sessions: progress, a way to stop, and the exact inverse of what was done kept
 * for undoing, also when it ends in the middle.
 */
import { l10n, ProgressLocation, window } from 'vscode';
import { MultipathError } from '../../core/errors.ts';
import type { Session } from '../../core/session.ts';
import { countSessions } from '../format.ts';
import { plain } from '../text.ts';
import { titleOf } from '../tree/treeItems.ts';
import type { UndoStep } from '../undo.ts';
import type { CommandServices } from './targets.ts';

export interface Change {
  /** While it goes on: `Archiving`. */
  readonly progress: string;
  /** What was done, for the message: `“Fix login” is archived.`; `what` is a title or a count. */
  readonly done: (what: string, isOne: boolean) => string;
  /** What was done, for undoing: `archiving “Fix login”`. */
  readonly label: (what: string) => string;
  /** Changes one session, given as it was before; returns the way back, if there is one. */
  readonly act: (session: Session) => Promise<UndoStep | undefined>;
}

/** Fewer are done before one could read about it. */
const MANY = 5;

/** The session. Rejects with what to do when it is gone. */
export async function need(
  { store }: Pick<CommandServices, 'store'>,
  id: string,
): Promise<Session> {
  const session = await store.getSession(id);
  if (session) return session;
  throw new MultipathError(
    'not-found',
    l10n.t('This session is no longer in the store. Refresh the sessions view.'),
  );
}

/** Changes the sessions one after the other and offers to take it back. */
export async function changeEach(
  services: CommandServices,
  ids: readonly string[],
  change: Change,
): Promise<void> {
  const [only] = ids;
  if (only === undefined) return;
  const steps: UndoStep[] = [];
  let title = '';
  let done = 0;
  const isOne = ids.length === 1;
  const isMany = ids.length >= MANY;
  try {
    await window.withProgress(
      {
        location: isMany ? ProgressLocation.Notification : ProgressLocation.Window,
        title: `${change.progress}: ${countSessions(ids.length)}`,
        cancellable: isMany,
      },
      async (progress, token) => {
        for (const id of ids) {
          if (token.isCancellationRequested) return;
          const session = await need(services, id);
          title = titleOf(session);
          const step = await change.act(session);
          if (step) steps.push(step);
          done++;
          progress.report({ increment: 100 / ids.length });
        }
      },
    );
  } finally {
    const what = isOne ? l10n.t('“{0}”', plain(title)) : countSessions(done);
    const entry = services.undo.record(change.label(what), steps);
    // Not awaited: the message stays until the person has read it.
    if (entry) void services.undo.offer(change.done(what, isOne || done === 1), entry);
  }
}
