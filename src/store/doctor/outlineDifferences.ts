/**
 * Compares the outline of an agent's log with what its records say, some chunks at a time: that of a
 * very large log is tens of megabytes of text, and others wait while it is looked at.
 */
import type { EncodedBranch, EncodedLog } from '../encodedLog.ts';
import type { StoreCore } from '../storeCore.ts';

/** Chunks between two breaths: some milliseconds of work. */
const COMPARED_CHUNKS = 64;

export interface OutlineDifferences {
  /** What the records say, without the chunks that are right in the store. */
  readonly left: EncodedLog;
  readonly differs: boolean;
  /** False once the outline may have changed since. */
  readonly isStill: () => boolean;
}

export async function compareOutline(
  { outlines }: Pick<StoreCore, 'outlines'>,
  log: number,
  derived: EncodedLog,
  breathe: () => Promise<void>,
): Promise<OutlineDifferences> {
  const changes = outlines.changesOf(log);
  let differs = false;
  const branches: EncodedBranch[] = [];
  for (const [index, branch] of derived.branches.entries()) {
    const left: EncodedBranch['chunks'][number][] = [];
    for (let from = 0; from < branch.chunks.length; from += COMPARED_CHUNKS) {
      const some = branch.chunks.slice(from, from + COMPARED_CHUNKS);
      left.push(...outlines.differing(log, index, from, some));
      await breathe();
    }
    differs ||= left.some((chunk) => chunk !== undefined);
    differs ||= outlines.unseen.seenChunks(log, index) !== branch.chunks.length;
    branches.push({ ...branch, chunks: left });
  }
  const isStill = (): boolean => outlines.changesOf(log) === changes;
  return { left: { ...derived, branches }, differs, isStill };
}
