/**
 * The runs of this window: queued, as many at once as their budget allows, cancelled, gone on with.
 * One of it in a window; what it holds is in the store, too, so that nothing is lost with the window.
 *
 * Invariant: while a run is queued or running here, the store hears of this window every few
 * seconds, and no other window goes on with the run.
 */
import { MultipathError } from '../core/errors.ts';
import type {
  Exploration,
  ExploreEvent,
  Explorer,
  ExploreOptions,
  Run,
  StartedExploration,
} from '../core/exploration.ts';
import { newId } from '../core/ids.ts';
import type { ModelClient } from '../core/models.ts';
import type { Strategy } from '../core/strategy.ts';
import { Budget } from './budget.ts';
import { exploreClock, type ExploreClock } from './clock.ts';
import { Refusals } from './refusals.ts';
import { persistently, type ExploreStore } from './reports.ts';
import { runToEnd } from './runner.ts';
import { isStopped, Stopped } from './stopped.ts';

export interface ExplorerParts {
  readonly store: ExploreStore;
  readonly models: ModelClient;
  readonly clock?: ExploreClock;
  /** What went wrong where nobody waits for an answer. */
  readonly report?: (error: unknown) => void;
}

/** Runs that share a budget: those that a person started, or retried, together. */
interface Batch {
  readonly exploration: Exploration;
  readonly budget: Budget;
  readonly refusals: Refusals;
  readonly waiting: Run[];
  active: number;
}

interface Live {
  readonly sessionId: string;
  readonly batch: Batch;
  readonly stop: AbortController;
}

const RUNS_AT_ONCE = 3;
/** The store takes a window for gone after six looks of five seconds without a word. */
const RENEW_MS = 10_000;

export function createExplorer(parts: ExplorerParts): Explorer {
  return new WindowExplorer(parts);
}

class WindowExplorer implements Explorer {
  readonly #store: ExploreStore;
  readonly #models: ModelClient;
  readonly #clock: ExploreClock;
  readonly #report: (error: unknown) => void;
  readonly #runner = newId();
  readonly #live = new Map<string, Live>();
  readonly #ended = new Set<() => void>();
  readonly #listeners = new Set<(event: ExploreEvent) => void>();
  readonly #disposed = new AbortController();
  readonly #unfollow: () => void;
  #renewing: AbortController | undefined;

  constructor({ store, models, clock = exploreClock, report = () => undefined }: ExplorerParts) {
    this.#store = store;
    this.#models = models;
    this.#clock = clock;
    this.#report = report;
    this.#unfollow = store.onDidChange((event) => {
      if (event.type === 'sessions') this.#abandon(event.removed);
      if (event.type === 'runs' && event.stop) this.cancel(event.stop);
    });
  }

  get live(): ReadonlySet<string> {
    return new Set(this.#live.keys());
  }

  async explore(
    sessionId: string,
    atMessage: number,
    strategies: readonly Strategy[],
    { question, models, budget }: ExploreOptions,
  ): Promise<StartedExploration> {
    this.#mustBeOpen();
    const started = await this.#store.startExploration(sessionId, {
      atMessage,
      question,
      combinations: strategies.flatMap((strategy) => models.map((model) => ({ strategy, model }))),
      runner: this.#runner,
      requestId: newId(),
      ...(budget && { budget }),
    });
    this.#start(started.exploration, started.runs);
    return started;
  }

  async retry(runIds: readonly string[]): Promise<readonly Run[]> {
    this.#mustBeOpen();
    const claimed = await this.#store.claimRuns(
      runIds.filter((id) => !this.#live.has(id)),
      { runner: this.#runner, requestId: newId() },
    );
    const queued = claimed.filter(({ state }) => state === 'queued');
    for (const id of new Set(queued.map((run) => run.explorationId))) {
      const runs = queued.filter((run) => run.explorationId === id);
      const exploration = await this.#store.getExploration(id);
      if (exploration) this.#start(exploration, runs);
    }
    return claimed;
  }

  async finished(runIds: readonly string[]): Promise<readonly Run[]> {
    while (runIds.some((id) => this.#live.has(id))) {
      await new Promise<void>((resolve) => {
        const look = (): void => {
          this.#ended.delete(look);
          resolve();
        };
        this.#ended.add(look);
      });
    }
    const ask = (): Promise<readonly Run[]> => this.#store.getRuns({ ids: runIds });
    return persistently(ask, this.#clock, this.#disposed.signal);
  }

  cancel(runIds: readonly string[]): void {
    for (const id of runIds) {
      this.#live.get(id)?.stop.abort(new Stopped('person', 'You cancelled it.'));
    }
    this.#pump();
  }

  onDidChange(listener: (event: ExploreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async dispose(): Promise<void> {
    this.#disposed.abort();
    this.#unfollow();
    const ids = [...this.#live.keys()];
    for (const { stop } of this.#live.values()) {
      stop.abort(
        new Stopped('window', 'The window was closed. Retry goes on with what is missing.'),
      );
    }
    this.#pump();
    await this.finished(ids).catch((error: unknown) => this.#report(error));
    this.#listeners.clear();
  }

  /** A fork that is thrown away is paid for no longer. */
  #abandon(sessionIds: readonly string[]): void {
    if (this.#live.size === 0 || sessionIds.length === 0) return;
    const removed = new Set(sessionIds);
    for (const { sessionId, stop } of this.#live.values()) {
      if (removed.has(sessionId)) stop.abort(new Stopped('person', 'Its branch was deleted.'));
    }
    this.#pump();
  }

  #start(exploration: Exploration, wanted: readonly Run[]): void {
    // Whoever asked at the same time may have started some: a run that is run twice costs twice.
    const runs = wanted.filter(({ id }) => !this.#live.has(id));
    if (runs.length === 0) return;
    const budget = new Budget(exploration.budget, runs);
    const refusals = new Refusals();
    const batch: Batch = { exploration, budget, refusals, waiting: [...runs], active: 0 };
    for (const run of runs) {
      const { id, sessionId } = run;
      this.#live.set(id, { sessionId, batch, stop: new AbortController() });
      this.#emit({ type: 'run', run });
    }
    this.#renew();
    this.#pump();
  }

  /** Begins what may begin. A run that was stopped before is begun, too: the store has to be told. */
  #pump(): void {
    for (const batch of new Set([...this.#live.values()].map((live) => live.batch))) {
      const atOnce = Math.max(1, batch.exploration.budget.runsAtOnce ?? RUNS_AT_ONCE);
      const isOver = (run: Run): boolean => this.#live.get(run.id)?.stop.signal.aborted === true;
      for (const run of batch.waiting.splice(0)) {
        if (isOver(run) || batch.active < atOnce) void this.#run(batch, run);
        else batch.waiting.push(run);
      }
    }
  }

  async #run(batch: Batch, run: Run): Promise<void> {
    const live = this.#live.get(run.id);
    if (!live) return;
    const { exploration, budget, refusals } = batch;
    batch.active++;
    await runToEnd(
      {
        store: this.#store,
        models: this.#models,
        clock: this.#clock,
        runner: this.#runner,
        exploration,
        budget,
        refusals,
        emit: (event) => this.#emit(event),
        onExceeded: (why) => this.#stopAll(batch, why),
        onCancel: (id) => this.cancel([id]),
        onBegin: () => void this.#watchTime(batch),
      },
      run,
      live.stop.signal,
      this.#disposed.signal,
    );
    batch.active--;
    this.#live.delete(run.id);
    if (this.#live.size === 0) this.#renewing?.abort();
    for (const look of [...this.#ended]) look();
    this.#pump();
  }

  #stopAll(batch: Batch, why: string): void {
    for (const live of this.#live.values()) {
      if (live.batch === batch) live.stop.abort(new Stopped('budget', why));
    }
    // What waits is begun in order to be ended; not from within what ends here.
    queueMicrotask(() => this.#pump());
  }

  /** Ends a batch when its time is up, unless it ended before. Never rejects. */
  async #watchTime(batch: Batch): Promise<void> {
    const { budget } = batch;
    const over = new AbortController();
    const look = (): void => {
      if ([...this.#live.values()].some((live) => live.batch === batch)) return;
      over.abort();
    };
    this.#ended.add(look);
    let left = budget.timeLeft(this.#clock.elapsed()) ?? 0;
    // A timer may come a little too early, and none runs for more than some weeks.
    while (left > 0 && !isStopped(over.signal)) {
      await this.#clock.sleep(left, over.signal);
      left = budget.timeLeft(this.#clock.elapsed()) ?? 0;
    }
    this.#ended.delete(look);
    if (isStopped(over.signal)) return;
    const why = budget.exceeded(this.#clock.elapsed());
    if (why !== undefined) this.#stopAll(batch, why);
  }

  /** Says that this window is there while anything is live. */
  #renew(): void {
    if (this.#renewing && !this.#renewing.signal.aborted) return;
    const renewing = new AbortController();
    this.#renewing = renewing;
    const again = async (): Promise<void> => {
      while (!isStopped(renewing.signal)) {
        await this.#clock.sleep(RENEW_MS, renewing.signal);
        if (isStopped(renewing.signal)) return;
        // A store that is away gives every window its time again when it is back.
        await this.#store.renewRuns(this.#runner).catch((error: unknown) => this.#report(error));
      }
    };
    void again();
  }

  #emit(event: ExploreEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        this.#report(error); // a view that fails stops no run
      }
    }
  }

  #mustBeOpen(): void {
    if (!this.#disposed.signal.aborted) return;
    throw new MultipathError('cancelled', 'The window is closing.');
  }
}
