/**
 * Ends what the opening began where the database was made anew: the agents' files are read again
 * where that is allowed, and what no file holds any more is derived from the records that were kept.
 * Goes on at the next opening when it is cut short.
 */
import { pendingRebuild, rebuildEnded } from '../../store/copies/restoreDatabase.ts';
import { number } from '../../store/database.ts';
import { rebuildDerived } from '../../store/doctor/rebuild.ts';
import type { OperationContext } from '../operations/context.ts';

export async function continueRebuild(context: OperationContext): Promise<void> {
  const { core, importer, tasks } = context;
  if (!pendingRebuild(core.database)) return;
  await tasks.run('rebuild', 'Making the catalogue anew', async (work) => {
    work.report(0, 0, 'Reading the agents’ histories again');
    const cancel = (): void => void importer.cancel();
    work.signal.addEventListener('abort', cancel, { once: true });
    await importer.run();
    work.signal.removeEventListener('abort', cancel);
    await work.breathe();
    const logs = core.database
      .all(
        "SELECT num FROM log WHERE agent <> 'multipath' AND file_bytes = -1 ORDER BY superseded DESC, created_at, num",
      )
      .map((row) => number(row, 'num'));
    await rebuildDerived(core, {
      derive: context.derive,
      logs,
      partly: true,
      onFailure: context.unread,
      breathe: () => work.breathe(),
      onLog: async (done, total) => {
        work.report(done, total, 'Making the catalogue anew');
        await work.breathe();
      },
    });
    rebuildEnded(core.database);
    context.announceAll();
  });
}
