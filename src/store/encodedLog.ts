/** A derived log in the form the store inserts: made in the import worker, sent to the owner. */
import type { DerivedLog, DerivedBranch } from '../core/reader.ts';
import { summarise, type BranchSummary } from './branchSummary.ts';
import { encodeOutline, type OutlineChunk } from './outlineCodec.ts';

export interface EncodedBranch extends Omit<DerivedBranch, 'entries'> {
  readonly count: number;
  /** Where one is `undefined`, what is in the store is still right. */
  readonly chunks: readonly (OutlineChunk | undefined)[];
  readonly summary: BranchSummary;
}

export interface EncodedLog extends Omit<DerivedLog, 'branches'> {
  readonly branches: readonly EncodedBranch[];
  /** Lineage id of the first message: copies of a conversation share it. */
  readonly rootLineage?: string;
}

export function encodeLog(log: DerivedLog): EncodedLog {
  const rootLineage = log.branches[0]?.entries.find(
    (entry) => entry.lineageId !== undefined,
  )?.lineageId;
  return {
    ...log,
    branches: log.branches.map(({ entries, ...branch }) => ({
      ...branch,
      count: entries.length,
      chunks: encodeOutline(entries),
      summary: summarise(entries),
    })),
    ...(rootLineage !== undefined && { rootLineage }),
  };
}
