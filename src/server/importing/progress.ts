/** How far an import has come, as it is told to the person. */
import type { FileCount, ImportProgress } from '../../core/sessionStore.ts';
import type { Outcome } from './fileImport.ts';
import type { Found } from './sources.ts';

export function idle(): ImportProgress {
  return {
    state: 'running',
    filesDone: 0,
    filesTotal: 0,
    bytesDone: 0,
    bytesTotal: 0,
    sessionsAdded: 0,
    sessionsUpdated: 0,
    failures: [],
  };
}

export function sumOf(counts: readonly FileCount[]): FileCount {
  return counts.reduce(
    (sum, { files, bytes }) => ({ files: sum.files + files, bytes: sum.bytes + bytes }),
    { files: 0, bytes: 0 },
  );
}

/** What one more file that was planned changes. */
export function withOutcome(
  progress: ImportProgress,
  file: Found,
  outcome: Exclude<Outcome, { readonly type: 'cancelled' }>,
): Partial<ImportProgress> {
  const { filesDone, bytesDone, failures, sessionsAdded, sessionsUpdated } = progress;
  const isNew = outcome.type === 'done' ? outcome.result.added.length : 0;
  return {
    filesDone: filesDone + 1,
    bytesDone: bytesDone + file.bytes,
    sessionsAdded: sessionsAdded + isNew,
    sessionsUpdated: sessionsUpdated + (outcome.type === 'done' && isNew === 0 ? 1 : 0),
    ...(outcome.type === 'failed' && {
      failures: [...failures, { path: file.path, message: outcome.message }],
    }),
  };
}
