/**
 * The one interface to the store. The session server implements it over the files (LocalStore),
 * every other process over a connection (RemoteStore); callers cannot tell which they hold.
 *
 * Arguments and results are plain JSON values. Every operation that changes something takes a
 * `requestId` (made by the caller's proxy when absent), which is stored in the same transaction
 * as the effect: repeating the request returns the first result and does nothing twice.
 */
import type { BranchFile, Comparison, ComparisonRow } from './comparison.ts';
import type { ExploreOperations } from './exploration.ts';
import type { JudgeOperations } from './judge.ts';
import type { MergeMark } from './merge.ts';
import type { Message, NewMessage } from './message.ts';
import type { MultipathOperations } from './multipath.ts';
import type { ResumeOperations } from './resuming.ts';
import type { DateRange, SearchOptions, SearchResult } from './search.ts';
import type { RetentionPolicy, Session, SessionTreeNode, Tier } from './session.ts';
import type {
  MoveQueue,
  PlannedMove,
  StorageHint,
  StoreFiles,
  StoreTask,
  TierUse,
  TrashUse,
  UpkeepOperations,
} from './storage.ts';
import type { WaitingQuery, WaitingSessions } from './waiting.ts';

export interface Mutation {
  readonly requestId?: string;
}

export interface CreateSession extends Mutation {
  readonly title?: string;
  /** Absolute folder of the project it belongs to. */
  readonly project?: string;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly retentionPolicy?: RetentionPolicy;
}

export interface ForkSession extends Mutation {
  /** An index in the parent, resolved to an anchor at once. */
  readonly atMessage: number;
  readonly title?: string;
  readonly tags?: readonly string[];
  /** `reason` and `strategy` are shown where the fork is. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface ForkResult {
  readonly session: Session;
  /** Index of the last inherited message. Differs from the wish when the fork guard moved the cut. */
  readonly atMessage: number;
  /** Why the guard moved the cut, in words for the person. */
  readonly movedBecause?: string;
}

export interface UpdateSession extends Mutation {
  readonly title?: string;
  readonly tags?: readonly string[];
  readonly pinned?: boolean;
  /** An empty one takes the note away. */
  readonly note?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly retentionPolicy?: RetentionPolicy;
}

export interface MigrateSession extends Mutation {
  readonly reason: string;
}

export interface SavedFile {
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
}

/** Half-open range of message indexes. */
export interface MessageRange {
  readonly start: number;
  readonly end: number;
}

export interface MessagePage {
  readonly messages: readonly Message[];
  readonly start: number;
  readonly total: number;
  /** Forks of this session by the index of their last shared message, for the page's range. */
  readonly forks: readonly {
    readonly atMessage: number;
    readonly sessionId: string;
    readonly title: string;
  }[];
  /** Where messages of the page were merged to. */
  readonly merges: readonly MergeMark[];
}

export interface SessionFilter {
  /** Keys of projects. */
  readonly project?: string;
  readonly projects?: readonly string[];
  /** `multipath` for sessions that began here. */
  readonly agent?: string;
  /** `null` asks for sessions without a tag. */
  readonly tag?: string | null;
  readonly tier?: Tier;
  /** Only sessions whose parent is this one; `null` asks for roots. */
  readonly parentId?: string | null;
  /** Case-insensitive part of the title. */
  readonly title?: string;
  readonly pinned?: boolean;
  /** Only sessions whose agent's file is gone. */
  readonly rescued?: boolean;
  /** Only sessions with these ids. */
  readonly ids?: readonly string[];
  /** Only sessions whose last change lies in [updatedFrom, updatedTo), in milliseconds. */
  readonly updatedFrom?: number;
  readonly updatedTo?: number;
}

export interface SessionQuery extends SessionFilter {
  /** The subagents of this session, which no other list holds. */
  readonly subagentsOf?: string;
  /** Pinned sessions before the others. */
  readonly pinnedFirst?: boolean;
  /** Only sessions that began before `to` and went on to `from` or later, in milliseconds. */
  readonly from?: number;
  readonly to?: number;
  readonly offset?: number;
  /** At most 1,000; 200 when absent. Newest first. */
  readonly limit?: number;
}

export interface SessionList {
  readonly sessions: readonly Session[];
  readonly total: number;
}

export interface ProjectSummary {
  readonly key: string;
  readonly path: string;
  readonly name: string;
  /** Root sessions in it. */
  readonly sessionCount: number;
  readonly updatedAt: number;
  /** False where its folder was looked for and is not on this machine: moved, renamed or deleted. */
  readonly exists: boolean;
  /** Folders that its sessions were recorded in before it was moved or renamed; newest first. */
  readonly formerPaths: readonly string[];
  /** Folders with the same repository, where its own is gone: it may be one of them, or a clone beside it. */
  readonly likelyPaths?: readonly string[];
}

/** What came of saying where a project is. */
export interface ProjectRelink {
  /** The project that the sessions stand under now. */
  readonly projectKey: string;
  /** Sessions whose project changed. */
  readonly sessions: number;
}

export type GroupBy = 'project' | 'agent' | 'date' | 'tag' | 'tier';

export interface GroupQuery extends SessionFilter {
  readonly by: GroupBy;
  /** For `date`: where each group begins, in milliseconds, the latest first. */
  readonly starts?: readonly number[];
}

/** Sessions that have something in common; groups without any are left out. */
export interface SessionGroup {
  /**
   * Key of the project, id of the agent, the tag, the tier, or where the group of dates begins;
   * empty for sessions without a tag, and for those from before the first date.
   */
  readonly key: string;
  readonly count: number;
  /** For projects: as in ProjectSummary. */
  readonly path?: string;
  readonly name?: string;
  readonly updatedAt?: number;
  readonly exists?: boolean;
}

export interface TierStatistics {
  readonly tiers: Readonly<Record<Tier, TierUse>>;
  /** What the cold sessions would take uncompressed, in bytes. */
  readonly coldRawBytes: number;
  readonly files: StoreFiles;
  readonly queue: MoveQueue;
  readonly trash: TrashUse;
  readonly hints: readonly StorageHint[];
}

export interface MigrationEntry {
  readonly sessionId: string;
  /** Absent once the session was removed for good. */
  readonly title?: string;
  readonly from: Tier;
  readonly to: PlannedMove['to'];
  /** Rule of the decision table (docs/tiers.md); absent for moves of older versions. */
  readonly rule?: string;
  readonly reason: string;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly at: number;
}

/** How much of an agent's history may be read at first; what comes later is always within it. */
export interface ImportBudget {
  /** Only what was written to in the last so many days before the answer. */
  readonly days?: number;
  /** Only the newest files, up to so many bytes together. */
  readonly bytes?: number;
}

/** Files of an agent by their metadata. */
export interface FileCount {
  readonly files: number;
  readonly bytes: number;
}

/** One agent's histories on this machine, measured by file sizes alone: nothing was opened. */
export interface AgentSurvey {
  readonly agent: string;
  readonly label: string;
  readonly roots: readonly string[];
  readonly files: number;
  readonly bytes: number;
  readonly newestAt?: number;
  /** What the store would grow by, estimated from measured ratios. */
  readonly estimatedStoreBytes: number;
  readonly estimatedSeconds: number;
  /** The person's answer; absent while there is none. */
  readonly consent?: 'granted' | 'declined';
  /** What the person limited reading to; absent where everything may be read. */
  readonly budget?: ImportBudget;
  /** Of the files, those that are not in the store because they are over the budget. */
  readonly overBudget?: FileCount;
  /** What a budget of so many days would let in. */
  readonly byAge?: readonly (FileCount & { readonly days: number })[];
  /** Days after which the agent deletes a file that it has not written to; absent where it never does. */
  readonly deletesAfterDays?: number;
}

export interface ConsentOptions extends Mutation {
  /** Everything where it is absent. */
  readonly budget?: ImportBudget;
}

export interface ImportProgress {
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly sessionsAdded: number;
  readonly sessionsUpdated: number;
  /** Files that could not be read at all, with the reason. */
  readonly failures: readonly { readonly path: string; readonly message: string }[];
  /** Files that were left unread because they are over the budget. */
  readonly overBudget?: FileCount;
}

/** How this window reaches the store. */
export interface StoreStatus {
  readonly role: 'owner' | 'client' | 'read-only';
  /** Why it is read-only or degraded, in words for the person. */
  readonly notice?: string;
  readonly ownerPid: number;
  readonly serverPid: number;
  readonly storePath: string;
  readonly storageMode: 'paged' | 'snapshot';
  readonly revision: number;
  readonly sessions: number;
}

export type StoreEvent =
  | {
      readonly type: 'sessions';
      readonly revision: number;
      readonly changed: readonly string[];
      readonly removed: readonly string[];
      /** Set when too much changed to list: everything must be asked again. */
      readonly all?: boolean;
    }
  | { readonly type: 'import'; readonly progress: ImportProgress }
  | { readonly type: 'task'; readonly task: StoreTask }
  | { readonly type: 'status'; readonly status: StoreStatus }
  /** Runs began, went on or ended; asked for with `getRuns`. */
  | {
      readonly type: 'runs';
      readonly runs: readonly string[];
      /** The forks that they fill. */
      readonly sessions: readonly string[];
      /** Those of them that the window which has them is to end. */
      readonly stop?: readonly string[];
    };

export interface SessionStore
  extends
    UpkeepOperations,
    MultipathOperations,
    JudgeOperations,
    ResumeOperations,
    ExploreOperations {
  getStatus(): Promise<StoreStatus>;

  createSession(input: CreateSession): Promise<Session>;
  appendMessages(
    sessionId: string,
    messages: readonly NewMessage[],
    options?: Mutation,
  ): Promise<Session>;
  /** `undefined` when there is none. */
  getSession(sessionId: string): Promise<Session | undefined>;
  /** Reading counts as an access; a cold session is promoted. Long texts come shortened. */
  readMessages(sessionId: string, range: MessageRange): Promise<MessagePage>;
  /** One message with nothing shortened. */
  readMessage(sessionId: string, index: number): Promise<Message>;
  listSessions(query: SessionQuery): Promise<SessionList>;
  listProjects(): Promise<readonly ProjectSummary[]>;
  /**
   * Puts the sessions recorded in a folder under the project it is now: an existing folder, or one
   * that the store has sessions of. `null` puts them back under their own, also where a move was
   * found without being asked; it is not found again. `fromKey` is a project's key, or one of its
   * `formerPaths`.
   */
  relinkProject(fromKey: string, toPath: string | null, options?: Mutation): Promise<ProjectRelink>;
  /**
   * Says which folders are open, so that projects that were moved or renamed to one of them are
   * found. Looks at those folders only after the person allowed an agent; resolves when it has.
   */
  noteFolders(paths: readonly string[]): Promise<void>;
  /**
   * Groups of the sessions that a filter chooses, with how many there are: projects by their last
   * change, the others by key, dates from the latest. A session with two tags is in two groups.
   */
  listGroups(query: GroupQuery): Promise<readonly SessionGroup[]>;
  updateSession(sessionId: string, changes: UpdateSession): Promise<Session>;
  /** Moves the session to the trash; a prefix that forks need stays readable through them. */
  deleteSession(sessionId: string, options?: Mutation): Promise<void>;
  restoreSession(sessionId: string, options?: Mutation): Promise<Session>;

  forkSession(parentId: string, input: ForkSession): Promise<ForkResult>;
  getSessionForks(sessionId: string): Promise<readonly Session[]>;
  getSessionParent(sessionId: string): Promise<Session | undefined>;
  getSessionSiblings(sessionId: string): Promise<readonly Session[]>;
  /** The whole family, from its root. @throws MultipathError `bad-request`: forks 500 deep and more */
  getSessionTree(sessionId: string): Promise<SessionTreeNode>;

  /** Newest first; the newest 1,000 where there are more. */
  findSessionsByTag(tag: string): Promise<readonly Session[]>;
  /** Sessions that were active in a range of time. Newest first; the newest 1,000 at most. */
  findSessionsByDateRange(range: DateRange): Promise<readonly Session[]>;
  /**
   * Messages that match a query, in all tiers, and sessions whose title does. Words are all needed;
   * `"phrases"`, `prefix*`, `-not`, `OR`, `tag:`, `agent:`, `project:`, `note:`, `before:` and
   * `after:` are
   * understood; any other text is taken as words. Searching is no access and wakes no archive.
   */
  searchSessionsByContent(query: string, options?: SearchOptions): Promise<SearchResult>;

  /** 2 to 8 branches, aligned on the last message that all of them share. */
  compareSessions(sessionIds: readonly string[]): Promise<Comparison>;
  /**
   * Rows of a comparison with their word-level changes against the `reference`, one of the sessions;
   * the first when absent.
   */
  readComparisonRows(
    sessionIds: readonly string[],
    range: MessageRange,
    options?: { readonly reference?: string },
  ): Promise<readonly ComparisonRow[]>;
  /**
   * What a branch wrote into a file, as far as its tool calls tell; `path` as comparisons name it.
   * With `end`, what it had written before that message. Reading it is no access.
   */
  readBranchFile(
    sessionId: string,
    path: string,
    options?: { readonly end?: number },
  ): Promise<BranchFile>;

  /**
   * Writes a session to a file of its own: its records byte for byte, those of the sessions it was
   * forked from, and what the person noted of them (docs/session-file.md). The file is whole or not
   * there; an existing one is replaced only with `overwrite`.
   */
  saveSessionToDisk(
    sessionId: string,
    file: string,
    options?: { readonly overwrite?: boolean },
  ): Promise<SavedFile>;
  /** Takes a saved session in, under the id it had. What is here already stays as it is. */
  loadSessionFromDisk(file: string, options?: Mutation): Promise<Session>;

  migrateToTier(sessionId: string, tier: Tier, options: MigrateSession): Promise<Session>;
  getTierStatistics(): Promise<TierStatistics>;
  getMigrationHistory(limit: number): Promise<readonly MigrationEntry[]>;

  /** Counts files and bytes of each agent; opens none. */
  surveyAgents(): Promise<readonly AgentSurvey[]>;
  setConsent(
    agent: string,
    consent: 'granted' | 'declined',
    options?: ConsentOptions,
  ): Promise<void>;
  /** Starts (or joins) an import of every agent with consent; progress comes as events. */
  importSessions(): Promise<ImportProgress>;
  cancelImport(): Promise<void>;
  /** Sessions of allowed agents that are not in the store; only those listed are looked into. */
  listWaitingSessions(query: WaitingQuery): Promise<WaitingSessions>;
  /** Reads one of those before all others, whatever the budget says. Resolves when it is in. */
  importSession(agent: string, path: string): Promise<Session>;

  /** Returns the function that ends the subscription. */
  onDidChange(listener: (event: StoreEvent) => void): () => void;
}
