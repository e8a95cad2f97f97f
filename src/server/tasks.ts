/**
 * Long work of the store: told in events, ended by its kind at the next safe point, and never
 * twice at once. Work gives way between its slices, so that no request waits behind it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf, MultipathError } from '../core/errors.ts';
import type { StoreTask, TaskKind } from '../core/storage.ts';
import { KeyedQueue } from '../store/keyedQueue.ts';
import type { Work } from '../store/work.ts';

/** Milliseconds that work may hold up the thread, and at which events follow each other. */
const SLICE_MS = 25;
const TOLD_MS = 100;

export class StoreTasks {
  readonly #onTask: (task: StoreTask) => void;
  readonly #queue = new KeyedQueue();
  readonly #running = new Map<TaskKind, { readonly abort: AbortController; task: StoreTask }>();
  #closed = false;

  constructor(onTask: (task: StoreTask) => void) {
    this.#onTask = onTask;
  }

  /** What is under way now. */
  get running(): readonly StoreTask[] {
    return [...this.#running.values()].map(({ task }) => task);
  }

  /**
   * Runs work, after that of its kind which is under way.
   * @throws MultipathError `cancelled` where the store is closing, and whatever the work throws
   */
  run<T>(kind: TaskKind, message: string, work: (task: Work) => Promise<T>): Promise<T> {
    return this.#queue.run(kind, () => this.#run(kind, message, work));
  }

  /** Resolves when work of the kind has ended; at once when none is under way. */
  async cancel(kind: TaskKind): Promise<void> {
    const running = this.#running.get(kind);
    if (!running) return;
    running.abort.abort();
    await this.#queue.idle(kind);
  }

  /** Ends everything and lets nothing begin. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { abort } of this.#running.values()) abort.abort();
    await this.#queue.idle();
  }

  async #run<T>(kind: TaskKind, message: string, work: (task: Work) => Promise<T>): Promise<T> {
    if (this.#closed) throw new MultipathError('cancelled', 'The store is closing.');
    const abort = new AbortController();
    const running = {
      abort,
      task: { kind, state: 'running', done: 0, total: 0, message } as StoreTask,
    };
    this.#running.set(kind, running);
    let toldAt = -Infinity;
    let sliceAt = performance.now();
    const tell = (change: Partial<StoreTask>, atOnce: boolean): void => {
      running.task = { ...running.task, ...change };
      const now = performance.now();
      if (!atOnce && now - toldAt < TOLD_MS) return;
      toldAt = now;
      this.#onTask(running.task);
    };
    tell({}, true);
    try {
      const result = await work({
        signal: abort.signal,
        report: (done, total, words) => tell({ done, total, message: words }, false),
        breathe: async () => {
          if (performance.now() - sliceAt >= SLICE_MS) {
            await nextTurn();
            sliceAt = performance.now();
          }
          if (abort.signal.aborted) throw new MultipathError('cancelled', 'It was cancelled.');
        },
      });
      tell({ state: abort.signal.aborted ? 'cancelled' : 'done' }, true);
      return result;
    } catch (error) {
      const cancelled = abort.signal.aborted;
      tell(
        {
          state: cancelled ? 'cancelled' : 'failed',
          ...(!cancelled && { message: messageOf(error) }),
        },
        true,
      );
      throw error;
    } finally {
      this.#running.delete(kind);
    }
  }
}
