/** What the record store needs of the archive: members of consecutive records, gzip on disk. */

export interface MemberLocator {
  readonly segment: number;
  /** Byte position of the member in its segment. */
  readonly offset: number;
  /** Compressed length in bytes. */
  readonly length: number;
}

export interface Archive {
  appendMember(member: {
    readonly logId: string;
    readonly firstSeq: number;
    readonly count: number;
    readonly bytes: Uint8Array;
  }): Promise<MemberLocator>;
  /** Makes everything appended so far durable. */
  sync(): Promise<void>;
  /** The member's records, as they were. Fails with `corrupt-block`. */
  readMember(locator: MemberLocator): Promise<Uint8Array>;
  close(): void;
}

/** Content-addressed files for records that are too large for a row. */
export interface Blobs {
  /** Returns when the content is on disk under its SHA-256, in hex; `onName` is told it first. */
  put(bytes: Uint8Array, onName?: (sha256: string) => void): Promise<string>;
  get(sha256: string): Promise<Uint8Array>;
  remove(sha256: string): void;
}
