/**
 * Explorations and their runs: facts beside the forks that they fill. Every method that changes
 * something runs inside one transaction of its caller.
 *
 * Invariant: an answer becomes messages of the fork and the run's step goes on in one transaction,
 * and a step that is finished takes nothing in. So an answer is there once, whoever repeats it.
 *
 * A live run whose `failure` is `cancelled` is to be ended by its window, which has what arrived last.
 */
import type { PriceBook } from '../core/cost.ts';
import { MultipathError } from '../core/errors.ts';
import type {
  Exploration,
  Run,
  RunChanges,
  RunQuery,
  Spent,
  StartExploration,
} from '../core/exploration.ts';
import { newId } from '../core/ids.ts';
import type { Strategy } from '../core/strategy.ts';
import type { Catalogue } from './catalogue.ts';
import { number, text, textOrNull, type Database, type Row, type SqlValue } from './database.ts';
import { explorationOf, runOf, SELECT_RUNS, strategiesOf } from './runRows.ts';
import { removeText, textLength, addText, textOfRun } from './runText.ts';
import type { SessionEdits } from './sessionEdits.ts';
import { mergeUsage, packUsage, unpackUsage } from './usageGroups.ts';

export interface ExplorationOutcome {
  readonly explorationId: string;
  readonly runIds: readonly string[];
  readonly atMessage: number;
  readonly movedBecause?: string;
}

interface ExplorationParts {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly edits: SessionEdits;
  readonly prices: PriceBook;
  readonly now: () => number;
}

const LIVE = "('queued', 'running')";
const CANCELLED = { failure: 'cancelled', error: 'You cancelled it.' } as const;
const MOST_COMBINATIONS = 64;
const MOST_RUNS = 1_000;

export class Explorations {
  readonly #parts: ExplorationParts;

  constructor(parts: ExplorationParts) {
    this.#parts = parts;
  }

  /** @throws MultipathError `bad-request`, and what making a fork throws */
  start(sessionId: string, input: StartExploration): ExplorationOutcome {
    const { database, catalogue, edits, now } = this.#parts;
    const { combinations, question, atMessage, budget = {}, runner } = input;
    mustMakeSense(input);
    const explorationId = newId();
    const strategies = new Map(combinations.map(({ strategy }) => [strategy.id, strategy]));
    // In their order, which is that of the combinations: ids of one moment are in any.
    const runIds = combinations.map(newId).sort();
    let cut: { readonly atMessage: number; readonly movedBecause?: string } | undefined;
    for (const [nth, { strategy, model }] of combinations.entries()) {
      const runId = runIds[nth] ?? newId();
      const fork = edits.fork(sessionId, {
        atMessage,
        title: `${strategy.name} · ${model.name}`,
        metadata: {
          strategy: strategy.id,
          model: model.id,
          explore: { exploration: explorationId, run: runId },
        },
      });
      cut ??= fork;
      const createdAt = now();
      if (nth === 0) {
        const point = catalogue.get(fork.sessionId).forkPoint;
        if (!point) throw new MultipathError('not-found', 'The fork has no place to go on from.');
        database.run(
          `INSERT INTO exploration (id, session_id, fork_log, fork_seq, fork_native_id, question,
             strategies, budget, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          [
            explorationId,
            sessionId,
            point.logId,
            point.seq,
            point.nativeId ?? null,
            question,
            JSON.stringify([...strategies.values()]),
            JSON.stringify(budget),
            createdAt,
          ],
        );
      }
      database.run(
        `INSERT INTO run (id, exploration, session_id, strategy, model, state, step, attempt, usage,
           estimated, created_at, runner) VALUES (?, ?, ?, ?, ?, 'queued', 0, 1, '[]', 0, ?, ?)`,
        [
          runId,
          explorationId,
          fork.sessionId,
          strategy.id,
          JSON.stringify(model),
          createdAt,
          runner,
        ],
      );
    }
    const { atMessage: at = atMessage, movedBecause } = cut ?? {};
    return {
      explorationId,
      runIds,
      atMessage: at,
      ...(movedBecause !== undefined && { movedBecause }),
    };
  }

  exploration(id: string): Exploration | undefined {
    const row = this.#parts.database.get('SELECT * FROM exploration WHERE id = ?', [id]);
    return row && explorationOf(row);
  }

  /** Fails with `not-found`. */
  run(id: string): Run {
    return this.#asRun(this.#row(id));
  }

  /** Oldest first; the newest where there are more than can be given. */
  query({ ids, explorationId, sessionIds, parentIds, live }: RunQuery): Run[] {
    const conditions: string[] = [];
    const values: SqlValue[] = [];
    const among = (column: string, wanted: readonly string[] | undefined): void => {
      if (!wanted) return;
      conditions.push(`${column} IN (SELECT value FROM json_each(?))`);
      values.push(JSON.stringify(wanted));
    };
    among('r.id', ids);
    among('r.session_id', sessionIds);
    among('r.exploration', explorationId === undefined ? undefined : [explorationId]);
    if (parentIds) {
      conditions.push(`r.exploration IN (SELECT id FROM exploration
        WHERE session_id IN (SELECT value FROM json_each(?)))`);
      values.push(JSON.stringify(parentIds));
    }
    if (live === true) conditions.push(`r.state IN ${LIVE}`);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return this.#parts.database
      .all(`${SELECT_RUNS} ${where} ORDER BY r.id DESC LIMIT ${MOST_RUNS}`, values)
      .reverse()
      .map((row) => this.#asRun(row));
  }

  /** Fails with `not-found`; with `conflict` where `isHeld` says that another window has one. */
  claim(
    runIds: readonly string[],
    runner: string,
    isHeld: (runner: string) => boolean,
  ): readonly string[] {
    const { database } = this.#parts;
    for (const id of new Set(runIds)) {
      const row = this.#row(id);
      const owner = text(row, 'runner');
      const isLive = ['queued', 'running'].includes(text(row, 'state'));
      if (isLive && owner !== runner && isHeld(owner)) throw elsewhere();
      if (text(row, 'state') === 'done' || (isLive && owner === runner)) continue;
      removeText(database, id);
      database.run(
        `UPDATE run SET state = 'queued', runner = ?, attempt = attempt + 1, partial = NULL,
           failure = NULL, error = NULL, ended_at = NULL WHERE id = ?`,
        [runner, id],
      );
    }
    return runIds;
  }

  /** Ends live runs whose runner is gone, and marks the others for theirs; returns both. */
  cancel(runIds: readonly string[], isHeld: (runner: string) => boolean): string[] {
    const live = [...new Set(runIds)]
      .map((id) => this.#row(id))
      .filter((row) => ['queued', 'running'].includes(text(row, 'state')));
    return live.map((row) => {
      const id = text(row, 'id');
      if (!isHeld(text(row, 'runner'))) this.#end(id, 'cancelled', CANCELLED);
      else this.#set(id, 'failure', CANCELLED.failure);
      return id;
    });
  }

  /**
   * Returns false where there is nothing in it that is not there. Fails with `not-found`, with
   * `conflict` where another runner has it, and with what adding to the fork fails with.
   */
  note(runId: string, changes: RunChanges): boolean {
    const row = this.#row(runId);
    if (text(row, 'runner') !== changes.runner) throw elsewhere();
    const step = number(row, 'step');
    const state = text(row, 'state');
    if (changes.step < step || state === 'done') return false;
    if (changes.step > step) {
      throw new MultipathError('bad-request', `Step ${step} of this run is not finished.`);
    }
    // A run that was taken for lost comes to life again; one that ended waits until it is claimed.
    const isOver = state === 'failed' || state === 'cancelled';
    if (isOver || (state === 'interrupted' && changes.state === 'interrupted')) return false;
    if (changes.text) addText(this.#parts.database, runId, changes.text);
    if (changes.context) this.#set(runId, 'context', JSON.stringify(changes.context));
    if (changes.spent) this.#spend(row, changes.spent);
    if (changes.answer) this.#answer(row, changes.answer);
    else if (changes.state === 'running') this.#begin(runId);
    else if (changes.state) this.#end(runId, changes.state, changes);
    return true;
  }

  /** Ends live runs whose runner is gone; returns them. */
  interrupt(isHeld: (runner: string) => boolean): string[] {
    const lost = this.#parts.database
      .all(`SELECT id, runner, failure FROM run WHERE state IN ${LIVE}`)
      .filter((row) => !isHeld(text(row, 'runner')));
    return lost.map((row) => {
      const id = text(row, 'id');
      if (textOrNull(row, 'failure') === CANCELLED.failure) this.#end(id, 'cancelled', CANCELLED);
      else {
        this.#end(id, 'interrupted', {
          error: 'The window that ran it was closed. Retry goes on with the step that is missing.',
        });
      }
      return id;
    });
  }

  /** Runners of all live runs. */
  runners(): Set<string> {
    const rows = this.#parts.database.all(`SELECT DISTINCT runner FROM run WHERE state IN ${LIVE}`);
    return new Set(rows.map((row) => text(row, 'runner')));
  }

  #row(id: string): Row {
    const row = this.#parts.database.get(`${SELECT_RUNS} WHERE r.id = ?`, [id]);
    if (row) return row;
    throw new MultipathError('not-found', `There is no run ${id} in the store.`);
  }

  #asRun(row: Row): Run {
    const { database, prices } = this.#parts;
    return runOf(row, textOfRun(database, text(row, 'id')), prices);
  }

  #set(id: string, column: 'context' | 'usage' | 'failure', value: string): void {
    this.#parts.database.run(`UPDATE run SET ${column} = ? WHERE id = ?`, [value, id]);
  }

  #begin(id: string): void {
    this.#parts.database.run(
      `UPDATE run SET state = 'running', started_at = coalesce(started_at, ?), ended_at = NULL,
         failure = CASE state WHEN 'queued' THEN failure END, error = NULL
         WHERE id = ? AND state <> 'running'`,
      [this.#parts.now(), id],
    );
  }

  #spend(row: Row, { tokens, estimated = false, model, provider }: Spent): void {
    const usage = mergeUsage([
      ...unpackUsage(text(row, 'usage')),
      {
        tokens,
        answers: 1,
        ...(model !== undefined && { model }),
        ...(provider !== undefined && { provider }),
      },
    ]);
    this.#set(text(row, 'id'), 'usage', packUsage(usage));
    if (!estimated) return;
    this.#parts.database.run('UPDATE run SET estimated = 1 WHERE id = ?', [text(row, 'id')]);
  }

  #answer(row: Row, messages: NonNullable<RunChanges['answer']>): void {
    const { database, edits, now } = this.#parts;
    const id = text(row, 'id');
    const step = number(row, 'step') + 1;
    const strategy = strategiesOf(row).find((one) => one.id === text(row, 'strategy'));
    const isDone = step >= (strategy?.steps.length ?? 0);
    edits.append(text(row, 'session_id'), messages);
    removeText(database, id);
    database.run(
      `UPDATE run SET step = ?1, state = ?2, partial = NULL, error = NULL,
         failure = CASE ?2 WHEN 'done' THEN NULL ELSE failure END,
         started_at = coalesce(started_at, ?), ended_at = ? WHERE id = ?`,
      [step, isDone ? 'done' : 'running', now(), isDone ? now() : null, id],
    );
  }

  #end(
    id: string,
    state: 'failed' | 'cancelled' | 'interrupted',
    { failure, error }: Pick<RunChanges, 'failure' | 'error'>,
  ): void {
    const { database, now } = this.#parts;
    const arrived = textLength(database, id) > 0 ? textOfRun(database, id) : null;
    removeText(database, id);
    database.run(
      `UPDATE run SET state = ?, failure = ?, error = ?, ended_at = ?,
         partial = coalesce(?, partial) WHERE id = ?`,
      [state, failure ?? null, error ?? null, now(), arrived, id],
    );
  }
}

function elsewhere(): MultipathError {
  return new MultipathError('conflict', 'Another window goes on with this run. Look there.');
}

/** @throws MultipathError `bad-request` */
function mustMakeSense({ combinations, question }: StartExploration): void {
  const refuse = (why: string): never => {
    throw new MultipathError('bad-request', why);
  };
  if (question.trim() === '') refuse('Say what is to be asked.');
  if (combinations.length === 0) refuse('Choose at least one strategy and one model.');
  if (combinations.length > MOST_COMBINATIONS) {
    refuse(`That is ${combinations.length} forks. Choose at most ${MOST_COMBINATIONS} at a time.`);
  }
  const known = new Map<string, Strategy>();
  for (const { strategy } of combinations) {
    if (strategy.steps.length === 0) refuse(`The strategy “${strategy.name}” has no steps.`);
    const other = known.get(strategy.id);
    if (other && JSON.stringify(other) !== JSON.stringify(strategy)) {
      refuse(`Two strategies are called “${strategy.id}”. Rename the file of one of them.`);
    }
    known.set(strategy.id, strategy);
  }
}
