/**
 * Keeps the full-text index behind the store: within a second, off the way of acknowledgements, a
 * slice of messages at a time so that requests go first. What was not indexed when the process
 * ended, and what an index lost, is found by comparing revisions.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf, MultipathError } from '../core/errors.ts';
import type { IndexedLog, IndexSource, SourceMessage, SourcePart } from '../store/indexSource.ts';
import { pack, type IndexableMessage, type PackedMessages } from './searchMessages.ts';
import { IndexLostError, IndexMemoryError, type SearchWorker } from './searchWorker.ts';

/** All in milliseconds. */
const AFTER_CHANGE = 100;
const AFTER_OPENING = 1_000;
const AFTER_LOSS = 250;
const AFTER_FAILURE = 30_000;
const BETWEEN_IDLE_WORK = 10;
/** So long after a question the next one may come: until then, idle work is done this seldom. */
const AFTER_QUESTION = 500;
/** Messages read and sent at a time. */
const SLICE = 32;
/** Parts of outlines compared message by message at a time. */
const PARTS = 16;
const REVISIONS = 2_000;

type Source = Pick<IndexSource, keyof IndexSource>;
type Worker = Pick<SearchWorker, 'ask'>;

export class SearchFeeder {
  readonly #source: Source;
  readonly #worker: Worker;
  readonly #log: (message: string) => void;
  /** Logs that changed since the store was opened; those before it that are not indexed. */
  readonly #changed = new Set<number>();
  readonly #backlog = new Set<number>();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;
  /** After a failure, nothing is tried for a while. */
  #notBefore = 0;
  #askedAt = -Infinity;
  #idleAt = -Infinity;
  #isChecked = false;
  /** Something was sent that the index may not show yet. */
  #isUnwritten = false;

  constructor(source: Source, worker: Worker, log: (message: string) => void) {
    this.#source = source;
    this.#worker = worker;
    this.#log = log;
    source.watch();
    this.#schedule(AFTER_OPENING);
  }

  /** Call after a change of the store, and when someone searches. */
  wake(): void {
    this.#schedule(AFTER_CHANGE);
  }

  /** Call when someone searches: what can wait does, since a step of it would have to be waited for. */
  makeWay(): void {
    this.#askedAt = performance.now();
  }

  /** Call when a search found the index damaged. */
  recheck(): void {
    this.#isChecked = false;
    this.#schedule(AFTER_LOSS);
  }

  /** Logs that are not wholly indexed, at least one while that is not known. */
  pending(): number {
    this.#takeChanged();
    const left = this.#changed.size + this.#backlog.size;
    return left > 0 ? left : Number(!this.#isChecked || this.#isUnwritten);
  }

  /** True while what is asked of the worker builds on what was asked before. */
  get isWorking(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** The earlier of what was planned and this. */
  #schedule(delay: number): void {
    if (this.#running || this.#stopping.signal.aborted) return;
    const at = Math.max(performance.now() + delay, this.#notBefore);
    if (this.#timer && this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#run().then((isMoreToDo) => {
        this.#running = undefined;
        if (isMoreToDo) this.#schedule(AFTER_CHANGE);
      });
    }, at - performance.now());
    this.#timer.unref();
  }

  /** Works until all is indexed or something fails; true when it is to go on. Never rejects. */
  async #run(): Promise<boolean> {
    try {
      if (!this.#isChecked) await this.#check();
      for (;;) {
        this.#takeChanged();
        const queue = this.#changed.size > 0 ? this.#changed : this.#backlog;
        const [log] = queue;
        if (log !== undefined) {
          await this.#index(log, queue);
          // As it goes, not at the end: a question looks into every segment of every shard.
          if (queue === this.#backlog) await this.#ask('tidy', 'sealed');
        } else if (this.#isUnwritten) {
          await this.#ask('commit', undefined);
          this.#isUnwritten = false;
        } else if (!(await this.#idle())) {
          // What came while the last step was under way woke nobody.
          return this.pending() > 0;
        }
      }
    } catch (error) {
      if (this.#stopping.signal.aborted) return false;
      this.#isChecked = false;
      const isLost = error instanceof IndexLostError && !(error instanceof IndexMemoryError);
      const pause = isLost ? AFTER_LOSS : AFTER_FAILURE;
      this.#notBefore = performance.now() + pause;
      this.#log(`The search index: ${messageOf(error)}`);
      return true;
    }
  }

  /** Compares what is indexed with what there is. */
  async #check(): Promise<void> {
    this.#takeChanged();
    const indexed = new Map(await this.#ask('revisions', undefined));
    let last = 0;
    for (;;) {
      const known = this.#source.revisions(last, REVISIONS);
      for (const { log, revision } of known) {
        if (indexed.get(log) !== revision) this.#backlog.add(log);
        indexed.delete(log);
        last = log;
      }
      if (known.length < REVISIONS) break;
      await nextTurn();
    }
    if (indexed.size > 0) await this.#ask('forget', [...indexed.keys()]);
    this.#isUnwritten = true;
    this.#isChecked = true;
  }

  #takeChanged(): void {
    for (const log of this.#source.takeChanged()) {
      this.#backlog.delete(log);
      this.#changed.add(log);
    }
  }

  /** Indexes a log; it leaves the queue before, so that a change meanwhile puts it back. */
  async #index(log: number, queue: Set<number>): Promise<void> {
    this.#isUnwritten = true;
    queue.delete(log);
    try {
      await this.#follow(log);
    } catch (error) {
      this.#backlog.add(log);
      throw error;
    }
  }

  async #follow(log: number): Promise<void> {
    const found = this.#source.find(log);
    if (!found) {
      await this.#ask('forget', [log]);
      return;
    }
    const parts: SourcePart[] = [];
    for (const slice of this.#source.parts(log)) {
      parts.push(...slice);
      await nextTurn();
    }
    const differing = await this.#ask('compare', { log, parts });
    const changed = differing.map((index) => parts[index]).filter((part) => part !== undefined);
    for (let start = 0; start < changed.length; start += PARTS) {
      await this.#indexParts(found, changed.slice(start, start + PARTS));
    }
    await this.#ask('finish', { log, revision: found.revision, parts });
  }

  async #indexParts(log: IndexedLog, parts: readonly SourcePart[]): Promise<void> {
    const messages = this.#source.messages(log, parts);
    const wanted = messages.map(({ log: number, branch, position, seq, mark }) => ({
      log: number,
      branch,
      position,
      seq,
      mark,
    }));
    const needed = await this.#ask('reconcile', { log: log.log, parts, wanted });
    const wantedMessages = needed
      .map((index) => messages[index])
      .filter((message) => message !== undefined);
    await this.#add(log, wantedMessages);
  }

  /** While the worker is at one slice, the next one is read. */
  async #add(log: IndexedLog, messages: readonly SourceMessage[]): Promise<void> {
    let adding: Promise<undefined> = Promise.resolve(undefined);
    try {
      for (let start = 0; start < messages.length; start += SLICE) {
        const [texts] = await Promise.all([
          this.#texts(log, messages.slice(start, start + SLICE)),
          adding,
        ]);
        adding = this.#ask('add', texts);
      }
    } finally {
      // Where a text cannot be read, the worker may still be at the slice before.
      await Promise.allSettled([adding]);
    }
    await adding;
  }

  async #texts(
    { log, agent }: IndexedLog,
    messages: readonly SourceMessage[],
  ): Promise<PackedMessages<IndexableMessage>> {
    const records = await this.#source.records(log, messages, (error) =>
      this.#log(`A message cannot be searched: ${messageOf(error)}`),
    );
    return pack(
      messages.map((message) => ({ ...message, agent })),
      records,
    );
  }

  /** Merges and rebuilds, a step at a time. False when there is nothing to do. */
  async #idle(): Promise<boolean> {
    await this.#pause(BETWEEN_IDLE_WORK);
    const now = performance.now();
    if (now - Math.min(this.#askedAt, this.#idleAt) < AFTER_QUESTION) return true;
    this.#idleAt = now;
    if (await this.#ask('tidy', 'all')) return true;
    const needed = await this.#ask('nextRebuild', SLICE);
    if (!needed) return false;
    const lost: number[] = [];
    const found = new Map<number, SourceMessage[]>();
    for (const document of needed) {
      const message = this.#source.message(document);
      const log = this.#source.find(document.log);
      if (!log || message?.mark !== document.mark) lost.push(document.id);
      else found.set(document.log, [...(found.get(document.log) ?? []), message]);
    }
    for (const [number, messages] of found) {
      const log = this.#source.find(number);
      if (!log) continue;
      await this.#ask('addRebuilt', { texts: await this.#texts(log, messages), lost: [] });
    }
    if (lost.length > 0) await this.#ask('addRebuilt', { texts: pack([], []), lost });
    return true;
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal, ref: false });
  }

  /** Every step ends here when the store closes. */
  readonly #ask: SearchWorker['ask'] = (name, argument) => {
    if (this.#stopping.signal.aborted) {
      return Promise.reject(new MultipathError('cancelled', 'The store is closing.'));
    }
    return this.#worker.ask(name, argument);
  };
}
