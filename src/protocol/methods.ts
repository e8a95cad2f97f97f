/**
 * Every request method of SessionStore, in one table: whether it changes something, how long its
 * answer may take, and the schemas of its arguments and its result. A method that is missing here,
 * or whose schema accepts anything but its parameters, does not compile.
 *
 * Arguments are checked and then passed on as they came, so unknown fields survive.
 */
import * as v from 'valibot';
import type { SessionStore } from '../core/sessionStore.ts';
import { exploration, runChanges, runQuery } from './exploreParams.ts';
import { count, id, ids, metadata, newMessage, requestId, usage } from './params.ts';
import * as results from './results.ts';

export type StoreMethod = Exclude<keyof SessionStore, 'onDidChange'>;
export type StoreArguments<K extends StoreMethod> = Parameters<SessionStore[K]>;
export type StoreResult<K extends StoreMethod> = Awaited<ReturnType<SessionStore[K]>>;

export interface MethodDefinition<K extends StoreMethod> {
  /** Refused where the store may only be read. */
  readonly mutates: boolean;
  /** Milliseconds the answer may take; `Infinity` for work that goes on until it is done. */
  readonly timeoutMs: number;
  readonly params: v.GenericSchema;
  readonly result: v.GenericSchema<unknown, StoreResult<K>>;
}

type DeepReadonly<T> = T extends object ? { readonly [P in keyof T]: DeepReadonly<T[P]> } : T;
/** Identity, not assignability: a field that only one side has must not slip through as optional. */
type Same<A, B> =
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- T makes TypeScript compare A and B for identity
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? unknown : never;
/** `never`, and so a compile error, unless the schema's output is the method's parameter list. */
type Agreement<K extends StoreMethod, S extends v.GenericSchema> = Same<
  DeepReadonly<Required<StoreArguments<K>>>,
  DeepReadonly<v.InferOutput<S>>
>;

const READ_MS = 15_000;
const WRITE_MS = 30_000;
const HEAVY_MS = 120_000;

const define =
  (mutates: boolean, timeoutMs: number) =>
  <K extends StoreMethod, S extends v.GenericSchema>(
    _method: K,
    params: S & Agreement<K, S>,
    result: v.GenericSchema<unknown, StoreResult<K>>,
  ): MethodDefinition<K> => ({ mutates, timeoutMs, params, result });

const read = define(false, READ_MS);
const heavyRead = define(false, HEAVY_MS);
const endlessRead = define(false, Infinity);
const write = define(true, WRITE_MS);
const heavyWrite = define(true, HEAVY_MS);
const endlessWrite = define(true, Infinity);

const retentionPolicy = v.picklist(['standard', 'critical', 'temporary']);
const tier = v.picklist(['hot', 'warm', 'cold']);
const range = v.object({ start: count, end: count });
const mutation = v.object({ requestId });
const options = v.optional(mutation, {});
const judgementQuery = v.optional(
  v.object({
    id: v.exactOptional(id),
    limit: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000))),
  }),
  {},
);

const consentOptions = v.object({
  budget: v.exactOptional(
    v.object({ days: v.exactOptional(v.number()), bytes: v.exactOptional(v.number()) }),
  ),
  requestId,
});

const waitingQuery = v.object({
  after: v.exactOptional(v.object({ modifiedAt: v.number(), path: v.string() })),
  limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)),
});
const path = v.pipe(v.string(), v.minLength(1));

const changeable = {
  title: v.exactOptional(v.string()),
  tags: v.exactOptional(v.array(v.string())),
  metadata: v.exactOptional(metadata),
  retentionPolicy: v.exactOptional(retentionPolicy),
  requestId,
};
const creation = v.object({ ...changeable, project: v.exactOptional(v.string()) });
const changes = v.object({
  ...changeable,
  pinned: v.exactOptional(v.boolean()),
  note: v.exactOptional(v.string()),
});

const fork = v.object({
  atMessage: count,
  title: v.exactOptional(v.string()),
  tags: v.exactOptional(v.array(v.string())),
  metadata: v.exactOptional(metadata),
  requestId,
});

const filter = {
  project: v.exactOptional(v.string()),
  projects: v.exactOptional(v.array(v.string())),
  agent: v.exactOptional(v.string()),
  tag: v.exactOptional(v.nullable(v.string())),
  tier: v.exactOptional(tier),
  parentId: v.exactOptional(v.nullable(id)),
  title: v.exactOptional(v.string()),
  pinned: v.exactOptional(v.boolean()),
  rescued: v.exactOptional(v.boolean()),
  ids: v.exactOptional(ids),
  updatedFrom: v.exactOptional(v.number()),
  updatedTo: v.exactOptional(v.number()),
};
const groupQuery = v.object({
  ...filter,
  by: v.picklist(['project', 'agent', 'date', 'tag', 'tier']),
  starts: v.exactOptional(v.array(v.number())),
});
const resume = v.object({
  agent: id,
  atMessage: v.exactOptional(count),
  folder: v.exactOptional(id),
  requestId,
});

const query = v.object({
  ...filter,
  subagentsOf: v.exactOptional(id),
  pinnedFirst: v.exactOptional(v.boolean()),
  from: v.exactOptional(v.number()),
  to: v.exactOptional(v.number()),
  offset: v.exactOptional(count),
  limit: v.exactOptional(count),
});

const dateRange = v.object({
  from: v.exactOptional(v.number()),
  to: v.exactOptional(v.number()),
});
const search = v.object({
  limit: v.exactOptional(count),
  offset: v.exactOptional(count),
  order: v.exactOptional(v.picklist(['relevance', 'newest'])),
});

const mergeMode = v.picklist(['append', 'cherry-pick', 'summary']);
const merge = v.object({
  mode: v.exactOptional(mergeMode),
  messages: v.exactOptional(v.array(count)),
  summary: v.exactOptional(v.string()),
  summaryBy: v.exactOptional(v.object({ model: v.exactOptional(v.string()), edited: v.boolean() })),
  acceptConflicts: v.exactOptional(v.boolean()),
  acceptFiles: v.exactOptional(v.array(v.string())),
  requestId,
});

const pairIds = { first: id, second: id };
const newJudgement = v.object({
  sessionIds: v.pipe(ids, v.minLength(2), v.maxLength(8)),
  model: v.object({ id, name: v.string() }),
  criteria: v.exactOptional(v.string()),
  verdicts: v.array(
    v.object({
      ...pairIds,
      winner: v.picklist(['first', 'second', 'tie']),
      reason: v.string(),
    }),
  ),
  missing: v.array(v.object({ ...pairIds, error: v.string() })),
  tokens: usage,
});

const weight = v.exactOptional(v.pipe(v.number(), v.minValue(0)));
const weights = v.object({
  tests: weight,
  commands: weight,
  errors: weight,
  retries: weight,
  diff: weight,
  length: weight,
  cost: weight,
  time: weight,
  rating: weight,
});

export const storagePolicy = v.object({
  automatic: v.boolean(),
  hotPerHour: v.number(),
  warmPerHour: v.number(),
  coldPerHour: v.number(),
  hotIdleMs: v.number(),
  warmIdleMs: v.number(),
  warmBytes: v.number(),
  temporaryMs: v.number(),
  trashMs: v.number(),
});
const price = v.pipe(v.number(), v.finite(), v.minValue(0));
export const ownPrices = v.array(
  v.object({
    pattern: id,
    input: price,
    output: price,
    cacheRead: price,
    cacheWrite: price,
    cacheWrite1h: price,
  }),
);
const taskKind = v.picklist([
  'load',
  'archive',
  'compact',
  'doctor',
  'rebuild',
  'purge',
  'snapshot',
]);

const nothing = v.tuple([]);
const oneId = v.tuple([id]);

export const METHODS: { readonly [K in StoreMethod]: MethodDefinition<K> } = {
  getStatus: read('getStatus', nothing, results.status),

  createSession: write('createSession', v.tuple([creation]), results.session),
  appendMessages: write(
    'appendMessages',
    v.tuple([id, v.array(newMessage), options]),
    results.session,
  ),
  getSession: read('getSession', oneId, results.absent(results.session)),
  readMessages: read('readMessages', v.tuple([id, range]), results.page),
  readMessage: read('readMessage', v.tuple([id, count]), results.message),
  listSessions: read('listSessions', v.tuple([query]), results.sessionList),
  listProjects: read('listProjects', nothing, results.projects),
  relinkProject: write(
    'relinkProject',
    v.tuple([id, v.nullable(id), options]),
    results.projectRelink,
  ),
  noteFolders: endlessRead('noteFolders', v.tuple([v.array(v.string())]), results.nothing),
  listGroups: read('listGroups', v.tuple([groupQuery]), results.groups),
  updateSession: write('updateSession', v.tuple([id, changes]), results.session),
  deleteSession: write('deleteSession', v.tuple([id, options]), results.nothing),
  restoreSession: write('restoreSession', v.tuple([id, options]), results.session),

  forkSession: write('forkSession', v.tuple([id, fork]), results.forkResult),
  getSessionForks: read('getSessionForks', oneId, results.sessions),
  getSessionParent: read('getSessionParent', oneId, results.absent(results.session)),
  getSessionSiblings: read('getSessionSiblings', oneId, results.sessions),
  getSessionTree: read('getSessionTree', oneId, results.tree),

  findSessionsByTag: read('findSessionsByTag', v.tuple([v.string()]), results.sessions),
  findSessionsByDateRange: read('findSessionsByDateRange', v.tuple([dateRange]), results.sessions),
  searchSessionsByContent: read(
    'searchSessionsByContent',
    v.tuple([v.string(), v.optional(search, {})]),
    results.searchResult,
  ),

  compareSessions: heavyRead('compareSessions', v.tuple([ids]), results.comparison),
  readComparisonRows: heavyRead(
    'readComparisonRows',
    v.tuple([ids, range, v.optional(v.object({ reference: v.exactOptional(id) }), {})]),
    results.comparisonRows,
  ),
  readBranchFile: heavyRead(
    'readBranchFile',
    v.tuple([id, v.string(), v.optional(v.object({ end: v.exactOptional(count) }), {})]),
    results.branchFile,
  ),
  compareForkResults: heavyRead(
    'compareForkResults',
    v.tuple([ids, v.optional(v.object({ weights: v.exactOptional(weights) }), {})]),
    results.forkResults,
  ),
  planMerge: heavyRead(
    'planMerge',
    v.tuple([
      id,
      id,
      v.optional(
        v.object({ mode: v.exactOptional(mergeMode), messages: v.exactOptional(v.array(count)) }),
        {},
      ),
    ]),
    results.mergePlan,
  ),
  mergeFork: heavyWrite('mergeFork', v.tuple([id, id, v.optional(merge, {})]), results.mergeResult),
  undoMerge: heavyWrite(
    'undoMerge',
    v.tuple([id, v.optional(v.object({ sessionId: v.exactOptional(id), requestId }), {})]),
    results.nothing,
  ),
  findMessage: read('findMessage', v.tuple([id, id]), results.absent(v.number())),
  getMerges: read('getMerges', v.tuple([ids]), results.mergeEdges),
  getFamilyGraph: read('getFamilyGraph', oneId, results.familyGraph),
  getFamilyLedger: read('getFamilyLedger', oneId, results.familyLedger),
  addJudgement: write('addJudgement', v.tuple([newJudgement, options]), results.judgement),
  getJudgements: read('getJudgements', v.tuple([ids, judgementQuery]), results.judgements),
  deleteJudgement: write('deleteJudgement', v.tuple([id, options]), results.nothing),
  visualizeSessionTree: read('visualizeSessionTree', oneId, results.drawing),

  startExploration: write(
    'startExploration',
    v.tuple([id, exploration]),
    results.startedExploration,
  ),
  getRuns: read('getRuns', v.tuple([runQuery]), results.runs),
  getExploration: read('getExploration', oneId, results.absent(results.exploration)),
  claimRuns: write('claimRuns', v.tuple([ids, v.object({ runner: id, requestId })]), results.runs),
  cancelRuns: write('cancelRuns', v.tuple([ids, options]), results.runs),
  noteRun: write('noteRun', v.tuple([id, runChanges]), results.run),
  renewRuns: write('renewRuns', oneId, results.nothing),
  readContext: heavyRead(
    'readContext',
    v.tuple([
      id,
      v.object({
        fromMessage: v.exactOptional(count),
        atMessage: v.exactOptional(count),
        maxTokens: count,
      }),
    ]),
    results.modelContext,
  ),
  priceAnswers: read(
    'priceAnswers',
    v.tuple([
      v.pipe(
        v.array(
          v.object({
            model: id,
            provider: v.exactOptional(v.string()),
            input: count,
            output: count,
          }),
        ),
        v.maxLength(1_000),
      ),
    ]),
    v.array(v.nullable(v.number())),
  ),

  saveSessionToDisk: endlessRead(
    'saveSessionToDisk',
    v.tuple([id, id, v.optional(v.object({ overwrite: v.exactOptional(v.boolean()) }), {})]),
    results.savedFile,
  ),
  loadSessionFromDisk: endlessWrite('loadSessionFromDisk', v.tuple([id, options]), results.session),

  listResumeTargets: read('listResumeTargets', oneId, results.resumeTargets),
  planResume: heavyRead('planResume', v.tuple([id, resume]), results.resumePlan),
  resumeInAgent: heavyWrite('resumeInAgent', v.tuple([id, resume]), results.resumedSession),
  promptOf: heavyRead(
    'promptOf',
    v.tuple([id, v.optional(v.object({ atMessage: v.exactOptional(count) }), {})]),
    results.sessionPrompt,
  ),
  restoreToAgent: heavyWrite('restoreToAgent', v.tuple([id, options]), results.restoredFile),

  migrateToTier: heavyWrite(
    'migrateToTier',
    v.tuple([id, tier, v.object({ reason: v.string(), requestId })]),
    results.session,
  ),
  getTierStatistics: read('getTierStatistics', nothing, results.tierStatistics),
  getMigrationHistory: read('getMigrationHistory', v.tuple([count]), results.migrations),

  planMoves: heavyRead(
    'planMoves',
    v.tuple([v.object({ olderThan: v.exactOptional(v.number()) })]),
    results.plannedMoves,
  ),
  archiveOldSessions: endlessWrite(
    'archiveOldSessions',
    v.tuple([v.object({ olderThan: v.number(), requestId })]),
    results.bulkOutcome,
  ),
  deleteTemporarySessions: endlessWrite(
    'deleteTemporarySessions',
    v.tuple([options]),
    results.bulkOutcome,
  ),
  listTrash: read('listTrash', nothing, results.trash),
  purgeSessions: endlessWrite(
    'purgeSessions',
    // JSON has no `undefined`: a missing list arrives as null.
    v.tuple([results.absent(ids), options]),
    results.bulkOutcome,
  ),
  setPrices: read('setPrices', v.tuple([ownPrices]), results.nothing),
  setStoragePolicy: write('setStoragePolicy', v.tuple([storagePolicy]), results.nothing),

  surveyAgents: heavyRead('surveyAgents', nothing, results.surveys),
  setConsent: write(
    'setConsent',
    v.tuple([id, v.picklist(['granted', 'declined']), v.optional(consentOptions, {})]),
    results.nothing,
  ),
  importSessions: endlessWrite('importSessions', nothing, results.importProgress),
  cancelImport: write('cancelImport', nothing, results.nothing),
  listWaitingSessions: heavyRead(
    'listWaitingSessions',
    v.tuple([waitingQuery]),
    results.waitingSessions,
  ),
  importSession: endlessWrite('importSession', v.tuple([id, path]), results.session),

  compactArchive: endlessWrite('compactArchive', v.tuple([options]), results.compaction),
  runDoctor: endlessWrite(
    'runDoctor',
    v.tuple([v.object({ repair: v.boolean(), requestId })]),
    results.doctorReport,
  ),
  takeSnapshot: endlessWrite('takeSnapshot', v.tuple([options]), results.snapshot),
  cancelTask: write('cancelTask', v.tuple([taskKind]), results.nothing),
};

function isStoreMethod(name: string): name is StoreMethod {
  return Object.hasOwn(METHODS, name);
}

/** The table's names; nothing else of a store may be called from outside. */
export const STORE_METHODS: readonly StoreMethod[] = Object.keys(METHODS).filter(isStoreMethod);
