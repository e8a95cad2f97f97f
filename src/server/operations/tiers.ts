/** Sessions moved between the tiers, and what the tiers hold. */
import { MultipathError } from '../../core/errors.ts';
import type { Tier } from '../../core/session.ts';
import { EVENT_RULES } from '../../core/tierPolicy.ts';
import type { SessionStore, TierStatistics } from '../../core/sessionStore.ts';
import { number } from '../../store/database.ts';
import { trashUse } from '../../store/trash.ts';
import { hintsOf } from '../upkeep/hints.ts';
import type { MigrationEngine } from '../upkeep/migrationEngine.ts';
import { StoreFileSizes } from '../upkeep/storeFiles.ts';
import type { OperationContext } from './context.ts';
import { MAX_RANGE } from './messages.ts';

type Operations = Pick<SessionStore, 'migrateToTier' | 'getTierStatistics' | 'getMigrationHistory'>;

export function tierOperations(context: OperationContext, engine: MigrationEngine): Operations {
  const { access, catalogue, commits, database, ledger, tierFacts, transcripts } = context.core;
  const sizes = new StoreFileSizes(context.storePath);

  /** @throws MultipathError `bad-request` */
  function mustNotBeCritical(log: number, sessionId: string): void {
    if (!tierFacts.criticalLogs().has(log)) return;
    const together = catalogue.sharingLog(log).map((id) => catalogue.find(id));
    const critical = together.find((other) => other?.retentionPolicy === 'critical');
    const which =
      critical === undefined
        ? 'A fork of this session'
        : critical.id === sessionId
          ? 'This session'
          : `“${critical.title}” beside it`;
    throw new MultipathError(
      'bad-request',
      `${which} is marked critical and stays at hand. Change its retention to archive it.`,
    );
  }

  /** Accesses per hour of all sessions in each tier. */
  function accessesPerHour(): Record<Tier, number> {
    const sums = { hot: 0, warm: 0, cold: 0 };
    for (const [id, frequency] of access.frequencies()) {
      const session = catalogue.find(id);
      if (session) sums[session.storageTier] += frequency;
    }
    return sums;
  }

  function expiredTemporary(): number {
    const row = database.get(
      `SELECT count(*) AS n FROM fact f JOIN session s ON s.id = f.session_id
       LEFT JOIN access a ON a.session_id = s.id
       WHERE f.retention = 'temporary' AND f.deleted_at IS NULL
         AND max(s.updated_at, coalesce(a.last_at, 0)) <= ?`,
      [catalogue.live.now() - engine.policy.temporaryMs],
    );
    return row ? number(row, 'n') : 0;
  }

  return {
    migrateToTier: async (sessionId, tier, { reason }) => {
      context.mustWrite();
      commits.settle();
      catalogue.get(sessionId);
      const position = context.position(sessionId);
      const { log } = position;
      const why = { log, rule: EVENT_RULES.asked.id, reason };
      if (tier === 'cold') {
        mustNotBeCritical(log, sessionId);
        await context.mover.moveRecords({ ...why, to: 'cold' }, { sessionId });
        transcripts.cool(sessionId);
      } else {
        await context.mover.moveRecords({ ...why, to: 'warm' }, { sessionId });
        if (tier === 'hot') await transcripts.read(position, 0, MAX_RANGE);
        else transcripts.cool(sessionId);
      }
      context.announce(catalogue.sharingLog(log));
      return catalogue.get(sessionId);
    },
    getTierStatistics: async (): Promise<TierStatistics> => {
      commits.settle();
      const files = await sizes.measure(catalogue.tierSums().coldBytes);
      const { sessions, warmBytes, coldBytes, coldRawBytes } = catalogue.tierSums();
      const used = accessesPerHour();
      const tier = (name: Tier, bytes: number) => ({
        sessions: sessions[name],
        bytes,
        accessesPerHour: used[name],
      });
      const trash = trashUse(database);
      return {
        tiers: {
          hot: tier('hot', transcripts.hotBytes()),
          warm: tier('warm', warmBytes),
          cold: tier('cold', coldBytes),
        },
        coldRawBytes,
        files,
        queue: engine.status(),
        trash,
        hints: hintsOf({
          policy: engine.policy,
          files,
          trash,
          warmBytes,
          expiredTemporary: expiredTemporary(),
          storageMode: database.mode,
        }),
      };
    },
    getMigrationHistory: (limit) => context.read(() => ledger.history(limit)),
  };
}
