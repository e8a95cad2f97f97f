/**
 * Finds the sessions of subagents that a version before 0.3 imported: it hid them without keeping
 * whose they are, which only their records say. Done once; cut short, it goes on at the next opening.
 */
import { number } from '../../store/database.ts';
import { rebuildDerived } from '../../store/doctor/rebuild.ts';
import type { OperationContext } from '../operations/context.ts';

export async function hangOldSubagents(context: OperationContext): Promise<void> {
  const { core, tasks } = context;
  const logs = core.database
    .all(
      `SELECT DISTINCT s.log FROM session s JOIN log l ON l.num = s.log
       LEFT JOIN fact f ON f.session_id = s.id
       WHERE s.listed = 0 AND f.deleted_at IS NULL AND l.subagent_of IS NULL
         AND l.record_count > 0 AND l.agent <> 'multipath' ORDER BY s.log`,
    )
    .map((row) => number(row, 'log'));
  if (logs.length === 0) return;
  await tasks.run('rebuild', 'Finding the sessions of subagents', async (work) => {
    await rebuildDerived(core, {
      derive: context.derive,
      logs,
      partly: true,
      onFailure: context.unread,
      breathe: () => work.breathe(),
      onLog: async (done, total) => {
        work.report(done, total, 'Finding the sessions of subagents');
        await work.breathe();
      },
    });
    context.announceAll();
  });
}
