/**
 * Explorations and their runs as facts, beside factRows.ts. Who runs a run is no part of its fact:
 * whoever ran it is gone when a fact is put back.
 */
import * as v from 'valibot';
import { RUN_STATES } from '../../core/exploration.ts';
import { number, numberOrNull, text, textOrNull, type Database, type Row } from '../database.ts';

export const SELECT_EXPLORATION = `SELECT id, session_id, fork_log, fork_seq, fork_native_id,
  question, strategies, budget, created_at FROM exploration`;
export const SELECT_RUN = `SELECT id, exploration, session_id, strategy, model, state, step,
  attempt, partial, failure, error, usage, estimated, context, created_at, started_at, ended_at
  FROM run`;

/** JSON columns are taken over as they are; they are read through src/store/runRows.ts. */
const json = v.pipe(
  v.string(),
  v.check((value) => isJson(value)),
);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** As packUsage writes it: readers trust it. */
const usage = v.pipe(
  json,
  v.check((value) =>
    v.is(
      v.array(
        v.tupleWithRest(
          [v.nullable(v.string()), v.nullable(v.string()), count, count, count, count],
          v.pipe(v.number(), v.minValue(0)),
        ),
      ),
      JSON.parse(value),
    ),
  ),
);
const exploration = v.object({
  session: v.string(),
  forkLog: v.string(),
  forkSeq: v.number(),
  forkNativeId: v.exactOptional(v.string()),
  question: v.string(),
  strategies: json,
  budget: json,
  createdAt: v.number(),
});
const run = v.object({
  exploration: v.string(),
  session: v.string(),
  strategy: v.string(),
  model: json,
  state: v.picklist(RUN_STATES),
  step: count,
  attempt: count,
  partial: v.exactOptional(v.string()),
  failure: v.exactOptional(v.string()),
  error: v.exactOptional(v.string()),
  usage,
  estimated: v.number(),
  context: v.exactOptional(json),
  createdAt: v.number(),
  startedAt: v.exactOptional(v.number()),
  endedAt: v.exactOptional(v.number()),
});

export function explorationFact(row: Row): unknown {
  return present({
    session: text(row, 'session_id'),
    forkLog: text(row, 'fork_log'),
    forkSeq: number(row, 'fork_seq'),
    forkNativeId: textOrNull(row, 'fork_native_id'),
    question: text(row, 'question'),
    strategies: text(row, 'strategies'),
    budget: text(row, 'budget'),
    createdAt: number(row, 'created_at'),
  });
}

export function runFact(row: Row): unknown {
  return present({
    exploration: text(row, 'exploration'),
    session: text(row, 'session_id'),
    strategy: text(row, 'strategy'),
    model: text(row, 'model'),
    state: text(row, 'state'),
    step: number(row, 'step'),
    attempt: number(row, 'attempt'),
    partial: textOrNull(row, 'partial'),
    failure: textOrNull(row, 'failure'),
    error: textOrNull(row, 'error'),
    usage: text(row, 'usage'),
    estimated: number(row, 'estimated'),
    context: textOrNull(row, 'context'),
    createdAt: number(row, 'created_at'),
    startedAt: numberOrNull(row, 'started_at'),
    endedAt: numberOrNull(row, 'ended_at'),
  });
}

/** False when the value is none. Inside a transaction. */
export function putExploration(database: Database, id: string, value: unknown): boolean {
  const parsed = v.safeParse(exploration, value);
  if (!parsed.success) return false;
  const { session, forkLog, forkSeq, forkNativeId = null, question } = parsed.output;
  const { strategies, budget, createdAt } = parsed.output;
  database.run(
    `INSERT OR REPLACE INTO exploration (id, session_id, fork_log, fork_seq, fork_native_id,
       question, strategies, budget, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [id, session, forkLog, forkSeq, forkNativeId, question, strategies, budget, createdAt],
  );
  return true;
}

/** False when the value is none. Inside a transaction. */
export function putRun(database: Database, id: string, value: unknown): boolean {
  const parsed = v.safeParse(run, value);
  if (!parsed.success) return false;
  const fact = parsed.output;
  database.run(
    `INSERT OR REPLACE INTO run (id, exploration, session_id, strategy, model, state, step, attempt,
       partial, failure, error, usage, estimated, context, created_at, started_at, ended_at, runner)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')`,
    [
      id,
      fact.exploration,
      fact.session,
      fact.strategy,
      fact.model,
      fact.state,
      fact.step,
      fact.attempt,
      fact.partial ?? null,
      fact.failure ?? null,
      fact.error ?? null,
      fact.usage,
      fact.estimated,
      fact.context ?? null,
      fact.createdAt,
      fact.startedAt ?? null,
      fact.endedAt ?? null,
    ],
  );
  return true;
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false; // somebody else wrote it, and it cannot be read
  }
}

function present(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
