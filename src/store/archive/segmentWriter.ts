/**
 * Appends members to the archive. Nothing is durable before `sync` returns; a locator must not be
 * committed before that.
 *
 * Invariants: only a segment that was checked to its last byte is continued, otherwise the next
 * number begins. A failed write closes the segment; a failed sync poisons the writer, because which
 * of its members reached the disk is then unknown.
 */
import { messageOf, MultipathError } from '../../core/errors.ts';
import { makeDurableDirectory, type FileHandle } from '../pages/fileSystem.ts';
import {
  compressBody,
  frameMember,
  memberLength,
  type CompressedBody,
  type MemberHeader,
} from './member.ts';
import { SegmentReader } from './segmentReader.ts';
import {
  listSegments,
  placeOf,
  segmentFile,
  type ArchiveOptions,
  type MemberLocator,
} from './segments.ts';

export interface SegmentWriterOptions extends ArchiveOptions {
  /** A segment stays below this many bytes; 64 MB by default. */
  readonly segmentBytes?: number;
}

export interface NewMember extends MemberHeader {
  /** The records, verbatim. */
  readonly bytes: Uint8Array;
}

interface Tail {
  readonly segment: number;
  readonly handle: FileHandle;
  end: number;
}

const SEGMENT_BYTES = 64 * 1024 * 1024;

export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #segmentBytes: number;
  #opening: Promise<void> | undefined;
  #tail: Tail | undefined;
  #last = 0;
  #unsynced = new Set<FileHandle>();
  /** Handles that are being synced: they are let go by that alone. */
  #inFlight: ReadonlySet<FileHandle> = new Set();
  #syncing: Promise<void> = Promise.resolve();
  #poison: MultipathError | undefined;
  /** Settled when all members appended so far are written, or have failed. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
  }

  /**
   * Compresses and writes one member. May be called again before it returns: members are compressed
   * side by side and stand in the order of the calls, so that a log's records do in any gunzip.
   * @throws MultipathError `io` (the write failed; another append may be tried), `poisoned`
   */
  appendMember({ bytes, ...header }: NewMember): Promise<MemberLocator> {
    return this.#inTurn(header, compressBody(bytes));
  }

  /** Appends a member whose body is compressed already, as `appendMember` does. */
  appendCompressed(header: MemberHeader, body: CompressedBody): Promise<MemberLocator> {
    return this.#inTurn(header, Promise.resolve(body));
  }

  #inTurn(header: MemberHeader, body: Promise<CompressedBody>): Promise<MemberLocator> {
    const before = this.#turn;
    const written = Promise.all([body, this.#open(), before]).then(([ready]) =>
      this.#append(header, ready),
    );
    // Who comes next also waits for those before this one where this one fails early.
    this.#turn = Promise.allSettled([before, written]);
    return written;
  }

  /**
   * Closes the current segment for good and begins the next one.
   * @returns the next one's number: what is under way may still end in those before it
   */
  async seal(): Promise<number> {
    await this.#open();
    if (this.#poison) throw this.#poison;
    this.#retire();
    this.#tail = this.#begin();
    return this.#tail.segment;
  }

  #open(): Promise<void> {
    this.#opening ??= this.#openTail().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** Nothing waits here, so members cannot overtake each other. */
  #append(header: MemberHeader, body: CompressedBody): MemberLocator {
    if (this.#poison) throw this.#poison;
    const { disk, codec } = this.#options;
    const length = memberLength(header, body, codec);
    try {
      const tail = this.#tailFor(length);
      const place = placeOf(tail.segment, tail.end);
      this.#unsynced.add(tail.handle);
      disk.write(tail.handle, frameMember(header, body, place, codec), tail.end);
      tail.end += length;
      return { segment: tail.segment, offset: place.offset, length };
    } catch (error) {
      this.#giveUp();
      throw new MultipathError(
        'io',
        `Archiving to ${this.#options.directory} failed (${messageOf(error)}). Make sure the disk ` +
          'has room; nothing was lost, and it will be tried again.',
        { cause: error },
      );
    }
  }

  /**
   * Returns when every member appended so far is on the disk. One sync goes on at a time: what the
   * one before has taken up is not on the disk until that one has ended.
   * @throws MultipathError `poisoned`
   */
  sync(): Promise<void> {
    const result = this.#syncing.then(() => this.#syncBatch());
    this.#syncing = result.catch(() => undefined); // told to whoever asked for it
    return result;
  }

  async #syncBatch(): Promise<void> {
    if (this.#poison) throw this.#poison;
    const batch = this.#unsynced;
    this.#unsynced = new Set();
    this.#inFlight = batch;
    try {
      for (const handle of batch) await this.#options.disk.syncLater(handle);
    } catch (error) {
      this.#poison = new MultipathError(
        'poisoned',
        `Archiving to ${this.#options.directory} failed (${messageOf(error)}). What was archived ` +
          'last stays in the database; reload the window to try again.',
        { cause: error },
      );
      throw this.#poison;
    } finally {
      this.#inFlight = new Set();
      for (const handle of batch) this.#closeRetired(handle);
    }
  }

  /** Lets the files go; what was not synced may be lost. */
  close(): void {
    const handles = this.#unsynced;
    if (this.#tail) handles.add(this.#tail.handle);
    this.#tail = undefined;
    this.#unsynced = new Set();
    this.#poison ??= new MultipathError('poisoned', 'The archive was closed.');
    for (const handle of handles) {
      if (!this.#inFlight.has(handle)) this.#options.disk.close(handle);
    }
  }

  async #openTail(): Promise<void> {
    const { disk, directory, lastGiven } = this.#options;
    makeDurableDirectory(disk, directory);
    const last = listSegments(disk, directory).at(-1);
    this.#last = Math.max(last ?? 0, lastGiven?.() ?? 0);
    if (last === undefined || last < this.#last) return;
    const reader = new SegmentReader(this.#options);
    try {
      const { end, size } = await reader.scanSegment(last, true);
      if (end < size) return;
      const handle = disk.open(segmentFile(directory, last), 'write');
      this.#tail = { segment: last, handle, end };
    } finally {
      reader.close();
    }
  }

  #tailFor(length: number): Tail {
    if (this.#tail && this.#tail.end > 0 && this.#tail.end + length >= this.#segmentBytes) {
      this.#retire();
    }
    return (this.#tail ??= this.#begin());
  }

  #begin(): Tail {
    const { disk, directory } = this.#options;
    // Counted first: a number whose file could not be made durable is not used again.
    const segment = ++this.#last;
    const handle = disk.open(segmentFile(directory, segment), 'create');
    try {
      disk.syncDirectory(directory);
    } catch (error) {
      disk.close(handle);
      disk.remove(segmentFile(directory, segment));
      throw error;
    }
    return { segment, handle, end: 0 };
  }

  /** As `#retire`, after a failed write; a segment without a whole member goes: a full disk has many. */
  #giveUp(): void {
    const tail = this.#tail;
    this.#retire();
    if (tail?.end !== 0) return;
    const { disk, directory } = this.#options;
    if (this.#unsynced.delete(tail.handle)) disk.close(tail.handle);
    disk.remove(segmentFile(directory, tail.segment));
  }

  /** Closes the current segment for good; its handle is let go once it is synced. */
  #retire(): void {
    const tail = this.#tail;
    this.#tail = undefined;
    if (!tail || this.#unsynced.has(tail.handle) || this.#inFlight.has(tail.handle)) return;
    this.#options.disk.close(tail.handle);
  }

  #closeRetired(handle: FileHandle): void {
    if (this.#tail?.handle !== handle && !this.#unsynced.has(handle)) {
      this.#options.disk.close(handle);
    }
  }
}
