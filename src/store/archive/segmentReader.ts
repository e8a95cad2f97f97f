/**
 * Reads members by locator, each checked before anything of it is believed, and hops through
 * segments so that the catalogue can be rebuilt from them.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { MultipathError } from '../../core/errors.ts';
import type { FileHandle } from '../pages/fileSystem.ts';
import {
  bodyOf,
  decodeMember,
  findMember,
  HEADER_ROOM,
  openBody,
  parseMember,
  type CompressedBody,
  type FoundMember,
} from './member.ts';
import {
  listSegments,
  placeOf,
  segmentFile,
  type ArchiveOptions,
  type MemberLocator,
  type ScannedMember,
} from './segments.ts';

/** Bytes of a segment that are no whole member. */
export interface DamagedPart {
  readonly offset: number;
  readonly length: number;
  /** What stood there, where its header can still be read. */
  readonly member?: ScannedMember;
}

export interface SegmentScan {
  readonly segment: number;
  /** All that are whole, also those behind damage. */
  readonly members: readonly ScannedMember[];
  readonly damaged: readonly DamagedPart[];
  /** Up to where nothing is damaged; less than `size` when anything is, or the tail is torn. */
  readonly end: number;
  /** Bytes of the file. */
  readonly size: number;
}

const OPEN_SEGMENTS = 8;
/** Bytes searched at a time for the next member behind damage. */
const SEARCH_BYTES = 1 << 20;
/** Headers read between two turns of the event loop. */
const HOPS = 64;

export class SegmentReader {
  readonly #options: ArchiveOptions;
  readonly #handles: LRUCache<number, FileHandle>;

  constructor(options: ArchiveOptions) {
    this.#options = options;
    this.#handles = new LRUCache({
      max: OPEN_SEGMENTS,
      dispose: (handle) => options.disk.close(handle),
    });
  }

  /** Segment numbers, ascending. */
  segments(): number[] {
    return listSegments(this.#options.disk, this.#options.directory);
  }

  /**
   * The records' bytes of a member. With `logId`, a member of another log is refused.
   * @throws MultipathError `corrupt-block`; `corrupt-file` when the segment is missing
   */
  async readMember(locator: MemberLocator, logId?: string): Promise<Uint8Array> {
    const { bytes, found } = this.#memberAt(locator);
    if (logId !== undefined && found.logId !== logId) {
      throw this.#damaged(locator, `it belongs to the log ${found.logId}, not ${logId}`);
    }
    const place = placeOf(locator.segment, locator.offset);
    return decodeMember(bytes, found, place, this.#options.codec);
  }

  /**
   * Hops from member to member, over what is damaged to the next whole one. With `verify` the bodies
   * are checked too (not inflated). Lets others have the thread now and then.
   */
  async scanSegment(segment: number, verify = false): Promise<SegmentScan> {
    const handle = this.#handle(segment);
    const size = this.#options.disk.size(handle);
    const members: ScannedMember[] = [];
    const damaged: DamagedPart[] = [];
    let hops = 0;
    let offset = 0;
    while (offset < size) {
      if (verify || ++hops % HOPS === 0) await nextTurn();
      const found = this.#headerAt(handle, offset, size);
      if (!found) {
        const next = await this.#nextMember(handle, offset + 1, size);
        damaged.push({ offset, length: next - offset });
        offset = next;
        continue;
      }
      const member = scanned(found, segment, offset);
      if (verify && !this.#holds(handle, found, segment, offset)) {
        damaged.push({ offset, length: found.length, member });
      } else members.push(member);
      offset += found.length;
    }
    return { segment, members, damaged, end: damaged[0]?.offset ?? size, size };
  }

  /**
   * A whole, checked member as it is kept.
   * @throws MultipathError `corrupt-block`; `corrupt-file` when the segment is missing
   */
  readCompressed(locator: MemberLocator): {
    readonly found: FoundMember;
    readonly body: CompressedBody;
  } {
    const { bytes, found } = this.#memberAt(locator);
    const place = placeOf(locator.segment, locator.offset);
    return { found, body: bodyOf(bytes, found, place, this.#options.codec) };
  }

  /** Bytes of a segment's file. @throws MultipathError `corrupt-file` when it is missing */
  size(segment: number): number {
    return this.#options.disk.size(this.#handle(segment));
  }

  /** Removes a segment that nothing refers to any more. */
  remove(segment: number): void {
    const { disk, directory } = this.#options;
    this.#handles.delete(segment);
    disk.remove(segmentFile(directory, segment));
    disk.syncDirectory(directory);
  }

  close(): void {
    this.#handles.clear();
  }

  #memberAt(locator: MemberLocator): { readonly bytes: Uint8Array; readonly found: FoundMember } {
    const bytes = new Uint8Array(locator.length);
    const length = this.#options.disk.read(this.#handle(locator.segment), bytes, locator.offset);
    const found = parseMember(bytes);
    if (found?.length !== locator.length || length < bytes.length) {
      throw this.#damaged(locator, 'no whole member stands there');
    }
    return { bytes, found };
  }

  #headerAt(handle: FileHandle, offset: number, size: number): FoundMember | undefined {
    const head = new Uint8Array(HEADER_ROOM);
    const length = this.#options.disk.read(handle, head, offset);
    const found = parseMember(head.subarray(0, length));
    return found && offset + found.length <= size ? found : undefined;
  }

  /** Where the next whole header stands; `size` when there is none. */
  async #nextMember(handle: FileHandle, from: number, size: number): Promise<number> {
    const bytes = new Uint8Array(SEARCH_BYTES);
    for (let base = from; base < size; base += SEARCH_BYTES - HEADER_ROOM) {
      const length = this.#options.disk.read(handle, bytes, base);
      const part = bytes.subarray(0, length);
      for (let at = findMember(part, 0); at !== -1; at = findMember(part, at + 1)) {
        if (this.#headerAt(handle, base + at, size)) return base + at;
      }
      await nextTurn();
    }
    return size;
  }

  #holds(handle: FileHandle, found: FoundMember, segment: number, offset: number): boolean {
    const bytes = new Uint8Array(found.length);
    this.#options.disk.read(handle, bytes, offset);
    try {
      openBody(bytes, found, placeOf(segment, offset), this.#options.codec);
      return true;
    } catch (error) {
      if (MultipathError.is(error, 'corrupt-block')) return false;
      throw error;
    }
  }

  #handle(segment: number): FileHandle {
    const open = this.#handles.get(segment);
    if (open !== undefined) return open;
    const { disk, directory } = this.#options;
    const file = segmentFile(directory, segment);
    if (!disk.exists(file)) {
      throw new MultipathError(
        'corrupt-file',
        `The archive segment ${file} is missing. Put it back from a backup, or run the store doctor.`,
      );
    }
    const handle = disk.open(file, 'read');
    this.#handles.set(segment, handle);
    return handle;
  }

  #damaged({ segment, offset }: MemberLocator, why: string): MultipathError {
    const file = segmentFile(this.#options.directory, segment);
    return new MultipathError(
      'corrupt-block',
      `${file} is damaged at byte ${offset}: ${why}. Run the store doctor.`,
    );
  }
}

function scanned(found: FoundMember, segment: number, offset: number): ScannedMember {
  const { logId, firstSeq, count, length, about } = found;
  return {
    logId,
    firstSeq,
    count,
    ...(about !== undefined && { about }),
    locator: { segment, offset, length },
  };
}
