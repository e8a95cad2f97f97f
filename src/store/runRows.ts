/**
 * Rows of explorations and runs as the rest of the program sees them. What a run cost is found from
 * what its answers took, at the prices that hold now.
 *
 * Rows may come from a file that somebody else wrote: JSON in them is checked on every reading, and
 * a run whose strategy is not there still has its name.
 */
import * as v from 'valibot';
import type { PriceBook } from '../core/cost.ts';
import {
  RUN_FAILURES,
  RUN_STATES,
  type Exploration,
  type ExplorationBudget,
  type Run,
} from '../core/exploration.ts';
import { addTokens, NO_TOKENS } from '../core/message.ts';
import type { ModelInfo } from '../core/models.ts';
import { strategySchema } from '../core/strategySchema.ts';
import type { Strategy } from '../core/strategy.ts';
import { json, number, numberOrNull, text, textOrNull, type Row } from './database.ts';
import { costColumns } from './ingest/figures.ts';
import { unpackUsage } from './usageGroups.ts';

const count = v.pipe(v.number(), v.minValue(0));
const model = v.object({
  id: v.string(),
  name: v.string(),
  provider: v.string(),
  maxInputTokens: v.exactOptional(count),
  maxOutputTokens: v.exactOptional(count),
});
const budget = v.object({
  runsAtOnce: v.exactOptional(count),
  tokens: v.exactOptional(count),
  usd: v.exactOptional(count),
  milliseconds: v.exactOptional(count),
});
const context = v.looseObject({
  messages: count,
  tokens: count,
  leftOut: v.object({ messages: count, tokens: count }),
  shortened: count,
  redacted: v.array(v.object({ kind: v.string(), count })),
});

const NO_MODEL: ModelInfo = { id: '', name: '', provider: '' };

/** Of a run, joined with `strategies` and `parent_id` of its exploration. */
export const SELECT_RUNS = `
  SELECT r.*, e.strategies, coalesce(e.session_id, '') AS parent_id
  FROM run r LEFT JOIN exploration e ON e.id = r.exploration`;

export function strategiesOf(row: Row): readonly Strategy[] {
  if (row['strategies'] === null) return [];
  const parsed = v.safeParse(v.array(strategySchema), json(row, 'strategies'));
  return parsed.success ? parsed.output : [];
}

export function budgetOf(row: Row): ExplorationBudget {
  const parsed = v.safeParse(budget, json(row, 'budget'));
  return parsed.success ? parsed.output : {};
}

export function explorationOf(row: Row): Exploration {
  const nativeId = textOrNull(row, 'fork_native_id');
  return {
    id: text(row, 'id'),
    sessionId: text(row, 'session_id'),
    forkPoint: {
      logId: text(row, 'fork_log'),
      seq: number(row, 'fork_seq'),
      ...(nativeId !== undefined && { nativeId }),
    },
    question: text(row, 'question'),
    strategies: strategiesOf(row),
    budget: budgetOf(row),
    createdAt: number(row, 'created_at'),
  };
}

/** `arrived` is what the pieces of its present answer hold. */
export function runOf(row: Row, arrived: string, prices: PriceBook): Run {
  const id = text(row, 'strategy');
  const strategy = strategiesOf(row).find((one) => one.id === id);
  const step = number(row, 'step');
  const steps = strategy?.steps.length ?? step;
  const under = strategy?.steps[step];
  const groups = unpackUsage(text(row, 'usage'));
  const { cost, unpriced } = costColumns(prices, groups);
  const why = v.safeParse(v.picklist(RUN_FAILURES), row['failure']);
  const error = textOrNull(row, 'error');
  const shown = v.safeParse(context, row['context'] === null ? null : json(row, 'context'));
  const startedAt = numberOrNull(row, 'started_at');
  const endedAt = numberOrNull(row, 'ended_at');
  const asked = v.safeParse(model, json(row, 'model'));
  return {
    id: text(row, 'id'),
    explorationId: text(row, 'exploration'),
    sessionId: text(row, 'session_id'),
    parentId: text(row, 'parent_id'),
    strategyId: id,
    strategyName: strategy?.name ?? id,
    model: asked.success ? asked.output : NO_MODEL,
    state: v.parse(v.picklist(RUN_STATES), row['state']),
    step,
    steps,
    ...(under && { stepName: under.title ?? under.name }),
    partial: arrived === '' ? (textOrNull(row, 'partial') ?? '') : arrived,
    ...(why.success && { failure: why.output }),
    ...(error !== undefined && { error }),
    tokens: groups.reduce((sum, group) => addTokens(sum, group.tokens), NO_TOKENS),
    tokensEstimated: number(row, 'estimated') === 1,
    ...(cost !== undefined && { cost }),
    unpriced: unpriced > 0,
    ...(shown.success && { context: shown.output }),
    attempt: number(row, 'attempt'),
    createdAt: number(row, 'created_at'),
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    runner: text(row, 'runner'),
  };
}
