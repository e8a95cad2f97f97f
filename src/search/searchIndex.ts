/**
 * The full-text index as a whole: one active shard that takes new messages, sealed ones, and how
 * far they follow the store. Runs in the search worker and is the only one to touch the files.
 *
 * Invariants: it is derived, so whatever is lost or damaged is compared with the store again and
 * only what is missing is read again; documents are durable before the state that says so.
 */
import { CHUNK_ENTRIES } from '../store/outlineCodec.ts';
import { keyOf, type FinishedLog, type OutlinePart } from './indexState.ts';
import { ShardCopy } from './shardCopy.ts';
import { ShardRebuild } from './shardRebuild.ts';
import { isDamage, ShardSet, type ShardSetOptions } from './shardSet.ts';
import { searchShards, type Found, type IndexQuery } from './searchShards.ts';
import type { MessagePlace, NewDocument, StoredDocument } from './documents.ts';
import type { Shard } from './shard.ts';

export interface IndexLimits {
  /** Messages of a shard at most. */
  readonly shardMessages: number;
  /** A shard with more dead messages than this share, and than this number, is rebuilt. */
  readonly deadShare: number;
  readonly leastDead: number;
  /** What is kept in memory before it is written. */
  readonly batchMessages: number;
  readonly batchCharacters: number;
}

export const DEFAULT_INDEX_LIMITS: IndexLimits = {
  shardMessages: 100_000,
  deadShare: 0.2,
  leastDead: 2_000,
  batchMessages: 500,
  batchCharacters: 1_000_000,
};

export interface IndexOptions extends ShardSetOptions {
  readonly limits: IndexLimits;
}

/** A message of the store, to be compared with what is indexed. */
export interface WantedMessage extends MessagePlace {
  readonly mark: number;
}

/** Pages of the index joined at a time when there is nothing else to do: some milliseconds. */
const MERGE_PAGES = 64;
/** So many of one size are joined in the active shard; fewer would be written again too often. */
const ACTIVE_SEGMENTS = 4;

export class SearchIndex {
  readonly #options: IndexOptions;
  readonly #set: ShardSet;
  /** Changed since the last commit. */
  readonly #changed = new Set<Shard>();
  #rebuild: ShardRebuild | undefined;
  #copy: ShardCopy | undefined;
  #batch: NewDocument[] = [];
  #batchCharacters = 0;
  #finished: FinishedLog[] = [];
  #gone: number[] = [];
  /** The log that is being followed; none once something of it may have been lost. */
  #followed: number | undefined;

  /** Opens what can be read and begins anew where nothing can. */
  constructor(options: IndexOptions) {
    this.#options = options;
    this.#set = new ShardSet(options);
    this.#set.onLost = (shard) => this.#lose(shard);
  }

  /** What of the store is indexed, by log; -1 where that is not known. */
  revisions(): Map<number, number> {
    const revisions = this.#set.useState((state) => state.revisions()) ?? new Map<number, number>();
    if (!this.#set.isCleared) return revisions;
    this.#inShards((shard) => {
      for (const log of shard.logs()) if (!revisions.has(log)) revisions.set(log, -1);
    });
    return revisions;
  }

  /** Which parts of a log differ from what is indexed. Drops what lies outside of all parts. */
  compare(log: number, parts: readonly OutlinePart[]): number[] {
    // What is under way of this log is part of what is compared.
    const underWay = [...this.#batch, ...this.#finished].some((one) => one.log === log);
    if (underWay) this.commit();
    this.#followed = log;
    const ends = new Map<number, number>();
    for (const { branch, chunk } of parts) {
      ends.set(branch, Math.max(ends.get(branch) ?? 0, (chunk + 1) * CHUNK_ENTRIES));
    }
    this.#inShards((shard) => {
      for (const { branch, end } of shard.extents(log)) {
        const from = ends.get(branch) ?? 0;
        if (end > from) this.#kill(shard, shard.at(log, branch, from, Infinity));
      }
    });
    const known = new Map(
      this.#set.useState((state) => state.parts(log))?.map((part) => [keyOf(part), part.hash]),
    );
    return parts.flatMap((part, index) => (known.get(keyOf(part)) === part.hash ? [] : [index]));
  }

  /**
   * Brings the documents of some parts of a log into line with the messages that are wanted there:
   * drops what is not wanted any more, and returns which messages' texts are needed.
   */
  reconcile(
    log: number,
    parts: readonly Pick<OutlinePart, 'branch' | 'chunk'>[],
    wanted: readonly WantedMessage[],
  ): number[] {
    const missing = new Map(wanted.map((message, index) => [documentKey(message), index]));
    this.#inShards((shard) => {
      const dead: StoredDocument[] = [];
      const moved: { readonly id: number; readonly position: number }[] = [];
      for (const { branch, from, to } of ranges(parts)) {
        for (const document of shard.at(log, branch, from, to)) {
          const index = missing.get(documentKey(document));
          const message = index === undefined ? undefined : wanted[index];
          if (!message) dead.push(document);
          else {
            missing.delete(documentKey(document));
            if (message.position !== document.position) {
              moved.push({ id: document.id, position: message.position });
            }
          }
        }
      }
      this.#kill(shard, dead);
      if (moved.length > 0) {
        shard.transaction(() => {
          for (const { id, position } of moved) shard.move(id, position);
        });
        this.#noteChange(shard, moved);
      }
    });
    return [...missing.values()];
  }

  add(documents: readonly NewDocument[]): void {
    for (const document of documents) {
      this.#batch.push(document);
      this.#batchCharacters += document.terms.length;
    }
    const { batchMessages, batchCharacters } = this.#options.limits;
    if (this.#batch.length >= batchMessages || this.#batchCharacters >= batchCharacters) {
      this.commit();
    }
  }

  /** All of a log's messages have been added; durable with the next commit. */
  finish(log: FinishedLog): void {
    if (this.#followed === log.log) this.#finished.push(log);
  }

  /** Logs that the store has no more. */
  forget(logs: readonly number[]): void {
    for (const log of logs) this.compare(log, []);
    this.#gone.push(...logs);
  }

  /** Writes what was added since the last time, and then what it means. */
  commit(): void {
    try {
      this.#write();
    } catch (error) {
      // What was written of it is found when the logs are compared again.
      this.#lose(undefined);
      throw error;
    }
  }

  /** Never fails on a damaged shard: what it held is missing, and `damaged` says so. */
  search(query: IndexQuery): Found & { readonly damaged: boolean } {
    let damaged = false;
    const attempt = (shard: Shard, work: () => void): void => {
      try {
        this.#set.use(shard, work);
      } catch (error) {
        if (!isDamage(error)) throw error;
        damaged = true;
      }
    };
    return { ...searchShards(this.#set.shards, query, attempt), damaged };
  }

  /**
   * Joins segments, a step at a time: a question has to look into each. A sealed shard's are joined
   * as far as they can be, and then its file is made small. False when nothing was left to do.
   */
  tidy(which: 'sealed' | 'all' = 'all'): boolean {
    const { shards, files } = this.#set;
    const sealed =
      this.#copy?.source ?? shards.find((shard) => shard.file !== files.active && !shard.isCompact);
    if (sealed) {
      this.#tidySealed(sealed);
      return true;
    }
    const active = shards.find((shard) => shard.file === files.active);
    if (!active || which === 'sealed') return false;
    return this.#set.use(active, () => active.merge(MERGE_PAGES, ACTIVE_SEGMENTS));
  }

  /** Documents whose texts are needed to rebuild a shard; `undefined` when none has to be. */
  nextRebuild(limit: number): readonly StoredDocument[] | undefined {
    this.commit();
    this.#rebuild ??= this.#startRebuild();
    const rebuild = this.#rebuild;
    if (!rebuild) return undefined;
    const needed = this.#set.use(rebuild.source, () => rebuild.next(limit));
    if (needed.length > 0) return needed;
    this.#rebuild = undefined;
    this.#swap(rebuild);
    return [];
  }

  /** Texts for the rebuild; `lost` are documents whose message is not where it was. */
  addRebuilt(documents: readonly NewDocument[], lost: readonly number[]): void {
    const rebuild = this.#rebuild;
    if (!rebuild) return;
    this.#set.use(rebuild.source, () => rebuild.add(documents, lost));
    this.#changed.add(rebuild.source);
  }

  /** For tests and the doctor: every living document, in no order. */
  *documents(): Generator<StoredDocument> {
    for (const shard of this.#set.shards) {
      yield* this.#set.use(shard, () => shard.living(0, Number.MAX_SAFE_INTEGER));
    }
  }

  statistics(): { readonly shards: number; readonly documents: number; readonly dead: number } {
    const shards = this.#set.shards;
    return {
      shards: shards.length,
      documents: shards.reduce((sum, shard) => sum + shard.documents, 0),
      dead: shards.reduce((sum, shard) => sum + shard.dead, 0),
    };
  }

  close(): void {
    try {
      if (!this.#options.readOnly) this.commit();
    } finally {
      this.#rebuild?.abandon();
      this.#copy?.abandon();
      this.#set.close();
    }
  }

  #write(): void {
    while (this.#batch.length > 0) {
      const active = this.#set.active();
      const room = Math.max(1, this.#options.limits.shardMessages - active.documents);
      const documents = this.#batch.splice(0, room);
      this.#set.use(active, () => active.transaction(() => active.add(documents)));
      this.#changed.add(active);
      if (active.documents >= this.#options.limits.shardMessages) this.#seal(active);
    }
    this.#batchCharacters = 0;
    for (const shard of this.#changed) this.#set.use(shard, () => shard.flush());
    this.#changed.clear();
    const [finished, gone] = [this.#finished, this.#gone];
    this.#finished = [];
    this.#gone = [];
    this.#set.useState((state) => state.save(finished, gone));
  }

  #seal(active: Shard): void {
    this.#changed.delete(active);
    this.#dropRebuild(active);
    this.#set.seal(active);
  }

  #dropRebuild(source: Shard): void {
    if (this.#rebuild?.source !== source) return;
    this.#rebuild.abandon();
    this.#rebuild = undefined;
  }

  /** What was under way may have been meant for what is gone: it is found out anew. */
  #lose(shard: Shard | undefined): void {
    this.#batch = [];
    this.#batchCharacters = 0;
    this.#finished = [];
    this.#followed = undefined;
    if (!shard) return;
    this.#dropRebuild(shard);
    this.#dropCopy(shard);
    this.#changed.delete(shard);
  }

  #tidySealed(shard: Shard): void {
    const copy = this.#copy;
    if (copy) {
      if (this.#set.use(shard, () => copy.step())) return;
      this.#copy = undefined;
      this.#changed.delete(shard);
      this.#set.exchange(shard, () => {
        copy.finish();
        return true;
      });
    } else if (!this.#set.use(shard, () => shard.merge(MERGE_PAGES, 2))) {
      // A rebuild would take the place of the same file.
      this.#dropRebuild(shard);
      this.#copy = new ShardCopy(this.#options.sql, shard, this.#set.files);
    }
  }

  #dropCopy(source: Shard): void {
    if (this.#copy?.source !== source) return;
    this.#copy.abandon();
    this.#copy = undefined;
  }

  #startRebuild(): ShardRebuild | undefined {
    const { sql, limits } = this.#options;
    const source = this.#set.shards.find(
      ({ dead, documents }) => dead >= limits.leastDead && dead > documents * limits.deadShare,
    );
    if (!source) return undefined;
    this.#dropCopy(source);
    return new ShardRebuild(sql, source, this.#set.files);
  }

  #swap(rebuild: ShardRebuild): void {
    const { source } = rebuild;
    this.#changed.delete(source);
    this.#set.exchange(source, () => rebuild.finish());
  }

  #kill(shard: Shard, documents: readonly StoredDocument[]): void {
    if (documents.length === 0) return;
    shard.transaction(() => shard.kill(documents.map(({ id }) => id)));
    this.#noteChange(shard, documents);
  }

  #noteChange(shard: Shard, documents: readonly { readonly id: number }[]): void {
    this.#changed.add(shard);
    if (this.#copy?.source === shard) this.#copy.note(documents.map(({ id }) => id));
  }

  #inShards(work: (shard: Shard) => void): void {
    for (const shard of this.#set.shards) this.#set.use(shard, () => work(shard));
  }
}

function documentKey({
  branch,
  seq,
  mark,
}: Pick<WantedMessage, 'branch' | 'seq' | 'mark'>): string {
  return `${branch}:${seq}:${mark}`;
}

/** The positions of parts, neighbours joined. */
function* ranges(
  parts: readonly Pick<OutlinePart, 'branch' | 'chunk'>[],
): Generator<{ readonly branch: number; readonly from: number; readonly to: number }> {
  const sorted = [...parts].sort((a, b) => a.branch - b.branch || a.chunk - b.chunk);
  let open: { branch: number; from: number; to: number } | undefined;
  for (const { branch, chunk } of sorted) {
    const from = chunk * CHUNK_ENTRIES;
    if (open?.branch === branch && open.to === from) open.to = from + CHUNK_ENTRIES;
    else {
      if (open) yield open;
      open = { branch, from, to: from + CHUNK_ENTRIES };
    }
  }
  if (open) yield open;
}
