/** Advice about the store's upkeep, from its figures. */
import type { StorageHint, StoragePolicy, StoreFiles, TrashUse } from '../../core/storage.ts';
import { duration } from '../../core/tierPolicy.ts';

export interface HintFigures {
  readonly policy: StoragePolicy;
  readonly files: StoreFiles;
  readonly trash: TrashUse;
  /** Bytes of records at hand. */
  readonly warmBytes: number;
  readonly expiredTemporary: number;
  readonly storageMode: 'paged' | 'snapshot';
}

/** Less than this is not worth a word. */
const WORTH_BYTES = 16e6;

export function hintsOf(figures: HintFigures): StorageHint[] {
  const { policy, files, trash, warmBytes, expiredTemporary, storageMode } = figures;
  const hints: StorageHint[] = [];
  if (files.archiveGarbage > WORTH_BYTES && files.archiveGarbage > files.archive / 2) {
    const message = `${megabytes(files.archiveGarbage)} of the archive are no longer used. Compact it to get them back.`;
    hints.push({ id: 'compact', message });
  }
  if (trash.bytes > WORTH_BYTES) {
    const later =
      policy.trashMs > 0 ? ` It is emptied after ${duration(policy.trashMs)} by itself.` : '';
    hints.push({ id: 'trash', message: `The trash holds ${megabytes(trash.bytes)}.${later}` });
  }
  if (policy.warmBytes > 0 && warmBytes > policy.warmBytes) {
    const message = `${megabytes(warmBytes)} of records are at hand, more than the ${megabytes(policy.warmBytes)} that are wanted.`;
    hints.push({ id: 'warm-full', message });
  }
  if (expiredTemporary > 0 && !policy.automatic) {
    const message = `${expiredTemporary} temporary ${expiredTemporary === 1 ? 'session has' : 'sessions have'} not been used for ${duration(policy.temporaryMs)}.`;
    hints.push({ id: 'unused-temporary', message });
  }
  if (storageMode === 'snapshot') {
    const message =
      'The database is kept in memory and written whole, which is slow. Run the store doctor to see why.';
    hints.push({ id: 'snapshot-mode', message });
  }
  return hints;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
