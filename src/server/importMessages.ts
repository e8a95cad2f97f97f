/** What the importer and its worker tell each other. Bytes are handed over, not copied. */
import type { Checkpoint } from '../store/logs.ts';
import type { Glimpse } from './glimpse.ts';
import type { ReadResult } from './warmReadings.ts';

/** Something that the worker is asked for. */
export type Asked =
  | {
      readonly type: 'read';
      /** Counted up; what the worker sends about the file has it, too. */
      readonly job: number;
      readonly agent: string;
      readonly path: string;
      /** How far the file was read before. */
      readonly known?: Checkpoint;
      /** Number of the last result of this file that is saved. */
      readonly saved?: number;
      /** Of a compressed file: how many bytes it may be unpacked to. */
      readonly mostBytes?: number;
    }
  /** Answered while a file is read, too. */
  | { readonly type: 'glimpse'; readonly job: number; readonly files: readonly AgentFile[] };

export interface AgentFile {
  readonly agent: string;
  readonly path: string;
}

export type ToWorker =
  | Asked
  /** A batch is in the store: there is room for another one, and this is where it was. */
  | { readonly type: 'next'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'cancel'; readonly job: number };

/** Of one file after the other, in the order in which they were asked for; glimpses in between. */
export type FromWorker = { readonly job: number } & AboutFile;

export type AboutFile =
  | {
      readonly type: 'batch';
      readonly firstSeq: number;
      /** The records one after the other, then nothing of use; and the length of each in bytes. */
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly lengths: Uint32Array;
      readonly byteCount: number;
      readonly checkpoint: Checkpoint;
    }
  /** The file no longer begins with what was read before: all of it follows, as a new log. */
  | { readonly type: 'rewritten' }
  | (ReadResult & { readonly type: 'done' })
  /** In the order of the files; nothing is known of one that cannot be read. */
  | { readonly type: 'glimpses'; readonly glimpses: readonly Glimpse[] }
  /** `isTooLarge`: it unpacks to more than `mostBytes`. */
  | { readonly type: 'failed'; readonly message: string; readonly isTooLarge?: boolean }
  | { readonly type: 'cancelled' };
