/** Turns records of our own into what is shown. Nothing here throws. */
import { mergedFrom } from '../core/merge.ts';
import type { BoundedText, ContentBlock } from '../core/message.ts';
import type { MessageRenderer, TextLimits } from '../core/reader.ts';
import { messageOf, parseRecord } from './nativeLog.ts';

const MOST_LEVELS = 200;

export const nativeRenderer: MessageRenderer = {
  render(_entry, records, limits) {
    const content: ContentBlock[] = [];
    let metadata: Readonly<Record<string, unknown>> = {};
    for (const bytes of records) {
      const record = messageOf(parseRecord(bytes));
      if (!record) {
        const text = new TextDecoder().decode(bytes);
        content.push({ type: 'notice', kind: 'error', ...bounded(text, limits.text) });
        continue;
      }
      const { message, merged } = record;
      if (record.content) content.push(...record.content.map((block) => shortened(block, limits)));
      else content.push({ type: 'text', ...bounded(message.text, limits.text) });
      metadata = { ...sendable(message.metadata), ...(merged && { merged }) };
    }
    return { content, metadata };
  },
};

/**
 * What is nested too deep to be sent on is left out, and what claims that the message was merged:
 * only its record says so. The record keeps both.
 */
function sendable(metadata: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(metadata).filter(
      ([key, value]) =>
        isShallow(value, MOST_LEVELS) && !(key === 'merged' && mergedFrom(value) !== undefined),
    ),
  );
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((one) => isShallow(one, levels - 1));
}

function shortened(block: ContentBlock, limits: TextLimits): ContentBlock {
  if (block.type === 'attachment') return block;
  if (block.type !== 'tool') return { ...block, ...again(block, limits.text) };
  const { input, result } = block;
  return {
    ...block,
    input: again(input, limits.toolResult),
    ...(result && { result: { ...result, ...again(result, limits.toolResult) } }),
  };
}

/** What was shortened before stays so, and keeps the length it had. */
function again({ text, fullLength }: BoundedText, limit: number): BoundedText {
  if (text.length <= limit) return { text, ...(fullLength !== undefined && { fullLength }) };
  return { text: text.slice(0, limit), fullLength: fullLength ?? text.length };
}

function bounded(text: string, limit: number): BoundedText {
  return text.length > limit ? { text: text.slice(0, limit), fullLength: text.length } : { text };
}
