/**
 * Derives again what an earlier version imported and understood less of: before 0.4 sidechains, of
 * which it showed nothing, and what pi says an answer cost (only files of pi, and those from the
 * time when Claude Code wrote sidechains); since then what `READINGS` names. The newest first, each
 * once; cut short, it goes on at the next opening. Before them come logs that the reader of another
 * version did not get through.
 */
import { READINGS } from '../../agents/reading.ts';
import { MultipathError } from '../../core/errors.ts';
import { number, type Database } from '../../store/database.ts';
import { ReaderFailure, rebuildLog } from '../../store/doctor/rebuild.ts';
import type { OperationContext } from '../operations/context.ts';

/** When the last of those versions was in use: what began later has files for its subagents. */
const UNTIL = Date.UTC(2026, 0, 1);
/** Failures of the store itself, and the person's own wish. */
const UNUSABLE = ['poisoned', 'io', 'cancelled'] as const;
const TITLE = 'Reading older sessions again';
/** In `meta`: the number of the reading that everything stored was derived with, at least. */
const READING = 'reading';
/** In `meta`: logs up to this one are still to be derived with the reading in use. */
const LEFT = 'reading_left';
const SIDECHAINS = 'sidechains_before';

const LOGS = `SELECT DISTINCT l.num FROM log l JOIN session s ON s.log = l.num
  WHERE l.num <= ? AND l.record_count > 0`;

/** Notes what there is to read again; to be called before anything is imported. */
export function noteOldReadings({ database }: { readonly database: Database }): void {
  const current = READINGS.at(-1)?.number ?? 0;
  if (valueOf(database, READING) === current || valueOf(database, LEFT) !== undefined) return;
  const last = database.get('SELECT max(num) AS num FROM log')?.['num'];
  database.transaction(() => {
    if (typeof last === 'number') note(database, LEFT, last);
    else note(database, READING, current);
  });
}

export async function readOldAgain(context: OperationContext): Promise<void> {
  const { database } = context.core;
  await readAgain(context, context.unreadLogs.due());
  await readAgain(context, oldLogs(database), SIDECHAINS);
  await readAgain(context, logsReadWorse(database), LEFT, () =>
    note(database, READING, READINGS.at(-1)?.number ?? 0),
  );
}

/**
 * @param key what in `meta` says how far it came; it goes with the last log
 * @param onEnd done in the transaction in which it goes
 */
async function readAgain(
  context: OperationContext,
  logs: readonly number[],
  key?: string,
  onEnd?: () => void,
): Promise<void> {
  const { core, tasks, unreadLogs } = context;
  const { database } = core;
  if (logs.length > 0) {
    await tasks.run('rebuild', TITLE, async (work) => {
      for (const [index, log] of logs.entries()) {
        try {
          const breathe = () => work.breathe();
          await rebuildLog(core, log, { derive: context.derive, breathe });
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
        if (key !== undefined) database.transaction(() => note(database, key, log - 1));
        work.report(index + 1, logs.length, TITLE);
        await work.breathe();
      }
      context.announceAll();
    });
  }
  if (key === undefined || valueOf(database, key) === undefined) return;
  database.transaction(() => {
    database.run('DELETE FROM meta WHERE key = ?', [key]);
    onEnd?.();
  });
  database.flush();
}

function oldLogs(database: Database): readonly number[] {
  return numbersOf(
    database,
    SIDECHAINS,
    `(l.agent = 'pi' OR l.agent = 'claude-code'
      AND l.superseded = 0 AND l.subagent_of IS NULL AND s.created_at < ?)`,
    [UNTIL],
  );
}

function logsReadWorse(database: Database): readonly number[] {
  const known = valueOf(database, READING) ?? 0;
  const newer = READINGS.filter((reading) => reading.number > known);
  const agents = [...new Set(newer.flatMap((reading) => reading.agents))];
  const any = agents.map(() => '?').join(', ');
  return numbersOf(database, LEFT, `l.superseded = 0 AND l.agent IN (${any})`, agents);
}

/** Logs up to the one that `key` names; none where it is not there. */
function numbersOf(
  database: Database,
  key: string,
  condition: string,
  values: readonly (string | number)[],
): readonly number[] {
  const left = valueOf(database, key);
  if (left === undefined) return [];
  return database
    .all(`${LOGS} AND ${condition} ORDER BY l.num DESC`, [left, ...values])
    .map((row) => number(row, 'num'));
}

function valueOf(database: Database, key: string): number | undefined {
  const row = database.get('SELECT value FROM meta WHERE key = ?', [key]);
  return row && Number(row['value']);
}

function note(database: Database, key: string, value: number): void {
  database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [key, value]);
}
