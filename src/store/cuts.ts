/** Where the way from the first message to a wanted one may end, so that no call loses its result. */
import { MultipathError } from '../core/errors.ts';
import { guardCut } from '../core/forkGuard.ts';
import type { Outlines } from './outlines.ts';
import type { SessionPosition } from './transcripts.ts';

export interface Cut {
  readonly at: number;
  /** Why it is not the wanted message. */
  readonly movedBecause?: string;
}

/** The cut at a message, or at the last one. @throws MultipathError where there is none */
export function cutOf(
  outlines: Outlines,
  { log, branch }: Pick<SessionPosition, 'log' | 'branch'>,
  wanted?: number,
): Cut {
  const total = outlines.length(log, branch);
  const isOpen = (index: number): boolean =>
    outlines.entries(log, branch, index, index + 1)[0]?.entry.open === true;
  const cut = guardCut(total, isOpen, wanted ?? Math.max(0, total - 1));
  if (!cut.ok) throw new MultipathError(cut.code, cut.reason);
  return cut;
}
