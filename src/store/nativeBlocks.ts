/**
 * The blocks of a merged message, as its record keeps them: checked one by one, because a record may
 * come from a file that somebody else wrote. A block of a kind that is not known, or not what it
 * should be, is shown as what it says.
 */
import * as v from 'valibot';
import type { ContentBlock } from '../core/message.ts';

const bounded = { text: v.string(), fullLength: v.exactOptional(v.number()) };
const count = v.pipe(v.number(), v.minValue(0));
const fileLines = { path: v.string(), added: count, removed: count };

const block: v.GenericSchema<unknown, ContentBlock> = v.variant('type', [
  v.object({ type: v.literal('text'), ...bounded }),
  v.object({ type: v.literal('thinking'), ...bounded }),
  v.object({
    type: v.literal('notice'),
    kind: v.picklist(['compaction', 'context-reset', 'gap', 'error', 'info']),
    ...bounded,
  }),
  v.object({
    type: v.literal('attachment'),
    mediaType: v.string(),
    bytes: count,
    name: v.exactOptional(v.string()),
  }),
  v.object({
    type: v.literal('tool'),
    callId: v.string(),
    name: v.string(),
    summary: v.string(),
    input: v.object(bounded),
    result: v.exactOptional(
      v.object({ ...bounded, isError: v.boolean(), attachments: v.exactOptional(count) }),
    ),
    edit: v.exactOptional(
      v.object({ ...fileLines, files: v.exactOptional(v.array(v.object(fileLines))) }),
    ),
  }),
]);

export function blocksOf(content: unknown): readonly ContentBlock[] {
  if (!Array.isArray(content)) return [];
  return content.map((one: unknown): ContentBlock => {
    const parsed = v.safeParse(block, one);
    if (parsed.success) return parsed.output;
    return { type: 'notice', kind: 'info', text: said(one) };
  });
}

function said(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '…'; // Nested deeper than the stack: the record keeps it.
  }
}
