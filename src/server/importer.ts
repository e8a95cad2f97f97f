/**
 * Brings agents' histories into the store: surveys by file sizes alone, reads only what the person
 * agreed to, newest first, one file at a time in a worker; every batch is a checkpoint, so an import
 * that was cancelled or killed goes on where it stopped. Agents' files are only ever read.
 */
import { Worker } from 'node:worker_threads';
import type { Agent, Environment, SourceFile } from '../agents/agent.ts';
import { messageOf } from '../core/errors.ts';
import type { AgentSurvey, ImportProgress } from '../core/sessionStore.ts';
import { text } from '../store/database.ts';
import type { EncodedLog } from '../store/encodedLog.ts';
import type { StoreCore } from '../store/storeCore.ts';
import type { Batch } from './fileReading.ts';
import { appendBatch, beginLog, finishLog, knownLog } from './fileSink.ts';
import type { FromWorker, ToWorker } from './importMessages.ts';
import type { ImportedLogs } from './upkeep/importedLogs.ts';

/** Store bytes per byte of history, and bytes read per second: measured by `npm run bench`. */
const STORE_RATIO = 1.1;
const BYTES_PER_SECOND = 40e6;
const PROGRESS_MS = 100;
const FLUSH_MS = 50;
const FLUSH_BYTES = 1024 * 1024;

export interface ImporterOptions {
  readonly core: StoreCore;
  readonly agents: readonly Agent[];
  /** Folders per agent where a setting names them. */
  readonly roots: Readonly<Record<string, readonly string[]>>;
  readonly environment: Environment;
  /** The import worker's script. */
  readonly workerFile: string | URL;
  readonly now: () => number;
  readonly log: (message: string) => void;
}

interface Found extends SourceFile {
  readonly agent: string;
}

type Outcome = 'done' | 'cancelled' | { readonly failed: string };

export class Importer {
  readonly #options: ImporterOptions;
  #running: Promise<ImportProgress> | undefined;
  #worker: Worker | undefined;
  #abort = new AbortController();
  #progress: ImportProgress = idle();
  #lastTold = 0;
  #lastFlush = 0;
  #unflushedBytes = 0;
  #unannounced = { changed: new Set<string>(), removed: new Set<string>() };
  /** Set by the store: sessions whose rows changed. */
  onImported: (changed: readonly string[], removed: readonly string[]) => void = () => undefined;
  onProgress: (progress: ImportProgress) => void = () => undefined;
  /** Set by the store: where logs of old files go right when they are in. */
  oldLogs: Pick<ImportedLogs, 'add' | 'finish'> | undefined;

  constructor(options: ImporterOptions) {
    this.#options = options;
  }

  /** Counts files and bytes per agent by metadata; opens none. */
  async survey(): Promise<AgentSurvey[]> {
    const surveys: AgentSurvey[] = [];
    for (const agent of this.#options.agents) {
      const files = await this.#filesOf(agent);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      const consent = this.#consentOf(agent.id);
      surveys.push({
        agent: agent.id,
        label: agent.label,
        roots: this.#rootsOf(agent),
        files: files.length,
        bytes,
        ...(files.length > 0 && {
          newestAt: files.reduce((newest, file) => Math.max(newest, file.modifiedAt), 0),
        }),
        estimatedStoreBytes: Math.round(bytes * STORE_RATIO),
        estimatedSeconds: Math.ceil(bytes / BYTES_PER_SECOND),
        ...(consent && { consent }),
      });
    }
    return surveys;
  }

  /** Inside a transaction. */
  setConsent(agent: string, answer: 'granted' | 'declined'): void {
    const { core, now } = this.#options;
    core.database.run('INSERT OR REPLACE INTO consent (agent, answer, at) VALUES (?, ?, ?)', [
      agent,
      answer,
      now(),
    ]);
  }

  /** Starts an import, or joins the one under way. Never rejects: failures are in the progress. */
  run(): Promise<ImportProgress> {
    this.#running ??= this.#import().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** True while files are being taken in. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when the import has stopped. */
  async cancel(): Promise<void> {
    if (!this.#running) return;
    this.#abort.abort();
    this.#post({ type: 'cancel' });
    await this.#running;
  }

  async dispose(): Promise<void> {
    await this.cancel();
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  /** Something went wrong that no caller waits for. */
  report(error: unknown): void {
    this.#options.log(messageOf(error));
  }

  async #import(): Promise<ImportProgress> {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const files: Found[] = [];
    try {
      for (const agent of this.#options.agents) {
        if (this.#consentOf(agent.id) !== 'granted') continue;
        for (const file of await this.#filesOf(agent)) files.push({ ...file, agent: agent.id });
      }
      const changed = files.filter((file) => !this.#isKnown(file));
      changed.sort((a, b) => b.modifiedAt - a.modifiedAt);
      this.#progress = {
        ...idle(),
        filesTotal: changed.length,
        bytesTotal: changed.reduce((sum, file) => sum + file.bytes, 0),
      };
      this.#tell({}, true);
      for (const file of changed) {
        if (signal.aborted) break;
        await this.#importFile(file);
      }
      await this.oldLogs?.finish(signal);
      this.#flush();
      this.#tell({ state: signal.aborted ? 'cancelled' : 'done' }, true);
    } catch (error) {
      this.report(error);
      const failures = [...this.#progress.failures, { path: '', message: messageOf(error) }];
      this.#tell({ state: 'failed', failures }, true);
    }
    return this.#progress;
  }

  async #importFile(file: Found): Promise<void> {
    const outcome = await this.#readFile(file);
    if (outcome === 'cancelled') return;
    const { filesDone, bytesDone, failures } = this.#progress;
    this.#tell({
      filesDone: filesDone + 1,
      bytesDone: bytesDone + file.bytes,
      ...(outcome !== 'done' && {
        failures: [...failures, { path: file.path, message: outcome.failed }],
      }),
    });
  }

  /** Has the worker read one file; rejects only when the store cannot be written. */
  #readFile(file: Found): Promise<Outcome> {
    const { core, now } = this.#options;
    const begin = (): number => beginLog(core, file.agent, file.path, now());
    const known = knownLog(core, file);
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
        this.#worker = undefined;
        end(() => resolve({ failed: messageOf(error) }));
      };
      const onExit = (): void => {
        this.#worker = undefined;
        end(() => resolve({ failed: 'The import worker ended unexpectedly.' }));
      };
      const handle = async (message: FromWorker): Promise<void> => {
        switch (message.type) {
          case 'rewritten':
            log = undefined;
            return;
          case 'batch':
            log ??= begin();
            await appendBatch(core, log, unpack(message));
            this.#flushAfter(message.bytes.length);
            this.#post({ type: 'next' });
            return;
          case 'done':
            log ??= begin();
            this.#finish(log, { ...file, ...message.file }, message.derived);
            await this.oldLogs?.add(log, file.modifiedAt, this.#abort.signal);
            end(() => resolve('done'));
            return;
          case 'failed':
            end(() => resolve({ failed: message.message }));
            return;
          case 'cancelled':
            end(() => resolve('cancelled'));
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
            this.#worker = undefined;
            end(() => reject(error instanceof Error ? error : new Error(messageOf(error))));
          });
      };
      worker.on('message', onMessage);
      worker.on('error', onError);
      worker.on('exit', onExit);
      this.#post({
        type: 'read',
        agent: file.agent,
        path: file.path,
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

  #finish(log: number, file: Found, derived: EncodedLog): void {
    const result = finishLog(this.#options.core, log, file, derived);
    const { sessionsAdded, sessionsUpdated } = this.#progress;
    this.#progress = {
      ...this.#progress,
      sessionsAdded: sessionsAdded + result.added.length,
      sessionsUpdated: sessionsUpdated + (result.added.length === 0 ? 1 : 0),
    };
    for (const id of result.changed) this.#unannounced.changed.add(id);
    for (const id of result.removed) this.#unannounced.removed.add(id);
    this.#flushAfter(0);
  }

  /** Small files share a flush; sessions are announced once they are on disk. */
  #flushAfter(bytes: number): void {
    this.#unflushedBytes += bytes;
    const elapsed = performance.now() - this.#lastFlush;
    if (this.#unflushedBytes >= FLUSH_BYTES || elapsed >= FLUSH_MS) this.#flush();
  }

  #flush(): void {
    this.#options.core.database.flush();
    this.#options.core.records.removeReplaced();
    this.#unflushedBytes = 0;
    this.#lastFlush = performance.now();
    const { changed, removed } = this.#unannounced;
    if (changed.size + removed.size === 0) return;
    this.#unannounced = { changed: new Set(), removed: new Set() };
    this.onImported([...changed], [...removed]);
  }

  #startWorker(): Worker {
    if (!this.#worker) {
      this.#worker = new Worker(this.#options.workerFile);
      this.#worker.unref();
    }
    return this.#worker;
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #isKnown(file: Found): boolean {
    const known = this.#options.core.logs.ofFile(file.path);
    if (known?.fileBytes !== file.bytes) return false;
    return known.isEmpty || known.fileModifiedAt === file.modifiedAt;
  }

  #consentOf(agent: string): 'granted' | 'declined' | undefined {
    const row = this.#options.core.database.get('SELECT answer FROM consent WHERE agent = ?', [
      agent,
    ]);
    if (!row) return undefined;
    return text(row, 'answer') === 'granted' ? 'granted' : 'declined';
  }

  #rootsOf(agent: Agent): readonly string[] {
    const configured = this.#options.roots[agent.id];
    return configured && configured.length > 0
      ? configured
      : agent.defaultRoots(this.#options.environment);
  }

  async #filesOf(agent: Agent): Promise<SourceFile[]> {
    const files: SourceFile[] = [];
    for (const root of this.#rootsOf(agent)) {
      const found = agent.discover(root, (path, error) => {
        this.#options.log(`${path}: ${messageOf(error)}`);
      });
      for await (const file of found) files.push(file);
    }
    return files;
  }

  #tell(change: Partial<ImportProgress>, atOnce = false): void {
    this.#progress = { ...this.#progress, ...change };
    const now = performance.now();
    if (!atOnce && now - this.#lastTold < PROGRESS_MS) return;
    this.#lastTold = now;
    this.onProgress(this.#progress);
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

function idle(): ImportProgress {
  return {
    state: 'running',
    filesDone: 0,
    filesTotal: 0,
    bytesDone: 0,
    bytesTotal: 0,
    sessionsAdded: 0,
    sessionsUpdated: 0,
    failures: [],
  };
}
