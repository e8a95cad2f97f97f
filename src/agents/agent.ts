/**
 * What Multipath needs of an agent: where its files are, and how to read them. One more agent is
 * one more folder here and a line in `agents.ts`.
 */
import type { LogReader, MessageRenderer } from '../core/reader.ts';
import type { Splitter } from './jsonl.ts';
import type { AgentWriter } from './writer.ts';

/** One session file of an agent, known by its metadata alone. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /**
   * The file that this one stands for since the agent wrote the session in a newer format: what was
   * read of it is an older generation of the same log.
   */
  readonly replaces?: string;
}

export interface Environment {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export interface Agent {
  /** Stable id, stored with every session: `claude-code`. */
  readonly id: string;
  /** The agent's own name for people: `Claude Code`. */
  readonly label: string;
  /** Folders to look in when no setting names others. */
  defaultRoots(environment: Environment): readonly string[];
  /**
   * Lists the agent's session files below a root by metadata alone; opens none. A root that is
   * missing yields nothing; a folder that cannot be listed is passed to `onProblem`.
   */
  discover(
    root: string,
    onProblem: (path: string, error: unknown) => void,
  ): AsyncIterable<SourceFile>;
  createReader(path: string): LogReader;
  /** What cuts a file into records; lines of JSON where it is absent. */
  createSplitter?(path: string): Splitter;
  readonly renderer: MessageRenderer;
  /** Writes sessions for the agent to go on with; absent where it takes none. */
  readonly writer?: AgentWriter;
}
