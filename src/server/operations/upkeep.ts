/** The archive written anew, snapshots, and the store doctor: work that goes on beside requests. */
import { stat } from 'node:fs/promises';
import type { SessionStore } from '../../core/sessionStore.ts';
import { STORE_CHECKS } from '../../store/doctor/checks.ts';
import { examine } from '../../store/doctor/doctor.ts';
import type { Work } from '../../store/work.ts';
import { readRecords } from '../../agents/jsonl.ts';
import { indexCheck } from '../upkeep/indexCheck.ts';
import { compactNow, snapshotNow } from '../upkeep/fileUpkeep.ts';
import type { OperationContext } from './context.ts';

type Operations = Pick<
  SessionStore,
  'compactArchive' | 'runDoctor' | 'takeSnapshot' | 'cancelTask'
>;

export function upkeepOperations(context: OperationContext): Operations {
  const { core, importer, tasks, storePath, now, search } = context;

  /** A file that is half read would look like one that was read wrongly. */
  async function importEnded(work: Work): Promise<void> {
    if (!importer.isRunning) return;
    work.report(0, 0, 'Waiting for the import to end');
    const cancelled = new Promise<void>((resolve) => {
      work.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([importer.run(), cancelled]);
  }

  return {
    compactArchive: async () => {
      context.mustWrite();
      return compactNow(context);
    },
    runDoctor: async ({ repair }) => {
      context.mustWrite();
      core.commits.settle();
      return tasks.run('doctor', 'Examining the store', async (work) => {
        await importEnded(work);
        return examine({
          core,
          checks: search ? [...STORE_CHECKS, indexCheck(search)] : STORE_CHECKS,
          repair,
          work,
          folder: storePath,
          now,
          derive: context.derive,
          readFile: (path, signal) => readRecords(path, { signal }),
          takeSnapshot: async () => {
            await snapshotNow(context);
          },
        });
      });
    },
    takeSnapshot: async () => {
      context.mustWrite();
      const { file, at } = await snapshotNow(context);
      return { file, at, bytes: (await stat(file)).size };
    },
    cancelTask: (kind) => tasks.cancel(kind),
  };
}
