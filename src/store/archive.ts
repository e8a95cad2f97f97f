/** What the record store needs of the archive: members of consecutive records, gzip on disk. */

export interface MemberLocator {
  readonly segment: number;
  /** Byte position of the member in its segment. */
  readonly offset: number;
  /** Compressed length in bytes. */
  readonly length: number;
}

/** A member met while going through a segment. */
export interface ArchivedMember {
  readonly logId: string;
  readonly firstSeq: number;
  readonly count: number;
  /** What else is known of the log (archive/manifest.ts); members of version 0.1 lack it. */
  readonly about?: string;
  readonly locator: MemberLocator;
}

export interface ArchiveScan {
  /** All that are whole, also those behind damage. */
  readonly members: readonly ArchivedMember[];
  readonly damaged: readonly {
    readonly offset: number;
    readonly length: number;
    readonly member?: ArchivedMember;
  }[];
  /** Bytes of the file. */
  readonly size: number;
}

export interface Archive {
  appendMember(member: {
    readonly logId: string;
    readonly firstSeq: number;
    readonly count: number;
    readonly about?: string;
    readonly bytes: Uint8Array;
  }): Promise<MemberLocator>;
  /** Appends a copy of a member. Fails with `corrupt-block`, `corrupt-file`. */
  copyMember(locator: MemberLocator, about: string | undefined): Promise<MemberLocator>;
  /** Makes everything appended so far durable. */
  sync(): Promise<void>;
  /** The member's records, as they were. Fails with `corrupt-block`. */
  readMember(locator: MemberLocator): Promise<Uint8Array>;
  /** Numbers of the segments, ascending. */
  segments(): number[];
  /** Bytes of a segment; fails with `corrupt-file` when it is missing. */
  segmentSize(segment: number): number;
  /** Goes through a segment by its headers; `verify` checks the bodies, too. */
  scanSegment(segment: number, verify?: boolean): Promise<ArchiveScan>;
  /** Begins a new segment and returns its number. */
  seal(): Promise<number>;
  /** Removes a segment that nothing refers to any more. */
  removeSegment(segment: number): void;
  close(): void;
}

/** Content-addressed files for records that are too large for a row. */
export interface Blobs {
  /** Returns when the content is on disk under its SHA-256, in hex; `onName` is told it first. */
  put(bytes: Uint8Array, onName?: (sha256: string) => void): Promise<string>;
  get(sha256: string): Promise<Uint8Array>;
  remove(sha256: string): void;
  has(sha256: string): boolean;
  /** Names of all that are there, and bytes of their files. */
  list(): { readonly name: string; readonly bytes: number }[];
  /** Files that are no blobs: what a crash left of one being written. Absolute. */
  leftovers(): string[];
}
