/**
 * The second copy of what only the person made: `facts.log`, written after the fact and off the
 * path of acknowledgements. Which keys changed is noted in memory (`changedFacts.ts`); within a
 * second their present state is appended and made durable. What a crash left out is found by
 * comparing the file with the database after each opening (`factsState.ts`), and a file that is
 * mostly out of date is written anew.
 *
 * Invariants: the file's last line of a key says what held when it was written; a new generation
 * takes the old one's place in one step. A disk that refuses costs nothing but the copy: it is tried
 * again. A file that says more than the database is kept beside the new one.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Slices } from '../../core/compare/slices.ts';
import { messageOf } from '../../core/errors.ts';
import type { Commits } from '../commits.ts';
import { number, text, type Database } from '../database.ts';
import { makeDurableDirectory, type FileSystem } from '../pages/fileSystem.ts';
import type { Records } from '../records.ts';
import { ChangedFacts, type ChangedFact } from './changedFacts.ts';
import { encodeFact, FACT_KINDS, packed } from './factLines.ts';
import { factOf, factsOf } from './factRows.ts';
import { inspectFacts, ownLogs, type FactsState } from './factsState.ts';

export interface FactsLogOptions {
  readonly database: Database;
  readonly records: Records;
  readonly commits: Commits;
  readonly disk: FileSystem;
  /** Absolute. */
  readonly file: string;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

const WRITE_MS = 1_000;
const COMPARE_MS = 2_000;
/** Bytes from which a file that is mostly out of date is written anew. */
const WORTH_BYTES = 1 << 20;
const BATCH_BYTES = 1 << 20;
const RECORDS = 64;
const FORMAT = 1;

export class FactsLog {
  readonly #options: FactsLogOptions;
  readonly #changes: ChangedFacts;
  /** Own records in the file, by log id. */
  readonly #written = new Map<string, number>();
  #queue: Promise<unknown> = Promise.resolve();
  #end = 0;
  /** Bytes appended since the file was last compared. */
  #appended = 0;
  #liveBytes = 0;
  #compared = false;
  /** Changes were forgotten that may not have been written. */
  #behind = false;
  #timers: NodeJS.Timeout[] = [];

  constructor(options: FactsLogOptions) {
    this.#options = options;
    this.#changes = new ChangedFacts(options.database);
  }

  get file(): string {
    return this.#options.file;
  }

  /** Notes changes from now on, and compares the file with the database a moment later. */
  start(): void {
    this.#changes.start();
    const compare = setTimeout(() => void this.#quietly(() => this.#compare()), COMPARE_MS);
    const write = setInterval(() => void this.#quietly(() => this.#write()), WRITE_MS);
    this.#timers = [compare, write];
    for (const timer of this.#timers) timer.unref();
  }

  /** Resolves when everything that holds now is in the file. @throws what the disk says */
  flush(): Promise<void> {
    return this.#run(() => this.#write());
  }

  /** Writes the file anew from the database; the old one may be kept beside it. */
  rewrite(keepOld: boolean): Promise<void> {
    return this.#run(() => this.#rewrite(keepOld));
  }

  /** Compares the file with the database and changes nothing. */
  inspect(): Promise<FactsState> {
    const { database, file } = this.#options;
    // What changes while this looks is not in the file yet, and will be.
    return this.#run(() => inspectFacts(database, file, (fact) => this.#changes.isPending(fact)));
  }

  /** Writes what is left, unless it fails, and ends. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#quietly(() => this.#write());
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    await this.#run(work).catch((error: unknown) => {
      this.#options.onError(new Error(`The second copy of your own sessions: ${messageOf(error)}`));
    });
  }

  async #write(): Promise<void> {
    if (!this.#changes.any && !this.#behind) return;
    if (!this.#compared) await this.#compare();
    this.#options.commits.settle();
    try {
      // Forgotten before they are read: what changes while this is written is noted anew.
      await this.#append(this.#linesOf(this.#changes.take()));
    } catch (error) {
      this.#lose();
      throw error;
    }
    if (this.#appended > WORTH_BYTES + this.#liveBytes) await this.#compare();
  }

  async *#linesOf(changed: readonly ChangedFact[]): AsyncGenerator<Buffer> {
    const { database } = this.#options;
    for (const { kind, key } of changed) {
      if (kind === 'own') yield* this.#ownLines(key);
      else yield encodeFact(kind, key, factOf(database, kind, key));
    }
    yield encodeFact('head', 'facts', { format: FORMAT, at: this.#options.now() });
  }

  /** What of the changes reached the file is found out before it is gone on with. */
  #lose(): void {
    this.#compared = false;
    this.#behind = true;
  }

  /** Records of one of our own logs that are not in the file, and how its session stands now. */
  async *#ownLines(logId: string): AsyncGenerator<Buffer> {
    const { commits, database, records } = this.#options;
    const row = database.get(
      `SELECT l.num, l.record_count, n.session_id FROM log l JOIN native n ON n.log = l.num
       WHERE l.id = ?`,
      [logId],
    );
    if (!row) return;
    const log = number(row, 'num');
    const end = number(row, 'record_count');
    const slices = new Slices();
    for (let seq = this.#written.get(logId) ?? 0; seq < end; seq += RECORDS) {
      const seqs = Array.from({ length: Math.min(RECORDS, end - seq) }, (_, nth) => seq + nth);
      const found = await records.read(log, seqs);
      for (const one of seqs) yield encodeFact('record', `${logId}/${one}`, packed(found.get(one)));
      // What is in the database is read without a pause: a merge may have added thousands.
      await slices.pass();
      // Nothing is in the copy that is not on disk.
      commits.settle();
    }
    this.#written.set(logId, end);
    const session = text(row, 'session_id');
    yield encodeFact('native', session, factOf(database, 'native', session));
  }

  async #append(lines: AsyncIterable<Buffer>): Promise<void> {
    const { disk, file } = this.#options;
    const handle = disk.open(file, 'write');
    try {
      let end = this.#end;
      for await (const bytes of batchesOf(lines)) {
        disk.write(handle, bytes, end);
        end += bytes.length;
      }
      await disk.syncLater(handle);
      this.#appended += end - this.#end;
      this.#end = end;
    } finally {
      disk.close(handle);
    }
  }

  async #compare(): Promise<void> {
    const { commits, database, disk, file } = this.#options;
    commits.settle();
    if (!existsSync(file)) return this.#rewrite(false);
    // Counted before: what is added meanwhile is then written once more rather than never.
    const own = ownLogs(database);
    // What was noted meanwhile is added.
    const state = await inspectFacts(database, file, (fact) => this.#changes.isPending(fact));
    const stale = state.bytes > WORTH_BYTES && state.liveBytes < state.bytes / 2;
    if (state.damaged + state.missing + state.surplus + state.removed > 0 || stale) {
      return this.#rewrite(state.surplus + state.damaged > 0);
    }
    for (const { logId, count } of own) {
      // Of one that was added to, how much is in the file is not known: all of it is said again.
      if (!this.#changes.isPending(`record ${logId}/`)) this.#written.set(logId, count);
    }
    const handle = disk.open(file, 'write');
    try {
      // A torn line was never acknowledged to anybody; the next one must not be glued to it.
      disk.truncate(handle, state.end);
    } finally {
      disk.close(handle);
    }
    this.#settle(state.end, state.liveBytes);
  }

  async #rewrite(keepOld: boolean): Promise<void> {
    const { disk, file, now } = this.#options;
    makeDurableDirectory(disk, path.dirname(file));
    const beside = `${file}.new`;
    const handle = disk.open(beside, 'create');
    let end = 0;
    try {
      for await (const bytes of batchesOf(this.#allLines())) {
        disk.write(handle, bytes, end);
        end += bytes.length;
      }
      await disk.syncLater(handle);
      disk.close(handle);
    } catch (error) {
      disk.close(handle);
      disk.remove(beside);
      this.#lose(); // what is noted as written was written to what is gone
      throw error;
    }
    if (keepOld && existsSync(file)) disk.rename(file, `${file}.replaced-${now()}`);
    disk.rename(beside, file);
    disk.syncDirectory(path.dirname(file));
    this.#settle(end, end);
  }

  async *#allLines(): AsyncGenerator<Buffer> {
    const { database, now } = this.#options;
    yield encodeFact('head', 'facts', { format: FORMAT, at: now() });
    for (const kind of FACT_KINDS) {
      for (const facts of factsOf(database, kind)) {
        for (const { id, value } of facts) yield encodeFact(kind, id, value);
        await nextTurn();
      }
    }
    this.#written.clear();
    for (const { logId } of ownLogs(database)) yield* this.#ownLines(logId);
  }

  #settle(end: number, liveBytes: number): void {
    this.#end = end;
    this.#liveBytes = liveBytes;
    this.#appended = 0;
    this.#compared = true;
    this.#behind = false;
  }
}

/** Lines together, so that neither are all in memory nor is each written by itself. */
async function* batchesOf(lines: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let batch: Buffer[] = [];
  let bytes = 0;
  for await (const line of lines) {
    batch.push(line);
    bytes += line.length;
    if (bytes < BATCH_BYTES) continue;
    yield Buffer.concat(batch);
    batch = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(batch);
}
