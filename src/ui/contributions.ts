/**
 * Every id that package.json and the code share, once. test/unit/ui/contributions.test.ts compares
 * this file with package.json both ways, so an id that stands in one alone fails the build.
 */

export const Commands = {
  openSession: 'multipath.openSession',
  openSessionToSide: 'multipath.openSessionToSide',
  forkHere: 'multipath.forkHere',
  forkSession: 'multipath.forkSession',
  compareSessions: 'multipath.compareSessions',
  compareSelected: 'multipath.compareSelected',
  mergeBranch: 'multipath.mergeBranch',
  chooseBest: 'multipath.chooseBest',
  judgeBranches: 'multipath.judgeBranches',
  rateSession: 'multipath.rateSession',
  exploreFromHere: 'multipath.exploreFromHere',
  exploreSession: 'multipath.exploreSession',
  cancelRun: 'multipath.cancelRun',
  retryRun: 'multipath.retryRun',
  showRuns: 'multipath.showRuns',
  setModelKey: 'multipath.setModelKey',
  removeModelKey: 'multipath.removeModelKey',
  forkWithDetails: 'multipath.forkWithDetails',
  goToParent: 'multipath.goToParent',
  goToForkPoint: 'multipath.goToForkPoint',
  goToFork: 'multipath.goToFork',
  goToSibling: 'multipath.goToSibling',
  goToNextSibling: 'multipath.goToNextSibling',
  goToPreviousSibling: 'multipath.goToPreviousSibling',
  showTreeAsText: 'multipath.showTreeAsText',
  showGraph: 'multipath.showGraph',
  showLedger: 'multipath.showLedger',
  newSession: 'multipath.newSession',
  addMessage: 'multipath.addMessage',
  importSessions: 'multipath.importSessions',
  importOne: 'multipath.importOne',
  cancelImport: 'multipath.cancelImport',
  reviewAgents: 'multipath.reviewAgents',
  declineAgents: 'multipath.declineAgents',
  refresh: 'multipath.refresh',
  searchSessions: 'multipath.searchSessions',
  filterSessions: 'multipath.filterSessions',
  clearFilter: 'multipath.clearFilter',
  groupBy: 'multipath.groupBy',
  thisWorkspaceOnly: 'multipath.thisWorkspaceOnly',
  allProjects: 'multipath.allProjects',
  openRunning: 'multipath.openRunning',
  pinSession: 'multipath.pinSession',
  unpinSession: 'multipath.unpinSession',
  editNote: 'multipath.editNote',
  relinkProject: 'multipath.relinkProject',
  showMore: 'multipath.showMore',
  renameSession: 'multipath.renameSession',
  deleteSession: 'multipath.deleteSession',
  undo: 'multipath.undo',
  archiveSession: 'multipath.archiveSession',
  restoreFromArchive: 'multipath.restoreFromArchive',
  moveToTier: 'multipath.moveToTier',
  archiveOlderThan: 'multipath.archiveOlderThan',
  deleteTemporary: 'multipath.deleteTemporary',
  showStorage: 'multipath.showStorage',
  showTrash: 'multipath.showTrash',
  restoreFromTrash: 'multipath.restoreFromTrash',
  deletePermanently: 'multipath.deletePermanently',
  emptyTrash: 'multipath.emptyTrash',
  compactArchive: 'multipath.compactArchive',
  runDoctor: 'multipath.runDoctor',
  takeSnapshot: 'multipath.takeSnapshot',
  findByTag: 'multipath.findByTag',
  findByDate: 'multipath.findByDate',
  setRetention: 'multipath.setRetention',
  tagSession: 'multipath.tagSession',
  resumeInAgent: 'multipath.resumeInAgent',
  copyAsPrompt: 'multipath.copyAsPrompt',
  restoreToAgent: 'multipath.restoreToAgent',
  copyTitle: 'multipath.copyTitle',
  copySessionId: 'multipath.copySessionId',
  saveSession: 'multipath.saveSession',
  loadSession: 'multipath.loadSession',
  openTranscriptAsText: 'multipath.openTranscriptAsText',
  showLog: 'multipath.showLog',
  restartServer: 'multipath.restartServer',
} as const;
export type CommandId = (typeof Commands)[keyof typeof Commands];

export const Views = { agents: 'multipath.agents', sessions: 'multipath.sessions' } as const;
export const VIEW_CONTAINER = 'multipath';

export const PanelTypes = {
  transcript: 'multipath.transcript',
  compare: 'multipath.compare',
  merge: 'multipath.merge',
  storage: 'multipath.storage',
  graph: 'multipath.graph',
} as const;

export interface ContextKeys {
  /** What the sessions view has to say while it is empty. */
  'multipath.state': ViewState;
  /** An agent's history was found that the person has not decided about. */
  'multipath.consentNeeded': boolean;
  'multipath.importing': boolean;
  'multipath.filtered': boolean;
  /** Only this workspace's projects are shown. */
  'multipath.workspaceOnly': boolean;
  /** A session runs in this workspace. */
  'multipath.running': boolean;
  'multipath.readOnly': boolean;
  /** Something was done in this window that can be taken back. */
  'multipath.canUndo': boolean;
  /** 2 to 8 sessions are selected in the tree: they can be compared. */
  /** Not for menus of rows: where it changes, VS Code draws them all again and deselects some. */
  'multipath.severalSelected': boolean;
}
export const ContextKeyNames = [
  'multipath.state',
  'multipath.consentNeeded',
  'multipath.importing',
  'multipath.filtered',
  'multipath.workspaceOnly',
  'multipath.running',
  'multipath.readOnly',
  'multipath.canUndo',
  'multipath.severalSelected',
] as const satisfies readonly (keyof ContextKeys)[];

export type ViewState = 'starting' | 'away' | 'consent' | 'importing' | 'empty' | 'ready';

export const Settings = {
  claudeCodeFolders: 'multipath.agents.claudeCode.folders',
  codexFolders: 'multipath.agents.codex.folders',
  piFolders: 'multipath.agents.pi.folders',
  geminiFolders: 'multipath.agents.gemini.folders',
  vscodeChatFolders: 'multipath.agents.vscodeChat.folders',
  hotMegabytes: 'multipath.store.hotMegabytes',
  scoreWeights: 'multipath.score.weights',
} as const;

/** Commands of agents, where the person has others. Only the machine's settings count. */
export const CommandSettings = {
  claudeCode: 'multipath.agents.claudeCode.command',
  codex: 'multipath.agents.codex.command',
  pi: 'multipath.agents.pi.command',
} as const;

/** Settings that the store takes over while it runs. */
export const StorageSettings = {
  automatic: 'multipath.storage.automatic',
  hotAccessesPerHour: 'multipath.storage.hotAccessesPerHour',
  warmAccessesPerHour: 'multipath.storage.warmAccessesPerHour',
  coldAccessesPerHour: 'multipath.storage.coldAccessesPerHour',
  hotIdleHours: 'multipath.storage.hotIdleHours',
  warmIdleDays: 'multipath.storage.warmIdleDays',
  warmMegabytes: 'multipath.storage.warmMegabytes',
  temporaryDays: 'multipath.storage.temporaryDays',
  trashDays: 'multipath.storage.trashDays',
} as const;

/** Taken over while the store runs. */
export const PRICES_SETTING = 'multipath.prices';

/** Read when models are looked for. Only the machine's settings count. */
export const ModelSettings = { endpoints: 'multipath.models.endpoints' } as const;

/** What an exploration may take where the person does not say otherwise. */
export const BudgetSettings = {
  runsAtOnce: 'multipath.explore.runsAtOnce',
  tokens: 'multipath.explore.tokenLimit',
  usd: 'multipath.explore.dollarLimit',
  minutes: 'multipath.explore.minuteLimit',
} as const;

/** Where the person keeps strategies of their own. Only the machine's setting counts. */
export const STRATEGIES_SETTING = 'multipath.explore.strategiesFolder';

/** Scheme of the read-only documents that show messages and transcripts. */
export const DOCUMENT_SCHEME = 'multipath';
/** Scheme of the notes on sessions, which are written in editors. */
export const NOTE_SCHEME = 'multipath-note';
export const WALKTHROUGH = 'multipath.start';
