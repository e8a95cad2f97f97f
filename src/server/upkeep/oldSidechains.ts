/**
 * Finds the sidechains in files that a version before 0.4 imported: it kept their records and showed
 * nothing of them. Only files from the time when Claude Code wrote such are derived again, the
 * newest first. Done once; cut short, it goes on at the next opening.
 */
import { number } from '../../store/database.ts';
import { rebuildDerived } from '../../store/doctor/rebuild.ts';
import { deriveLog } from '../deriveLog.ts';
import type { OperationContext } from '../operations/context.ts';

/** When the last of those versions was in use: what began later has files for its subagents. */
const UNTIL = Date.UTC(2026, 0, 1);
const TITLE = 'Finding subagents in older sessions';

export async function findOldSidechains(context: OperationContext): Promise<void> {
  const { core, tasks } = context;
  const { database } = core;
  const left = database.get("SELECT value FROM meta WHERE key = 'sidechains_before'");
  if (!left) return;
  const logs = database
    .all(
      `SELECT DISTINCT l.num FROM log l JOIN session s ON s.log = l.num
       WHERE l.num <= ? AND l.agent = 'claude-code' AND l.superseded = 0 AND l.record_count > 0
         AND l.subagent_of IS NULL AND s.created_at < ? ORDER BY l.num DESC`,
      [Number(left['value']), UNTIL],
    )
    .map((row) => number(row, 'num'));
  if (logs.length > 0) {
    await tasks.run('rebuild', TITLE, async (work) => {
      for (const [index, log] of logs.entries()) {
        await rebuildDerived(core, {
          derive: deriveLog,
          logs: [log],
          partly: true,
          breathe: () => work.breathe(),
        });
        database.transaction(() =>
          database.run("UPDATE meta SET value = ? WHERE key = 'sidechains_before'", [log - 1]),
        );
        work.report(index + 1, logs.length, TITLE);
        await work.breathe();
      }
      context.announceAll();
    });
  }
  database.transaction(() => database.run("DELETE FROM meta WHERE key = 'sidechains_before'"));
  database.flush();
}
