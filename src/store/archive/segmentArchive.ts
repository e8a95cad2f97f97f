/** The archive over its segment files: one writer, one reader. */
import type { Archive, ArchiveScan, MemberLocator } from '../archive.ts';
import type { NewMember } from './segmentWriter.ts';
import { SegmentReader } from './segmentReader.ts';
import { SegmentWriter } from './segmentWriter.ts';
import type { ArchiveOptions } from './segments.ts';

export class SegmentArchive implements Archive {
  readonly #writer: SegmentWriter;
  readonly #reader: SegmentReader;
  readonly #options: ArchiveOptions;

  constructor(options: ArchiveOptions) {
    this.#options = options;
    this.#writer = new SegmentWriter(options);
    this.#reader = new SegmentReader(options);
  }

  appendMember(member: NewMember): Promise<MemberLocator> {
    return this.#writer.appendMember(member);
  }

  copyMember(locator: MemberLocator, about: string | undefined): Promise<MemberLocator> {
    const { found, body } = this.#reader.readCompressed(locator);
    const { logId, firstSeq, count } = found;
    const told = about ?? found.about;
    const header = { logId, firstSeq, count, ...(told !== undefined && { about: told }) };
    return this.#writer.appendCompressed(header, body);
  }

  sync(): Promise<void> {
    return this.#writer.sync();
  }

  readMember(locator: MemberLocator): Promise<Uint8Array> {
    return this.#reader.readMember(locator);
  }

  segments(): number[] {
    const { disk, directory } = this.#options;
    return disk.exists(directory) ? this.#reader.segments() : [];
  }

  segmentSize(segment: number): number {
    return this.#reader.size(segment);
  }

  scanSegment(segment: number, verify = false): Promise<ArchiveScan> {
    return this.#reader.scanSegment(segment, verify);
  }

  seal(): Promise<number> {
    return this.#writer.seal();
  }

  removeSegment(segment: number): void {
    this.#reader.remove(segment);
  }

  close(): void {
    this.#writer.close();
    this.#reader.close();
  }
}
