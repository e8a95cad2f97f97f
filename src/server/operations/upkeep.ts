/** The archive written anew, and the store doctor: work that goes on beside requests. */
import type { SessionStore } from '../../core/sessionStore.ts';
import { compactSegments } from '../../store/archive/compaction.ts';
import { STORE_CHECKS } from '../../store/doctor/checks.ts';
import { examine } from '../../store/doctor/doctor.ts';
import { readRecords } from '../../agents/jsonl.ts';
import { deriveLog } from '../deriveLog.ts';
import { snapshotNow } from '../snapshotKeeping.ts';
import type { OperationContext } from './context.ts';

type Operations = Pick<SessionStore, 'compactArchive' | 'runDoctor' | 'cancelTask'>;

export function upkeepOperations(context: OperationContext): Operations {
  const { core, tasks, storePath, now } = context;
  return {
    compactArchive: async () => {
      context.mustWrite();
      core.commits.settle();
      const { database, archive, moves } = core;
      return tasks.run('compact', 'Compacting the archive', (work) =>
        compactSegments({ database, archive, movesIdle: () => moves.idle() }, work),
      );
    },
    runDoctor: async ({ repair }) => {
      context.mustWrite();
      core.commits.settle();
      return tasks.run('doctor', 'Examining the store', (work) =>
        examine({
          core,
          checks: STORE_CHECKS,
          repair,
          work,
          folder: storePath,
          now,
          derive: deriveLog,
          readFile: (path, signal) => readRecords(path, { signal }),
          takeSnapshot: async () => {
            await snapshotNow(context);
          },
        }),
      );
    },
    cancelTask: (kind) => tasks.cancel(kind),
  };
}
