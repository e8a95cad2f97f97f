/**
 * Conversations handed on: to an agent as a session file of its own, to its own folder after it
 * deleted them, or to anything at all as text. An agent's existing files are never written to; what
 * is added is a new file, and only because the person asked for it.
 */
import type { Mutation } from './sessionStore.ts';

/** An agent that a session can be carried on in. */
export interface ResumeTarget {
  readonly agent: string;
  readonly label: string;
  /** True for the agent that the session comes from: nothing of it is lost there. */
  readonly isOrigin: boolean;
}

/** A program and its arguments; no shell has seen them. */
export interface ResumeCommand {
  readonly program: string;
  readonly args: readonly string[];
}

export interface ResumeOptions extends Mutation {
  /** Agent to go on in. */
  readonly agent: string;
  /** Index of the last message to take along; the whole session when absent. */
  readonly atMessage?: number;
  /** Absolute folder to go on in, in the place of the session's own. */
  readonly folder?: string;
}

/** Where a session goes on, and how. */
export interface ResumedSession {
  readonly agent: string;
  readonly label: string;
  /** The new session's id, as the agent knows it. */
  readonly nativeId: string;
  /** Absolute path of its file. */
  readonly path: string;
  readonly bytes: number;
  /** Index of the last message taken along. Differs from the wish when the fork guard moved the cut. */
  readonly atMessage: number;
  readonly movedBecause?: string;
  /** Absolute folder that the agent is to be started in. */
  readonly folder: string;
  readonly command: ResumeCommand;
  /** Page that says how to get the agent. */
  readonly website: string;
  /** What the file holds differently from the session, in words for the person. */
  readonly notes: readonly string[];
}

/** What `resumeInAgent` would do. Nothing was written. */
export interface ResumePlan extends ResumedSession {
  /** False where the folder is not there: another one is needed. */
  readonly folderExists: boolean;
  /** Lines of the file. */
  readonly lineCount: number;
  /** The first and last of them, long ones shortened with a note of their length. */
  readonly lines: readonly string[];
}

export interface SessionPrompt {
  readonly text: string;
  /** Index of the last message in it. */
  readonly atMessage: number;
  readonly movedBecause?: string;
}

export interface RestoredFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly command?: ResumeCommand;
  readonly folder: string;
  /** What the person should know of it, in words. */
  readonly notes: readonly string[];
}

export interface ResumeOperations {
  /** Agents that sessions can be carried on in, the session's own first. */
  listResumeTargets(sessionId: string): Promise<readonly ResumeTarget[]>;
  /** Says what `resumeInAgent` would write, and writes nothing. */
  planResume(sessionId: string, options: ResumeOptions): Promise<ResumePlan>;
  /**
   * Writes the session up to a message as a new session file of an agent, whole or not at all, and
   * never over another file. What the agent adds to it is read back as a fork of this session.
   */
  resumeInAgent(sessionId: string, options: ResumeOptions): Promise<ResumedSession>;
  /** The session up to a message as text that any assistant can go on from. Nothing is shortened. */
  promptOf(sessionId: string, options?: { readonly atMessage?: number }): Promise<SessionPrompt>;
  /**
   * Writes the file of a session that its agent has deleted again, byte for byte, so that the agent
   * has it back. Never over an existing file.
   */
  restoreToAgent(sessionId: string, options?: Mutation): Promise<RestoredFile>;
}
