/** Storage that a person or an extension asks about: bulk moves, the trash, the policy. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as v from 'valibot';
import { MultipathError } from '../../core/errors.ts';
import { EVENT_RULES } from '../../core/tierPolicy.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import type { BulkOutcome, TaskKind } from '../../core/storage.ts';
import {
  planByAge,
  planMoves,
  shownMoves,
  type RecordMove,
} from '../../store/migration/planner.ts';
import type { MoveOutcome } from '../../store/tierMoves.ts';
import { firstLot } from '../upkeep/lots.ts';
import { trashEntries, trashIds } from '../../store/trash.ts';
import type { Work } from '../../store/work.ts';
import type { MigrationEngine } from '../upkeep/migrationEngine.ts';
import { type OperationContext, parser } from './context.ts';

type Operations = Pick<
  SessionStore,
  | 'planMoves'
  | 'archiveOldSessions'
  | 'deleteTemporarySessions'
  | 'listTrash'
  | 'purgeSessions'
  | 'setStoragePolicy'
>;

/** Logs among which a lot is looked for. */
const LOOK_AHEAD = 64;
/** Sessions whose change is told at once. */
const ANNOUNCED = 100;

const bulkOutcome = parser(
  v.looseObject({
    sessionIds: v.array(v.string()),
    bytes: v.number(),
    skipped: v.array(v.looseObject({ sessionId: v.string(), reason: v.string() })),
    cancelled: v.boolean(),
  }),
);

export function storageOperations(context: OperationContext, engine: MigrationEngine): Operations {
  const { core, mover, tasks } = context;
  const plan = () => {
    const hasHotRoom = core.transcripts.hasHotRoom();
    return planMoves(core.tierFacts, engine.policy, { hasHotRoom, pause: nextTurn });
  };

  /** Runs a task whose outcome a repeated request gets again. */
  async function bulk(
    kind: TaskKind,
    message: string,
    requestId: string | undefined,
    work: (task: Work) => Promise<BulkOutcome>,
  ): Promise<BulkOutcome> {
    context.mustWrite();
    core.commits.settle();
    const done = () => core.requests.outcome(requestId, bulkOutcome);
    const known = done();
    if (known) return known;
    return tasks.run(kind, message, async (task) => {
      // Asked again while it was under way, it comes after that.
      const meanwhile = done();
      if (meanwhile) return meanwhile;
      const outcome = await work(task);
      return core.requests.once(requestId, () => outcome, bulkOutcome);
    });
  }

  async function archiveOld(olderThan: number, task: Work): Promise<BulkOutcome> {
    const { moves, skipped } = await planByAge(core.tierFacts, { olderThan }, nextTurn);
    const sessionIds: string[] = [];
    let bytes = 0;
    let changed: string[] = [];
    const announce = (): void => {
      if (changed.length > 0) context.announce(changed);
      changed = [];
    };
    for (let done = 0; done < moves.length && !task.signal.aborted;) {
      const lot = firstLot(moves.slice(done, done + LOOK_AHEAD));
      task.report(done, moves.length, lot[0]?.sessions[0]?.title ?? '');
      done += lot.length;
      // Somebody may have used some, or marked them critical, since the plan was made.
      const still = lot.filter(({ log }) => {
        const records = core.tierFacts.of(log)?.records;
        return records && !records.critical && records.idleMs >= olderThan;
      });
      for (const { move, outcome } of await archiveLot(still, task.signal)) {
        const visible = move.sessions.filter((session) => session.visible).map(({ id }) => id);
        if (typeof outcome === 'string') {
          skipped.push(...visible.map((sessionId) => ({ sessionId, reason: outcome })));
          continue;
        }
        bytes += outcome.bytes;
        if (outcome.complete) sessionIds.push(...visible);
        changed.push(...visible);
      }
      if (changed.length >= ANNOUNCED) announce();
      await nextTurn();
    }
    announce();
    return { sessionIds, bytes, skipped, cancelled: task.signal.aborted };
  }

  /** What became of each: how far it came, or why it could not be moved, in words. */
  async function archiveLot(
    lot: readonly RecordMove[],
    signal: AbortSignal,
  ): Promise<{ move: RecordMove; outcome: MoveOutcome | string }[]> {
    if (lot.length > 1) {
      try {
        await mover.archiveTogether(lot);
        return lot.map((move) => ({ move, outcome: { bytes: move.bytes, complete: true } }));
      } catch (error) {
        if (MultipathError.is(error, 'poisoned')) throw error;
        // One of them cannot be moved: each on its own tells which.
      }
    }
    const outcomes: { move: RecordMove; outcome: MoveOutcome | string }[] = [];
    for (const move of lot) {
      try {
        const outcome = await mover.moveRecords(move, { signal, breathe: () => nextTurn() });
        outcomes.push({ move, outcome });
      } catch (error) {
        // Only what is wrong with this one; a disk that is full is everybody's.
        if (
          !MultipathError.is(error, 'corrupt-block') &&
          !MultipathError.is(error, 'corrupt-file')
        ) {
          throw error;
        }
        outcomes.push({ move, outcome: error.message });
      }
    }
    return outcomes;
  }

  async function deleteTemporary(task: Work): Promise<BulkOutcome> {
    const { sessions } = await plan();
    const expired = sessions.filter(({ to }) => to === 'trash');
    const sessionIds: string[] = [];
    let bytes = 0;
    for (const [done, move] of expired.entries()) {
      if (task.signal.aborted) break;
      const { session } = move;
      task.report(done, expired.length, session.title);
      if (!core.catalogue.find(session.id)) continue;
      await mover.discard(move);
      sessionIds.push(session.id);
      bytes += session.bytes;
    }
    return { sessionIds, bytes, skipped: [], cancelled: task.signal.aborted };
  }

  async function purge(ids: readonly string[], task: Work): Promise<BulkOutcome> {
    const sessionIds: string[] = [];
    const skipped: { sessionId: string; reason: string }[] = [];
    let bytes = 0;
    for (const [done, sessionId] of ids.entries()) {
      if (task.signal.aborted) break;
      task.report(done, ids.length, '');
      const result = await mover.remove(sessionId, {
        rule: EVENT_RULES.asked.id,
        reason: 'asked for',
      });
      if ('skipped' in result) {
        skipped.push({ sessionId, reason: result.skipped });
        continue;
      }
      sessionIds.push(sessionId);
      bytes += result.bytes;
    }
    return { sessionIds, bytes, skipped, cancelled: task.signal.aborted };
  }

  return {
    planMoves: async ({ olderThan }) => {
      core.commits.settle();
      if (olderThan === undefined) return shownMoves(await plan());
      const { moves } = await planByAge(core.tierFacts, { olderThan }, nextTurn);
      return shownMoves({ records: moves, sessions: [] });
    },
    archiveOldSessions: async ({ olderThan, requestId }) => {
      if (!(olderThan >= 0)) {
        throw new MultipathError('bad-request', '“olderThan” is a number of milliseconds from 0.');
      }
      return bulk('archive', 'Archiving old sessions', requestId, (task) =>
        archiveOld(olderThan, task),
      );
    },
    deleteTemporarySessions: (options = {}) =>
      bulk('archive', 'Deleting temporary sessions', options.requestId, (task) =>
        deleteTemporary(task),
      ),
    listTrash: () =>
      context.read(() => trashEntries(core.database, core.catalogue.live, engine.policy.trashMs)),
    purgeSessions: (sessionIds, options = {}) =>
      bulk('purge', 'Removing sessions for good', options.requestId, (task) =>
        purge(sessionIds ?? trashIds(core.database), task),
      ),
    setStoragePolicy: (policy) => {
      engine.setPolicy(policy);
      return Promise.resolve();
    },
  };
}
