/**
 * What the owner of the store and its search worker tell each other: requests with a number, and
 * one answer each. Bytes are handed over, not copied.
 */
import type { MarkedText } from '../core/search.ts';
import type { OutlineEntry } from '../core/reader.ts';
import type { FinishedLog, OutlinePart } from '../search/indexState.ts';
import type { Phrase } from '../search/query.ts';
import type { IndexLimits, WantedMessage } from '../search/searchIndex.ts';
import type { Found, IndexQuery } from '../search/searchShards.ts';
import type { StoredDocument } from '../search/documents.ts';

/** Messages with their records one after the other, and the length of each record in bytes. */
export interface PackedMessages<M> {
  readonly messages: readonly M[];
  readonly bytes: Uint8Array;
  readonly lengths: Uint32Array;
}

export interface ReadableMessage {
  readonly agent: string;
  readonly entry: OutlineEntry;
}

export interface IndexableMessage extends ReadableMessage, WantedMessage {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A request's name, what it takes and what it gives back. */
export interface SearchRequests {
  open: [
    {
      readonly folder: string;
      /** The store's, from IndexSource. */
      readonly epoch: string;
      readonly readOnly: boolean;
      readonly limits: IndexLimits;
    },
    undefined,
  ];
  /** What of the store is indexed: logs and their revisions. */
  revisions: [undefined, ReadonlyMap<number, number>];
  compare: [{ readonly log: number; readonly parts: readonly OutlinePart[] }, readonly number[]];
  reconcile: [
    {
      readonly log: number;
      readonly parts: readonly Pick<OutlinePart, 'branch' | 'chunk'>[];
      readonly wanted: readonly WantedMessage[];
    },
    readonly number[],
  ];
  add: [PackedMessages<IndexableMessage>, undefined];
  finish: [FinishedLog, undefined];
  forget: [readonly number[], undefined];
  commit: [undefined, undefined];
  /** A step of work for idle times, or of what has to be done of sealed shards; true: there is more. */
  tidy: ['all' | 'sealed', boolean];
  nextRebuild: [number, readonly StoredDocument[] | undefined];
  addRebuilt: [
    { readonly texts: PackedMessages<IndexableMessage>; readonly lost: readonly number[] },
    undefined,
  ];
  search: [IndexQuery, Found & { readonly damaged: boolean }];
  snippets: [
    {
      readonly texts: PackedMessages<ReadableMessage>;
      readonly phrases: readonly Phrase[];
    },
    readonly MarkedText[],
  ];
  /** Every living document: for tests. */
  documents: [undefined, readonly StoredDocument[]];
  close: [undefined, undefined];
}

export type SearchRequestName = keyof SearchRequests;
export type SearchArgument<K extends SearchRequestName> = SearchRequests[K][0];
export type SearchAnswer<K extends SearchRequestName> = SearchRequests[K][1];

export interface ToSearchWorker<K extends SearchRequestName = SearchRequestName> {
  readonly id: number;
  readonly name: K;
  readonly argument: SearchArgument<K>;
}

export type FromSearchWorker =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'error';
      readonly id: number;
      readonly message: string;
      /** A file of the index was damaged and is gone: what it held has to be found out anew. */
      readonly damaged: boolean;
      /** A write failed: the files have to be opened again. */
      readonly poisoned: boolean;
    }
  | { readonly type: 'log'; readonly message: string };

/** Packs records for the way to the worker, away from buffers that others share. */
export function pack<M>(
  messages: readonly M[],
  records: readonly (readonly Uint8Array[])[],
): PackedMessages<M> {
  const all = records.flat();
  const lengths = Uint32Array.from(all, (record) => record.length);
  const bytes = new Uint8Array(all.reduce((sum, record) => sum + record.length, 0));
  let offset = 0;
  for (const record of all) {
    bytes.set(record, offset);
    offset += record.length;
  }
  return { messages, bytes, lengths };
}

/** Each message with its records. */
export function* unpack<M extends ReadableMessage>({
  messages,
  bytes,
  lengths,
}: PackedMessages<M>): Generator<readonly [M, readonly Uint8Array[]]> {
  let offset = 0;
  let next = 0;
  for (const message of messages) {
    const records = message.entry.seqs.map(() => {
      const length = lengths[next++] ?? 0;
      offset += length;
      return bytes.subarray(offset - length, offset);
    });
    yield [message, records];
  }
}
