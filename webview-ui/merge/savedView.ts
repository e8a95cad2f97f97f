/** What a reload of the window must not lose: what is merged into what, and what was decided. */
import * as v from 'valibot';
import { MERGE_MODES } from '../../src/core/merge.ts';
import type { Choices } from './choices.ts';

export interface SavedView {
  readonly sourceId: string;
  readonly targetId: string;
  readonly choices: Choices;
}

const index = v.pipe(v.number(), v.integer(), v.minValue(0));
const schema = v.object({
  sourceId: v.string(),
  targetId: v.string(),
  choices: v.object({
    mode: v.picklist(MERGE_MODES),
    picked: v.array(index),
    decisions: v.record(v.string(), v.picklist(['take', 'leave'])),
    summary: v.exactOptional(v.string()),
    summaryOf: v.exactOptional(v.array(index)),
    summaryBy: v.exactOptional(
      v.object({ model: v.exactOptional(v.string()), edited: v.boolean() }),
    ),
  }),
});

/** What was saved of this very merge: the state is the webview's own and may be another's. */
export function savedView(
  state: unknown,
  sourceId: string,
  targetId: string,
): SavedView | undefined {
  const parsed = v.safeParse(schema, state);
  if (!parsed.success) return undefined;
  const { output } = parsed;
  return output.sourceId === sourceId && output.targetId === targetId ? output : undefined;
}
