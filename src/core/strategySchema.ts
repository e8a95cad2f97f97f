/**
 * What a strategy looks like as data that comes from elsewhere: another process, a store, a file.
 * Its meaning (placeholders that lead somewhere) is checked by strategyFile.ts.
 */
import * as v from 'valibot';
import type { Strategy } from './strategy.ts';

export const STEP_CONTEXTS = ['steps', 'conversation', 'none'] as const;
export const STEP_KEPT = ['exchange', 'answer'] as const;

const step = v.object({
  name: v.pipe(v.string(), v.minLength(1)),
  title: v.exactOptional(v.string()),
  prompt: v.string(),
  system: v.exactOptional(v.string()),
  model: v.exactOptional(v.string()),
  context: v.exactOptional(v.picklist(STEP_CONTEXTS)),
  keep: v.exactOptional(v.picklist(STEP_KEPT)),
});

export const strategySchema = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  name: v.string(),
  description: v.string(),
  steps: v.array(step),
}) satisfies v.GenericSchema<unknown, Strategy>;
