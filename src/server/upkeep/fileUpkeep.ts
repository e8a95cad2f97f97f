/**
 * Upkeep of the files beside everything else: a snapshot of the database a day after the last one,
 * the archive written anew where most of a segment is garbage, and removals and imports taken to
 * their end or swept that a process left.
 */
import { messageOf } from '../../core/errors.ts';
import { compactSegments } from '../../store/archive/compaction.ts';
import { listSnapshots, takeSnapshot, type Snapshot } from '../../store/copies/snapshots.ts';
import { nodeFileSystem } from '../../store/pages/fileSystem.ts';
import { copiesFolder, warmFile } from '../../store/storeFiles.ts';
import type { OperationContext } from '../operations/context.ts';

const DAY_MS = 24 * 3_600_000;
/** Between two looks whether one is due; the first comes soon after the opening. */
const LOOK_MS = 3_600_000;
const FIRST_MS = 60_000;

/** Begins to look; `end` stops that. */
export function keepFiles(context: OperationContext): { end: () => void } {
  const look = (): void => {
    snapshotIfDue(context).catch((error: unknown) => {
      context.importer.report(new Error(`No snapshot of the database: ${messageOf(error)}`));
    });
  };
  const first = setTimeout(() => {
    look();
    void sweep(context);
  }, FIRST_MS);
  const later = setInterval(() => {
    look();
    compactNow(context).catch((error: unknown) => context.importer.report(error));
  }, LOOK_MS);
  first.unref();
  later.unref();
  return {
    end: () => {
      clearTimeout(first);
      clearInterval(later);
    },
  };
}

/** Goes on with what a process left to be swept that ended before: each, whatever the other does. */
async function sweep({ mover, core, importer }: OperationContext): Promise<void> {
  for (const part of [mover, core.staged]) {
    await part.sweep().catch((error: unknown) => importer.report(error));
  }
}

async function snapshotIfDue(context: OperationContext): Promise<void> {
  const [newest] = listSnapshots(nodeFileSystem, copiesFolder(context.storePath));
  // One from the future was taken before the clock was set back.
  const age = newest === undefined ? Infinity : Math.abs(context.now() - newest.at);
  if (age >= DAY_MS) await snapshotNow(context);
}

/** Gives back what the archive holds in vain, where that is worth it. */
export async function compactNow({
  core,
  tasks,
}: OperationContext): Promise<{ freedBytes: number }> {
  core.commits.settle();
  const { database, archive, moves } = core;
  return tasks.run('compact', 'Compacting the archive', (work) =>
    compactSegments({ database, archive, movesIdle: () => moves.idle() }, work),
  );
}

export async function snapshotNow({
  core,
  storePath,
  tasks,
  now,
}: OperationContext): Promise<Snapshot> {
  return tasks.run('snapshot', 'Copying the database', async (work) => {
    core.commits.settle();
    const cut = await core.rescued.snapshotBegins();
    const source = {
      database: core.database,
      disk: nodeFileSystem,
      file: warmFile(storePath),
      folder: copiesFolder(storePath),
      now,
    };
    const snapshot = await takeSnapshot(source, work);
    core.rescued.covered(cut);
    return snapshot;
  });
}
