/**
 * Segment files: `NNNN.cgz` in the archive's folder, members one behind the other, nothing else.
 *
 * Invariant: bytes once written are never written over. A segment whose end is torn (a crash, a
 * full disk) is closed for good, and the next member begins a new segment.
 */
import path from 'node:path';
import type { BlockCodec } from '../pages/codec.ts';
import type { FileSystem } from '../pages/fileSystem.ts';
import type { MemberHeader, MemberPlace } from './member.ts';

export interface ArchiveOptions {
  readonly disk: FileSystem;
  readonly directory: string;
  readonly codec: BlockCodec;
  /**
   * The highest number that was ever given, as the database knows it. Files may have been taken out
   * of the folder: their numbers are not given again, as something may still refer to them.
   */
  readonly lastGiven?: () => number;
}

/** Where a member is; kept in the catalogue. */
export interface MemberLocator {
  readonly segment: number;
  /** Bytes from the start of the segment. */
  readonly offset: number;
  /** Bytes of the member. */
  readonly length: number;
}

/** A member met while hopping through a segment. */
export interface ScannedMember extends MemberHeader {
  readonly locator: MemberLocator;
}

const NAME = /^(\d{4,})\.cgz$/;

export function segmentFile(directory: string, segment: number): string {
  return path.join(directory, segmentName(segment));
}

/** The place of a member in every check: the segment's own name, whatever folder it is in. */
export function placeOf(segment: number, offset: number): MemberPlace {
  return { file: `archive/${segmentName(segment)}`, offset };
}

/** Segment numbers, ascending. */
export function listSegments(disk: FileSystem, directory: string): number[] {
  return disk
    .list(directory)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function segmentName(segment: number): string {
  return `${String(segment).padStart(4, '0')}.cgz`;
}
