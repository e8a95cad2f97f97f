/**
 * Moves sessions between the tiers by themselves: asks the decision table now and then and carries
 * out what it says, one archive member at a time, with most of the time left to others. It stands
 * back while somebody waits for the store, while histories are imported, and while a task runs.
 *
 * A plan is only a list of what to look at: every move is judged anew right before it is made.
 */
import { MultipathError, messageOf } from '../../core/errors.ts';
import type { MoveQueue, StoragePolicy } from '../../core/storage.ts';
import { consistent, DEFAULT_STORAGE_POLICY, HOUR_MS } from '../../core/tierPolicy.ts';
import {
  planMoves,
  recordMoveNow,
  sessionMove,
  type Plan,
  type RecordMove,
  type SessionMove,
} from '../../store/migration/planner.ts';
import type { StoreCore } from '../../store/storeCore.ts';
import type { Activity } from './activity.ts';
import { firstLot } from './lots.ts';
import type { Mover } from './mover.ts';

/** After the store was opened, when windows have asked what they want to know at once. */
const FIRST_MS = 30_000;
const EVERY_MS = 5 * 60_000;
/** Moves of one plan; what is left comes with the next one. */
const QUEUE_LIMIT = 1_000;
/** Of the time while there is something to move, one part in this many is spent on it. */
const DUTY = 5;
const LEAST_PAUSE_MS = 5;
/** Between two looks whether an import or a task has ended. */
const LOOK_MS = 1_000;
/** A session that could not be moved is left alone for this long. */
const RETRY_MS = HOUR_MS;

export interface Clock {
  readonly now: () => number;
  /** Milliseconds of a clock that never goes backwards. */
  readonly elapsed: () => number;
  /** Resolves after `ms`, or early on the signal; keeps no process alive. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface EngineParts {
  readonly core: StoreCore;
  readonly mover: Mover;
  readonly activity: Pick<Activity, 'quietIn' | 'onBegin'>;
  readonly isImporting: () => boolean;
  readonly isTaskRunning: () => boolean;
  readonly announce: (changed: readonly string[]) => void;
  readonly report: (error: unknown) => void;
  readonly clock: Clock;
  readonly policy?: StoragePolicy;
}

type Move =
  | { readonly kind: 'records'; readonly move: RecordMove }
  | { readonly kind: 'session'; readonly move: SessionMove };

export class MigrationEngine {
  readonly #parts: EngineParts;
  readonly #stop = new AbortController();
  readonly #failedAt = new Map<string, number>();
  #policy: StoragePolicy;
  #queue: Move[] = [];
  #state: 'idle' | 'running' | 'paused' = 'idle';
  #pausedBecause: string | undefined;
  #interrupt: AbortController | undefined;
  #sleeping: AbortController | undefined;
  #looping: Promise<void> = Promise.resolve();

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#policy = consistent(parts.policy ?? DEFAULT_STORAGE_POLICY);
  }

  get policy(): StoragePolicy {
    return this.#policy;
  }

  setPolicy(policy: StoragePolicy): void {
    const next = consistent(policy);
    if (JSON.stringify(next) === JSON.stringify(this.#policy)) return;
    this.#policy = next;
    this.#interrupt?.abort();
    this.#sleeping?.abort();
  }

  status(): MoveQueue {
    const pending = this.#queue.length;
    if (!this.#policy.automatic) return { state: 'off', pending: 0 };
    const why = this.#state === 'paused' ? this.#pausedBecause : undefined;
    return { state: this.#state, pending, ...(why !== undefined && { pausedBecause: why }) };
  }

  /** Plans and moves from now on, until `stop`. */
  start(): void {
    this.#parts.activity.onBegin = () => this.#interrupt?.abort();
    this.#looping = this.#loop();
  }

  /** Resolves when nothing is being moved any more: at the latest after one archive member. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#interrupt?.abort();
    this.#sleeping?.abort();
    this.#parts.activity.onBegin = undefined;
    await this.#looping;
  }

  /** Plans once and carries it out. False when there is more to do than one plan holds. */
  async runOnce(): Promise<boolean> {
    const { core } = this.#parts;
    const plan = await planMoves(core.tierFacts, this.#policy, {
      hasHotRoom: core.transcripts.hasHotRoom(),
      pause: () => this.#clear(),
      limit: QUEUE_LIMIT,
    });
    const { cooling, queue } = ordered(plan);
    this.#queue = queue.filter((move) => !this.#isPutOff(move));
    this.#attempt('memory', () => this.#parts.mover.cool(cooling));
    this.#parts.core.database.flush();
    const policy = this.#policy;
    for (;;) {
      await this.#clear();
      const [next] = this.#queue;
      if (!next || this.#ended() || policy !== this.#policy) break;
      const started = this.#parts.clock.elapsed();
      const lot = this.#lot();
      if (lot.length > 1) {
        this.#queue.splice(0, lot.length);
        await this.#moveTogether(lot);
      } else if (await this.#carryOut(next)) this.#queue.shift();
      await this.#rest(this.#parts.clock.elapsed() - started);
    }
    this.#queue = [];
    this.#state = 'idle';
    return !plan.more;
  }

  async #loop(): Promise<void> {
    await this.#sleep(FIRST_MS);
    while (!this.#ended()) {
      let done = true;
      try {
        if (this.#policy.automatic) done = await this.runOnce();
      } catch (error) {
        if (!this.#ended()) this.#parts.report(error);
      }
      this.#queue = [];
      this.#state = 'idle';
      await this.#sleep(done ? EVERY_MS : LOOK_MS);
    }
  }

  /** False when it was interrupted and has to go on later. */
  async #carryOut(next: Move): Promise<boolean> {
    try {
      if (next.kind === 'records') return await this.#moveRecords(next.move);
      await this.#moveSession(next.move);
    } catch (error) {
      if (MultipathError.is(error, 'poisoned')) throw error;
      this.#putOff(next, error);
    }
    return true;
  }

  /** The small logs at the head of the queue that go to the archive for the same reason. */
  #lot(): RecordMove[] {
    const moves: RecordMove[] = [];
    for (const { kind, move } of this.#queue) {
      if (kind !== 'records' || move.to !== 'cold') break;
      if (moves[0] && moves[0].rule !== move.rule) break;
      moves.push(move);
    }
    return firstLot(moves);
  }

  async #moveTogether(lot: readonly RecordMove[]): Promise<void> {
    const { core, mover, announce } = this.#parts;
    let over = this.#bytesOverBudget();
    const judged: RecordMove[] = [];
    for (const { log } of lot) {
      const state = core.tierFacts.of(log);
      const move = state && recordMoveNow(state, this.#policy, over);
      if (move?.to !== 'cold') continue;
      judged.push(move);
      over -= move.bytes;
    }
    try {
      await mover.archiveTogether(judged);
    } catch (error) {
      if (MultipathError.is(error, 'poisoned')) throw error;
      // One of them cannot be moved: each on its own tells which.
      for (const move of judged) await this.#carryOut({ kind: 'records', move });
      return;
    }
    announce(judged.flatMap(({ sessions }) => sessions.map(({ id }) => id)));
  }

  /** 0 while there is room, or no limit. */
  #bytesOverBudget(): number {
    const { warmBytes } = this.#policy;
    if (warmBytes === 0) return 0;
    return Math.max(0, this.#parts.core.tierFacts.bytesAtHand() - warmBytes);
  }

  async #moveRecords({ log, to, rule }: RecordMove): Promise<boolean> {
    const { core, mover, announce } = this.#parts;
    const state = core.tierFacts.of(log);
    const over = rule === 'pressure' ? this.#bytesOverBudget() : 0;
    const move = state && recordMoveNow(state, this.#policy, over);
    if (move?.to !== to) return true;
    const interrupt = new AbortController();
    this.#interrupt = interrupt;
    let started = this.#parts.clock.elapsed();
    const outcome = await mover.moveRecords(move, {
      signal: interrupt.signal,
      breathe: async () => {
        if (this.#reason() !== undefined) interrupt.abort();
        else await this.#rest(this.#parts.clock.elapsed() - started);
        started = this.#parts.clock.elapsed();
      },
    });
    this.#interrupt = undefined;
    if (outcome.bytes > 0) announce(move.sessions.map(({ id }) => id));
    return outcome.complete;
  }

  async #moveSession({ log, session, to }: SessionMove): Promise<void> {
    const { core, mover } = this.#parts;
    const now = core.tierFacts.of(log)?.sessions.find(({ id }) => id === session.id);
    const move = now && sessionMove(log, now, this.#policy);
    if (move?.to !== to) return;
    if (to === 'hot') await mover.heat(move);
    else if (to === 'trash') await mover.discard(move);
    else if (to === 'removed') await mover.remove(session.id, move);
    else mover.cool([move]);
  }

  /** Resolves when nothing is in the way. */
  async #clear(): Promise<void> {
    for (;;) {
      if (this.#ended()) return;
      const reason = this.#reason();
      this.#state = reason === undefined ? 'running' : 'paused';
      this.#pausedBecause = reason;
      if (reason === undefined) return;
      await this.#sleep(Math.max(LEAST_PAUSE_MS, this.#parts.activity.quietIn() || LOOK_MS));
    }
  }

  #reason(): string | undefined {
    const { activity, isImporting, isTaskRunning } = this.#parts;
    if (activity.quietIn() > 0) return 'The store is in use.';
    if (isImporting()) return 'Histories are being imported.';
    if (isTaskRunning()) return 'Other work on the store is under way.';
    return undefined;
  }

  #rest(workedMs: number): Promise<void> {
    return this.#sleep(Math.max(LEAST_PAUSE_MS, workedMs * (DUTY - 1)));
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#ended()) return;
    this.#sleeping = new AbortController();
    await this.#parts.clock.sleep(ms, this.#sleeping.signal);
    this.#sleeping = undefined;
  }

  #ended(): boolean {
    return this.#stop.signal.aborted;
  }

  #attempt(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (MultipathError.is(error, 'poisoned')) throw error;
      this.#parts.report(new Error(`${what}: ${messageOf(error)}`));
    }
  }

  #putOff(move: Move, error: unknown): void {
    this.#failedAt.set(keyOf(move), this.#parts.clock.elapsed());
    this.#parts.report(error);
  }

  #isPutOff(move: Move): boolean {
    const failedAt = this.#failedAt.get(keyOf(move));
    if (failedAt === undefined) return false;
    if (this.#parts.clock.elapsed() - failedAt < RETRY_MS) return true;
    this.#failedAt.delete(keyOf(move));
    return false;
  }
}

/** What brings something back comes first, then what makes room, the most urgent before. */
function ordered({ records, sessions }: Plan): { cooling: SessionMove[]; queue: Move[] } {
  const of = (...targets: SessionMove['to'][]): Move[] =>
    sessions.filter(({ to }) => targets.includes(to)).map((move) => ({ kind: 'session', move }));
  const recordsOf = (isWanted: (move: RecordMove) => boolean): Move[] =>
    records.filter(isWanted).map((move) => ({ kind: 'records', move }));
  return {
    cooling: sessions.filter(({ to }) => to === 'warm'),
    queue: [
      ...recordsOf(({ to }) => to === 'warm'),
      ...of('hot'),
      ...of('trash'),
      ...of('removed'),
      ...recordsOf(({ rule }) => rule === 'pressure'),
      ...recordsOf(({ to, rule }) => to === 'cold' && rule !== 'pressure'),
    ],
  };
}

function keyOf({ kind, move }: Move): string {
  return kind === 'records' ? `log ${move.log}` : `session ${move.session.id}`;
}
