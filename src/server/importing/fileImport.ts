/**
 * Has the import worker read files one after the other and takes in what it sends: every batch is a
 * checkpoint, so what is cut short goes on where it stopped. The worker may begin the next file
 * while the end of the one before is still being written; what it sends is taken in its order. A
 * file that begins as one that is gone is that one under another name.
 *
 * The worker is there while there is something to read, and for a while after, so that a session
 * that is being written to is read on at its end; then its memory is given back.
 */
import { Worker } from 'node:worker_threads';
import { messageOf, MultipathError } from '../../core/errors.ts';
import type { IngestResult } from '../../store/ingest/ingest.ts';
import { LogFiles, type LogFile } from '../../store/logFiles.ts';
import type { StoreCore } from '../../store/storeCore.ts';
import type { Batch } from '../fileReading.ts';
import { appendBatch, beginLog, finishLog, knownLog, LogEmptied } from '../fileSink.ts';
import type { Glimpse } from '../glimpse.ts';
import type { AgentFile, Asked, FromWorker, ToWorker } from '../importMessages.ts';
import {
  IMPORT_LIMITS,
  isOutOfMemory,
  IMPORT_IDLE_MS,
  type WorkerBounds,
} from '../workerLimits.ts';
import { TOOK_TOO_MUCH } from './hungryFiles.ts';
import type { Found } from './sources.ts';

export type Outcome =
  | { readonly type: 'done'; readonly log: number; readonly result: IngestResult }
  | { readonly type: 'cancelled' }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly isTooLarge?: boolean;
      /** It took more memory than the worker may have. */
      readonly isHungry?: boolean;
    };

export interface FileImportOptions {
  readonly core: StoreCore;
  /** The import worker's script. */
  readonly workerFile: string | URL;
  readonly now: () => number;
  /** Bytes were taken in, and are not flushed; awaited before more are. */
  readonly onBytes: (bytes: number) => Promise<void>;
  /** Of the worker, in tests. */
  readonly workers?: WorkerBounds;
}

const ENDED = 'The import worker ended unexpectedly.';

/** Something that the worker is at, or that it does next. */
interface Job {
  /** Of a file that is to be read. */
  readonly path?: string;
  /** As it goes to any worker, also to one that has no results yet. */
  readonly request: Asked;
  /** Takes a message; true when it was the last one. */
  readonly take: (message: FromWorker) => Promise<boolean> | boolean;
  /** The worker ended while it was at it. */
  readonly fail: (message: string, isHungry: boolean) => void;
  readonly reject: (error: unknown) => void;
}

export class FileImport {
  readonly #options: FileImportOptions;
  readonly #files: LogFiles;
  /** The worker's number of the last result of a file that is in the store. */
  readonly #saved = new Map<string, number>();
  /** By number, in the order in which the worker reads them. */
  readonly #jobs = new Map<number, Job>();
  #lastJob = 0;
  /** What the worker sends is taken in order, and while the one before is still being written. */
  #queue = Promise.resolve();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(options: FileImportOptions) {
    this.#options = options;
    this.#files = new LogFiles(options.core.database);
  }

  /** Stops reading a file, if it is being read or is to be read next. */
  cancel(path: string): void {
    for (const [job, { path: own }] of this.#jobs) {
      if (own === path) this.#post({ type: 'cancel', job });
    }
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#idle);
    await this.#worker?.terminate();
    this.#goneWith(ENDED);
  }

  /** What some files are about; nothing of a file that cannot be looked into. */
  glimpse(files: readonly AgentFile[]): Promise<readonly Glimpse[]> {
    if (this.#isDisposed) return Promise.resolve([]);
    const { promise, resolve, reject } = Promise.withResolvers<readonly Glimpse[]>();
    const take = (message: FromWorker): boolean => {
      if (message.type === 'glimpses') resolve(message.glimpses);
      return message.type === 'glimpses';
    };
    const job = ++this.#lastJob;
    const request: Asked = { type: 'glimpse', job, files };
    this.#jobs.set(job, { request, take, fail: () => resolve([]), reject });
    this.#startWorker();
    this.#post(request);
    return promise;
  }

  /**
   * Reads a file, behind those that were given before. Rejects only when the store cannot be
   * written.
   * @param file no name of it is one of a file that is still being read
   * @param movedFrom a file that is gone and may be this one
   * @param mostBytes of a compressed file: how many bytes it may be unpacked to
   */
  read(file: Found, movedFrom?: LogFile, mostBytes?: number): Promise<Outcome> {
    const { core, now, onBytes } = this.#options;
    const begin = (): number => beginLog(core, file.agent, file.path, now());
    const own = knownLog(core, file);
    const before = own || !movedFrom ? undefined : core.logs.ofFile(movedFrom.path);
    // Of what has no whole line there is nothing by which it could be known again.
    let moved = before && before.terminatedCount > 0 ? movedFrom : undefined;
    const known = own ?? (moved && before);
    let log = known?.log;
    /** Records of the log once what was sent is in. */
    let records = 0;
    let isEmptied = false;
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const take = async (message: FromWorker): Promise<boolean> => {
      switch (message.type) {
        case 'rewritten':
          log = undefined;
          moved = undefined;
          return false;
        case 'batch':
          // It begins as the other one did, or the worker would have said so.
          if (moved) this.#move(moved.path, file.path);
          moved = undefined;
          log ??= begin();
          records = message.firstSeq + message.lengths.length;
          if (!isEmptied) await appendBatch(core, log, unpack(message));
          await onBytes(message.lengths.reduce((sum, length) => sum + length, 0));
          this.#post({ type: 'next', bytes: message.bytes }, [message.bytes.buffer]);
          return false;
        case 'glimpses':
          return false;
        case 'done': {
          const into = log ?? begin();
          const as = { ...file, ...message.file };
          this.#saved.delete(file.path);
          const result = await finishLog(core, into, as, message.derived, records);
          this.#saved.set(file.path, message.result);
          resolve({ type: 'done', log: into, result });
          return true;
        }
        case 'failed':
          resolve(message);
          return true;
        case 'cancelled':
          resolve({ type: 'cancelled' });
          return true;
      }
    };
    const takeOrGiveUp = async (message: FromWorker): Promise<boolean> => {
      try {
        return await take(message);
      } catch (error) {
        if (error instanceof LogEmptied) {
          // Its session was removed for good meanwhile: all of the file is read at the next look.
          isEmptied = true;
          this.cancel(file.path);
          if (message.type === 'batch') return take(message);
          resolve({ type: 'cancelled' });
          return true;
        }
        // What is wrong with the store is everybody's; anything else is wrong with this file alone.
        if (message.type !== 'done' || MultipathError.is(error)) throw error;
        resolve({ type: 'failed', message: notTakenIn(error) });
        return true;
      }
    };
    const saved = this.#saved.get(file.path);
    const number = ++this.#lastJob;
    const request: Asked = {
      type: 'read',
      job: number,
      agent: file.agent,
      path: file.path,
      ...(mostBytes !== undefined && { mostBytes }),
      ...(known && {
        known: {
          terminatedCount: known.terminatedCount,
          terminatedBytes: known.terminatedBytes,
          prefixHash: known.prefixHash,
        },
      }),
    };
    const fail: Job['fail'] = (why, isHungry) =>
      resolve({ type: 'failed', message: why, isHungry });
    this.#jobs.set(number, { path: file.path, request, take: takeOrGiveUp, fail, reject });
    this.#startWorker();
    this.#post(saved === undefined ? request : { ...request, saved });
    return promise;
  }

  #move(from: string, to: string): void {
    this.#options.core.database.transaction(() => this.#files.move(from, to));
  }

  #startWorker(): void {
    clearTimeout(this.#idle);
    if (this.#worker) return;
    const { workerFile, workers } = this.#options;
    const resourceLimits = workers?.resourceLimits ?? IMPORT_LIMITS;
    const worker = new Worker(workerFile, { resourceLimits });
    worker.unref();
    worker.on('message', (message: FromWorker) => this.#enqueue(worker, () => this.#take(message)));
    worker.on('error', (error) => {
      const isHungry = isOutOfMemory(error);
      const message = isHungry ? TOOK_TOO_MUCH : messageOf(error);
      this.#enqueue(worker, () => this.#goneWith(message, isHungry));
    });
    worker.on('exit', () => {
      this.#enqueue(worker, () => this.#goneWith(ENDED));
    });
    this.#worker = worker;
  }

  #enqueue(worker: Worker, work: () => Promise<void> | void): void {
    this.#queue = this.#queue
      .then(() => (worker === this.#worker ? work() : undefined))
      .catch((error: unknown) => {
        // What the worker has sent since belongs to files that are given up, and so does it.
        void worker.terminate();
        this.#forgetWorker();
        const jobs = [...this.#jobs.values()];
        this.#jobs.clear();
        for (const { reject } of jobs) {
          reject(error instanceof Error ? error : new Error(messageOf(error)));
        }
      });
  }

  async #take(message: FromWorker): Promise<void> {
    const job = this.#jobs.get(message.job);
    if (await job?.take(message)) this.#jobs.delete(message.job);
    if (this.#jobs.size === 0) this.#endWhenIdle();
  }

  /** What is asked for until then starts it anew or keeps it: both are decided in one turn. */
  #endWhenIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#jobs.size > 0) return;
      void this.#worker?.terminate();
      this.#forgetWorker();
    }, this.#options.workers?.idleMs ?? IMPORT_IDLE_MS);
    this.#idle.unref();
  }

  /** The worker is gone, with the file that it was reading. Those behind it go to another one. */
  #goneWith(message: string, isHungry = false): void {
    this.#forgetWorker();
    let isBlamed = false;
    for (const [number, { path, fail }] of this.#jobs) {
      // Glimpses are not worth another try, and are not what ends a worker.
      if (path !== undefined && isBlamed && !this.#isDisposed) continue;
      isBlamed ||= path !== undefined;
      this.#jobs.delete(number);
      fail(message, isHungry);
    }
    if (this.#jobs.size === 0) return;
    this.#startWorker();
    for (const { request } of this.#jobs.values()) this.#post(request);
  }

  /** Another worker counts its results from the start. */
  #forgetWorker(): void {
    this.#worker = undefined;
    this.#saved.clear();
  }

  #post(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }
}

function notTakenIn(error: unknown): string {
  return `What was read of this file could not be taken in (${messageOf(error)}). Its bytes are kept, and other files are read. Please report this.`;
}

/** The worker sends a batch's records as one block of bytes. */
function unpack(message: Extract<FromWorker, { type: 'batch' }>): Batch {
  const records: Uint8Array[] = [];
  let offset = 0;
  for (const length of message.lengths) {
    records.push(message.bytes.subarray(offset, offset + length));
    offset += length;
  }
  const { firstSeq, byteCount, checkpoint } = message;
  return { firstSeq, records, byteCount, checkpoint };
}
