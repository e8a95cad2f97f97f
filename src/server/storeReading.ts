/** How a comparison reads the store: without counting as an access and without waking archives. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BranchReader } from '../core/compare/compare.ts';
import { costOf } from '../core/cost.ts';
import { MultipathError } from '../core/errors.ts';
import type { LineageNode } from '../core/lineage.ts';
import type { Message } from '../core/message.ts';
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

/** True where a page has some of it shortened. */
export function isShortened({ content }: Message): boolean {
  return content.some((block) =>
    block.type === 'tool'
      ? block.input.fullLength !== undefined || block.result?.fullLength !== undefined
      : block.type !== 'attachment' && block.fullLength !== undefined,
  );
}

/** Messages that are read between two turns of the event loop. */
const SLICE = 100;

/** Messages with nothing shortened, in the order of the indexes. Others have their turn meanwhile. */
export async function wholeMessages(
  core: StoreCore,
  position: SessionPosition,
  indexes: readonly number[],
): Promise<Message[]> {
  const whole: Message[] = [];
  for (const [nth, index] of indexes.entries()) {
    const [message] = await core.transcripts.read(position, index, index + 1);
    whole.push(
      message && !isShortened(message)
        ? message
        : await core.transcripts.readWhole(position, index),
    );
    if (nth % SLICE === SLICE - 1) await nextTurn();
  }
  return whole;
}
