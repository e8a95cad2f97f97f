/**
 * What the panel remembers over a reload of the window: where it was, what was open, the draft.
 * The host reads `sessionId` of it to know which session a restored panel showed.
 */
import * as v from 'valibot';
import type { Draft } from './composer.ts';
import type { Place } from './place.ts';

const schema = v.object({
  version: v.literal(1),
  sessionId: v.string(),
  place: v.optional(v.object({ index: v.number(), offset: v.number() })),
  atEnd: v.boolean(),
  expanded: v.boolean(),
  folds: v.array(v.string()),
  draft: v.object({ text: v.string(), role: v.picklist(['user', 'assistant']) }),
});

export interface Persisted {
  readonly version: 1;
  readonly sessionId: string;
  readonly place: Place | undefined;
  readonly atEnd: boolean;
  readonly expanded: boolean;
  readonly folds: readonly string[];
  readonly draft: Draft;
}

/** The kept state, if it is one of this version and this session. */
export function readPersisted(raw: unknown, sessionId: string): Persisted | undefined {
  const parsed = v.safeParse(schema, raw);
  if (!parsed.success || parsed.output.sessionId !== sessionId) return undefined;
  return { ...parsed.output, place: parsed.output.place };
}
