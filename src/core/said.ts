/**
 * Messages as plain text that any model can use: what was said as it is, what was thought and what
 * tools did between tags that tell it apart. Nothing is shortened; what has no text is named.
 */
import type { AttachmentBlock, ContentBlock, Message, ToolBlock } from './message.ts';

/** What a text lacks that its message had. */
export interface Flattened {
  readonly tools: number;
  readonly thoughts: number;
  /** Images and other binary parts, which a text has no room for. */
  readonly attachments: number;
}

export const NOTHING_FLATTENED: Flattened = { tools: 0, thoughts: 0, attachments: 0 };

export function addFlattened(a: Flattened, b: Flattened): Flattened {
  return {
    tools: a.tools + b.tools,
    thoughts: a.thoughts + b.thoughts,
    attachments: a.attachments + b.attachments,
  };
}

export interface SaidText {
  readonly role: 'user' | 'assistant' | 'summary';
  readonly text: string;
}

/**
 * What is said in a message; `undefined` for events that no model was told of, and for messages
 * without a word. A compaction is the summary that the model went on from.
 */
export function saidIn(message: Pick<Message, 'role' | 'content'>): SaidText | undefined {
  const { role, content } = message;
  if (role === 'system') {
    const summary = content.find((block) => block.type === 'notice' && block.kind === 'compaction');
    return summary?.type === 'notice' ? { role: 'summary', text: summary.text } : undefined;
  }
  const text = content
    .map(blockText)
    .filter((part) => part.trim() !== '')
    .join('\n\n');
  return text === '' ? undefined : { role, text };
}

export function flattenedIn({ content }: Pick<Message, 'content'>): Flattened {
  const count = (type: ContentBlock['type']): number =>
    content.filter((block) => block.type === type).length;
  const inResults = content.reduce(
    (sum, block) => sum + (block.type === 'tool' ? (block.result?.attachments ?? 0) : 0),
    0,
  );
  return {
    tools: count('tool'),
    thoughts: count('thinking'),
    attachments: count('attachment') + inResults,
  };
}

function blockText(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'thinking':
      return `<thinking>\n${block.text.trim()}\n</thinking>`;
    case 'tool':
      return toolText(block);
    case 'attachment':
      return `[${attachmentName(block)}]`;
    case 'notice':
      return block.kind === 'error' ? `[${block.text.trim()}]` : '';
  }
}

function toolText({ name, input, result }: ToolBlock): string {
  const call = `<tool_call name="${name.replaceAll('"', "'")}">\n${input.text}\n</tool_call>`;
  if (!result) return `${call}\n[This call has no result.]`;
  const lost =
    result.attachments === undefined
      ? ''
      : `\n[${result.attachments === 1 ? 'One attachment' : `${result.attachments} attachments`}, not carried over]`;
  const kind = result.isError ? ' error="true"' : '';
  return `${call}\n<tool_result${kind}>\n${result.text.trimEnd()}${lost}\n</tool_result>`;
}

function attachmentName({ mediaType, name, bytes }: AttachmentBlock): string {
  const size = bytes > 0 ? `, ${bytes} bytes` : '';
  return `Attachment ${name ?? mediaType}${size}, not carried over`;
}
