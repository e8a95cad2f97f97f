/**
 * Reads members by locator, each checked before anything of it is believed, and hops through
 * segments so that the catalogue can be rebuilt from them.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { MultipathError } from '../../core/errors.ts';
import type { FileHandle } from '../pages/fileSystem.ts';
import { decodeMember, HEADER_ROOM, openBody, parseMember, type FoundMember } from './member.ts';
import {
  listSegments,
  placeOf,
  segmentFile,
  type ArchiveOptions,
  type MemberLocator,
  type ScannedMember,
} from './segments.ts';

export interface SegmentScan {
  readonly segment: number;
  readonly members: readonly ScannedMember[];
  /** Where the last whole member ends; less than `size` when the tail is torn or damaged. */
  readonly end: number;
  /** Bytes of the file. */
  readonly size: number;
}

const OPEN_SEGMENTS = 8;

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
    const { disk, codec } = this.#options;
    const bytes = new Uint8Array(locator.length);
    const length = disk.read(this.#handle(locator.segment), bytes, locator.offset);
    const found = parseMember(bytes);
    if (found?.length !== locator.length || length < bytes.length) {
      throw this.#damaged(locator, 'no whole member stands there');
    }
    if (logId !== undefined && found.logId !== logId) {
      throw this.#damaged(locator, `it belongs to the log ${found.logId}, not ${logId}`);
    }
    return decodeMember(bytes, found, placeOf(locator.segment, locator.offset), codec);
  }

  /**
   * Hops from member to member and stops at the first bytes that are none. With `verify` the bodies
   * are checked too (not inflated), between turns of the event loop.
   */
  async scanSegment(segment: number, verify = false): Promise<SegmentScan> {
    const { disk } = this.#options;
    const handle = this.#handle(segment);
    const size = disk.size(handle);
    const members: ScannedMember[] = [];
    let offset = 0;
    while (offset < size) {
      const head = new Uint8Array(HEADER_ROOM);
      const length = disk.read(handle, head, offset);
      const found = parseMember(head.subarray(0, length));
      if (!found || offset + found.length > size) break;
      if (verify) {
        if (!this.#holds(handle, found, segment, offset)) break;
        await nextTurn();
      }
      members.push({
        logId: found.logId,
        firstSeq: found.firstSeq,
        count: found.count,
        locator: { segment, offset, length: found.length },
      });
      offset += found.length;
    }
    return { segment, members, end: offset, size };
  }

  close(): void {
    this.#handles.clear();
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
