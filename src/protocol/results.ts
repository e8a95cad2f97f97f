/**
 * What answers and events of the store must look like to be let in. The checks are light: the
 * fields whose absence would break callers, everything else kept as it came. JSON has no
 * `undefined`, so lists that may hold gaps and results that may be absent are turned back here.
 */
import * as v from 'valibot';
import type {
  BranchFile,
  Comparison,
  ComparisonCell,
  ComparisonRow,
  RowOutline,
} from '../core/comparison.ts';
import {
  RUN_STATES,
  type Exploration,
  type ModelContext,
  type Run,
  type StartedExploration,
} from '../core/exploration.ts';
import type { Message } from '../core/message.ts';
import type { ModelMessage } from '../core/models.ts';
import type {
  BranchUse,
  FamilyBranch,
  FamilyGraph,
  FamilyLedger,
  FamilyMerge,
  LedgerLine,
} from '../core/family.ts';
import type { Judgement } from '../core/judge.ts';
import type { MergeEdge, MergePlan, MergeResult } from '../core/merge.ts';
import type { ForkResults } from '../core/multipath.ts';
import type { MarkedText, MessageHit, SearchResult, TitleHit } from '../core/search.ts';
import type {
  AgentSurvey,
  ForkResult,
  ImportProgress,
  MessagePage,
  MigrationEntry,
  ProjectRelink,
  ProjectSummary,
  SavedFile,
  SessionGroup,
  SessionList,
  StoreEvent,
  StoreStatus,
  TierStatistics,
} from '../core/sessionStore.ts';
import type { WaitingSession, WaitingSessions } from '../core/waiting.ts';
import type {
  RestoredFile,
  ResumedSession,
  ResumePlan,
  ResumeTarget,
  SessionPrompt,
} from '../core/resuming.ts';
import type { Session, SessionTreeNode } from '../core/session.ts';
import type {
  BulkOutcome,
  DatabaseSnapshot,
  DoctorReport,
  PlannedMove,
  StoreTask,
  TierUse,
  TrashEntry,
} from '../core/storage.ts';

type Schema<T> = v.GenericSchema<unknown, T>;
type Fields<T> = { readonly [K in keyof T]?: Schema<T[K]> };

/** An object with at least these fields. Each is of the type's own; the others are the sender's word. */
function shape<T extends object>(fields: Fields<T>): Schema<T> {
  return v.pipe(
    v.looseObject(fields as v.ObjectEntries),
    // The sender is the same build of the same program: its compiler vouches for what is not listed.
    v.transform((value) => value as unknown as T),
  );
}

/** A value that may be missing: `null` on the wire, `undefined` on either side of it. */
export function absent<T>(schema: Schema<T>): Schema<T | undefined> {
  return v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  );
}

export const nothing: Schema<void> = v.pipe(
  v.nullish(v.unknown()),
  v.transform(() => undefined),
);

const number = v.number();
const text = v.string();

export const status = shape<StoreStatus>({
  role: v.picklist(['owner', 'client', 'read-only']),
  ownerPid: number,
  serverPid: number,
  storePath: text,
  revision: number,
});

export const session = shape<Session>({
  id: text,
  inheritedCount: number,
  title: text,
  createdAt: number,
  updatedAt: number,
  messageCount: number,
  storageTier: v.picklist(['hot', 'warm', 'cold']),
  tags: v.array(text),
});
export const sessions: Schema<readonly Session[]> = v.array(session);
export const sessionList = shape<SessionList>({ sessions, total: number });
export const forkResult = shape<ForkResult>({ session, atMessage: number });
export const tree: Schema<SessionTreeNode> = shape<SessionTreeNode>({
  session,
  children: v.lazy(() => v.array(tree)),
});

export const message = shape<Message>({ id: text, index: number, sessionId: text });
export const page = shape<MessagePage>({
  messages: v.array(message),
  start: number,
  total: number,
});
export const projects: Schema<readonly ProjectSummary[]> = v.array(
  shape<ProjectSummary>({ key: text, name: text, sessionCount: number }),
);
export const projectRelink = shape<ProjectRelink>({ projectKey: text, sessions: number });
export const groups: Schema<readonly SessionGroup[]> = v.array(
  shape<SessionGroup>({ key: text, count: number }),
);

const rowOutline: Schema<RowOutline> = v.looseObject({
  indexes: v.array(absent(number)),
  role: v.picklist(['user', 'assistant', 'system']),
  changed: v.boolean(),
});
export const comparison = shape<Comparison>({ sharedCount: number, rows: v.array(rowOutline) });
export const branchFile = shape<BranchFile>({
  path: text,
  known: v.picklist(['whole', 'edits', 'removed', 'untouched']),
  text,
  patch: text,
  edits: number,
});
export const forkResults = shape<ForkResults>({ totalForks: number, comparison, bestFork: text });
const row: Schema<ComparisonRow> = v.looseObject({
  cells: v.array(absent(shape<ComparisonCell>({ message }))),
  changed: v.boolean(),
});
export const mergePlan = shape<MergePlan>({
  sharedCount: number,
  messages: v.array(number),
  alreadyMerged: v.array(number),
  unanswered: v.array(number),
});
export const mergeResult = shape<MergeResult>({ mergeId: text, sessionId: text, merged: number });
export const mergeEdges: Schema<readonly MergeEdge[]> = v.array(
  shape<MergeEdge>({ mergeId: text, sourceId: text, sessionId: text, messages: number }),
);
const branchUse = shape<BranchUse>({ messages: number, tokens: number });
export const familyGraph = shape<FamilyGraph>({
  rootId: text,
  branches: v.array(
    shape<FamilyBranch>({ id: text, at: number, length: number, title: text, own: branchUse }),
  ),
  merges: v.array(
    shape<FamilyMerge>({ mergeId: text, sourceId: text, sessionId: text, index: number }),
  ),
  total: number,
});
export const familyLedger = shape<FamilyLedger>({
  lines: v.array(
    shape<LedgerLine>({ sessionId: text, title: text, depth: number, use: branchUse }),
  ),
  whole: branchUse,
  abandoned: branchUse,
});
export const judgement = shape<Judgement>({ id: text, at: number, sessionIds: v.array(text) });
export const judgements: Schema<readonly Judgement[]> = v.array(judgement);
export const drawing: Schema<string> = text;
export const comparisonRows: Schema<readonly ComparisonRow[]> = v.array(row);

const marked: Schema<MarkedText> = v.looseObject({
  text,
  ranges: v.array(v.looseObject({ start: number, end: number })),
});
export const searchResult = shape<SearchResult>({
  titles: v.array(shape<TitleHit>({ session, title: marked })),
  hits: v.array(shape<MessageHit>({ session, messageIndex: number, snippet: marked })),
  total: number,
  pending: number,
});

const resumed = {
  agent: text,
  path: text,
  bytes: number,
  atMessage: number,
  folder: text,
  command: v.looseObject({ program: text, args: v.array(text) }),
  notes: v.array(text),
};
export const resumeTargets: Schema<readonly ResumeTarget[]> = v.array(
  shape<ResumeTarget>({ agent: text, label: text }),
);
export const resumePlan = shape<ResumePlan>({
  ...resumed,
  lineCount: number,
  lines: v.array(text),
});
export const resumedSession = shape<ResumedSession>(resumed);
export const sessionPrompt = shape<SessionPrompt>({ text, atMessage: number });
export const restoredFile = shape<RestoredFile>({
  path: text,
  bytes: number,
  notes: v.array(text),
});

export const savedFile = shape<SavedFile>({ file: text, bytes: number });
const use = shape<TierUse>({ sessions: number, bytes: number, accessesPerHour: number });
export const tierStatistics = shape<TierStatistics>({
  tiers: v.looseObject({ hot: use, warm: use, cold: use }),
  coldRawBytes: number,
  trash: v.looseObject({ sessions: number, bytes: number }),
});
export const plannedMoves: Schema<readonly PlannedMove[]> = v.array(
  shape<PlannedMove>({ sessionId: text, title: text, rule: text, reason: text, bytes: number }),
);
export const bulkOutcome = shape<BulkOutcome>({ sessionIds: v.array(text), bytes: number });
export const trash: Schema<readonly TrashEntry[]> = v.array(
  shape<TrashEntry>({ session, deletedAt: number, neededBy: number }),
);
export const migrations: Schema<readonly MigrationEntry[]> = v.array(
  shape<MigrationEntry>({ sessionId: text, at: number }),
);
export const surveys: Schema<readonly AgentSurvey[]> = v.array(
  shape<AgentSurvey>({ agent: text, label: text, files: number, bytes: number }),
);
export const waitingSessions = shape<WaitingSessions>({
  sessions: v.array(
    shape<WaitingSession>({
      agent: text,
      path: text,
      bytes: number,
      modifiedAt: number,
      reason: v.picklist(['queued', 'over-budget', 'stopped', 'failed']),
    }),
  ),
  total: number,
  isKnown: v.boolean(),
});
export const importProgress = shape<ImportProgress>({
  state: v.picklist(['running', 'done', 'cancelled', 'failed']),
  filesDone: number,
  filesTotal: number,
});

const areas = v.picklist([
  'database',
  'records',
  'archive',
  'blobs',
  'lineage',
  'catalogue',
  'index',
  'facts',
  'copies',
  'files',
]);
export const compaction = shape<{ readonly freedBytes: number }>({ freedBytes: number });
export const snapshot = shape<DatabaseSnapshot>({ file: text, bytes: number, at: number });
export const doctorReport = shape<DoctorReport>({
  repair: v.boolean(),
  checked: v.array(shape<DoctorReport['checked'][number]>({ area: areas, items: number })),
  findings: v.array(
    shape<DoctorReport['findings'][number]>({
      area: areas,
      severity: v.picklist(['damage', 'fault', 'note']),
      what: text,
      effect: text,
      remedy: text,
      repaired: v.boolean(),
    }),
  ),
});
const task = shape<StoreTask>({
  kind: v.picklist(['load', 'archive', 'compact', 'doctor', 'rebuild', 'purge', 'snapshot']),
  state: v.picklist(['running', 'done', 'cancelled', 'failed']),
  done: number,
  total: number,
  message: text,
});

export const run = shape<Run>({
  id: text,
  sessionId: text,
  state: v.picklist(RUN_STATES),
  step: number,
  steps: number,
  partial: text,
});
export const runs: Schema<readonly Run[]> = v.array(run);
export const exploration = shape<Exploration>({ id: text, sessionId: text, question: text });
export const startedExploration = shape<StartedExploration>({
  exploration,
  runs,
  atMessage: number,
});
export const modelContext = shape<ModelContext>({
  messages: v.array(shape<ModelMessage>({ role: v.picklist(['user', 'assistant']), text })),
  report: v.looseObject({
    messages: number,
    tokens: number,
    leftOut: v.object({ messages: number, tokens: number }),
    shortened: number,
    redacted: v.array(v.object({ kind: text, count: number })),
  }),
});

type SessionsEvent = Extract<StoreEvent, { type: 'sessions' }>;
type ImportEvent = Extract<StoreEvent, { type: 'import' }>;
type TaskEvent = Extract<StoreEvent, { type: 'task' }>;
type StatusEvent = Extract<StoreEvent, { type: 'status' }>;
type RunsEvent = Extract<StoreEvent, { type: 'runs' }>;

export const storeEvent: Schema<StoreEvent> = v.union([
  shape<SessionsEvent>({
    type: v.literal('sessions'),
    revision: number,
    changed: v.array(text),
    removed: v.array(text),
  }),
  shape<ImportEvent>({ type: v.literal('import'), progress: importProgress }),
  shape<TaskEvent>({ type: v.literal('task'), task }),
  shape<StatusEvent>({ type: v.literal('status'), status }),
  shape<RunsEvent>({
    type: v.literal('runs'),
    runs: v.array(text),
    sessions: v.array(text),
    stop: v.exactOptional(v.array(text)),
  }),
]);
