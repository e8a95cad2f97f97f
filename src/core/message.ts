/**
 * The message model that every agent's records are read into. A message may stand on several
 * records (an answer written block by block, and the results of its tool calls); a tool result is
 * folded into its call, so a cut between two messages never separates the two.
 */
import type { Anchor } from './anchor.ts';

export type Role = 'user' | 'assistant' | 'system';

/** Text that may have been shortened for a page; `fullLength` (characters) is set when it was. */
export interface BoundedText {
  readonly text: string;
  readonly fullLength?: number;
}

export interface TextBlock extends BoundedText {
  readonly type: 'text';
}

export interface ThinkingBlock extends BoundedText {
  readonly type: 'thinking';
}

export interface ToolResult extends BoundedText {
  readonly isError: boolean;
  /** How many images or other binary parts the result holds beside its text. */
  readonly attachments?: number;
}

/** Lines added to a file and removed from it. */
export interface FileLines {
  readonly path: string;
  readonly added: number;
  readonly removed: number;
}

/** A call's change of files: the path and lines of one, or the sum of several, named in `files`. */
export interface ToolEdit extends FileLines {
  /** Each file by itself, where the call changed more than one. */
  readonly files?: readonly FileLines[];
}

export interface ToolBlock {
  readonly type: 'tool';
  readonly callId: string;
  readonly name: string;
  /** One line that says what the call does: a path, a command, a query. */
  readonly summary: string;
  /** The call's arguments as indented JSON. */
  readonly input: BoundedText;
  /** Absent while the call is unanswered. */
  readonly result?: ToolResult;
  /** Lines added and removed, for calls that edit a file. */
  readonly edit?: ToolEdit;
}

export interface AttachmentBlock {
  readonly type: 'attachment';
  readonly mediaType: string;
  /** Size of the decoded content in bytes. */
  readonly bytes: number;
  readonly name?: string;
}

/** Something that happened in the conversation and is not part of what was said. */
export interface NoticeBlock extends BoundedText {
  readonly type: 'notice';
  readonly kind: 'compaction' | 'context-reset' | 'gap' | 'error' | 'info';
}

export type ContentBlock = TextBlock | ThinkingBlock | ToolBlock | AttachmentBlock | NoticeBlock;

/** Token counts as the provider reported them; absent figures were not reported. */
export interface TokenUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Of `cacheWrite`: what is kept for an hour, at another price. */
  readonly cacheWrite1h?: number;
}

export const NO_TOKENS: TokenUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

export function addTokens(a: TokenUsage, b: TokenUsage): TokenUsage {
  const cacheWrite1h = (a.cacheWrite1h ?? 0) + (b.cacheWrite1h ?? 0);
  const sum: { -readonly [K in keyof TokenUsage]: TokenUsage[K] } = {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
  };
  if (cacheWrite1h > 0) sum.cacheWrite1h = cacheWrite1h;
  return sum;
}

/** All tokens of a usage, the figure shown where one number must do. */
export function totalTokens(usage: TokenUsage): number {
  return usage.input + usage.output + usage.cacheRead + usage.cacheWrite;
}

export interface Message {
  /** Stable for the life of the log: `<logId>:<seq of the first record>`. */
  readonly id: string;
  readonly sessionId: string;
  /** Position in the session, from 0, prefix included. Derived: never store it. */
  readonly index: number;
  readonly anchor: Anchor;
  readonly role: Role;
  readonly content: readonly ContentBlock[];
  readonly provider?: string;
  readonly model?: string;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
  readonly tokens?: TokenUsage;
  /** US dollars, where the model's price is known. */
  readonly cost?: number;
  /** True for messages that stand before the session's fork point. */
  readonly inherited: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A message that a person (or an extension) adds to a session of their own. */
export interface NewMessage {
  readonly role: Role;
  readonly text: string;
  readonly model?: string;
  readonly provider?: string;
  readonly tokens?: TokenUsage;
  /** Milliseconds since the epoch; now when absent. */
  readonly timestamp?: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The files that a call changed, each with its own lines; none for a call that failed. */
export function editedFiles({ edit, result }: ToolBlock): readonly FileLines[] {
  if (!edit || result?.isError === true) return [];
  return edit.files ?? [edit];
}

/** The message's own words: its text blocks, joined by blank lines. */
export function textOf(message: Pick<Message, 'content'>): string {
  return message.content
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n\n');
}

/** As far as a calendar goes: records may come from anywhere, and 1e999 is a number there. */
const LAST_TIME = 8.64e15;

/** True for a time that can be shown and sent on. */
export function isTime(value: number): boolean {
  return Math.abs(value) <= LAST_TIME;
}

/** Of one message and one kind: more than that is no count but a mistake, or meant to harm. */
export const MOST_TOKENS = 1e12;
