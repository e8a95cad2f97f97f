/**
 * How a conversation is handed on to an agent: as a new session file of its own kind. A writer only
 * says what would be in that file and where it would stand; it opens and writes nothing. The same
 * source and the same facts always give the same file, so a repeated request writes it only once.
 */
import { createHash } from 'node:crypto';
import type { OutlineEntry } from '../core/reader.ts';

/** A stretch of the path whose records the agent itself wrote. */
export interface OwnPart {
  /** The log's id as the agent gives it. */
  readonly nativeId: string;
  /** The agent's file, absolute. */
  readonly path: string;
  /** True while the file still holds these records, in their places. */
  readonly isThere: boolean;
  /** The path's messages in this log, in order; never empty. */
  readonly entries: readonly OutlineEntry[];
  /** All records of the log from the first; may be asked for more than once. */
  records(): AsyncIterable<readonly Uint8Array[]>;
}

/** A message of another agent, or one of our own, as text that any model can use. */
export interface SaidMessage {
  /** `summary`: what the conversation before it was compacted to. */
  readonly role: 'user' | 'assistant' | 'summary';
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
  readonly model?: string;
  readonly provider?: string;
}

/** The path from the first message to the fork point. */
export interface ForkSource {
  /** What comes first, and is the agent's own. */
  readonly own: readonly OwnPart[];
  /** What comes after it, from the first message on that is not. */
  said(): AsyncIterable<SaidMessage>;
  readonly saidCount: number;
}

/** What a new session says of itself. */
export interface ForkFacts {
  /** Its native id, made by `newId`. */
  readonly id: string;
  /** When it is written, in milliseconds since the epoch. */
  readonly now: number;
  /** Absolute folder it goes on in. */
  readonly cwd: string;
  /** True where that is the folder the source was in. */
  readonly sameFolder: boolean;
  readonly title: string;
  /** Where it comes from, for records that have room for it. */
  readonly lineage: {
    readonly agent: string;
    readonly session: string;
    /** Messages taken over. */
    readonly messages: number;
  };
}

export interface ForkDraft {
  /** Folder of the file below the agent's folder, in parts, or the folder of the source's file. */
  readonly folder: readonly string[] | 'beside-source';
  readonly name: string;
  /** Lines without their ends; each call gives the same ones. */
  lines(): AsyncIterable<string>;
  /** What the file holds differently from the source, in words for the person. */
  readonly notes: readonly string[];
}

/** A program and its arguments, none of which a shell has seen. */
export interface AgentCommand {
  readonly program: string;
  readonly args: readonly string[];
}

export interface AgentWriter {
  /** True where the agent drops a session that holds no answer. */
  readonly needsAnswer?: boolean;
  /** True where a session goes on in the records of another one, so that both are one path. */
  readonly joinsParts?: boolean;
  newId(now: number): string;
  draft(source: ForkSource, facts: ForkFacts): Promise<ForkDraft>;
  /** What goes on with the session. */
  resume(id: string, path: string): AgentCommand;
  /** Page that says how to get the agent. */
  readonly website: string;
}

/** A UUID (version 4 by its looks) that is always the same for the same words. */
export function derivedUuid(...words: readonly string[]): string {
  const hash = createHash('sha256').update(words.join('\0')).digest('hex');
  const variant = ((Number.parseInt(hash.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

/** Records of a log with their numbers. */
export async function* numbered(
  part: Pick<OwnPart, 'records'>,
): AsyncGenerator<readonly [seq: number, record: Uint8Array]> {
  let seq = 0;
  for await (const batch of part.records()) {
    for (const record of batch) yield [seq++, record];
  }
}

/** The time as agents write it: ISO 8601, UTC, with milliseconds. */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}
