/**
 * What Multipath needs of an agent: where its files are, which of them to watch, and how to read
 * them. One more agent is one more folder here and a line in `agents.ts`.
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
   * Files that this one stands for since the agent wrote the session in a newer format, compressed
   * it, or unpacked it: what was read of one of them is the same log, or an older generation of it.
   * Absolute; whether there ever was such a file is not known.
   */
  readonly replaces?: readonly string[];
}

export interface Environment {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** A folder in which an agent keeps sessions, and which paths below it matter. Paths come in parts. */
export interface SessionFolder {
  /** Absolute. */
  readonly folder: string;
  /** Folders that hold sessions or lead to them; all of them where it is absent. */
  readonly leads?: (parts: readonly string[]) => boolean;
  readonly isSession: (parts: readonly string[]) => boolean;
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
   * missing yields nothing; a folder that cannot be listed is passed to `onProblem`. `onFolder` is
   * told of each folder before it is listed.
   */
  discover(
    root: string,
    onProblem: (path: string, error: unknown) => void,
    onFolder?: (place: SessionFolder, folder: string) => void,
  ): AsyncIterable<SourceFile>;
  /**
   * The folders below a root where sessions stand or will stand, by the names that are in the root.
   * `discover` lists them; while the agent may be read they are watched. Looks at nothing.
   */
  readonly watch: (root: string, names: readonly string[]) => readonly SessionFolder[];
  /** Days after its last change at which the agent deletes a session; absent where it keeps all. */
  readonly deletesAfterDays?: (root: string) => number | undefined;
  createReader(path: string): LogReader;
  /** What cuts a file into records; lines of JSON where it is absent. */
  createSplitter?(path: string): Splitter;
  readonly renderer: MessageRenderer;
  /** Writes sessions for the agent to go on with; absent where it takes none. */
  readonly writer?: AgentWriter;
}
