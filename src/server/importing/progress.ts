/** How far an import has come, as it is told to the person. */
import type { FileCount, ImportProgress } from '../../core/sessionStore.ts';
import type { Outcome } from './fileImport.ts';
import type { Found } from './sources.ts';

function idle(): ImportProgress {
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
function withOutcome(
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

const TELL_MS = 100;

/** The import's progress: told when it begins and ends, and now and then in between. */
export class ToldProgress {
  readonly #tell: (progress: ImportProgress) => void;
  #progress = idle();
  #lastTold = 0;

  constructor(tell: (progress: ImportProgress) => void) {
    this.#tell = tell;
  }

  /** Nothing is known of the next import yet. */
  clear(): void {
    this.#progress = idle();
  }

  begin(planned: readonly Found[], overBudget: FileCount): void {
    this.#set({
      ...idle(),
      filesTotal: planned.length,
      bytesTotal: planned.reduce((sum, file) => sum + file.bytes, 0),
      ...(overBudget.files > 0 && { overBudget }),
    });
  }

  /** What became of a file that was planned. */
  add(file: Found, outcome: Exclude<Outcome, { readonly type: 'cancelled' }>): void {
    const progress = { ...this.#progress, ...withOutcome(this.#progress, file, outcome) };
    if (performance.now() - this.#lastTold >= TELL_MS) this.#set(progress);
    else this.#progress = progress;
  }

  /** Returns the last word of it; `message` says why it failed. */
  end(state: Exclude<ImportProgress['state'], 'running'>, message?: string): ImportProgress {
    const failures = message === undefined ? [] : [{ path: '', message }];
    this.#set({
      ...this.#progress,
      state,
      failures: [...this.#progress.failures, ...failures],
    });
    return this.#progress;
  }

  #set(progress: ImportProgress): void {
    this.#progress = progress;
    this.#lastTold = performance.now();
    this.#tell(progress);
  }
}
