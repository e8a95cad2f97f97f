/**
 * One run from where it is to its end: step by step, each a question to a model whose answer becomes
 * messages of the fork. However it ends, the store is told; what had arrived is kept.
 */
import { MultipathError, messageOf } from '../core/errors.ts';
import type {
  ContextReport,
  Exploration,
  ExploreEvent,
  Run,
  RunFailure,
  Spent,
} from '../core/exploration.ts';
import { NO_TOKENS, totalTokens, type NewMessage, type TokenUsage } from '../core/message.ts';
import { ModelError, type ModelClient, type ModelInfo } from '../core/models.ts';
import type { Strategy, StrategyStep } from '../core/strategy.ts';
import { answersSoFar } from './answersSoFar.ts';
import { askModel, wholeTokens } from './answer.ts';
import type { Budget, Taken } from './budget.ts';
import { pricer } from './price.ts';
import type { ExploreClock } from './clock.ts';
import { Reports, persistently, type ExploreStore } from './reports.ts';
import type { Refusals } from './refusals.ts';
import type { FinishedStep } from './finishedStep.ts';
import { prepareRequest, type PreparedRequest } from './request.ts';
import { mustGoOn, Stopped } from './stopped.ts';

export interface RunnerParts {
  readonly store: ExploreStore;
  readonly models: ModelClient;
  readonly clock: ExploreClock;
  readonly runner: string;
  readonly exploration: Exploration;
  readonly budget: Budget;
  readonly refusals: Refusals;
  readonly emit: (event: ExploreEvent) => void;
  /** The budget is used up: everything that shares it ends. */
  readonly onExceeded: (why: string) => void;
  /** Another window asks for the run's end. */
  readonly onCancel: (runId: string) => void;
  /** The first step of the exploration begins. */
  readonly onBegin: () => void;
}

/** Parts of what a model takes that are tried one after the other when it says: too long. */
const SHARES = [1, 0.5, 0.25];
/** Characters of a token, while an answer is coming. */
const CHARACTERS = 4;

/** Never throws. `enough`: from then on a store that is away is not waited for. */
export async function runToEnd(
  parts: RunnerParts,
  run: Run,
  signal: AbortSignal,
  enough: AbortSignal,
): Promise<Run> {
  const { store, clock, runner, emit } = parts;
  const onNoted = ({ id, state, failure }: Run): void => {
    if (state === 'running' && failure === 'cancelled') parts.onCancel(id);
  };
  const reports = new Reports({ store, clock, runner, runId: run.id, onNoted }, enough);
  const going = new Runner(parts, run, reports, signal, enough);
  try {
    await going.steps();
  } catch (error) {
    await going.end(error);
  }
  // Also where the store could not be told.
  parts.budget.estimate(run.id);
  emit({ type: 'run', run: going.run });
  return going.run;
}

class Runner {
  readonly #parts: RunnerParts;
  readonly #reports: Reports;
  readonly #signal: AbortSignal;
  readonly #enough: AbortSignal;
  run: Run;
  #spent: Spent | undefined;
  #context: ContextReport | undefined;
  /** Characters that were thought in the step under way. */
  #thought = 0;

  constructor(
    parts: RunnerParts,
    run: Run,
    reports: Reports,
    signal: AbortSignal,
    enough: AbortSignal,
  ) {
    this.#parts = parts;
    this.run = run;
    this.#reports = reports;
    this.#signal = signal;
    this.#enough = enough;
  }

  async steps(): Promise<void> {
    const { store, clock, exploration, budget, onBegin } = this.#parts;
    const { strategyId, strategyName, sessionId } = this.run;
    this.#reports.begin(this.run.step);
    mustGoOn(this.#signal);
    const strategy = exploration.strategies.find(({ id }) => id === strategyId);
    if (!strategy) {
      throw new MultipathError(
        'not-found',
        `The strategy “${strategyName}” is not there any more.`,
      );
    }
    if (budget.begin(clock.elapsed())) onBegin();
    await this.#tell({ state: 'running' });
    const look = <T>(work: () => Promise<T>): Promise<T> => persistently(work, clock, this.#enough);
    const finished = await look(() =>
      answersSoFar(store, this.run, strategy, exploration.question),
    );
    if (finished.length < this.run.step) {
      throw new MultipathError(
        'not-found',
        'Messages of this run are missing, so it cannot go on. Explore again.',
      );
    }
    const fork = await look(() => store.getSession(sessionId));
    const atMessage = (fork?.inheritedCount ?? 0) - 1;
    for (const [index, step] of strategy.steps.entries()) {
      if (index < finished.length) continue;
      this.#reports.begin(index);
      finished.push(await this.#step(strategy, step, index, finished, atMessage));
    }
  }

  /** Tells the store how it ended. */
  async end(error: unknown): Promise<void> {
    // Another window has it now, and says how it goes on.
    if (MultipathError.is(error, 'conflict')) {
      this.run = { ...this.run, state: 'interrupted', error: error.message };
      return;
    }
    const how = endOf(error);
    try {
      await this.#tell({
        ...how,
        ...(this.#spent && { spent: this.#spent }),
        ...(this.#context && { context: this.#context }),
      });
    } catch (failed) {
      // The fork is gone, or the store is away and the window goes: the store finds that out.
      const why = MultipathError.is(failed) ? failed.message : messageOf(error);
      this.run = { ...this.run, ...how, error: how.error ?? why };
    }
  }

  async #step(
    strategy: Strategy,
    step: StrategyStep,
    index: number,
    finished: readonly FinishedStep[],
    atMessage: number,
  ): Promise<FinishedStep> {
    const { models, clock, exploration, emit, refusals } = this.#parts;
    const { id: runId, sessionId } = this.run;
    const model = await this.#modelOf(step);
    const refused = refusals.of(model.id);
    if (refused) throw refused;
    this.#thought = 0;
    for (const [nth, share] of SHARES.entries()) {
      const prepared = await this.#prepare({ step, model, finished, atMessage, share });
      this.#context = prepared.context;
      const asked = prepared.context.tokens;
      const price = await this.#pricer(model, asked);
      const mayGoOn = (): void =>
        this.#mayGoOn({ tokens: asked + this.#came, usd: price(this.#came) });
      mayGoOn();
      const result = await askModel(
        {
          models,
          clock,
          modelId: model.id,
          request: prepared.request,
          onText: (text) => {
            const at = this.#reports.length;
            this.#reports.add(text);
            emit({ type: 'text', runId, sessionId, step: index, at, text });
            mayGoOn();
          },
          onThought: (text) => {
            this.#thought += text.length;
            mayGoOn();
          },
          onWait: (until) => emit({ type: 'waiting', runId, sessionId, until }),
        },
        this.#signal,
      );
      if ('answer' in result) {
        const { text, tokens } = result.answer;
        const output = async (): Promise<number> =>
          models.countTokens(model.id, text, this.#signal);
        await this.#tell({
          answer: messagesOf(
            { exploration, strategy, step, index, run: this.run, model },
            prepared,
            {
              text,
              tokens,
              now: clock.now(),
            },
          ),
          spent: await this.#spentOn(model, prepared, tokens, output),
          context: prepared.context,
        });
        this.#context = undefined;
        this.#mayGoOn();
        return { name: step.name, prompt: prepared.prompt, answer: text };
      }
      const { error, tokens, sent = false } = result.broken;
      refusals.note(model.id, error);
      const isTooLong = error instanceof ModelError && error.failure === 'too-long';
      if (isTooLong && this.#reports.length === 0 && nth < SHARES.length - 1) continue;
      if (tokens || sent || this.#came > 0) {
        this.#spent = await this.#spentOn(model, prepared, tokens, undefined);
      }
      throw error;
    }
    throw new ModelError('too-long', `${model.name} does not take so much. Choose another model.`);
  }

  #prepare(of: {
    readonly step: StrategyStep;
    readonly model: ModelInfo;
    readonly finished: readonly FinishedStep[];
    readonly atMessage: number;
    readonly share: number;
  }): Promise<PreparedRequest> {
    const { store, models, clock, exploration } = this.#parts;
    const { sessionId } = this.run;
    const { question } = exploration;
    return persistently(
      () => {
        mustGoOn(this.#signal);
        return prepareRequest({ ...of, store, models, sessionId, question }, this.#signal);
      },
      clock,
      this.#signal,
    );
  }

  /** Ends everything that shares the budget when there is none left. @throws Stopped */
  #mayGoOn(coming?: Taken): void {
    const { budget, clock, onExceeded } = this.#parts;
    budget.estimate(this.run.id, coming);
    const why = budget.exceeded(clock.elapsed());
    if (why !== undefined) onExceeded(why);
    if (coming) mustGoOn(this.#signal);
  }

  /** Of an answer in dollars, its question included, by the tokens that came. */
  #pricer(model: ModelInfo, asked: number): Promise<(came: number) => number> {
    const { store, budget, clock } = this.#parts;
    if (!budget.countsDollars) return Promise.resolve(() => 0);
    const of = { model: modelName(model), provider: model.provider };
    return persistently(() => pricer(store, of, asked), clock, this.#signal);
  }

  async #modelOf(step: StrategyStep): Promise<ModelInfo> {
    if (step.model === undefined || step.model === this.run.model.id) return this.run.model;
    const known = await this.#parts.models.listModels();
    const model = known.find(({ id }) => id === step.model);
    if (model) return model;
    throw new ModelError(
      'not-found',
      `The step “${step.name}” asks for the model “${step.model}”, which is not there. Change the strategy, or set that model up.`,
    );
  }

  /** An estimate where the source does not say. */
  async #spentOn(
    model: ModelInfo,
    { context }: PreparedRequest,
    tokens: TokenUsage | undefined,
    count: (() => Promise<number>) | undefined,
  ): Promise<Spent> {
    const of = { model: modelName(model), provider: model.provider };
    if (tokens && totalTokens(tokens) > 0) return { ...of, tokens };
    const guess = this.#came;
    // An answer is worth more than how long it is: counting that fails is no reason to lose it.
    const said = count ? wholeTokens(await count().catch(() => 0)) : 0;
    const thought = Math.ceil(this.#thought / CHARACTERS);
    const output = said > 0 ? said + thought : guess;
    return {
      ...of,
      estimated: true,
      tokens: { ...NO_TOKENS, input: context.tokens, output },
    };
  }

  /** Tokens of what came of the step under way, estimated. */
  get #came(): number {
    return Math.ceil((this.#reports.length + this.#thought) / CHARACTERS);
  }

  async #tell(changes: Parameters<Reports['tell']>[0]): Promise<void> {
    this.run = await this.#reports.tell(changes);
    // What was estimated is counted from here on, or was not spent: never both.
    this.#parts.budget.estimate(this.run.id);
    this.#parts.budget.note(this.run);
    this.#parts.emit({ type: 'run', run: this.run });
  }
}

function endOf(error: unknown): {
  state: 'failed' | 'cancelled' | 'interrupted';
  failure?: RunFailure;
  error?: string;
} {
  if (error instanceof Stopped) {
    if (error.by === 'window') return { state: 'interrupted', error: error.message };
    const failure = error.by === 'budget' ? 'budget' : 'cancelled';
    return { state: 'cancelled', failure, error: error.message };
  }
  if (error instanceof ModelError) {
    return { state: 'failed', failure: error.failure, error: error.message };
  }
  return { state: 'failed', failure: 'internal', error: messageOf(error) };
}

function messagesOf(
  of: {
    readonly exploration: Exploration;
    readonly strategy: Strategy;
    readonly step: StrategyStep;
    readonly index: number;
    readonly run: Run;
    readonly model: ModelInfo;
  },
  { prompt }: PreparedRequest,
  answer: {
    readonly text: string;
    readonly tokens: TokenUsage | undefined;
    readonly now: number;
  },
): NewMessage[] {
  const { exploration, strategy, step, index, run, model } = of;
  const metadata = {
    explore: {
      exploration: exploration.id,
      run: run.id,
      strategy: strategy.id,
      step: step.name,
      index,
    },
  };
  const { text, tokens, now } = answer;
  const reply: NewMessage = {
    role: 'assistant',
    text,
    model: modelName(model),
    provider: model.provider,
    timestamp: now,
    metadata,
    ...(tokens && { tokens }),
  };
  if (step.keep === 'answer') return [reply];
  return [{ role: 'user', text: prompt, timestamp: now, metadata }, reply];
}

/** As prices know it: without the source and its folders. */
function modelName({ id }: ModelInfo): string {
  return id.slice(id.lastIndexOf('/') + 1) || id;
}
