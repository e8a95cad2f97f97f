/**
 * The contracts of the panels: what a webview may ask of the extension host and what the host may
 * ask of a webview. Everything a webview sends is validated with the schemas below.
 */
import * as v from 'valibot';
import type { Comparison, ComparisonRow } from '../core/comparison.ts';
import type { FamilyGraph, FamilyLedger } from '../core/family.ts';
import type { RunState } from '../core/exploration.ts';
import type { JudgedBranch } from '../core/judge.ts';
import type { MessagePage, MigrationEntry, TierStatistics } from '../core/sessionStore.ts';
import type { Session } from '../core/session.ts';
import type { BranchScore } from '../core/score.ts';
import type { PlannedMove, StoreTask, TaskKind, TrashEntry } from '../core/storage.ts';

/** Text of the panel in the person's language; keys are the English sentences. */
export type Strings = Readonly<Record<string, string>>;

export interface TranscriptState {
  readonly session: Session;
  readonly parentTitle?: string;
  /** Which of its parent's forks it is, from 1; absent for the only one. */
  readonly siblings?: { readonly position: number; readonly count: number };
  /** Message to show first; the end of the transcript when absent. */
  readonly reveal?: number;
  readonly canWrite: boolean;
  /** What fills this session, while that is not done. */
  readonly run?: RunView;
  readonly strings: Strings;
}

/** A run of an exploration, as its fork's transcript shows it. */
export interface RunView {
  readonly id: string;
  readonly state: RunState;
  readonly strategyName: string;
  readonly modelName: string;
  /** Index of the step under way. */
  readonly step: number;
  readonly steps: number;
  readonly stepName?: string;
  /** What was asked, or its beginning; absent until it is known, and where only the answer is kept. */
  readonly prompt?: string;
  /** What has arrived of the answer. */
  readonly text: string;
  readonly error?: string;
  /** The model is asked again at this time, in milliseconds since the epoch. */
  readonly waitsUntil?: number;
}

/** Asked by the transcript webview, answered by the host. */
export interface TranscriptHost {
  ready(argument: null): TranscriptState;
  readMessages(argument: { start: number; end: number }): MessagePage;
  forkAt(argument: { index: number }): { sessionId: string };
  /** Begins to ask what is to be explored from a message. */
  exploreAt(argument: { index: number }): null;
  /** Ends the run of this session, or goes on with it. */
  changeRun(argument: { action: 'cancel' | 'retry' }): null;
  append(argument: { text: string; role: 'user' | 'assistant' }): Session;
  /** Opens one message, nothing shortened, in an editor. */
  openFull(argument: { index: number }): null;
  /** With `message` where the message of that id is, or was merged to. */
  openSession(argument: { sessionId: string; reveal?: number; message?: string }): null;
  /** Asks the person before the link leaves the window. */
  openLink(argument: { url: string }): null;
  copyText(argument: { text: string }): null;
  /** Goes to other branches; asks which where there are several. */
  navigate(argument: { to: 'forkPoint' | 'forks' | 'siblings' | 'next' | 'previous' }): null;
  /** Message the cursor is on, for palette commands and the context menu. */
  setFocus(argument: { index: number | null }): null;
}

/** Asked by the host, answered by the transcript webview. */
export interface TranscriptView {
  /** The session changed: ask again for what is shown. */
  sessionChanged(argument: { session: Session }): null;
  reveal(argument: { index: number }): null;
  /** The store is away or back; a notice is shown while there is one. */
  setNotice(argument: { text: string | null }): null;
  /** The run changed, or more of its answer came; `null` when there is nothing to show. */
  setRun(argument: { run: RunView | null }): null;
}

export interface CompareState {
  readonly sessions: readonly Session[];
  /** Title of the session they have in common, where it is not one of them. */
  readonly ancestorTitle?: string;
  readonly comparison: Comparison;
  /** In the order of the branches. */
  readonly scores: readonly BranchScore[];
  readonly bestFork: string;
  /** What a model said of just these branches, where one was asked. */
  readonly judgement?: JudgementView;
  readonly canWrite: boolean;
  readonly strings: Strings;
}

/** A model's verdicts in short, and what goes with an export of the comparison. */
export interface JudgementView {
  /** The model's name. */
  readonly model: string;
  readonly branches: readonly JudgedBranch[];
  /** Markdown, headings from the second level: who won, pair by pair, and why. */
  readonly text: string;
}

/** Branches are named by their place in the comparison, from 0. */
export interface CompareHost {
  ready(argument: null): CompareState;
  /** Rows with what differs from the `reference`. */
  readRows(argument: { start: number; end: number; reference: number }): {
    rows: readonly ComparisonRow[];
  };
  /**
   * Opens a pair of a row in the editor's own diff, the reference on the left; the person is asked
   * which, where there are more.
   */
  openDiff(argument: { row: number; branch?: number; reference: number }): null;
  /** Opens what two branches wrote, file by file, in the editor's own diff. */
  openFiles(argument: null): null;
  /** Opens what one branch did to a file. */
  openFile(argument: { branch: number; path: string }): null;
  /** 1 to 5; `null` takes the rating back. */
  rate(argument: { branch: number; rating: number | null }): null;
  merge(argument: null): null;
  openWeights(argument: null): null;
  /** Opens the document with the model's reasons. */
  openJudgement(argument: null): null;
  /** Writes a text to a file that the person chooses. */
  exportText(argument: { text: string }): null;
  openSession(argument: { sessionId: string; reveal?: number; message?: string }): null;
  openLink(argument: { url: string }): null;
  copyText(argument: { text: string }): null;
}

export interface CompareView {
  changed(argument: { state: CompareState }): null;
  setNotice(argument: { text: string | null }): null;
}

/** What can be asked for in the storage panel, each a command of the palette too. */
export const STORAGE_ACTIONS = [
  'archiveOlderThan',
  'deleteTemporary',
  'emptyTrash',
  'compact',
  'doctor',
  'settings',
  'undo',
] as const;
export type StorageAction = (typeof STORAGE_ACTIONS)[number];

export type StorageList = 'planned' | 'trash' | 'moves';

export interface StorageState {
  readonly statistics: TierStatistics;
  /** The first of them; `plannedCount` tells how many there are. */
  readonly planned: readonly PlannedMove[];
  readonly plannedCount: number;
  /** The first of them; the statistics tell how many there are. */
  readonly trash: readonly TrashEntry[];
  /** Newest first; longer ones are asked for with `readMoves`. */
  readonly moves: readonly MigrationEntry[];
  readonly tasks: readonly StoreTask[];
  readonly canWrite: boolean;
  readonly canUndo: boolean;
  readonly notice: string | null;
  /** List to bring to the front. */
  readonly show?: StorageList;
  readonly strings: Strings;
}

export interface StorageHost {
  ready(argument: null): StorageState;
  /** The newest moves, as many as asked for. */
  readMoves(argument: { limit: number }): { moves: readonly MigrationEntry[] };
  openSession(argument: { sessionId: string }): null;
  run(argument: { action: StorageAction }): null;
  /** Does now what the decision table plans for these sessions. */
  moveNow(argument: { sessionIds: readonly string[] }): null;
  /** Marks them critical. */
  keep(argument: { sessionIds: readonly string[] }): null;
  restore(argument: { sessionIds: readonly string[] }): null;
  /** Asks the person first: it cannot be undone. */
  purge(argument: { sessionIds: readonly string[] }): null;
  cancelTask(argument: { kind: TaskKind }): null;
}

export interface StorageView {
  changed(argument: { state: StorageState }): null;
  task(argument: { task: StoreTask }): null;
  setNotice(argument: { text: string | null }): null;
  show(argument: { list: StorageList }): null;
}

export interface GraphState {
  /** The session whose family it is, as it was asked for. */
  readonly sessionId: string;
  readonly graph: FamilyGraph;
  /** Of the whole family, where the graph is cut. */
  readonly ledger?: FamilyLedger;
  /** Branches where something is at work now: an agent, or a run of an exploration. */
  readonly running: readonly string[];
  /** Names of the agents, by their ids. */
  readonly agents: Readonly<Record<string, string>>;
  /** Whether the ledger is to be opened. */
  readonly showLedger?: boolean;
  readonly notice: string | null;
  readonly strings: Strings;
}

/** Asked by the graph webview, answered by the host. */
export interface GraphHost {
  ready(argument: null): GraphState;
  openSession(argument: { sessionId: string; reveal?: number }): null;
  compare(argument: { sessionIds: readonly string[] }): null;
  chooseBest(argument: { sessionIds: readonly string[] }): null;
  copyText(argument: { text: string }): null;
}

/** Asked by the host, answered by the graph webview. */
export interface GraphView {
  changed(argument: { state: GraphState }): null;
  setNotice(argument: { text: string | null }): null;
  showLedger(argument: null): null;
}

const index = v.pipe(v.number(), v.integer(), v.minValue(0));
const range = v.object({ start: index, end: index });
const target = v.object({
  sessionId: v.string(),
  reveal: v.exactOptional(index),
  message: v.exactOptional(v.string()),
});
const url = v.object({ url: v.pipe(v.string(), v.maxLength(4096)) });
const text = v.object({ text: v.string() });

export const transcriptHostSchemas = {
  ready: v.null(),
  readMessages: range,
  forkAt: v.object({ index }),
  exploreAt: v.object({ index }),
  changeRun: v.object({ action: v.picklist(['cancel', 'retry']) }),
  append: v.object({
    text: v.pipe(v.string(), v.minLength(1)),
    role: v.picklist(['user', 'assistant']),
  }),
  openFull: v.object({ index }),
  openSession: target,
  openLink: url,
  copyText: text,
  navigate: v.object({ to: v.picklist(['forkPoint', 'forks', 'siblings', 'next', 'previous']) }),
  setFocus: v.object({ index: v.nullable(index) }),
};

export const compareHostSchemas = {
  ready: v.null(),
  readRows: v.object({ start: index, end: index, reference: index }),
  openDiff: v.object({ row: index, branch: v.exactOptional(index), reference: index }),
  openFiles: v.null(),
  openFile: v.object({ branch: index, path: v.string() }),
  rate: v.object({
    branch: index,
    rating: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5))),
  }),
  merge: v.null(),
  openWeights: v.null(),
  openJudgement: v.null(),
  exportText: text,
  openSession: target,
  openLink: url,
  copyText: text,
};

const sessionIds = v.object({ sessionIds: v.pipe(v.array(v.string()), v.maxLength(100_000)) });

export const storageHostSchemas = {
  ready: v.null(),
  readMoves: v.object({ limit: v.pipe(index, v.maxValue(10_000)) }),
  openSession: v.object({ sessionId: v.string() }),
  run: v.object({ action: v.picklist(STORAGE_ACTIONS) }),
  moveNow: sessionIds,
  keep: sessionIds,
  restore: sessionIds,
  purge: sessionIds,
  cancelTask: v.object({
    kind: v.picklist(['archive', 'compact', 'doctor', 'rebuild', 'purge', 'snapshot', 'load']),
  }),
};

const chosen = v.object({ sessionIds: v.pipe(v.array(v.string()), v.minLength(2)) });

export const graphHostSchemas = {
  ready: v.null(),
  openSession: target,
  compare: chosen,
  chooseBest: chosen,
  copyText: text,
};

/** The host is the trusted end: its messages are checked for shape where they are used. */
const notice = v.object({ text: v.nullable(v.string()) });
// Session and CompareState come from our own server, which validated them; the panel trusts the host.
const ours = <T>() => v.custom<T>((value) => typeof value === 'object' && value !== null);

export const transcriptViewSchemas = {
  sessionChanged: v.object({ session: ours<Session>() }),
  reveal: v.object({ index }),
  setNotice: notice,
  setRun: v.object({ run: v.nullable(ours<RunView>()) }),
};

export const compareViewSchemas = {
  changed: v.object({ state: ours<CompareState>() }),
  setNotice: notice,
};

export const storageViewSchemas = {
  changed: v.object({ state: ours<StorageState>() }),
  task: v.object({ task: ours<StoreTask>() }),
  setNotice: notice,
  show: v.object({ list: v.picklist(['planned', 'trash', 'moves']) }),
};

export const graphViewSchemas = {
  changed: v.object({ state: ours<GraphState>() }),
  setNotice: notice,
  showLedger: v.null(),
};
