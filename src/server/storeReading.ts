/** How a comparison reads the store: without counting as an access and without waking archives. */
import type { BranchReader } from '../core/compare/compare.ts';
import { costOf } from '../core/cost.ts';
import { MultipathError } from '../core/errors.ts';
import type { LineageNode } from '../core/lineage.ts';
import type { StoreCore } from '../store/storeCore.ts';
import type { SessionPosition } from '../store/transcripts.ts';

export function branchReader(core: StoreCore): BranchReader {
  const position = (sessionId: string): SessionPosition => {
    const found = core.catalogue.position(sessionId);
    if (found) return found;
    throw new MultipathError('not-found', `There is no session ${sessionId} in the store.`);
  };
  return {
    readMessages: (sessionId, start, end) => core.transcripts.read(position(sessionId), start, end),
    readFigures: (sessionId, start, end) => {
      const { log, branch } = position(sessionId);
      const placed = core.outlines.entries(log, branch, start, end);
      return Promise.resolve(
        placed.map(({ entry }) => {
          const cost = costOf(core.prices, entry);
          return {
            ...(entry.tokens && { tokens: entry.tokens }),
            ...(cost !== undefined && { cost }),
          };
        }),
      );
    },
  };
}

export function lineageFinder(core: StoreCore): (id: string) => LineageNode | undefined {
  return (id) => core.catalogue.lineage(id);
}
