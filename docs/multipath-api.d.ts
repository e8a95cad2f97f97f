// Types of Multipath's public API, version 1. Copy this file into your extension.
// How to use it: docs/api.md. Generated from the sources; do not edit.

/**
 * The public API: what `activate()` returns to other extensions (docs/api.md). Its types are
 * published as docs/multipath-api.d.ts, which `npm run api` writes.
 *
 * Invariant: within one version nothing is removed or given another meaning; additions are allowed.
 */
/** Decisions that only the person may take: no other extension takes them for them. */
export type PersonsOwn =
  | 'setConsent'
  | 'listWaitingSessions'
  | 'importSession'
  | 'setStoragePolicy'
  | 'setPrices'
  | 'purgeSessions'
  | 'noteFolders'
  | 'resumeInAgent'
  | 'restoreToAgent'
  | 'startExploration'
  | 'claimRuns'
  | 'cancelRuns'
  | 'noteRun'
  | 'renewRuns';
/** The store's operations, each as documented at `SessionStore`. */
export type StoreApi = Omit<SessionStore, PersonsOwn>;
export interface ExploreMultiple {
  readonly question: string;
  /** Ids of models, each asked with each strategy; the first that there is when absent. */
  readonly models?: readonly string[];
  readonly budget?: ExplorationBudget;
  /** False resolves when the forks are made; else when all runs have ended, well or not. */
  readonly wait?: boolean;
}
export interface ExploredForks {
  readonly explorationId: string;
  /** Ids of the forks: each strategy's models one after the other. */
  readonly forks: readonly string[];
  /** How they stand, in the same order. */
  readonly runs: readonly Run[];
  /** Index of the last message that the forks share with the session. */
  readonly atMessage: number;
  readonly movedBecause?: string;
}
export interface ExploringApi {
  /** Strategies that come with Multipath, and the person's own. */
  listStrategies(): Promise<readonly Strategy[]>;
  /** Models that can be asked now. Asks for no consent. */
  listModels(): Promise<readonly ModelInfo[]>;
  /**
   * Forks a session after a message once for each strategy (or its id) and model, and runs the
   * strategies in the forks. The person is asked first: fails with `cancelled` when they say no. A
   * run that fails says so in its state; the others go on.
   */
  exploreMultipleStrategies(
    sessionId: string,
    atMessage: number,
    strategies: readonly (string | Strategy)[],
    options: ExploreMultiple,
  ): Promise<ExploredForks>;
}
export interface MultipathApi extends ExploringApi {
  /** Goes up when something is removed or changes its meaning. */
  readonly version: 1;
  readonly store: StoreApi;
}

/**
 * An anchor names a message for ever: the log it stands in and the sequence number of the *last*
 * record that belonged to it when it was named. Derived indexes change when a reader learns more
 * or a log grows; an anchor does not, and records that come later never enter what it cuts off.
 */
export interface Anchor {
  readonly logId: string;
  /** Record sequence number within the log, from 0. */
  readonly seq: number;
  /** The agent's own id of the message, where it has one. */
  readonly nativeId?: string;
}

/**
 * What comparing branches yields: a summary per branch, and rows that align what comes after the
 * true common ancestor. Rows carry indexes; their texts are read in ranges, with word-level
 * changes computed when they are asked for.
 */
/** How often something was run to its end. */
export interface RunCounts {
  readonly passed: number;
  readonly failed: number;
}
/** What the tool calls of a branch did, as far as its transcript says. */
export interface BranchActions {
  readonly toolCalls: number;
  /** Calls that were made again, word for word, after they had failed. */
  readonly retries: number;
  /** Command lines that have a result. */
  readonly commands: RunCounts;
  /** Those of them that run a project's tests. */
  readonly tests: RunCounts;
  /** How the last run of the tests ended; absent when there was none. */
  readonly lastTest?: 'passed' | 'failed';
}
/** A command line, once however often it ran. */
export interface BranchCommand {
  /** On one line, as the transcript shows it. */
  readonly text: string;
  readonly passed: number;
  readonly failed: number;
  /** True when it runs a project's tests. */
  readonly isTest: boolean;
  /** How its last run ended; absent when no run has a result. */
  readonly last?: 'passed' | 'failed';
  /** Message of its last run. */
  readonly index: number;
}
export interface BranchSummary {
  readonly sessionId: string;
  readonly title: string;
  readonly agent?: string;
  readonly models: readonly string[];
  /** Messages after the common ancestor; the figures below count these alone. */
  readonly messages: number;
  readonly tokens: TokenUsage;
  /** US dollars; absent when a price is unknown. */
  readonly cost?: number;
  /** The part of the cost that is known, where another is not. */
  readonly knownCost?: number;
  /** Messages whose price is unknown; absent for none. */
  readonly unpriced?: number;
  /** Milliseconds from the first to the last own message. */
  readonly durationMs?: number;
  readonly errors: number;
  /** In the order they were first touched. */
  readonly files: readonly FileLines[];
  /** In the order they were first run; the first 500 where there are more. */
  readonly commands: readonly BranchCommand[];
  /** Command lines beyond those listed; absent for none. */
  readonly moreCommands?: number;
  readonly actions: BranchActions;
}
/** Position of one branch's message in a row; `undefined` where it has no counterpart. */
export interface RowOutline {
  readonly indexes: readonly (number | undefined)[];
  /** Of all the row's messages: only messages of one role stand side by side. */
  readonly role: Role;
  readonly changed: boolean;
}
export interface Comparison {
  readonly branches: readonly BranchSummary[];
  /** Session that holds the last shared message; absent when the sessions are unrelated. */
  readonly ancestorId?: string;
  /** Messages shared by all branches, counted once. */
  readonly sharedCount: number;
  readonly sharedTokens: TokenUsage;
  readonly sharedCost?: number;
  readonly sharedKnownCost?: number;
  readonly sharedUnpriced?: number;
  /** First words of the last shared message. */
  readonly sharedExcerpt: string;
  readonly forkedAt?: number;
  readonly rows: readonly RowOutline[];
}
/** A run of text; `same` stands on both sides, the others on one. */
export interface TextRun {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}
export interface ComparisonCell {
  readonly message: Message;
  /**
   * The message's text with its changes against its counterpart: the reference's message in the row
   * (the row's first where the reference has none), or for that one the next. `undefined`: no
   * counterpart, or `replaced`.
   */
  readonly runs?: readonly TextRun[];
  /** True when there is a counterpart and the whole text counts as replaced. */
  readonly replaced: boolean;
  /** True when some of it was not compared word by word because the time allowed ran out. */
  readonly gaveUp?: boolean;
}
export interface ComparisonRow {
  readonly cells: readonly (ComparisonCell | undefined)[];
  readonly changed: boolean;
}
/** What a branch wrote into a file, as far as its tool calls tell. */
export interface BranchFile {
  readonly path: string;
  /**
   * `whole`: `text` is the file. `edits`: only what was changed in it is known. `removed`: it was
   * deleted. `untouched`: no call of the branch changed it.
   */
  readonly known: 'whole' | 'edits' | 'removed' | 'untouched';
  /** Empty unless the whole of it is known. */
  readonly text: string;
  /** All edits as a patch, by message; a whole text stands there as lines that were added. */
  readonly patch: string;
  readonly edits: number;
}

/**
 * A sum of costs, some of which may not be known: then it is not given as the sum, but as the least
 * it can be. Apart from src/core/cost.ts because it is part of the public API, and prices are not.
 */
export interface CostSum {
  /** US dollars; absent when a part of it is unknown, or when nothing reported any usage. */
  readonly cost?: number;
  /** The part that is known, where another is not: the whole is more than this. */
  readonly knownCost?: number;
  /** Messages that reported tokens but whose price is unknown; absent when there are none. */
  readonly unpriced?: number;
}

/**
 * Explorations: one question put to several strategies and models at one message of a session. Each
 * combination is a fork of its own and a run that fills it, step by step.
 *
 * A run is driven by one window, its *runner*, which says so again and again; the store holds what
 * came of it. An answer becomes messages of the fork in the same transaction that says so of the
 * run, so it is there exactly once whoever dies when.
 */
export type RunState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';
export type RunFailure = ModelFailure | 'budget' | 'internal';
/** What an exploration may take, all its runs together. What is absent is not limited. */
export interface ExplorationBudget {
  /** Runs that are under way at the same time; 3 when absent. */
  readonly runsAtOnce?: number;
  /** Of all kinds, input and output. */
  readonly tokens?: number;
  /** US dollars. Answers of models without a known price are not counted. */
  readonly usd?: number;
  /** From the first step on. */
  readonly milliseconds?: number;
}
export interface Combination {
  readonly strategy: Strategy;
  readonly model: ModelInfo;
}
export interface StartExploration extends Mutation {
  /** Index of the last message that the forks share with the session. */
  readonly atMessage: number;
  readonly question: string;
  /** 1 to 64: each becomes a fork with a run. */
  readonly combinations: readonly Combination[];
  readonly budget?: ExplorationBudget;
  /** Id of the window that is going to run them. */
  readonly runner: string;
}
export interface Exploration {
  readonly id: string;
  /** The session that was explored from. */
  readonly sessionId: string;
  /** The last message that all forks share. */
  readonly forkPoint: Anchor;
  readonly question: string;
  /** As they were when it began: a file that changes later changes no run. */
  readonly strategies: readonly Strategy[];
  readonly budget: ExplorationBudget;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}
export interface StartedExploration {
  readonly exploration: Exploration;
  /** In the order of the combinations; all queued. */
  readonly runs: readonly Run[];
  /** Index of the last inherited message. Differs from the wish when the fork guard moved the cut. */
  readonly atMessage: number;
  readonly movedBecause?: string;
}
/** Secrets of one kind that were taken out of what is sent. */
export interface RedactedSecrets {
  /** As a person calls it: `GitHub token`. */
  readonly kind: string;
  readonly count: number;
}
/** What a model was shown, and what not. */
export interface ContextReport {
  /** Messages of the conversation that were sent, also those that were shortened. */
  readonly messages: number;
  /** Tokens of what was sent, estimated. */
  readonly tokens: number;
  /** Messages, and their tokens (estimated), that did not fit into the model's window. */
  readonly leftOut: {
    readonly messages: number;
    readonly tokens: number;
  };
  /** Long results of tools of which only the beginning and the end were sent. */
  readonly shortened: number;
  readonly redacted: readonly RedactedSecrets[];
}
export interface Run {
  readonly id: string;
  readonly explorationId: string;
  /** The fork that it fills. */
  readonly sessionId: string;
  /** The session that was explored from. */
  readonly parentId: string;
  readonly strategyId: string;
  readonly strategyName: string;
  readonly model: ModelInfo;
  readonly state: RunState;
  /** Steps whose answers are messages of the fork: the step under way has this index. */
  readonly step: number;
  readonly steps: number;
  /** Title (or name) of the step under way, or that would be next; absent when all are done. */
  readonly stepName?: string;
  /** What has arrived of the answer of the step under way, or of the one that was broken off. */
  readonly partial: string;
  /** `cancelled` of a run that is still live: its window was asked to end it. */
  readonly failure?: RunFailure;
  /** In words for the person, with what to do. */
  readonly error?: string;
  /** Of all steps and of attempts that failed, as far as it is known. */
  readonly tokens: TokenUsage;
  /** True when some of the tokens were estimated, because the source did not count them. */
  readonly tokensEstimated: boolean;
  /** US dollars; absent while nothing has a known price. */
  readonly cost?: number;
  /** True when some of the tokens have no known price: the cost is more than `cost`. */
  readonly unpriced: boolean;
  /** Of the last step that was asked. */
  readonly context?: ContextReport;
  /** How often it was begun; more than 1 after a retry. */
  readonly attempt: number;
  /** Milliseconds since the epoch, like all times here. */
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly runner: string;
}
/** Tokens of an answer, or of an attempt that failed. */
export interface Spent {
  readonly tokens: TokenUsage;
  /** True when the source did not count them. */
  readonly estimated?: boolean;
  /** The model that took them, where it was not the run's. */
  readonly model?: string;
  readonly provider?: string;
}
/** What a runner has to say of a run. What is absent stays as it is. */
export interface RunChanges {
  readonly runner: string;
  /**
   * Index of the step this is about. Of a step that is finished nothing more is taken in, so a
   * repeated report does nothing twice.
   */
  readonly step: number;
  readonly state?: 'running' | 'failed' | 'cancelled' | 'interrupted';
  /** A piece of the answer, and the character of the answer that it begins at. */
  readonly text?: {
    readonly at: number;
    readonly text: string;
  };
  /** The step is finished: these are its messages. After the last step the run is done. */
  readonly answer?: readonly NewMessage[];
  readonly spent?: Spent;
  readonly context?: ContextReport;
  readonly failure?: RunFailure;
  readonly error?: string;
}
export interface ClaimRuns extends Mutation {
  readonly runner: string;
}
/** All that is given must hold. At most the newest 1,000. */
export interface RunQuery {
  readonly ids?: readonly string[];
  readonly explorationId?: string;
  /** Runs that fill these forks. */
  readonly sessionIds?: readonly string[];
  /** Runs that these sessions were explored with. */
  readonly parentIds?: readonly string[];
  /** Only those that are queued or running. */
  readonly live?: boolean;
}
/** What an answer takes, or would take. */
export interface PricedAnswer {
  readonly model: string;
  readonly provider?: string;
  readonly input: number;
  readonly output: number;
}
/** A conversation as it is sent to a model. */
export interface ModelContext {
  /** Alternating, the person's first. */
  readonly messages: readonly ModelMessage[];
  readonly report: ContextReport;
}
export interface ContextOptions {
  /** Index of the first message to send; 0 when absent. */
  readonly fromMessage?: number;
  /** Index of the last message to send; the whole session when absent. */
  readonly atMessage?: number;
  /** Tokens, estimated, that it may take. */
  readonly maxTokens: number;
}
export interface ExploreOperations {
  /** Makes one fork and one queued run for each combination, all or none. */
  startExploration(sessionId: string, input: StartExploration): Promise<StartedExploration>;
  /** Oldest first. */
  getRuns(query: RunQuery): Promise<readonly Run[]>;
  /** `undefined` when there is none, or all its forks were removed for good. */
  getExploration(explorationId: string): Promise<Exploration | undefined>;
  /**
   * Queues runs that are not done again, each to go on with the step that is not finished. Fails
   * with `conflict` while another window runs one of them.
   */
  claimRuns(runIds: readonly string[], options: ClaimRuns): Promise<readonly Run[]>;
  /**
   * Ends runs that are queued or running, whichever window has them. That window is told, and tells
   * what had arrived; where it is gone, the run is cancelled with what the store has.
   */
  cancelRuns(runIds: readonly string[], options?: Mutation): Promise<readonly Run[]>;
  /**
   * Takes in what the runner says; saying it twice does nothing more. Fails with `conflict` when
   * another window has the run now.
   */
  noteRun(runId: string, changes: RunChanges): Promise<Run>;
  /**
   * Says that a window is still there. Runs of one that has not said so for a while become
   * `interrupted`, with all that had arrived.
   */
  renewRuns(runner: string): Promise<void>;
  /**
   * A session up to a message for every model to read: tools as text, without what was thought,
   * secrets taken out, fitted into so many tokens.
   */
  readContext(sessionId: string, options: ContextOptions): Promise<ModelContext>;
  /** US dollars of each answer, in their order; `null` where the price is not known. */
  priceAnswers(answers: readonly PricedAnswer[]): Promise<readonly (number | null)[]>;
}
/** What happens to the runs of this window, as it happens. */
export type ExploreEvent =
  /** Its state, step, tokens or error changed. */
  | {
      readonly type: 'run';
      readonly run: Run;
    }
  /** A piece of the answer of the step under way, and the character that it begins at. */
  | {
      readonly type: 'text';
      readonly runId: string;
      readonly sessionId: string;
      readonly step: number;
      readonly at: number;
      readonly text: string;
    }
  /** The model asked to wait, or did not answer: it is asked again at this time. */
  | {
      readonly type: 'waiting';
      readonly runId: string;
      readonly sessionId: string;
      /** Milliseconds since the epoch. */
      readonly until: number;
    };
export interface ExploreOptions {
  readonly question: string;
  /** Each is asked with each strategy. */
  readonly models: readonly ModelInfo[];
  readonly budget?: ExplorationBudget;
}
/** Runs explorations in this window: src/explore/explorer.ts. */
export interface Explorer {
  /** Makes the forks and starts their runs; resolves when they are made, with their ids. */
  explore(
    sessionId: string,
    atMessage: number,
    strategies: readonly Strategy[],
    options: ExploreOptions,
  ): Promise<StartedExploration>;
  /** Resolves when none of the runs is queued or running any more, with how they ended. */
  finished(runIds: readonly string[]): Promise<readonly Run[]>;
  /** Runs of this window end at once, with what has arrived; for others see `cancelRuns`. */
  cancel(runIds: readonly string[]): void;
  /** Goes on with runs that failed, were cancelled or interrupted. Fails with `conflict` as `claimRuns` does. */
  retry(runIds: readonly string[]): Promise<readonly Run[]>;
  /** Ids of the runs that are queued or running here. */
  readonly live: ReadonlySet<string>;
  /** Returns the function that ends the subscription. */
  onDidChange(listener: (event: ExploreEvent) => void): () => void;
  /** Lets go of all runs: they are interrupted, with what has arrived. */
  dispose(): Promise<void>;
}

/**
 * A family of sessions in one answer: every branch as the graph and the tree draw it, and the merges
 * between them. Small enough that thousands go over the wire together; bodies are never in it.
 *
 * Invariant: parents come before their children, and every parent that is named is in the list.
 */
/** What one branch took by itself: what it shares with its parent is the parent's. */
export interface BranchUse extends CostSum {
  /** Messages said in it; those that it has by merging were said elsewhere. */
  readonly messages: number;
  readonly tokens: number;
}
export interface FamilyBranch {
  readonly id: string;
  readonly parentId?: string;
  /** Messages shared with the parent: the branch leaves it after them. 0 for the root. */
  readonly at: number;
  /** All messages, shared ones included. */
  readonly length: number;
  readonly title: string;
  /** Id of its agent; `multipath` for a branch of our own. */
  readonly agent: string;
  /** The model that answered last. */
  readonly model?: string;
  readonly kind: Session['kind'];
  readonly createdAt: number;
  /** Time of its last message, in milliseconds since the epoch. */
  readonly updatedAt: number;
  readonly own: BranchUse;
  /** What its subagents took, all of them together; not among its own. */
  readonly subagents?: BranchUse & {
    readonly count: number;
  };
  /** Why and how it was forked, where the person or an exploration said so. */
  readonly reason?: string;
  readonly strategy?: string;
  readonly pinned?: boolean;
  /** Something of it was merged into another branch. */
  readonly merged?: boolean;
  /** Nobody went on with it (src/core/abandoned.ts). */
  readonly abandoned?: boolean;
  /** In the trash; it is here because branches that are not hang on it. */
  readonly deleted?: boolean;
  /** 0 to 100, from when it was last judged; absent once it has changed. */
  readonly score?: number;
  /** The best of those that it was last judged among. */
  readonly best?: boolean;
}
/** Where a branch came back. */
export interface FamilyMerge {
  readonly mergeId: string;
  readonly mode: MergeMode;
  readonly sourceId: string;
  /** The branch that holds the messages. */
  readonly sessionId: string;
  /** Index of the first merged message there. */
  readonly index: number;
  readonly messages: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of a summary, where it is known. */
  readonly summaryBy?: SummaryAuthor;
}
export interface FamilyGraph {
  readonly rootId: string;
  readonly branches: readonly FamilyBranch[];
  readonly merges: readonly FamilyMerge[];
  /** Branches of the family; more than in the list where that is cut. */
  readonly total: number;
}
export interface LedgerLine {
  readonly sessionId: string;
  readonly title: string;
  /** 0 for the root. */
  readonly depth: number;
  /** Its own part and its subagents'. */
  readonly use: BranchUse;
  readonly merged?: boolean;
  readonly abandoned?: boolean;
  readonly deleted?: boolean;
}
export interface FamilyLedger {
  readonly rootId: string;
  /** Each followed by what leaves it. */
  readonly lines: readonly LedgerLine[];
  readonly whole: BranchUse;
  /** Of the whole. */
  readonly abandoned: BranchUse;
  readonly abandonedCount: number;
  /** Messages that a count of each branch from its beginning would add to the whole. */
  readonly sharedMessages: number;
}
type Placed = Pick<FamilyBranch, 'id' | 'parentId' | 'createdAt'>;

/**
 * A model as the judge of branches: each pair is shown to it twice, in both orders, because models
 * prefer what stands first (or last) for no other reason. Where the two answers disagree, the pair is
 * a tie and it is said that the order decided. Kept beside the score, which it never changes.
 */
/** What the model said of one pair in one order. */
export interface Verdict {
  /** Session shown first, and second. */
  readonly first: string;
  readonly second: string;
  readonly winner: 'first' | 'second' | 'tie';
  /** In the model's own words. */
  readonly reason: string;
}
/** A pair that was not judged in one order, and why, in words for the person. */
export interface MissingVerdict {
  readonly first: string;
  readonly second: string;
  readonly error: string;
}
export interface NewJudgement {
  readonly sessionIds: readonly string[];
  readonly model: {
    readonly id: string;
    readonly name: string;
  };
  /** What the person wanted judged by; the usual criteria when absent. */
  readonly criteria?: string;
  readonly verdicts: readonly Verdict[];
  readonly missing: readonly MissingVerdict[];
  readonly tokens: TokenUsage;
}
export interface Judgement extends NewJudgement {
  /** UUIDv7. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
export interface JudgementQuery {
  /** This one alone. */
  readonly id?: string;
  /** At most so many; 100 when absent. */
  readonly limit?: number;
}
export interface JudgeOperations {
  /** Keeps what a model said of branches. */
  addJudgement(judgement: NewJudgement, options?: Mutation): Promise<Judgement>;
  /** Judgements that all these sessions are part of, newest first. */
  getJudgements(
    sessionIds: readonly string[],
    query?: JudgementQuery,
  ): Promise<readonly Judgement[]>;
  /** Forgets a judgement. */
  deleteJudgement(judgementId: string, options?: Mutation): Promise<void>;
}
/** One unordered pair with what came of its two showings. */
export interface JudgedPair {
  readonly a: string;
  readonly b: string;
  /** `order`: the two disagree, so the order decided. `unknown`: it was not judged twice. */
  readonly outcome: 'a' | 'b' | 'tie' | 'order' | 'unknown';
}
export interface JudgedBranch {
  readonly sessionId: string;
  readonly wins: number;
  readonly losses: number;
  /** Pairs without a winner. */
  readonly ties: number;
}

/**
 * Merging a branch into another one of its family: only what comes after the last message both
 * share, each message with where it came from. Pure: what is merged is decided here, and written
 * elsewhere.
 *
 * Laws (test/property/store/merging.test.ts): merging and undoing it leaves the target as it was;
 * merging twice is merging once; the shared prefix never repeats; from every merged message one
 * finds where it was first said.
 */
import { type Message } from './message.ts';
/** `append`: all of it; `cherry-pick`: chosen messages; `summary`: one message in their place. */
export type MergeMode = 'append' | 'cherry-pick' | 'summary';
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

/**
 * The message model that every agent's records are read into. A message may stand on several
 * records (an answer written block by block, and the results of its tool calls); a tool result is
 * folded into its call, so a cut between two messages never separates the two.
 */
export type Role = 'user' | 'assistant' | 'system';
/** Text that may have been shortened for a page; `fullLength` (characters) is set when it was. */
export interface BoundedText {
  readonly text: string;
  readonly fullLength?: number;
}
export interface TextBlock extends BoundedText {
  readonly type: 'text';
}
export interface ThinkingBlock extends BoundedText {
  readonly type: 'thinking';
}
export interface ToolResult extends BoundedText {
  readonly isError: boolean;
  /** How many images or other binary parts the result holds beside its text. */
  readonly attachments?: number;
}
/** Lines added to a file and removed from it. */
export interface FileLines {
  readonly path: string;
  readonly added: number;
  readonly removed: number;
}
/** A call's change of files: the path and lines of one, or the sum of several, named in `files`. */
export interface ToolEdit extends FileLines {
  /** Each file by itself, where the call changed more than one. */
  readonly files?: readonly FileLines[];
}
export interface ToolBlock {
  readonly type: 'tool';
  readonly callId: string;
  readonly name: string;
  /** One line that says what the call does: a path, a command, a query. */
  readonly summary: string;
  /** The call's arguments as indented JSON. */
  readonly input: BoundedText;
  /** Absent while the call is unanswered. */
  readonly result?: ToolResult;
  /** Lines added and removed, for calls that edit a file. */
  readonly edit?: ToolEdit;
}
export interface AttachmentBlock {
  readonly type: 'attachment';
  readonly mediaType: string;
  /** Size of the decoded content in bytes. */
  readonly bytes: number;
  readonly name?: string;
}
/** Something that happened in the conversation and is not part of what was said. */
export interface NoticeBlock extends BoundedText {
  readonly type: 'notice';
  readonly kind: 'compaction' | 'context-reset' | 'gap' | 'error' | 'info';
}
export type ContentBlock = TextBlock | ThinkingBlock | ToolBlock | AttachmentBlock | NoticeBlock;
/** Token counts as the provider reported them; absent figures were not reported. */
export interface TokenUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Of `cacheWrite`: what is kept for an hour, at another price. */
  readonly cacheWrite1h?: number;
}
export interface Message {
  /** Stable for the life of the log: `<logId>:<seq of the first record>`. */
  readonly id: string;
  readonly sessionId: string;
  /** Position in the session, from 0, prefix included. Derived: never store it. */
  readonly index: number;
  readonly anchor: Anchor;
  readonly role: Role;
  readonly content: readonly ContentBlock[];
  readonly provider?: string;
  readonly model?: string;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
  readonly tokens?: TokenUsage;
  /** US dollars, where the model's price is known. */
  readonly cost?: number;
  /** True for messages that stand before the session's fork point. */
  readonly inherited: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}
/** A message that a person (or an extension) adds to a session of their own. */
export interface NewMessage {
  readonly role: Role;
  readonly text: string;
  readonly model?: string;
  readonly provider?: string;
  readonly tokens?: TokenUsage;
  /** Milliseconds since the epoch; now when absent. */
  readonly timestamp?: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/**
 * What is asked of a language model, whoever serves it: VS Code (`vscode.lm`) or an HTTP endpoint
 * with a key of the person's own. Everything that needs an answer takes a `ModelClient`; tests hand
 * in one of their own.
 */
export interface ModelInfo {
  /** Unique over all clients: `<source>/<the source's id>`, such as `vscode/copilot/gpt-5`. */
  readonly id: string;
  readonly name: string;
  /** As prices know it: `openai`, `anthropic`, `google`, or what the source calls itself. */
  readonly provider: string;
  /** Tokens that a question may hold; absent when the source does not say. */
  readonly maxInputTokens?: number;
  readonly maxOutputTokens?: number;
}
export interface ModelMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}
export interface ModelRequest {
  /** Prepended as a user message where the source knows no system messages. */
  readonly system?: string;
  readonly messages: readonly ModelMessage[];
  readonly maxOutputTokens?: number;
}
/** Parts of an answer as they come. `usage` comes at most once, after all text. */
export type ModelPart =
  | {
      readonly type: 'text';
      readonly text: string;
    }
  | {
      readonly type: 'thinking';
      readonly text: string;
    }
  | {
      readonly type: 'usage';
      readonly tokens: TokenUsage;
    };
/** Why there is no answer, or no whole one. */
export type ModelFailure =
  | 'rate-limited'
  | 'unauthorized'
  | 'blocked'
  | 'not-found'
  | 'too-long'
  | 'cut-off'
  | 'unavailable'
  | 'cancelled';
export interface ModelClient {
  /** Models that can be asked now; empty when there is none. Asks for no consent. */
  listModels(): Promise<readonly ModelInfo[]>;
  /** Tokens of a text for a model; an estimate where the source cannot count. */
  countTokens(modelId: string, text: string, signal?: AbortSignal): Promise<number>;
  /** The answer as it comes. Throws a `ModelError`, also in the middle. */
  ask(modelId: string, request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelPart>;
}

/** The operations the product is named for: branches seen as a tree, compared, judged. */
/** Fields as in the functional specification, and what the choice rests on. */
export interface ForkResults {
  readonly totalForks: number;
  readonly comparison: Comparison;
  /** In the order the branches were given. */
  readonly scores: readonly BranchScore[];
  /** Id of the session with the highest score. */
  readonly bestFork: string;
  /** What a model said of just these branches, where one was asked; it never changes the scores. */
  readonly judgement?: Judgement;
}
export interface CompareForkResults {
  /** Relative weights of the parts of the score; those left out keep their usual weight. */
  readonly weights?: Partial<ScoreWeights>;
}
export interface MultipathOperations {
  /**
   * Compares branches and judges them by what their transcripts show: errors, retries, tests and
   * commands, size of the change, length, cost, time, and the person's own rating
   * (`metadata.rating`, 1 to 5). No model is asked.
   */
  compareForkResults(
    sessionIds: readonly string[],
    options?: CompareForkResults,
  ): Promise<ForkResults>;
  /** What `mergeFork` would do; nothing is changed. */
  planMerge(
    targetId: string,
    sourceId: string,
    options?: {
      readonly mode?: MergeMode;
      readonly messages?: readonly number[];
    },
  ): Promise<MergePlan>;
  /**
   * Merges what a branch has of its own into another of its family: all of it, chosen messages, or
   * one summary. Only what is not there yet is added. An agent's session is never written to: the
   * messages go to a branch of ours over it. Fails with `conflict` where both sides went on, unless
   * that is accepted.
   */
  mergeFork(targetId: string, sourceId: string, options?: MergeFork): Promise<MergeResult>;
  /**
   * Takes a merge back; the session is as it was. Fails with `bad-request` while another session was
   * forked after it, with `not-found` when it was taken back before.
   */
  undoMerge(mergeId: string, options?: UndoMerge): Promise<void>;
  /** Merges out of these sessions and into them, oldest first. */
  getMerges(sessionIds: readonly string[]): Promise<readonly MergeEdge[]>;
  /**
   * The session's whole family in one answer: its branches with what each took, where they leave
   * their parents and where they were merged. No transcript is read.
   */
  getFamilyGraph(sessionId: string): Promise<FamilyGraph>;
  /** What the family took, each message counted once, and what its abandoned branches did. */
  getFamilyLedger(sessionId: string): Promise<FamilyLedger>;
  /**
   * Index in a session of the message with this id, or of the first that was merged from it: from
   * the origins of a merged message one finds where it was said, and from there where it went.
   * `undefined` when the session has neither.
   */
  findMessage(sessionId: string, messageId: string): Promise<number | undefined>;
  /** The session's whole family as text, one line a session; this one is marked with a star. */
  visualizeSessionTree(sessionId: string): Promise<string>;
}

/**
 * Conversations handed on: to an agent as a session file of its own, to its own folder after it
 * deleted them, or to anything at all as text. An agent's existing files are never written to; what
 * is added is a new file, and only because the person asked for it.
 */
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
  promptOf(
    sessionId: string,
    options?: {
      readonly atMessage?: number;
    },
  ): Promise<SessionPrompt>;
  /**
   * Writes the file of a session that its agent has deleted again, byte for byte, so that the agent
   * has it back. Never over an existing file.
   */
  restoreToAgent(sessionId: string, options?: Mutation): Promise<RestoredFile>;
}

/**
 * Which branch did best, without asking a model: each branch gets points for what its transcript
 * shows, every part is there to be read, and the weights are the person's. A part that is not known
 * of a branch counts half, so that nothing is won by leaving no trace.
 *
 * Invariant: a branch's total depends on the branches compared, never on their order.
 */
/** What is judged; each is better the nearer its points are to 1. */
export type ScorePart =
  'tests' | 'commands' | 'errors' | 'retries' | 'diff' | 'length' | 'cost' | 'time' | 'rating';
/** Weights are relative to each other; 0 leaves a part out. */
export type ScoreWeights = Readonly<Record<ScorePart, number>>;
export interface PartScore {
  readonly part: ScorePart;
  readonly weight: number;
  /** 0 to 1; absent when the transcript does not tell, and then it counts half. */
  readonly points?: number;
  /** The figure behind it, in the unit of `ScoredBranch`; absent like the points. */
  readonly figure?: number;
}
export interface BranchScore {
  readonly sessionId: string;
  /** 0 to 100. */
  readonly total: number;
  /** Those with weight, in one order for all branches. */
  readonly parts: readonly PartScore[];
}
/** What is scored: a branch's summary, and how the person rated it, from 1 to 5. */
export interface ScoredBranch {
  readonly summary: BranchSummary;
  readonly rating?: number;
}

/** What a search over all sessions gives back. */
/** Half-open, in UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}
/** One line of text and the places of what was searched for; ranges ascend and do not overlap. */
export interface MarkedText {
  readonly text: string;
  readonly ranges: readonly TextRange[];
}
export interface SearchOptions {
  /** At most 200; 20 when absent. */
  readonly limit?: number;
  readonly offset?: number;
  /**
   * `relevance` ranks the newest 1,000 hits (more where the offset asks for them) by BM25. It is
   * what is taken when absent.
   */
  readonly order?: 'relevance' | 'newest';
}
export interface MessageHit {
  readonly session: Session;
  /** Where the message stands in that session now. */
  readonly messageIndex: number;
  readonly role: Role;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
  readonly snippet: MarkedText;
  /** Higher is better; comparable within one result only. */
  readonly score: number;
}
export interface TitleHit {
  readonly session: Session;
  readonly title: MarkedText;
  /** From 0 to 1, higher is better. */
  readonly score: number;
}
export interface SearchResult {
  /** Sessions whose title resembles the words; all that the filters choose where there are no words. */
  readonly titles: readonly TitleHit[];
  readonly hits: readonly MessageHit[];
  /** Messages found; at least so many where `more` is set. */
  readonly total: number;
  readonly more: boolean;
  /** Logs of sessions whose newest messages are not in the index yet; 0 once it is complete. */
  readonly pending: number;
  /** Why messages could not be searched, in words for the person. */
  readonly notice?: string;
}
/** Milliseconds since the epoch; an absent end is open. */
export interface DateRange {
  readonly from?: number;
  readonly to?: number;
}

/**
 * A session is a branch: a log and a leaf in it, reached through parents. This is the catalogue
 * row that the tree, the panels and the API see; bodies are read in pages, never with it.
 */
export type Tier = 'hot' | 'warm' | 'cold';
/** `critical` never leaves warm nor is deleted by itself; `temporary` goes N days after its last access. */
export type RetentionPolicy = 'standard' | 'critical' | 'temporary';
export interface Project {
  /** Stable key that groups sessions: the folder's path as the agent recorded it. */
  readonly key: string;
  readonly path: string;
  readonly name: string;
}
export interface SessionOrigin {
  /** Agent id, a key of the agents table (`claude-code`). */
  readonly agent: string;
  readonly nativeId: string;
  /** The agent's file, as it was when last seen; empty for a session loaded from a file of ours. */
  readonly path: string;
  readonly gitBranch?: string;
  /** When its file was last written to, as far as it was read. */
  readonly modifiedAt?: number;
  /** Since when the agent's file is missed; absent while it is there. The session is *rescued*. */
  readonly gone?: number;
}
/** What the subagents of a session came to, all of them together. */
export interface SubagentUse {
  readonly count: number;
  readonly totalTokens: number;
  /** US dollars; absent when a price is unknown. */
  readonly estimatedCost?: number;
  /** The part of the cost that is known, where another is not. */
  readonly knownCost?: number;
  /** Messages whose model has no known price; absent for none. */
  readonly unpricedMessages?: number;
  /** When one of their files was last written to, as far as they were read. */
  readonly modifiedAt?: number;
}
export interface Session {
  /** UUIDv7. */
  readonly id: string;
  readonly parentId?: string;
  /** The last shared message, in the parent's log. */
  readonly forkPoint?: Anchor;
  /** Messages shared with the parent: they are the first of this session. 0 for a root. */
  readonly inheritedCount: number;
  readonly title: string;
  /** True when the title is the person's own. */
  readonly renamed: boolean;
  /** Milliseconds since the epoch, like all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastAccessedAt: number;
  readonly accessCount: number;
  /** Accesses per hour, decayed. */
  readonly accessFrequency: number;
  readonly estimatedSizeBytes: number;
  readonly storageTier: Tier;
  readonly tags: readonly string[];
  /** When the person pinned it; absent while it is not. */
  readonly pinnedAt?: number;
  /** What the person wrote about it; absent when there is nothing. */
  readonly note?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly providersUsed: readonly string[];
  readonly models: readonly string[];
  /** All messages, inherited ones included. */
  readonly messageCount: number;
  /** Of the messages after the fork point only, so that sums over a family count each once. */
  readonly ownTokens: TokenUsage;
  readonly totalTokens: number;
  /** US dollars for the own messages; absent when a price is unknown. */
  readonly estimatedCost?: number;
  /** The part of the cost that is known, where another is not: the whole is more than this. */
  readonly knownCost?: number;
  /** Own messages that took tokens but whose model has no known price; absent for none. */
  readonly unpricedMessages?: number;
  readonly retentionPolicy: RetentionPolicy;
  /** A fork's is its parent's. */
  readonly project: Project;
  /** Absent for sessions that began here. */
  readonly origin?: SessionOrigin;
  /** How the branch came to be. */
  readonly kind: 'imported' | 'abandoned' | 'copied-fork' | 'fork' | 'created';
  readonly forkCount: number;
  /**
   * The session that this one is a subagent of. Where that is not in the store the subagent is
   * listed like any other session, and names what its agent calls that session in `subagentOfNative`.
   */
  readonly subagentOf?: string;
  readonly subagentOfNative?: string;
  /** Of a subagent: where the tool call that started it stands, as far as the records tell. */
  readonly calledFrom?: Anchor;
  /** Absent for a session without subagents. Their tokens are not among the session's own. */
  readonly subagents?: SubagentUse;
  /** Lines of the agent's file that could not be read as what they should be. */
  readonly problemCount: number;
}
export interface SessionTreeNode {
  readonly session: Session;
  readonly children: readonly SessionTreeNode[];
}

/**
 * The one interface to the store. The session server implements it over the files (LocalStore),
 * every other process over a connection (RemoteStore); callers cannot tell which they hold.
 *
 * Arguments and results are plain JSON values. Every operation that changes something takes a
 * `requestId` (made by the caller's proxy when absent), which is stored in the same transaction
 * as the effect: repeating the request returns the first result and does nothing twice.
 */
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
  readonly byAge?: readonly (FileCount & {
    readonly days: number;
  })[];
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
  readonly failures: readonly {
    readonly path: string;
    readonly message: string;
  }[];
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
  | {
      readonly type: 'import';
      readonly progress: ImportProgress;
    }
  | {
      readonly type: 'task';
      readonly task: StoreTask;
    }
  | {
      readonly type: 'status';
      readonly status: StoreStatus;
    }
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
    options?: {
      readonly reference?: string;
    },
  ): Promise<readonly ComparisonRow[]>;
  /**
   * What a branch wrote into a file, as far as its tool calls tell; `path` as comparisons name it.
   * With `end`, what it had written before that message. Reading it is no access.
   */
  readBranchFile(
    sessionId: string,
    path: string,
    options?: {
      readonly end?: number;
    },
  ): Promise<BranchFile>;
  /**
   * Writes a session to a file of its own: its records byte for byte, those of the sessions it was
   * forked from, and what the person noted of them (docs/session-file.md). The file is whole or not
   * there; an existing one is replaced only with `overwrite`.
   */
  saveSessionToDisk(
    sessionId: string,
    file: string,
    options?: {
      readonly overwrite?: boolean;
    },
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

/**
 * What the store tells of itself and does for its upkeep: what the tiers hold and why sessions
 * move between them, the trash, long tasks, the store doctor's report.
 */
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
  readonly skipped: readonly {
    readonly sessionId: string;
    readonly reason: string;
  }[];
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
  compactArchive(options?: Mutation): Promise<{
    readonly freedBytes: number;
  }>;
  runDoctor(options: RunDoctor): Promise<DoctorReport>;
  /** Copies the database now, as happens every day by itself; the two newest copies are kept. */
  takeSnapshot(options?: Mutation): Promise<DatabaseSnapshot>;
  /** Ends a task at its next safe point; does nothing when none of the kind is running. */
  cancelTask(kind: TaskKind): Promise<void>;
}

/**
 * A strategy: how a question is put to a model, as data. Those that come with Multipath
 * (strategies.ts) and those that a person writes (`*.multipath.yaml`, docs/strategies.md) are the
 * same thing.
 *
 * Invariant: a step only speaks of what stands before it, so steps can be done one after the other.
 */
/** What a step's model is shown before the step's own prompt. */
export type StepContext = 'steps' | 'conversation' | 'none';
/** What of a step becomes messages of the fork. Every answer was paid for, so every answer is kept. */
export type StepKept = 'exchange' | 'answer';
export interface StrategyStep {
  /** Lower-case letters, digits and hyphens, once in a strategy: `{{steps.NAME}}` is its answer. */
  readonly name: string;
  /** What a person reads while it is under way; the name when absent. */
  readonly title?: string;
  /**
   * Text with `{{question}}`, `{{previous}}` (the answer of the step before) and `{{steps.NAME}}`;
   * `\{{` is two braces.
   */
  readonly prompt: string;
  /** Sent as a system message, with the same placeholders. */
  readonly system?: string;
  /** Id of the model that this step asks, in the place of the one that was chosen for the run. */
  readonly model?: string;
  /** `steps` when absent. */
  readonly context?: StepContext;
  /** `exchange` when absent. */
  readonly keep?: StepKept;
}
export interface Strategy {
  /** Of the built-in ones a word; of a person's own the name of its file without the ending. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** At least one. */
  readonly steps: readonly StrategyStep[];
}

/** Agents' sessions that were found and are not imported, as they are listed for the person to choose. */
/** A session of an agent that was found and is not in the store. */
export interface WaitingSession {
  readonly agent: string;
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** It has its turn, is over the budget, was left when an import was stopped, or could not be read. */
  readonly reason: 'queued' | 'over-budget' | 'stopped' | 'failed';
  /** What the beginning and the end of the file tell; absent where they tell nothing. */
  readonly title?: string;
  readonly cwd?: string;
  readonly createdAt?: number;
  /** Set for what an agent had another one do. */
  readonly isSubagent?: true;
}
export interface WaitingQuery {
  /** The last one of the page before; from the newest on when absent. */
  readonly after?: {
    readonly modifiedAt: number;
    readonly path: string;
  };
  /** At most 200. */
  readonly limit: number;
}
/** Newest first. A page may hold fewer than were asked for while more follow. */
export interface WaitingSessions {
  readonly sessions: readonly WaitingSession[];
  readonly total: number;
  /** False while agents' folders were not all looked at yet. */
  readonly isKnown: boolean;
  /** Where the next page begins; absent on the last one. */
  readonly next?: NonNullable<WaitingQuery['after']>;
}
