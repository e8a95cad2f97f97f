/**
 * Explorations: one question put to several strategies and models at one message of a session. Each
 * combination is a fork of its own and a run that fills it, step by step.
 *
 * A run is driven by one window, its *runner*, which says so again and again; the store holds what
 * came of it. An answer becomes messages of the fork in the same transaction that says so of the
 * run, so it is there exactly once whoever dies when.
 */
import type { Anchor } from './anchor.ts';
import type { NewMessage, TokenUsage } from './message.ts';
import type { ModelFailure, ModelInfo, ModelMessage } from './models.ts';
import type { Mutation } from './sessionStore.ts';
import type { Strategy } from './strategy.ts';

export type RunState =
  | 'queued'
  | 'running'
  | 'done'
  | 'failed' // `failure` and `error` say why
  | 'cancelled' // by the person, or because the budget was used up
  | 'interrupted'; // the window that ran it went away, or let it go

export const RUN_STATES = [
  'queued',
  'running',
  'done',
  'failed',
  'cancelled',
  'interrupted',
] as const satisfies readonly RunState[];

export type RunFailure =
  | ModelFailure
  | 'budget' // the exploration's budget was used up
  | 'internal';

export const RUN_FAILURES = [
  'rate-limited',
  'unauthorized',
  'blocked',
  'not-found',
  'too-long',
  'cut-off',
  'unavailable',
  'cancelled',
  'budget',
  'internal',
] as const satisfies readonly RunFailure[];

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
  readonly leftOut: { readonly messages: number; readonly tokens: number };
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
  readonly text?: { readonly at: number; readonly text: string };
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
  | { readonly type: 'run'; readonly run: Run }
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
