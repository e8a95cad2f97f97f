/**
 * What every page tells whenever it takes the focus, beside its channel: it is about no panel in
 * particular, and nobody answers.
 */
import * as v from 'valibot';

export const PAGE_FOCUSED = { kind: 'focused' } as const;

const schema = v.object({ kind: v.literal(PAGE_FOCUSED.kind) });

export function isPageFocused(message: unknown): boolean {
  return v.safeParse(schema, message).success;
}
