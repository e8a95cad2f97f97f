/**
 * The contract of the merge panel: what it shows of a merge before it is made, and what it may have
 * done. Nothing is written before `merge`; everything it sends is checked with the schemas below.
 */
import * as v from 'valibot';
import { MERGE_MODES, type MergeMode, type MergePlan, type SummaryAuthor } from '../core/merge.ts';
import type { MessagePage } from '../core/sessionStore.ts';
import type { Session } from '../core/session.ts';
import type { Strings } from './panels.ts';

/** A session that the branch can be merged into. */
export interface MergeTarget {
  readonly sessionId: string;
  readonly title: string;
  /** How it stands to the branch: `relative` is neither its parent nor further up. */
  readonly relation: 'parent' | 'ancestor' | 'relative';
}

/** A merge that was made in this panel. */
export interface MergeDone {
  /** The session that holds the messages, and its title. */
  readonly sessionId: string;
  readonly title: string;
  /** Index of the first of them. */
  readonly first: number;
  readonly merged: number;
  /** False once it was taken back. */
  readonly stands: boolean;
}

export interface MergeState {
  readonly source: Session;
  readonly target: Session;
  /** The session that the messages are added behind: the target, or our branch over it. */
  readonly base: Session;
  readonly targets: readonly MergeTarget[];
  /** What merging everything would do. */
  readonly plan: MergePlan;
  /** Models that can be asked for a summary. */
  readonly models: readonly { readonly id: string; readonly name: string }[];
  readonly done?: MergeDone;
  readonly canWrite: boolean;
  readonly strings: Strings;
}

/** A summary without a model, and what it stands for. */
export interface MergeSummary {
  readonly text: string;
  /** Indexes in the source; empty when all of it was summed up there before. */
  readonly messages: readonly number[];
}

/** How far a model is with a summary. */
export interface SummaryProgress {
  /** What has come of it. */
  readonly text: string;
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  /** Why it failed, in words for the person. */
  readonly problem?: string;
  /** What was left out of the question, or taken out of it, in words for the person. */
  readonly remarks?: readonly string[];
}

export interface MergeHost {
  ready(argument: null): MergeState;
  setTarget(argument: { targetId: string }): MergeState;
  readSource(argument: { start: number; end: number }): MessagePage;
  readBase(argument: { start: number; end: number }): MessagePage;
  summarise(argument: null): MergeSummary;
  /** Answered at once: what comes of it is told with `summary`. */
  askModel(argument: { model: string; messages: readonly number[] }): null;
  stopModel(argument: null): null;
  /** `files` are those that both sides edited and the person took all the same. */
  merge(argument: {
    mode: MergeMode;
    messages: readonly number[];
    summary?: string;
    summaryBy?: SummaryAuthor;
    files: readonly string[];
  }): MergeState;
  undo(argument: null): MergeState;
  compare(argument: null): null;
  /** Compares what both sides made of a file. */
  openFile(argument: { path: string }): null;
  /** With `message` where the message of that id is, or was merged to. */
  openSession(argument: { sessionId: string; reveal?: number; message?: string }): null;
  /** Opens one message of a session, nothing shortened, in an editor. */
  openFull(argument: { sessionId: string; index: number }): null;
  openLink(argument: { url: string }): null;
  copyText(argument: { text: string }): null;
}

export interface MergeView {
  changed(argument: { state: MergeState }): null;
  summary(argument: SummaryProgress): null;
  setNotice(argument: { text: string | null }): null;
}

const index = v.pipe(v.number(), v.integer(), v.minValue(0));
const range = v.object({ start: index, end: index });
const indexes = v.pipe(v.array(index), v.maxLength(1_000_000));

export const mergeHostSchemas = {
  ready: v.null(),
  setTarget: v.object({ targetId: v.string() }),
  readSource: range,
  readBase: range,
  summarise: v.null(),
  askModel: v.object({ model: v.string(), messages: indexes }),
  stopModel: v.null(),
  merge: v.object({
    mode: v.picklist(MERGE_MODES),
    messages: indexes,
    summary: v.exactOptional(v.string()),
    summaryBy: v.exactOptional(
      v.object({ model: v.exactOptional(v.string()), edited: v.boolean() }),
    ),
    files: v.pipe(v.array(v.string()), v.maxLength(100_000)),
  }),
  undo: v.null(),
  compare: v.null(),
  openFile: v.object({ path: v.string() }),
  openSession: v.object({
    sessionId: v.string(),
    reveal: v.exactOptional(index),
    message: v.exactOptional(v.string()),
  }),
  openFull: v.object({ sessionId: v.string(), index }),
  openLink: v.object({ url: v.pipe(v.string(), v.maxLength(4096)) }),
  copyText: v.object({ text: v.string() }),
};

// The host is the trusted end: what it sends comes from our own server, which validated it.
const ours = <T>() => v.custom<T>((value) => typeof value === 'object' && value !== null);

export const mergeViewSchemas = {
  changed: v.object({ state: ours<MergeState>() }),
  summary: ours<SummaryProgress>(),
  setNotice: v.object({ text: v.nullable(v.string()) }),
};
