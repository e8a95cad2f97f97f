/**
 * What a reload of the window must not lose: filters, the reference and the row one was at. The host reads
 * `sessionIds` of it to know which branches a restored panel compared.
 */
import * as v from 'valibot';
import type { Role } from '../../src/core/message.ts';

export interface SavedView {
  readonly sessionIds: readonly string[];
  readonly onlyDifferences: boolean;
  readonly role: Role | undefined;
  /** Row that was active. */
  readonly active: number | undefined;
  /** Session that the others are compared with; absent while it is the first. */
  readonly reference: string | undefined;
  /** The scores' parts are on show. */
  readonly explained: boolean;
}

const schema = v.object({
  sessionIds: v.array(v.string()),
  onlyDifferences: v.boolean(),
  role: v.optional(v.picklist(['user', 'assistant', 'system'])),
  active: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  reference: v.optional(v.string()),
  explained: v.optional(v.boolean(), false),
});

/** What was saved, or the view of a new panel: the state is the webview's own and may be old. */
export function savedView(state: unknown): SavedView {
  const parsed = v.safeParse(schema, state);
  if (!parsed.success) {
    return {
      sessionIds: [],
      onlyDifferences: true,
      role: undefined,
      active: undefined,
      reference: undefined,
      explained: false,
    };
  }
  const { sessionIds, onlyDifferences, role, active, reference, explained } = parsed.output;
  return { sessionIds, onlyDifferences, role, active, reference, explained };
}
