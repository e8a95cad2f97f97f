/** Schemas of the arguments of ExploreOperations. */
import * as v from 'valibot';
import { RUN_FAILURES } from '../core/exploration.ts';
import { strategySchema } from '../core/strategySchema.ts';
import { count, id, ids, newMessage, requestId, usage } from './params.ts';

const model = v.object({
  id,
  name: v.string(),
  provider: v.string(),
  maxInputTokens: v.exactOptional(v.number()),
  maxOutputTokens: v.exactOptional(v.number()),
});
const limit = v.exactOptional(v.pipe(v.number(), v.minValue(0)));
export const exploration = v.object({
  atMessage: count,
  question: v.string(),
  combinations: v.array(v.object({ strategy: strategySchema, model })),
  budget: v.exactOptional(
    v.object({ runsAtOnce: limit, tokens: limit, usd: limit, milliseconds: limit }),
  ),
  runner: id,
  requestId,
});
export const runChanges = v.object({
  runner: id,
  step: count,
  state: v.exactOptional(v.picklist(['running', 'failed', 'cancelled', 'interrupted'])),
  text: v.exactOptional(v.object({ at: count, text: v.string() })),
  answer: v.exactOptional(v.array(newMessage)),
  spent: v.exactOptional(
    v.object({
      tokens: usage,
      estimated: v.exactOptional(v.boolean()),
      model: v.exactOptional(v.string()),
      provider: v.exactOptional(v.string()),
    }),
  ),
  context: v.exactOptional(
    v.object({
      messages: count,
      tokens: count,
      leftOut: v.object({ messages: count, tokens: count }),
      shortened: count,
      redacted: v.array(v.object({ kind: v.string(), count })),
    }),
  ),
  failure: v.exactOptional(v.picklist(RUN_FAILURES)),
  error: v.exactOptional(v.string()),
});
export const runQuery = v.object({
  ids: v.exactOptional(ids),
  explorationId: v.exactOptional(id),
  sessionIds: v.exactOptional(ids),
  parentIds: v.exactOptional(ids),
  live: v.exactOptional(v.boolean()),
});
