/**
 * Messages as Markdown: for the editor's own diff, for whole messages opened in an editor, and for
 * copying. What was said is passed on as it is; what a tool printed stands in a fence that is
 * longer than any fence within it, so that nothing in it can end it.
 */
import { mergedOf } from '../core/merge.ts';
import { mergedFact } from './merged.ts';
import type { BoundedText, ContentBlock, Message, Role } from '../core/message.ts';

export interface MarkdownOptions {
  /** Heading level of a message, 1 to 6; 2 when absent. */
  readonly level?: number;
  /** Times and models beside the role. Leave them out where texts are to be compared. */
  readonly facts?: boolean;
}

type MarkdownMessage = Pick<Message, 'role' | 'content' | 'timestamp' | 'model'> &
  Partial<Pick<Message, 'metadata'>>;

const ROLE_NAMES: Readonly<Record<Role, string>> = {
  user: 'You',
  assistant: 'Assistant',
  system: 'System',
};

/** One message, ending in a line break. */
export function messageToMarkdown(message: MarkdownMessage, options: MarkdownOptions = {}): string {
  const heading = [`${'#'.repeat(options.level ?? 2)} ${ROLE_NAMES[message.role]}`];
  if (options.facts !== false) {
    if (message.model !== undefined) heading.push(oneLine(message.model));
    if (message.timestamp !== undefined) heading.push(timeOf(message.timestamp));
    const merged = message.metadata && mergedOf({ metadata: message.metadata });
    if (merged) heading.push(oneLine(mergedFact(merged)));
  }
  const parts = message.content.map(blockToMarkdown).filter((part) => part !== '');
  return `${[heading.join(' · '), ...parts].join('\n\n')}\n`;
}

/** A session or a stretch of one, ending in a line break. */
export function transcriptToMarkdown(
  title: string,
  messages: Iterable<MarkdownMessage>,
  options: MarkdownOptions = {},
): string {
  const parts = [`# ${escapeInline(oneLine(title))}\n`];
  for (const message of messages) parts.push(messageToMarkdown(message, options));
  return parts.join('\n');
}

function blockToMarkdown(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return withNote(block.text.trimEnd(), block);
    case 'thinking':
      return quoted(withNote(`*Thinking*\n\n${block.text.trimEnd()}`, block));
    case 'notice':
      return quoted(withNote(block.text.trimEnd(), block));
    case 'attachment':
      return `*Attachment: ${escapeInline(oneLine(block.name ?? block.mediaType))}, ${String(block.bytes)} bytes*`;
    case 'tool': {
      const call = `**${escapeInline(oneLine(block.name))}** ${inlineCode(oneLine(block.summary))}`;
      const input = withNote(fenced(block.input.text, 'json'), block.input);
      const { result } = block;
      if (!result) return `${call}\n\n${input}\n\n*No result*`;
      const attachments =
        result.attachments === undefined ? '' : `\n\n*Attachments: ${String(result.attachments)}*`;
      const output = withNote(fenced(result.text), result);
      return `${call}\n\n${input}\n\n${result.isError ? '*Error*' : '*Result*'}\n\n${output}${attachments}`;
    }
  }
}

/** A fenced block; the fence is longer than any run of backticks in the text. */
export function fenced(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}${text.endsWith('\n') || text === '' ? '' : '\n'}${fence}`;
}

/** A code span; empty text gives nothing. */
export function inlineCode(text: string): string {
  if (text === '') return '';
  const fence = '`'.repeat(longestRun(text) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

function withNote(text: string, bounded: BoundedText): string {
  if (bounded.fullLength === undefined) return text;
  return `${text}\n\n*Shortened: ${String(bounded.text.length)} of ${String(bounded.fullLength)} characters*`;
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** Text on one line, for titles and table cells. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Text that Markdown leaves as it is. */
export function escapeInline(text: string): string {
  return text.replace(/[\\`*_[\]<>#|]/g, '\\$&');
}

/** Times come from files: one that no date can hold is left as its number. */
function timeOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}
