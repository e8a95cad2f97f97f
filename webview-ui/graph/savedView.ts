/**
 * What a reload of the window must not lose: what the graph shows of the family and where one was in
 * it. The host reads `sessionId` of it to know which family a restored panel showed.
 */
import * as v from 'valibot';

export type Colouring = 'agent' | 'score';
export const LEDGER_COLUMNS = ['branch', 'messages', 'tokens', 'cost', 'state'] as const;
export type LedgerColumn = (typeof LEDGER_COLUMNS)[number];

const schema = v.object({
  sessionId: v.string(),
  colouring: v.picklist(['agent', 'score']),
  ledger: v.boolean(),
  /** Column of the ledger and whether it falls; absent for the order of the family. */
  sort: v.optional(v.object({ by: v.picklist(LEDGER_COLUMNS), falls: v.boolean() })),
  chosen: v.array(v.string()),
  focus: v.optional(v.string()),
  place: v.optional(v.object({ x: v.number(), y: v.number(), k: v.number() })),
});
export type SavedView = Readonly<v.InferOutput<typeof schema>>;

/** What was saved, or the view of a new panel: the state is the webview's own and may be old. */
export function savedView(state: unknown): SavedView {
  const parsed = v.safeParse(schema, state);
  return parsed.success
    ? parsed.output
    : { sessionId: '', colouring: 'agent', ledger: false, chosen: [] };
}
