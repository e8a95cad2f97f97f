/**
 * Asks the decision table about every session. Nothing is changed here; the same store at the same
 * instant gives the same plan, and carried out, the plan leaves nothing to do for that instant.
 */
import type { StoragePolicy, PlannedMove } from '../../core/storage.ts';
import {
  duration,
  EVENT_RULES,
  mayMakeRoom,
  RECORD_RULES,
  ruleFor,
  SESSION_RULES,
  valueOf,
  type RecordFacts,
} from '../../core/tierPolicy.ts';
import type { MoveReason } from './ledger.ts';
import type { LogState, SessionState, TierFacts } from './tierFacts.ts';

/** Logs looked at in one go. */
const SLICE = 100;

export interface RecordMove extends MoveReason {
  readonly log: number;
  readonly to: 'warm' | 'cold';
  readonly bytes: number;
  readonly sessions: readonly SessionState[];
}

export interface SessionMove extends MoveReason {
  readonly log: number;
  readonly to: 'hot' | 'warm' | 'trash' | 'removed';
  readonly session: SessionState;
}

export interface Plan {
  readonly records: readonly RecordMove[];
  readonly sessions: readonly SessionMove[];
  /** Set when there was more to do than was asked for. */
  readonly more: boolean;
}

export interface PlanOptions {
  /** There is room in memory for sessions that are used much. */
  readonly hasHotRoom: boolean;
  /** Awaited between two slices, so that requests come first; it may throw to end the planning. */
  readonly pause: () => Promise<void>;
  /** Moves of records, and moves of sessions, at most. */
  readonly limit?: number;
}

/** Archives whatever nobody used or changed for so long, instead of asking the table. */
export interface ByAge {
  readonly olderThan: number;
}

interface Candidate {
  readonly state: LogState;
  readonly value: number;
}

export async function planMoves(
  facts: TierFacts,
  policy: StoragePolicy,
  { hasHotRoom, pause, limit = Infinity }: PlanOptions,
): Promise<Plan> {
  const records: RecordMove[] = [];
  const sessions: SessionMove[] = [];
  let more = false;
  const add = <T>(moves: T[], move: T): void => {
    if (moves.length < limit) moves.push(move);
    else more = true;
  };
  const candidates: Candidate[] = [];
  let atHand = facts.bytesAtHand();
  for await (const state of eachLog(facts, pause)) {
    for (const session of state.sessions) {
      const move = sessionMove(state.log, session, policy);
      if (move && (move.to !== 'hot' || hasHotRoom)) add(sessions, move);
    }
    const move = recordMove(state, state.records, policy);
    if (move) {
      add(records, move);
      atHand += move.to === 'warm' ? move.bytes : -move.bytes;
    } else if (mayMakeRoom(state.records, policy)) {
      candidates.push({ state, value: valueOf(state.records) });
    }
  }
  if (policy.warmBytes > 0) {
    for (const state of leastValuable(candidates, atHand - policy.warmBytes)) {
      const bytesOverBudget = atHand - policy.warmBytes;
      const move = recordMove(state, { ...state.records, bytesOverBudget }, policy);
      if (move) add(records, move);
    }
  }
  return { records, sessions, more };
}

/** What archiving by age would move, and what it would leave alone though old enough, and why. */
export async function planByAge(
  facts: TierFacts,
  { olderThan }: ByAge,
  pause: () => Promise<void>,
): Promise<{ moves: RecordMove[]; skipped: { sessionId: string; reason: string }[] }> {
  const moves: RecordMove[] = [];
  const skipped: { sessionId: string; reason: string }[] = [];
  for await (const { log, sessions, records } of eachLog(facts, pause)) {
    if (records.bytesAtHand === 0) continue;
    const old = sessions.filter(({ facts: { idleMs } }) => idleMs >= olderThan);
    if (records.idleMs >= olderThan && !records.critical) {
      const reason = `not used or changed for ${duration(records.idleMs)} (asked for ${duration(olderThan)})`;
      moves.push({
        log,
        to: 'cold',
        rule: EVENT_RULES.asked.id,
        reason,
        bytes: records.bytesAtHand,
        sessions,
      });
      continue;
    }
    const newest = sessions.find(({ facts: { idleMs } }) => idleMs < olderThan);
    const reason = records.critical
      ? 'critical sessions, and what they were forked from, stay at hand'
      : `“${newest?.title ?? ''}” in the same file is in use`;
    for (const { id, visible } of old) if (visible) skipped.push({ sessionId: id, reason });
  }
  return { moves, skipped };
}

/** What the table says of one log now; for carrying out a plan that was made a while ago. */
export function recordMoveNow(
  state: LogState,
  policy: StoragePolicy,
  bytesOverBudget: number,
): RecordMove | undefined {
  const over = bytesOverBudget > 0 && { bytesOverBudget };
  return recordMove(state, { ...state.records, ...over }, policy);
}

export function sessionMove(
  log: number,
  session: SessionState,
  policy: StoragePolicy,
): SessionMove | undefined {
  if (!session.visible) return undefined;
  const rule = ruleFor(SESSION_RULES, session.facts, policy);
  if (!rule || rule.to === 'stays') return undefined;
  return { log, to: rule.to, rule: rule.id, reason: rule.reason(session.facts, policy), session };
}

/** The plan as it is shown: one move of each session, the one that goes furthest. */
export function shownMoves({
  records,
  sessions,
}: Pick<Plan, 'records' | 'sessions'>): PlannedMove[] {
  const shown = new Map<string, PlannedMove>();
  const show = (session: SessionState, move: MoveReason & Pick<PlannedMove, 'to'>): void => {
    const { id, title, bytes, lastUsedAt, facts } = session;
    shown.set(id, {
      sessionId: id,
      title,
      from: facts.tier,
      to: move.to,
      rule: move.rule,
      reason: move.reason,
      bytes,
      retentionPolicy: facts.retention,
      lastAccessedAt: lastUsedAt,
    });
  };
  for (const move of sessions.filter(({ to }) => to === 'hot' || to === 'warm')) {
    show(move.session, move);
  }
  for (const move of records) {
    for (const session of move.sessions) if (session.visible) show(session, move);
  }
  for (const move of sessions.filter(({ to }) => to === 'trash' || to === 'removed')) {
    show(move.session, move);
  }
  return [...shown.values()];
}

function recordMove(
  { log, sessions }: LogState,
  facts: RecordFacts,
  policy: StoragePolicy,
): RecordMove | undefined {
  const rule = ruleFor(RECORD_RULES, facts, policy);
  if (!rule || rule.to === 'stays') return undefined;
  const bytes = rule.to === 'warm' ? facts.archivedBytes : facts.bytesAtHand;
  const reason = rule.reason(facts, policy);
  return { log, to: rule.to, rule: rule.id, reason, bytes, sessions };
}

/** Those that go until there is room for the others. */
function leastValuable(candidates: readonly Candidate[], tooMuch: number): LogState[] {
  const chosen: LogState[] = [];
  let left = tooMuch;
  const sorted = [...candidates].sort((a, b) => a.value - b.value || a.state.log - b.state.log);
  for (const { state } of sorted) {
    if (left <= 0) break;
    chosen.push(state);
    left -= state.records.bytesAtHand;
  }
  return chosen;
}

async function* eachLog(facts: TierFacts, pause: () => Promise<void>): AsyncGenerator<LogState> {
  let after = 0;
  for (;;) {
    const slice = facts.slice(after, SLICE);
    yield* slice;
    const last = slice.at(-1);
    if (!last || slice.length < SLICE) return;
    after = last.log;
    await pause();
  }
}
