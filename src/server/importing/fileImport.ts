/**
 * Has the import worker read one file at a time and takes in what it sends: every batch is a
 * checkpoint, so what is cut short goes on where it stopped. A file that begins as one that is gone
 * is that one under another name.
 */
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../core/errors.ts';
import type { IngestResult } from '../../store/ingest/ingest.ts';
import { LogFiles, type LogFile } from '../../store/logFiles.ts';
import type { StoreCore } from '../../store/storeCore.ts';
import type { Batch } from '../fileReading.ts';
import { appendBatch, beginLog, finishLog, knownLog } from '../fileSink.ts';
import type { FromWorker, ToWorker } from '../importMessages.ts';
import { letGo } from '../letGo.ts';
import type { Found } from './sources.ts';

export type Outcome =
  | { readonly type: 'done'; readonly log: number; readonly result: IngestResult }
  | { readonly type: 'cancelled' }
  | { readonly type: 'failed'; readonly message: string };

export interface FileImportOptions {
  readonly core: StoreCore;
  /** The import worker's script. */
  readonly workerFile: string | URL;
  readonly now: () => number;
  /** Bytes were taken in, and are not flushed. */
  readonly onBytes: (bytes: number) => void;
}

export class FileImport {
  readonly #options: FileImportOptions;
  readonly #files: LogFiles;
  /** The worker's number of the last result of a file that is in the store. */
  readonly #saved = new Map<string, number>();
  #worker: Worker | undefined;

  constructor(options: FileImportOptions) {
    this.#options = options;
    this.#files = new LogFiles(options.core.database);
  }

  /** Stops the file that is being read, if one is. */
  cancel(): void {
    this.#post({ type: 'cancel' });
  }

  async dispose(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  /**
   * Reads a file. Rejects only when the store cannot be written.
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
    const worker = this.#startWorker();
    return new Promise<Outcome>((resolve, reject) => {
      let ended = false;
      const end = (settle: () => void): void => {
        ended = true;
        worker.off('message', onMessage);
        worker.off('error', onError);
        worker.off('exit', onExit);
        settle();
      };
      const onError = (error: unknown): void => {
        this.#forgetWorker();
        end(() => resolve({ type: 'failed', message: messageOf(error) }));
      };
      const onExit = (): void => {
        this.#forgetWorker();
        const message = 'The import worker ended unexpectedly.';
        end(() => resolve({ type: 'failed', message }));
      };
      const handle = async (message: FromWorker): Promise<void> => {
        switch (message.type) {
          case 'rewritten':
            log = undefined;
            moved = undefined;
            return;
          case 'batch':
            // It begins as the other one did, or the worker would have said so.
            if (moved) this.#move(moved.path, file.path);
            moved = undefined;
            log ??= begin();
            await appendBatch(core, log, unpack(message));
            onBytes(message.bytes.length);
            letGo(message.bytes);
            this.#post({ type: 'next' });
            return;
          case 'done': {
            const into = log ?? begin();
            this.#saved.delete(file.path);
            const result = finishLog(core, into, { ...file, ...message.file }, message.derived);
            this.#saved.set(file.path, message.result);
            end(() => resolve({ type: 'done', log: into, result }));
            return;
          }
          case 'failed':
          case 'cancelled':
            end(() => resolve(message));
        }
      };
      // Messages come while the one before is still being written; they are taken in order.
      let queue = Promise.resolve();
      const onMessage = (message: FromWorker): void => {
        queue = queue
          .then(() => (ended ? undefined : handle(message)))
          .catch((error: unknown) => {
            // What the worker has sent since belongs to a file that is given up, and so does it.
            void worker.terminate();
            this.#forgetWorker();
            end(() => reject(error instanceof Error ? error : new Error(messageOf(error))));
          });
      };
      worker.on('message', onMessage);
      worker.on('error', onError);
      worker.on('exit', onExit);
      const saved = this.#saved.get(file.path);
      this.#post({
        type: 'read',
        agent: file.agent,
        path: file.path,
        ...(saved !== undefined && { saved }),
        ...(mostBytes !== undefined && { mostBytes }),
        ...(known && {
          known: {
            terminatedCount: known.terminatedCount,
            terminatedBytes: known.terminatedBytes,
            prefixHash: known.prefixHash,
          },
        }),
      });
    });
  }

  #move(from: string, to: string): void {
    this.#options.core.database.transaction(() => this.#files.move(from, to));
  }

  #startWorker(): Worker {
    if (!this.#worker) {
      this.#worker = new Worker(this.#options.workerFile);
      this.#worker.unref();
    }
    return this.#worker;
  }

  /** Another worker counts its results from the start. */
  #forgetWorker(): void {
    this.#worker = undefined;
    this.#saved.clear();
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }
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
