/** Reading transcripts. Reading is use: it counts, and it brings an archived session back. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EVENT_RULES } from '../../core/tierPolicy.ts';
import type { MessagePage, SessionStore } from '../../core/sessionStore.ts';
import { KeptAnswers } from '../../store/keptAnswers.ts';
import type { SessionPosition } from '../../store/transcripts.ts';
import type { MigrationEngine } from '../upkeep/migrationEngine.ts';
import type { OperationContext } from './context.ts';

/** Messages of one page request at most. */
export const MAX_RANGE = 1000;

/** Marks of pages that are kept, and pages without any. */
const MOST_MARKS = 4_000;

type Marks = Pick<MessagePage, 'forks' | 'merges'>;
type Operations = Pick<SessionStore, 'readMessages' | 'readMessage'>;

export function messageOperations(context: OperationContext, engine: MigrationEngine): Operations {
  const { core } = context;
  const kept = new KeptAnswers<Marks>(
    core.database,
    MOST_MARKS,
    ({ forks, merges }) => 1 + forks.length + merges.length,
  );

  /** The reader does not wait for it. */
  function promoteSoon(sessionId: string, { log }: SessionPosition): void {
    if (!engine.policy.automatic || !core.catalogue.isCold(log)) return;
    const move = { log, to: 'warm', rule: EVENT_RULES.opened.id, reason: 'opened' } as const;
    context.mover.moveRecords(move, { sessionId, breathe: () => nextTurn() }).then(
      () => context.announce(core.catalogue.sharingLog(log)),
      (error: unknown) => context.importer.report(error),
    );
  }

  return {
    readMessages: async (sessionId, range) => {
      core.commits.settle();
      const start = Math.max(0, range.start);
      const end = Math.min(Math.max(start, range.end), start + MAX_RANGE);
      const position = context.position(sessionId);
      const asOf = core.database.changes;
      const messages = await core.transcripts.read(position, start, end);
      if (core.readOnlyBecause === undefined) {
        core.access.record(sessionId);
        promoteSoon(sessionId, position);
      }
      const marks = kept.of(`${sessionId}|${start}|${end}`, asOf, () => ({
        forks: core.catalogue.forkMarks(sessionId, start, end),
        merges: core.merges.marks(sessionId, messages),
      }));
      return { messages, start, total: core.transcripts.total(position), ...marks };
    },
    readMessage: async (sessionId, index) => {
      core.commits.settle();
      return core.transcripts.readWhole(context.position(sessionId), index);
    },
  };
}
