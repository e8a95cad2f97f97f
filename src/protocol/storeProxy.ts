/**
 * A SessionStore made of one function that carries calls. Every mutation leaves here with a
 * request id, made once, so that whoever carries it may repeat it without doing it twice.
 */
import { v7 as uuidv7 } from 'uuid';
import type { Mutation, SessionStore } from '../core/sessionStore.ts';
import type { StoreArguments, StoreMethod, StoreResult } from './methods.ts';

export type StoreCall = <K extends StoreMethod>(
  name: K,
  args: StoreArguments<K>,
) => Promise<StoreResult<K>>;

function identified<T extends Mutation>(input: T): T & { readonly requestId: string } {
  return { ...input, requestId: input.requestId ?? uuidv7() };
}

export function storeOver(call: StoreCall, onDidChange: SessionStore['onDidChange']): SessionStore {
  return {
    getStatus: () => call('getStatus', []),

    createSession: (input) => call('createSession', [identified(input)]),
    appendMessages: (id, messages, options = {}) =>
      call('appendMessages', [id, messages, identified(options)]),
    getSession: (id) => call('getSession', [id]),
    readMessages: (id, range) => call('readMessages', [id, range]),
    readMessage: (id, index) => call('readMessage', [id, index]),
    listSessions: (query) => call('listSessions', [query]),
    listProjects: () => call('listProjects', []),
    relinkProject: (from, to, options = {}) =>
      call('relinkProject', [from, to, identified(options)]),
    noteFolders: (paths) => call('noteFolders', [paths]),
    listGroups: (query) => call('listGroups', [query]),
    updateSession: (id, changes) => call('updateSession', [id, identified(changes)]),
    deleteSession: (id, options = {}) => call('deleteSession', [id, identified(options)]),
    restoreSession: (id, options = {}) => call('restoreSession', [id, identified(options)]),

    forkSession: (parentId, input) => call('forkSession', [parentId, identified(input)]),
    getSessionForks: (id) => call('getSessionForks', [id]),
    getSessionParent: (id) => call('getSessionParent', [id]),
    getSessionSiblings: (id) => call('getSessionSiblings', [id]),
    getSessionTree: (id) => call('getSessionTree', [id]),

    findSessionsByTag: (tag) => call('findSessionsByTag', [tag]),
    findSessionsByDateRange: (range) => call('findSessionsByDateRange', [range]),
    searchSessionsByContent: (query, options = {}) =>
      call('searchSessionsByContent', [query, options]),

    compareSessions: (ids) => call('compareSessions', [ids]),
    readComparisonRows: (ids, range, options = {}) =>
      call('readComparisonRows', [ids, range, options]),
    readBranchFile: (id, path, options = {}) => call('readBranchFile', [id, path, options]),
    compareForkResults: (ids, options = {}) => call('compareForkResults', [ids, options]),
    planMerge: (targetId, sourceId, options = {}) =>
      call('planMerge', [targetId, sourceId, options]),
    mergeFork: (targetId, sourceId, options = {}) =>
      call('mergeFork', [targetId, sourceId, identified(options)]),
    undoMerge: (mergeId, options = {}) => call('undoMerge', [mergeId, identified(options)]),
    findMessage: (sessionId, messageId) => call('findMessage', [sessionId, messageId]),
    getMerges: (ids) => call('getMerges', [ids]),
    getFamilyGraph: (id) => call('getFamilyGraph', [id]),
    getFamilyLedger: (id) => call('getFamilyLedger', [id]),
    addJudgement: (judgement, options = {}) =>
      call('addJudgement', [judgement, identified(options)]),
    getJudgements: (ids, query = {}) => call('getJudgements', [ids, query]),
    deleteJudgement: (id, options = {}) => call('deleteJudgement', [id, identified(options)]),
    visualizeSessionTree: (id) => call('visualizeSessionTree', [id]),

    startExploration: (id, input) => call('startExploration', [id, identified(input)]),
    getRuns: (query) => call('getRuns', [query]),
    getExploration: (id) => call('getExploration', [id]),
    claimRuns: (ids, options) => call('claimRuns', [ids, identified(options)]),
    cancelRuns: (ids, options = {}) => call('cancelRuns', [ids, identified(options)]),
    noteRun: (id, changes) => call('noteRun', [id, changes]),
    renewRuns: (runner) => call('renewRuns', [runner]),
    readContext: (id, options) => call('readContext', [id, options]),
    priceAnswers: (answers) => call('priceAnswers', [answers]),

    saveSessionToDisk: (id, file, options = {}) => call('saveSessionToDisk', [id, file, options]),
    loadSessionFromDisk: (file, options = {}) =>
      call('loadSessionFromDisk', [file, identified(options)]),

    listResumeTargets: (id) => call('listResumeTargets', [id]),
    planResume: (id, options) => call('planResume', [id, options]),
    resumeInAgent: (id, options) => call('resumeInAgent', [id, identified(options)]),
    promptOf: (id, options = {}) => call('promptOf', [id, options]),
    restoreToAgent: (id, options = {}) => call('restoreToAgent', [id, identified(options)]),

    migrateToTier: (id, tier, options) => call('migrateToTier', [id, tier, identified(options)]),
    getTierStatistics: () => call('getTierStatistics', []),
    getMigrationHistory: (limit) => call('getMigrationHistory', [limit]),

    planMoves: (options) => call('planMoves', [options]),
    archiveOldSessions: (options) => call('archiveOldSessions', [identified(options)]),
    deleteTemporarySessions: (options = {}) =>
      call('deleteTemporarySessions', [identified(options)]),
    listTrash: () => call('listTrash', []),
    purgeSessions: (ids, options = {}) => call('purgeSessions', [ids, identified(options)]),
    setStoragePolicy: (policy) => call('setStoragePolicy', [policy]),
    setPrices: (prices) => call('setPrices', [prices]),

    surveyAgents: () => call('surveyAgents', []),
    setConsent: (agent, consent, options = {}) =>
      call('setConsent', [agent, consent, identified(options)]),
    importSessions: () => call('importSessions', []),
    cancelImport: () => call('cancelImport', []),
    listWaitingSessions: (query) => call('listWaitingSessions', [query]),
    importSession: (agent, path) => call('importSession', [agent, path]),

    compactArchive: (options = {}) => call('compactArchive', [identified(options)]),
    runDoctor: (options) => call('runDoctor', [identified(options)]),
    takeSnapshot: (options = {}) => call('takeSnapshot', [identified(options)]),
    cancelTask: (kind) => call('cancelTask', [kind]),

    onDidChange,
  };
}

/** Calls a method by its name. The arguments must have been checked against the method's schema. */
export async function invoke<K extends StoreMethod>(
  store: SessionStore,
  name: K,
  args: StoreArguments<K>,
): Promise<StoreResult<K>> {
  // TypeScript cannot relate a method to its own parameters while K is open; the table does.
  const method = store[name] as unknown as (...args: StoreArguments<K>) => Promise<StoreResult<K>>;
  // Async, so that a method that throws at once rejects like all others.
  return await method.apply(store, args);
}
