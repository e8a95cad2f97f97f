/**
 * Derives again what a version before 0.4 imported and understood less of: sidechains, of which it
 * showed nothing, and what pi says an answer cost. Only files of pi, and those from the time when
 * Claude Code wrote sidechains, the newest first. Done once; cut short, it goes on at the next
 * opening. Before them come logs that the reader of another version did not get through.
 */
import { MultipathError } from '../../core/errors.ts';
import { number, type Database } from '../../store/database.ts';
import { ReaderFailure, rebuildLog } from '../../store/doctor/rebuild.ts';
import { deriveLog } from '../deriveLog.ts';
import type { OperationContext } from '../operations/context.ts';

/** When the last of those versions was in use: what began later has files for its subagents. */
const UNTIL = Date.UTC(2026, 0, 1);
/** Failures of the store itself, and the person's own wish. */
const UNUSABLE = ['poisoned', 'io', 'cancelled'] as const;
const TITLE = 'Reading older sessions again';

export async function readOldAgain(context: OperationContext): Promise<void> {
  const { core, tasks, unreadLogs } = context;
  const { database } = core;
  const left = database.get("SELECT value FROM meta WHERE key = 'sidechains_before'");
  const failed = unreadLogs.due();
  const logs = [...failed, ...(left ? oldLogs(database, Number(left['value'])) : [])];
  if (logs.length > 0) {
    await tasks.run('rebuild', TITLE, async (work) => {
      for (const [index, log] of logs.entries()) {
        try {
          const breathe = () => work.breathe();
          await rebuildLog(core, log, { derive: deriveLog, breathe });
          unreadLogs.settled(log);
        } catch (error) {
          if (error instanceof ReaderFailure) {
            context.unread(log, error);
          } else if (
            // What cannot be read stays as it was understood; the store doctor names it.
            !MultipathError.is(error) ||
            UNUSABLE.some((code) => MultipathError.is(error, code))
          ) {
            throw error;
          }
        }
        if (index >= failed.length) {
          database.transaction(() =>
            database.run("UPDATE meta SET value = ? WHERE key = 'sidechains_before'", [log - 1]),
          );
        }
        work.report(index + 1, logs.length, TITLE);
        await work.breathe();
      }
      context.announceAll();
    });
  }
  if (!left) return;
  database.transaction(() => database.run("DELETE FROM meta WHERE key = 'sidechains_before'"));
  database.flush();
}

function oldLogs(database: Database, newest: number): readonly number[] {
  return database
    .all(
      `SELECT DISTINCT l.num FROM log l JOIN session s ON s.log = l.num
       WHERE l.num <= ? AND l.record_count > 0 AND (l.agent = 'pi' OR l.agent = 'claude-code'
         AND l.superseded = 0 AND l.subagent_of IS NULL AND s.created_at < ?)
       ORDER BY l.num DESC`,
      [newest, UNTIL],
    )
    .map((row) => number(row, 'num'));
}
