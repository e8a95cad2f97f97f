/**
 * A database's pages on disk: reads through a bounded cache, collects what SQLite writes, makes it
 * durable in the redo log (`flush`), and moves it into the main file (`checkpoint`).
 *
 * Invariants: a page's truth is, in this order, the dirty map (written, in no batch yet), the
 * batches on their way to the log, newest first, the logged map (in the redo log), the main file
 * (which the cache copies). The main file is written only with pages that are durable in the log,
 * and behind the end that the last batch gave it with pages that the next batch adds: they count
 * for nothing until the log has that batch, which it gets only once they are durable. A new
 * generation of the log begins only when what it had is durable in the main file. A failed write or
 * sync poisons the store: what is on the disk is then unknown until it is reopened and recovered.
 */
import { LRUCache } from 'lru-cache';
import { messageOf, MultipathError } from '../../core/errors.ts';
import type { BlockCodec } from './codec.ts';
import type { FileSystem } from './fileSystem.ts';
import { PAGE_SIZE, PageFile } from './pageFile.ts';
import type { PageBacking } from './pageImage.ts';
import { keepDamagedLog, recoverRedoLog, RedoLog, type RecoveryReport } from './redoLog.ts';
import { Unsynced } from './unsynced.ts';

export interface PageStoreOptions {
  readonly disk: FileSystem;
  readonly file: string;
  readonly codec: BlockCodec;
  readonly readOnly: boolean;
  /** Its log; absolute. */
  readonly redoFile?: string;
  /** Clean pages kept in memory. */
  readonly cacheBytes: number;
  /** Size of the redo log at which a flush is followed by a checkpoint. */
  readonly redoBytes: number;
  /** So many new pages in a flush go to the main file at once; fewer are not worth a sync of it. */
  readonly aheadPages: number;
}

export interface PageStoreStats {
  readonly pageCount: number;
  readonly pageReads: number;
  readonly cacheHits: number;
  readonly dirtyPages: number;
  readonly loggedPages: number;
  readonly flushes: number;
  readonly flushedPages: number;
  readonly checkpoints: number;
  readonly redoBytes: number;
}

/** What was committed up to a moment, on its way to the log. */
interface Batch {
  /** All but those that the main file got ahead of the log. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
  /** Of the database. */
  readonly pageCount: number;
  /** How many pages the main file got. */
  readonly ahead: number;
}

/** Pages read at a time where they are read in a row; no more than an eighth of the cache. */
const AHEAD_PAGES = 16;

/** The log beside a database. */
export function redoFileOf(file: string): string {
  return `${file}-redo`;
}

/** What a store throws from the first failed write until it is reopened. */
export function poisonedBy(file: string, cause: unknown): MultipathError {
  if (MultipathError.is(cause, 'poisoned')) return cause;
  return new MultipathError(
    'poisoned',
    `Writing ${file} failed (${messageOf(cause)}). Make sure the disk has room and try again; ` +
      'everything acknowledged before is safe.',
    { cause },
  );
}

export class PageStore implements PageBacking {
  readonly recovery: RecoveryReport;
  readonly #options: PageStoreOptions;
  readonly #main: PageFile;
  readonly #log: RedoLog | undefined;
  readonly #cache: LRUCache<number, Uint8Array>;
  readonly #mainWrites: Unsynced;
  #dirty = new Map<number, Uint8Array>();
  /** The oldest first. */
  #batches: readonly Batch[] = [];
  #logged: Map<number, Uint8Array>;
  #pageCount: number;
  /** Of the database as the log has it. */
  #loggedPageCount: number;
  #poison: MultipathError | undefined;
  #closed = false;
  /** Where a run would go on. */
  #nextInRun = -1;
  #held = 0;
  #counts = { pageReads: 0, cacheHits: 0, flushes: 0, flushedPages: 0, checkpoints: 0 };

  /**
   * Opens an existing database and recovers it. Read-only, what the log holds is used from memory
   * and nothing on the disk changes.
   * @throws MultipathError `corrupt-file`, `newer-store`
   */
  constructor(options: PageStoreOptions) {
    const { disk, file, codec, readOnly } = options;
    this.#options = options;
    this.#cache = new LRUCache({ max: Math.max(1, Math.floor(options.cacheBytes / PAGE_SIZE)) });
    const main = PageFile.open(disk, file, codec, readOnly);
    this.#main = main;
    this.#mainWrites = new Unsynced({
      sync: () => main.sync(),
      syncLater: () => main.syncLater(),
    });
    try {
      const log = {
        disk,
        file: options.redoFile ?? redoFileOf(file),
        fileId: this.#main.id,
        codec,
      };
      const generation = this.#main.state.generation + 1;
      const recovered = recoverRedoLog(log, generation);
      this.#logged = new Map(recovered.pages);
      this.#pageCount = recovered.pageCount ?? this.#main.state.pageCount;
      this.#loggedPageCount = this.#pageCount;
      if (readOnly) {
        this.recovery = recovered.report;
        return;
      }
      this.recovery = recovered.report.lostAcknowledged
        ? { ...recovered.report, keptAs: keepDamagedLog(disk, log.file, generation) }
        : recovered.report;
      this.#moveToMain(generation);
      this.#log = new RedoLog(log, generation + 1);
    } catch (error) {
      this.#main.close();
      throw error;
    }
  }

  get pageCount(): number {
    return this.#pageCount;
  }

  /** Set once a write or sync has failed; everything but `close` then throws it. */
  get poison(): MultipathError | undefined {
    return this.#poison;
  }

  /** Identity and generation of the main file, for a file that is to replace it. */
  get identity(): { readonly id: string; readonly generation: number } {
    return { id: this.#main.id, generation: this.#main.state.generation };
  }

  get stats(): PageStoreStats {
    return {
      ...this.#counts,
      pageCount: this.#pageCount,
      dirtyPages: this.#dirty.size,
      loggedPages: this.#logged.size,
      redoBytes: this.#log?.bytes ?? 0,
    };
  }

  /**
   * The bytes hold until another page is read or written.
   * @throws MultipathError `corrupt-block`, `poisoned`
   */
  readPage(page: number): Uint8Array {
    if (this.#poison) throw this.#poison;
    const changed = this.#changed(page);
    if (changed) return changed;
    const cached = this.#cache.get(page);
    if (cached) {
      this.#counts.cacheHits++;
      return cached;
    }
    if (page >= this.#pageCount) throw new Error(`Page ${page} is behind the end of the database.`);
    return this.#load(page);
  }

  /**
   * Reads ahead once two neighbours were missing: rows of one session mostly lie in a run. What is
   * read ahead is not cached: SQLite keeps it, and a run would drive out all that is used again.
   */
  #load(page: number): Uint8Array {
    if (this.#main.isAhead(page)) return this.#main.readPage(page);
    this.#counts.pageReads++;
    const ahead = page === this.#nextInRun ? this.#aheadFrom(page) : 1;
    this.#nextInRun = page + ahead;
    if (ahead > 1) {
      this.#main.readAhead(page, ahead);
      return this.#main.readPage(page);
    }
    const bytes = this.#main.readPage(page);
    this.#cache.set(page, bytes);
    return bytes;
  }

  /** How many pages to read. What changed since has its truth elsewhere: it is not looked up here. */
  #aheadFrom(page: number): number {
    const end = this.#main.state.pageCount;
    return Math.floor(Math.max(1, Math.min(AHEAD_PAGES, this.#cache.max / 8, end - page)));
  }

  writePage(page: number, bytes: Uint8Array): void {
    if (this.#poison) throw this.#poison;
    if (this.#options.readOnly) {
      throw new MultipathError('read-only', `${this.#options.file} was opened for reading only.`);
    }
    // SQLite may skip pages that it allocated and freed again; they are zeros, and they exist.
    for (let gap = this.#pageCount; gap < page; gap++) {
      this.#dirty.set(gap, new Uint8Array(PAGE_SIZE));
    }
    const dirty = this.#dirty.get(page);
    // In place: a burst writes the same pages with each of its transactions.
    if (dirty) dirty.set(bytes);
    else {
      this.#dirty.set(page, bytes.slice());
      this.#cache.delete(page);
    }
    this.#pageCount = Math.max(this.#pageCount, page + 1);
  }

  /**
   * Makes everything written so far durable and returns the number of pages that took. Called
   * between transactions only: the dirty map then holds whole committed transactions.
   */
  flush(): number {
    if (this.#poison) throw this.#poison;
    const log = this.#log;
    if (!log) return 0;
    return this.#orPoison(() => {
      this.#take();
      this.#mainWrites.sync();
      const count = this.#append(log, this.#batches);
      log.sync();
      this.#checkpointWhenFull(log);
      return count;
    });
  }

  /**
   * As `flush`, without holding up the thread while the disk is at it: what is written meanwhile is
   * not part of it. Rejects as `flush` throws. Who closes the store meanwhile has flushed it.
   */
  async flushLater(): Promise<void> {
    if (this.#poison) throw this.#poison;
    const log = this.#log;
    if (!log) return;
    try {
      this.#take();
      const taken = this.#batches;
      await this.#mainWrites.syncLater();
      if (this.#isClosed()) return;
      this.#append(
        log,
        // The others were flushed meanwhile.
        taken.filter((batch) => this.#batches.includes(batch)),
      );
      await log.syncLater();
      if (this.#isClosed()) return;
      this.#checkpointWhenFull(log);
    } catch (error) {
      // A sync of what is closed means nothing any more.
      if (!this.#closed || MultipathError.is(error, 'poisoned')) throw this.refuse(error);
    }
  }

  /** Makes a batch of what is dirty; many new pages go to the main file right away, behind its end. */
  #take(): void {
    if (this.#dirty.size === 0) return;
    const pages = this.#dirty;
    const pageCount = this.#pageCount;
    // Where the last batch ended: a page before that may already be part of what comes back.
    const end = this.#batches.at(-1)?.pageCount ?? this.#loggedPageCount;
    // The log gets the last one, so that by its pages alone it says how long the database is.
    const added = [...pages].filter(([page]) => page >= end && page < pageCount - 1);
    const ahead = added.length < this.#options.aheadPages ? [] : added;
    if (ahead.length > 0) {
      this.#main.writePages(new Map(ahead));
      this.#mainWrites.note();
    }
    // Not into the cache: SQLite keeps what was written last, and reading much in drives the rest out.
    for (const [page] of ahead) pages.delete(page);
    this.#batches = [...this.#batches, { pages, pageCount, ahead: ahead.length }];
    this.#dirty = new Map();
  }

  /** Writes batches into the log; what the main file got of them is durable. Returns their pages. */
  #append(log: RedoLog, batches: readonly Batch[]): number {
    let count = 0;
    for (const batch of batches) {
      log.append(batch.pages, this.#logged, batch.pageCount);
      for (const [page, bytes] of batch.pages) this.#logged.set(page, bytes);
      this.#loggedPageCount = batch.pageCount;
      this.#batches = this.#batches.filter((other) => other !== batch);
      this.#counts.flushes++;
      count += batch.pages.size + batch.ahead;
    }
    this.#counts.flushedPages += count;
    return count;
  }

  #checkpointWhenFull(log: RedoLog): void {
    if (log.bytes >= this.#options.redoBytes) this.checkpoint();
  }

  /** After a wait. @throws MultipathError `poisoned` */
  #isClosed(): boolean {
    if (this.#poison) throw this.#poison;
    return this.#closed;
  }

  /** A page as it was written since the last checkpoint. */
  #changed(page: number): Uint8Array | undefined {
    const dirty = this.#dirty.get(page);
    if (dirty) return dirty;
    for (let nth = this.#batches.length - 1; nth >= 0; nth--) {
      const bytes = this.#batches[nth]?.pages.get(page);
      if (bytes) return bytes;
    }
    return this.#logged.get(page);
  }

  /** Moves what the log holds into the main file and begins a new generation of the log. */
  checkpoint(): void {
    if (this.#poison) throw this.#poison;
    const log = this.#log;
    if (!log || this.#logged.size === 0 || this.#held > 0) return;
    this.#orPoison(() => {
      log.sync();
      this.#moveToMain(log.generation);
      log.begin(log.generation + 1, this.#options.redoBytes * 2);
    });
    this.#counts.checkpoints++;
  }

  /**
   * Checkpoints, and leaves the main file alone until the function that is returned is called: what
   * is written meanwhile stays in the log.
   */
  hold(): () => void {
    this.checkpoint();
    this.#held++;
    let held = true;
    return () => {
      if (held) this.#held--;
      held = false;
    };
  }

  /** Refuses everything from now on. The first reason stays. */
  refuse(cause: unknown): MultipathError {
    this.#poison ??= poisonedBy(this.#options.file, cause);
    return this.#poison;
  }

  /** Lets the files go. What was not flushed is given up; a poisoned store closes, too. */
  close(): void {
    this.#closed = true;
    this.#main.close();
    this.#log?.close();
    this.#cache.clear();
  }

  /** Ends in a new state slot even when there is nothing to move: no generation is ever resumed. */
  #moveToMain(generation: number): void {
    if (this.#logged.size > 0) {
      this.#main.writePages(this.#logged);
      this.#main.sync();
    }
    // The dirty pages of a running process are not part of the state on disk.
    this.#main.advance({ generation, pageCount: this.#loggedPageCount });
    const logged = this.#logged;
    this.#logged = new Map();
    for (const [page, bytes] of logged) if (!this.#changed(page)) this.#cache.set(page, bytes);
  }

  #orPoison<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.refuse(error);
    }
  }
}
