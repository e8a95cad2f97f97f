/** Sessions moved between the tiers, and what the tiers hold. */
import { MultipathError } from '../../core/errors.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import type { OperationContext } from './context.ts';
import { MAX_RANGE } from './messages.ts';

type Operations = Pick<SessionStore, 'migrateToTier' | 'getTierStatistics' | 'getMigrationHistory'>;

export function tierOperations(context: OperationContext): Operations {
  const { catalogue, commits, moves, transcripts } = context.core;

  /** Sessions in one log move together. @throws MultipathError `bad-request` */
  function mustNotBeCritical(log: number, sessionId: string): void {
    const together = catalogue.sharingLog(log).map((id) => catalogue.find(id));
    const critical = together.find((other) => other?.retentionPolicy === 'critical');
    if (!critical) return;
    const which = critical.id === sessionId ? 'This session' : `“${critical.title}” beside it`;
    throw new MultipathError(
      'bad-request',
      `${which} is marked critical and stays at hand. Change its retention to archive it.`,
    );
  }

  return {
    migrateToTier: async (sessionId, tier, { reason }) => {
      context.mustWrite();
      commits.settle();
      const session = catalogue.get(sessionId);
      const position = context.position(sessionId);
      if (tier === 'cold') {
        mustNotBeCritical(position.log, sessionId);
        await moves.archive(position.log, sessionId, session.storageTier, reason);
        transcripts.cool(sessionId);
      } else {
        await moves.promote(position.log, sessionId, reason);
        if (tier === 'hot') await transcripts.read(position, 0, MAX_RANGE);
        else transcripts.cool(sessionId);
      }
      context.announce(catalogue.sharingLog(position.log));
      return catalogue.get(sessionId);
    },
    getTierStatistics: () =>
      context.read(() => {
        const { warm, cold, coldRawBytes } = catalogue.tierSums();
        const hot = { sessions: transcripts.hotSessions(), bytes: transcripts.hotBytes() };
        return { tiers: { hot, warm, cold }, coldRawBytes };
      }),
    getMigrationHistory: (limit) => context.read(() => moves.history(limit)),
  };
}
