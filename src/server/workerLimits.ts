/**
 * How much memory the worker threads may take, and how long they stay without work. V8 lets a heap
 * grow the faster the more it may become, so a bound makes it smaller long before it is met. Who
 * meets it ends alone, and what was asked of it is told why.
 */
import type { ResourceLimits } from 'node:worker_threads';

/** Of one worker; what it is started with where nothing is said. */
export interface WorkerBounds {
  /** Milliseconds without work after which it is ended. */
  readonly idleMs?: number;
  readonly resourceLimits?: ResourceLimits;
}

/** As the process itself is started (src/protocol/serverProcess.ts), in megabytes. */
const maxYoungGenerationSizeMb = 16;

/** A file of 441 MB in records of 1 KB took 700; from 2,048 on V8 would let it grow at will. */
export const IMPORT_LIMITS: ResourceLimits = {
  maxOldGenerationSizeMb: 2_000,
  maxYoungGenerationSizeMb,
};

/** The index itself is in memory that does not count here; texts of some messages do at a time. */
export const SEARCH_LIMITS: ResourceLimits = {
  maxOldGenerationSizeMb: 512,
  maxYoungGenerationSizeMb,
};

/** Milliseconds without a question or a change after which the search worker is ended. */
export const SEARCH_IDLE_MS = 120_000;

/**
 * The same of the import worker, which knows how far it read the sessions that are being written to:
 * longer than the pauses that a person makes in one, since without it all of the file is read again.
 */
export const IMPORT_IDLE_MS = 600_000;

/** True for the error of a worker that met its bound. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
