/**
 * Work of the store that takes its time: at most one of a kind, told in events, ended by its kind.
 * A caller that lost its connection and asks again with its request id joins what it began.
 */
import { messageOf, MultipathError } from '../core/errors.ts';
import type { StoreTask, TaskKind } from '../core/storage.ts';

const PROGRESS_MS = 200;

/** What the work has of its task. */
export interface TaskHandle {
  /** Aborted when somebody cancels it, and when the store is closed. Look between two safe steps. */
  readonly signal: AbortSignal;
  /** Tells how far it is; `total` is 0 while it is not known. */
  progress(done: number, total: number, message: string): void;
}

interface Running {
  readonly requestId: string | undefined;
  readonly abort: AbortController;
  readonly result: Promise<unknown>;
}

export class Tasks {
  readonly #emit: (task: StoreTask) => void;
  readonly #elapsed: () => number;
  readonly #running = new Map<TaskKind, Running>();

  /** @param elapsed milliseconds of a clock that never goes backwards */
  constructor(emit: (task: StoreTask) => void, elapsed: () => number = () => performance.now()) {
    this.#emit = emit;
    this.#elapsed = elapsed;
  }

  /** True while a task of the kind, or of any, runs. */
  isRunning(kind?: TaskKind): boolean {
    return kind === undefined ? this.#running.size > 0 : this.#running.has(kind);
  }

  /**
   * Runs `work`, or joins it when the same request began it already.
   * @throws MultipathError `unavailable` while another task of the kind runs; what `work` throws
   */
  run<T>(
    kind: TaskKind,
    requestId: string | undefined,
    work: (task: TaskHandle) => Promise<T>,
  ): Promise<T> {
    const running = this.#running.get(kind);
    if (running) {
      if (requestId !== undefined && running.requestId === requestId) {
        // The same request runs the same work.
        return running.result as Promise<T>;
      }
      const why = `This is already under way (${kind}). Wait for it or cancel it first.`;
      return Promise.reject(new MultipathError('unavailable', why));
    }
    const abort = new AbortController();
    const result = this.#tell(kind, abort.signal, work).finally(() => this.#running.delete(kind));
    this.#running.set(kind, { requestId, abort, result });
    return result;
  }

  /** Ends the task of a kind at its next safe point; resolves when it has ended. */
  async cancel(kind: TaskKind): Promise<void> {
    const running = this.#running.get(kind);
    running?.abort.abort();
    // Its own caller hears how it ended.
    await running?.result.catch(() => undefined);
  }

  async cancelAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((kind) => this.cancel(kind)));
  }

  async #tell<T>(
    kind: TaskKind,
    signal: AbortSignal,
    work: (task: TaskHandle) => Promise<T>,
  ): Promise<T> {
    let last: StoreTask = { kind, state: 'running', done: 0, total: 0, message: '' };
    let toldAt = this.#elapsed();
    this.#emit(last);
    const progress = (done: number, total: number, message: string): void => {
      last = { ...last, done, total, message };
      if (this.#elapsed() - toldAt < PROGRESS_MS) return;
      toldAt = this.#elapsed();
      this.#emit(last);
    };
    try {
      const result = await work({ signal, progress });
      this.#emit({ ...last, state: signal.aborted ? 'cancelled' : 'done' });
      return result;
    } catch (error) {
      const message = signal.aborted ? last.message : messageOf(error);
      this.#emit({ ...last, message, state: signal.aborted ? 'cancelled' : 'failed' });
      throw error;
    }
  }
}
