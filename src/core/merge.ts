/**
 * Merging a branch into another one of its family: only what comes after the last message both
 * share, each message with where it came from. Pure: what is merged is decided here, and written
 * elsewhere.
 *
 * Laws (test/property/store/merging.test.ts): merging and undoing it leaves the target as it was;
 * merging twice is merging once; the shared prefix never repeats; from every merged message one
 * finds where it was first said.
 */
import { isTime, type Message } from './message.ts';
import type { Mutation } from './sessionStore.ts';

/** `append`: all of it; `cherry-pick`: chosen messages; `summary`: one message in their place. */
export type MergeMode = 'append' | 'cherry-pick' | 'summary';
export const MERGE_MODES: readonly MergeMode[] = ['append', 'cherry-pick', 'summary'];

/** Who wrote a summary. */
export interface SummaryAuthor {
  /** Name of the model; absent where none was asked. */
  readonly model?: string;
  /** The person changed what was written. */
  readonly edited: boolean;
}

/** Where a merged message came from; kept in its record for ever. */
export interface Provenance {
  /** Id of the merge: undoing it takes back all its messages. */
  readonly merge: string;
  readonly mode: MergeMode;
  /** The session that it was merged from. */
  readonly sessionId: string;
  /**
   * Message ids as the source had them: one, or for a summary all that it stands for. Of a message
   * that was itself merged into the source: the ids of where it was first said.
   */
  readonly origins: readonly string[];
  /** When it was merged, in milliseconds since the epoch. */
  readonly at: number;
  /** Of a summary; absent where it is not known: nothing before 0.5.0 said it. */
  readonly summaryBy?: SummaryAuthor;
}

/** As a merged message's record has it, and its metadata under `merged`. */
export interface Merged extends Provenance {
  /** What the person merged into: for an agent's session not the session that holds the message. */
  readonly targetId: string;
}

/** Where a message was merged from, if it was. */
export function mergedOf({ metadata }: Pick<Message, 'metadata'>): Merged | undefined {
  return mergedFrom(metadata['merged']);
}

/** Ids of where a message was first said. A summary says something of its own. */
export function originsOf(message: Pick<Message, 'id' | 'metadata'>): readonly string[] {
  const merged = mergedOf(message);
  // A record from elsewhere may name none: then it is said nowhere else.
  const isCopy = merged && merged.mode !== 'summary' && merged.origins.length > 0;
  return isCopy ? merged.origins : [message.id];
}

/** A provenance as it should be; `undefined` for anything else, records may come from anywhere. */
export function mergedFrom(value: unknown): Merged | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { merge, mode, sessionId, targetId, origins, at, summaryBy } = value as Partial<
    Record<keyof Merged, unknown>
  >;
  const known = MERGE_MODES.find((one) => one === mode);
  if (
    known === undefined ||
    typeof merge !== 'string' ||
    typeof sessionId !== 'string' ||
    typeof targetId !== 'string' ||
    typeof at !== 'number' ||
    !isTime(at) ||
    !Array.isArray(origins)
  ) {
    return undefined;
  }
  const ids = origins.filter((origin) => typeof origin === 'string');
  const by = known === 'summary' ? summaryAuthorFrom(summaryBy) : undefined;
  return {
    ...{ merge, mode: known, sessionId, targetId, origins: ids, at },
    ...(by && { summaryBy: by }),
  };
}

/** Longest name of a model that is shown. */
const MOST_NAME = 200;

/** An author as it should be; `undefined` for anything else. */
export function summaryAuthorFrom(value: unknown): SummaryAuthor | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { model, edited } = value as Partial<Record<keyof SummaryAuthor, unknown>>;
  if (typeof edited !== 'boolean') return undefined;
  const isNamed = typeof model === 'string' && model !== '';
  return { ...(isNamed && { model: model.slice(0, MOST_NAME) }), edited };
}

export interface MergeFork extends Mutation {
  /** `append` when absent. */
  readonly mode?: MergeMode;
  /** Indexes in the fork, for `cherry-pick`; for `summary` what it is made of, all when absent. */
  readonly messages?: readonly number[];
  /** The summary's text, as a model or the person wrote it; made from the messages when absent. */
  readonly summary?: string;
  /** Who wrote the `summary` that is given; unknown when absent. */
  readonly summaryBy?: SummaryAuthor;
  /** Merges although both sides went on, or touched the same files. */
  readonly acceptConflicts?: boolean;
  /**
   * The files that conflicts were accepted about: one that both sides touched since is refused. Any
   * file when absent.
   */
  readonly acceptFiles?: readonly string[];
}

/** What one branch did to a file. */
export interface FileSide {
  readonly added: number;
  readonly removed: number;
  /** Indexes of the messages that edited it, ascending. */
  readonly messages: readonly number[];
}

/** A file that both sides edited. */
export interface FileConflict {
  readonly path: string;
  readonly target: FileSide;
  readonly source: FileSide;
}

/** What both sides did since they parted. None is an obstacle by itself: the person decides. */
export interface MergeConflicts {
  /** Messages of the target's own since then, merged ones left out. */
  readonly targetMessages: number;
  /** Files that were edited on both sides, by the messages that would be merged. */
  readonly files: readonly string[];
  /** The same files, with what each side did to them. */
  readonly edits: readonly FileConflict[];
}

export interface MergePlan {
  readonly targetId: string;
  readonly sourceId: string;
  /** Messages both share; nothing of them is merged. */
  readonly sharedCount: number;
  /** Indexes in the source of what would be merged, ascending. */
  readonly messages: readonly number[];
  /** Indexes of what is there already, from an earlier merge. */
  readonly alreadyMerged: readonly number[];
  /** Indexes left out because a tool call in them has no result. */
  readonly unanswered: readonly number[];
  readonly conflicts: MergeConflicts;
  /** Of the mode `summary`: the text that stands for the messages where none is given. */
  readonly summary?: string;
  /**
   * The session the messages would be added to: the target where it is one of our own, a branch of
   * ours over it where that is an agent's. Absent: such a branch would be made.
   */
  readonly into?: string;
}

export interface MergeResult {
  readonly mergeId: string;
  /** The session that holds the merged messages now. */
  readonly sessionId: string;
  /** How many were added; 0 when everything was there already. */
  readonly merged: number;
}

export interface UndoMerge extends Mutation {
  /** The session that holds the merge; needed only where a copy of its log is in the store, too. */
  readonly sessionId?: string;
}

/** Where a message was merged to. */
export interface MergeMark {
  /** Index of the message in the session that was read. */
  readonly atMessage: number;
  /** The session that holds the copy, and its title. */
  readonly sessionId: string;
  readonly title: string;
  readonly mode: MergeMode;
  /** What to look for there: `findMessage(sessionId, origin)`. */
  readonly origin: string;
}

/** An edge of the graph: what was merged from where to where. */
export interface MergeEdge {
  readonly mergeId: string;
  readonly mode: MergeMode;
  readonly sourceId: string;
  /** The session that holds the messages. */
  readonly sessionId: string;
  /** Messages that it added. */
  readonly messages: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of a summary, where it is known. */
  readonly summaryBy?: SummaryAuthor;
}

/** A message of the source, as far as planning needs it. */
export interface MergeCandidate {
  readonly index: number;
  /** Where it was first said: its own id, or its provenance's. */
  readonly origins: readonly string[];
  /** A tool call in it has no result yet. */
  readonly open: boolean;
}

/** Sorts what may be merged into what would be, what is there and what cannot be. */
export function chooseMessages(
  candidates: readonly MergeCandidate[],
  present: ReadonlySet<string>,
  wanted: ReadonlySet<number> | undefined,
): Pick<MergePlan, 'messages' | 'alreadyMerged' | 'unanswered'> {
  const messages: number[] = [];
  const alreadyMerged: number[] = [];
  const unanswered: number[] = [];
  for (const { index, origins, open } of candidates) {
    if (wanted && !wanted.has(index)) continue;
    if (origins.every((origin) => present.has(origin))) alreadyMerged.push(index);
    else if (open) unanswered.push(index);
    else messages.push(index);
  }
  return { messages, alreadyMerged, unanswered };
}

/** True when there is something for the person to decide. */
export function hasConflicts({ targetMessages, files }: MergeConflicts): boolean {
  return targetMessages > 0 || files.length > 0;
}
