/**
 * What the store tells of itself and does for its upkeep: what the tiers hold and why sessions
 * move between them, the trash, long tasks, the store doctor's report.
 */
import type { Mutation } from './sessionStore.ts';
import type { RetentionPolicy, Session, Tier } from './session.ts';

/** What a person says that a model costs, in US dollars per million tokens. */
export interface OwnPrice {
  /** A model's name, in any case; `*` stands for any characters. Matched against `provider/model`, too. */
  readonly pattern: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** For what is kept an hour. */
  readonly cacheWrite1h: number;
}

/**
 * The numbers of the decision table (docs/tiers.md). They come from the settings; each window sends
 * them when it starts and when they change, and the last ones sent hold.
 */
export interface StoragePolicy {
  /** Moves happen by themselves; without it only when a person asks. */
  readonly automatic: boolean;
  /** Accesses per hour from which a session is wanted in memory, at hand, and let go. */
  readonly hotPerHour: number;
  readonly warmPerHour: number;
  readonly coldPerHour: number;
  /** Milliseconds without access after which a session leaves memory, and goes to the archive. */
  readonly hotIdleMs: number;
  readonly warmIdleMs: number;
  /** Bytes of records at hand from which the least valuable ones are archived early; 0: no bound. */
  readonly warmBytes: number;
  /** Milliseconds after its last access when a temporary session goes into the trash. */
  readonly temporaryMs: number;
  /** Milliseconds after which what lies in the trash is removed for good; 0: never. */
  readonly trashMs: number;
}

export interface TierUse {
  /** Each session counts in one tier: in memory, else where its records are. */
  readonly sessions: number;
  /** In memory for `hot`; on disk for the others, compressed for `cold`. */
  readonly bytes: number;
  /** Sum of the sessions' accesses per hour, decayed to now. */
  readonly accessesPerHour: number;
}

/** A move that the decision table asks for. */
export interface PlannedMove {
  readonly sessionId: string;
  readonly title: string;
  readonly from: Tier;
  readonly to: Tier | 'trash' | 'removed';
  /** Id of the rule in the decision table. */
  readonly rule: string;
  /** The rule's reason in words, with this session's figures. */
  readonly reason: string;
  readonly bytes: number;
  readonly retentionPolicy: RetentionPolicy;
  readonly lastAccessedAt: number;
}

export interface ArchiveOldSessions extends Mutation {
  /** Milliseconds since a session was last used or changed. */
  readonly olderThan: number;
}

/** What a bulk operation did. */
export interface BulkOutcome {
  readonly sessionIds: readonly string[];
  readonly bytes: number;
  /** Sessions that were asked for and not touched, with the reason in words. */
  readonly skipped: readonly { readonly sessionId: string; readonly reason: string }[];
  readonly cancelled: boolean;
}

export interface TrashEntry {
  readonly session: Session;
  readonly deletedAt: number;
  /** When it is removed for good; absent while that never happens by itself. */
  readonly removedAt?: number;
  /** Forks that still read its messages: those stay, hidden, until the last fork has gone. */
  readonly neededBy: number;
}

export type TaskKind = 'load' | 'archive' | 'compact' | 'doctor' | 'rebuild' | 'purge' | 'snapshot';

/** Work that takes its time; told in events, cancelled by its kind. */
export interface StoreTask {
  readonly kind: TaskKind;
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  readonly done: number;
  /** 0 while it is not known. */
  readonly total: number;
  /** What is being done, in words. */
  readonly message: string;
}

export type DoctorArea =
  | 'database'
  | 'records'
  | 'archive'
  | 'blobs'
  | 'lineage'
  | 'catalogue'
  | 'index'
  | 'facts'
  | 'copies'
  | 'files';

export interface DoctorFinding {
  readonly area: DoctorArea;
  /** `damage`: something cannot be read; `fault`: something derived is wrong; `note`: worth knowing. */
  readonly severity: 'damage' | 'fault' | 'note';
  /** What is wrong, in words. */
  readonly what: string;
  /** File, segment, session: where. */
  readonly where?: string;
  /** What a person notices of it. */
  readonly effect: string;
  /** What was done about it, or what to do. */
  readonly remedy: string;
  readonly repaired: boolean;
  readonly sessionIds?: readonly string[];
}

export interface DoctorReport {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly repair: boolean;
  readonly cancelled: boolean;
  /** What was looked at. */
  readonly checked: readonly {
    readonly area: DoctorArea;
    readonly items: number;
    readonly bytes: number;
  }[];
  readonly findings: readonly DoctorFinding[];
}

export interface RunDoctor extends Mutation {
  /** Mends what can be mended; without it nothing is changed. */
  readonly repair: boolean;
}

/** A copy of the database as it was at one moment. */
export interface DatabaseSnapshot {
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The store's own figures beside what the tiers hold, in bytes. */
export interface StoreFiles {
  readonly database: number;
  readonly archive: number;
  /** Of the archive: members that nothing refers to any more. */
  readonly archiveGarbage: number;
  readonly blobs: number;
  readonly index: number;
  /** Second copies: facts log and snapshots. */
  readonly copies: number;
}

export interface MoveQueue {
  readonly state: 'idle' | 'running' | 'paused' | 'off';
  readonly pending: number;
  /** Why it waits, in words. */
  readonly pausedBecause?: string;
}

export interface TrashUse {
  readonly sessions: number;
  readonly bytes: number;
}

/** A piece of advice with the command that follows it. */
export interface StorageHint {
  readonly id: 'compact' | 'trash' | 'warm-full' | 'unused-temporary' | 'doctor' | 'snapshot-mode';
  readonly message: string;
}

/** Upkeep, as operations of the store. */
export interface UpkeepOperations {
  /** What the decision table would move now; with `olderThan`, what archiving by age would. */
  planMoves(options: { readonly olderThan?: number }): Promise<readonly PlannedMove[]>;
  /** Archives whatever nobody used or changed for so long; `critical` sessions stay. */
  archiveOldSessions(options: ArchiveOldSessions): Promise<BulkOutcome>;
  /** Puts temporary sessions whose time is over into the trash. */
  deleteTemporarySessions(options?: Mutation): Promise<BulkOutcome>;
  listTrash(): Promise<readonly TrashEntry[]>;
  /** Removes sessions in the trash for good; all of them without ids. Cannot be undone. */
  purgeSessions(
    sessionIds: readonly string[] | undefined,
    options?: Mutation,
  ): Promise<BulkOutcome>;
  setStoragePolicy(policy: StoragePolicy): Promise<void>;
  /** The person's own prices; sums in the catalogue follow in the background. */
  setPrices(prices: readonly OwnPrice[]): Promise<void>;

  /** Writes segments anew that are mostly garbage. Returns the bytes that were given back. */
  compactArchive(options?: Mutation): Promise<{ readonly freedBytes: number }>;
  runDoctor(options: RunDoctor): Promise<DoctorReport>;
  /** Copies the database now, as happens every day by itself; the two newest copies are kept. */
  takeSnapshot(options?: Mutation): Promise<DatabaseSnapshot>;
  /** Ends a task at its next safe point; does nothing when none of the kind is running. */
  cancelTask(kind: TaskKind): Promise<void>;
}
