/**
 * The owner's end of the search worker: typed requests, each answered once. A worker that dies
 * fails what it was asked and is started again by the next request, which begins with `open`. One
 * that nobody asks for a while closes its files and ends, and gives its memory back.
 */
import { Worker } from 'node:worker_threads';
import { messageOf, MultipathError } from '../core/errors.ts';
import type {
  FromSearchWorker,
  PackedMessages,
  SearchAnswer,
  SearchArgument,
  SearchRequestName,
  ToSearchWorker,
} from './searchMessages.ts';
import { isOutOfMemory, SEARCH_LIMITS, SEARCH_IDLE_MS, type WorkerBounds } from './workerLimits.ts';

/** Thrown where something of the index was lost: it has to be compared with the store anew. */
export class IndexLostError extends Error {}

/** As it was lost, it would be lost again at once. */
export class IndexMemoryError extends IndexLostError {}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const CLOSE_MS = 4_000;

export interface SearchWorkerOptions {
  /** The worker's script. */
  readonly file: string | URL;
  /** How the index is opened, whenever the worker is started. */
  readonly open: () => SearchArgument<'open'>;
  readonly log: (message: string) => void;
  /** Asked before an idle worker is ended: true while more will be asked of the same one. */
  readonly isNeeded?: () => boolean;
  /** In tests. */
  readonly workers?: WorkerBounds;
}

export class SearchWorker {
  readonly #options: SearchWorkerOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #opened: Promise<undefined> | undefined;
  /** Of the last thread: two must not have the files at once. */
  #ending: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: SearchWorkerOptions) {
    this.#options = options;
  }

  /** Starts it where it does not run. */
  start(): Promise<undefined> {
    if (this.#closed) return Promise.reject(closing());
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /** @throws IndexLostError, or what went wrong in the worker */
  async ask<K extends Exclude<SearchRequestName, 'open' | 'close'>>(
    name: K,
    argument: SearchArgument<K>,
  ): Promise<SearchAnswer<K>> {
    await this.start();
    return this.#send(name, argument);
  }

  /** Ends the thread at once, as a crash would; the next request starts another one. */
  async kill(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    this.#ending = worker.terminate();
    this.#end(worker, new IndexLostError('The search worker was stopped.'));
    await this.#ending;
  }

  /** Leaves everything on disk and ends the thread. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    const worker = this.#worker;
    if (worker) await this.#leave(worker);
    await this.#ending;
  }

  /** Whoever asks from now on waits for the thread to be gone, and starts another one. */
  #endIdle(): void {
    const worker = this.#worker;
    if (!worker || this.#closed) return;
    if (this.#waiting.size > 0 || this.#options.isNeeded?.() === true) {
      this.#endWhenIdle();
      return;
    }
    this.#ending = this.#leave(worker);
    this.#worker = undefined;
    this.#opened = undefined;
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idle);
    const { idleMs = SEARCH_IDLE_MS } = this.#options.workers ?? {};
    this.#idle = setTimeout(() => this.#endIdle(), idleMs);
    this.#idle.unref();
  }

  /** Has it close its files, and ends it whatever comes of that. Never rejects. */
  async #leave(worker: Worker): Promise<void> {
    const limit = AbortSignal.timeout(CLOSE_MS);
    const late = new Promise<void>((resolve) => {
      limit.addEventListener('abort', () => resolve(), { once: true });
    });
    const closed = this.#send('close', undefined).then(
      () => undefined,
      (error: unknown) => this.#options.log(`While closing the search index: ${messageOf(error)}`),
    );
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    await Promise.race([closed, late, gone]);
    await worker.terminate();
    // One that was given up before answers nothing any more; until now nobody could ask another.
    if (this.#worker !== worker) this.#lose(new IndexLostError('The search worker ended.'));
  }

  async #open(): Promise<undefined> {
    await this.#ending;
    if (this.#closed) throw closing();
    const { file, workers } = this.#options;
    const resourceLimits = workers?.resourceLimits ?? SEARCH_LIMITS;
    const worker = new Worker(file, { resourceLimits });
    // It must not keep the process alive.
    worker.unref();
    this.#worker = worker;
    worker.on('message', (message: FromSearchWorker) => this.#receive(message));
    worker.on('error', (error) => this.#end(worker, lossOf(error)));
    worker.on('exit', () => this.#end(worker, new IndexLostError('The search worker ended.')));
    try {
      await this.#send('open', this.#options.open());
      return undefined;
    } catch (error) {
      // An index that cannot be opened now may be later, when the disk has room again.
      await worker.terminate();
      throw error;
    }
  }

  #send<K extends SearchRequestName>(
    name: K,
    argument: SearchArgument<K>,
  ): Promise<SearchAnswer<K>> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, {
        // The worker answers each request by its name: the table of handlers says with what.
        resolve: (value) => resolve(value as SearchAnswer<K>),
        reject,
      });
      const request: ToSearchWorker<K> = { id, name, argument };
      if (this.#worker) this.#worker.postMessage(request, buffersOf(argument));
      else this.#settle(id, ({ reject: fail }) => fail(new IndexLostError('No search worker.')));
    });
  }

  #receive(message: FromSearchWorker): void {
    switch (message.type) {
      case 'log':
        this.#options.log(message.message);
        return;
      case 'answer':
        this.#settle(message.id, ({ resolve }) => resolve(message.value));
        return;
      case 'error':
        if (message.poisoned) void this.kill();
        this.#settle(message.id, ({ reject }) =>
          reject(
            message.damaged ? new IndexLostError(message.message) : new Error(message.message),
          ),
        );
    }
  }

  #settle(id: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting) how(waiting);
    if (this.#waiting.size === 0 && this.#worker) this.#endWhenIdle();
  }

  #end(worker: Worker, why: IndexLostError): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#opened = undefined;
    this.#lose(why);
  }

  #lose(why: IndexLostError): void {
    for (const id of [...this.#waiting.keys()]) {
      this.#settle(id, ({ reject }) => reject(why));
    }
  }
}

function closing(): MultipathError {
  return new MultipathError('cancelled', 'The store is closing.');
}

function lossOf(error: unknown): IndexLostError {
  return isOutOfMemory(error)
    ? new IndexMemoryError(
        'It took more memory than there is for it and was started anew. Ask for less at a time, or close other programs.',
      )
    : new IndexLostError(messageOf(error));
}

/** Large blocks of bytes are handed over. */
function buffersOf(argument: unknown): ArrayBuffer[] {
  if (typeof argument !== 'object' || argument === null) return [];
  const texts = 'texts' in argument ? argument.texts : argument;
  if (typeof texts !== 'object' || texts === null || !('lengths' in texts)) return [];
  const { bytes, lengths } = texts as PackedMessages<unknown>;
  return [bytes.buffer, lengths.buffer].filter((buffer) => buffer instanceof ArrayBuffer);
}
