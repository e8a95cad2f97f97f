/** Files that do not belong: what a crash left unfinished, and what was moved aside. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { nodeFileSystem } from '../../pages/fileSystem.ts';
import { lastRestore } from '../../copies/restoreDatabase.ts';
import { copiesFolder, warmFile } from '../../storeFiles.ts';
import type { Check, CheckContext } from '../check.ts';

const UNFINISHED = /\.new$|^looked-at\.db(?:-redo)?$|\.rebuilt(?:-redo)?$/;
const ASIDE = /\.damaged-\d+$|\.replaced-\d+$/;
/** Milliseconds after which a file that is being written must be given up. */
const GIVEN_UP_MS = 60_000;

export const filesCheck: Check = {
  area: 'files',
  title: 'Looking for files that were left behind',
  run: (context) => {
    const { core, folder, looked, find } = context;
    const folders = [folder, copiesFolder(folder), path.join(folder, 'archive')];
    const files = folders.flatMap((one) => filesIn(one));
    looked(files.length);
    unfinished(context, [
      ...files.filter((file) => UNFINISHED.test(path.basename(file))),
      ...core.blobs.leftovers(),
    ]);
    const aside = files.filter((file) => ASIDE.test(path.basename(file)));
    if (aside.length > 0) {
      find({
        area: 'files',
        severity: 'note',
        what: `Damaged files are kept: ${aside.map((file) => path.relative(folder, file)).join(', ')}.`,
        effect: `They take ${Math.ceil(aside.reduce((sum, file) => sum + sizeOf(file), 0) / 1024)} KB.`,
        remedy: 'Delete them once you miss nothing.',
        repaired: false,
      });
    }
    return Promise.resolve();
  },
};

/** How the database is kept, and what its last openings met. */
export const openingCheck: Check = {
  area: 'database',
  title: 'Looking at how the database was opened',
  run: ({ core, folder, find, looked }) => {
    const { recovery, fallbackReason } = core.database;
    looked(1, sizeOf(warmFile(folder)));
    if (recovery.lostAcknowledged) {
      find({
        area: 'database',
        severity: 'damage',
        what: 'The end of the redo log was damaged when the store was opened.',
        where: recovery.keptAs ?? 'warm.db-redo',
        effect: 'Changes made just before the last stop were lost, but for those of your own.',
        remedy: 'Your own were put back from their log; what agents wrote is imported again.',
        repaired: true,
      });
    }
    if (fallbackReason !== undefined) {
      find({
        area: 'database',
        severity: 'note',
        what: `The store runs in its slower, fully buffered mode: ${fallbackReason}`,
        effect: 'Each change writes the whole database.',
        remedy: 'Update Multipath, or say in its issue tracker which system this is.',
        repaired: false,
      });
    }
    const restored = lastRestore(core.database);
    if (restored !== undefined) {
      find({
        area: 'database',
        severity: 'note',
        what: `The database was made anew on ${new Date(restored.at).toISOString()}.`,
        effect: `It was recovered from ${restored.from}.`,
        remedy: 'Look whether you miss anything; the damaged file is kept.',
        repaired: false,
      });
    }
    return Promise.resolve();
  },
};

function unfinished({ repair, find, now, folder }: CheckContext, files: readonly string[]): void {
  const left = files.filter((file) => now() - statSync(file).mtimeMs > GIVEN_UP_MS);
  if (left.length === 0) return;
  if (repair) for (const file of left) nodeFileSystem.remove(file);
  find({
    area: 'files',
    severity: 'note',
    what: `${left.length} files were not finished: ${left.map((file) => path.relative(folder, file)).join(', ')}.`,
    effect: 'None: they are not used.',
    remedy: repair ? 'They were removed.' : 'The store doctor with repair removes them.',
    repaired: repair,
  });
}

function filesIn(folder: string): string[] {
  if (!nodeFileSystem.exists(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(folder, entry.name));
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
