/**
 * A second copy of sessions whose agent's file is gone: until the next snapshot of the database,
 * nothing else has their records. `copies/rescued/` holds them as segments like the archive's.
 *
 * A folder that a person took away is made anew from the database.
 *
 * Invariants: `log.copied_count` counts only records that are on the disk here or in two snapshots;
 * a segment goes once two snapshots were begun after its last member. Members are read by who makes
 * a lost database anew, and by nobody else.
 */
import path from 'node:path';
import { MultipathError } from '../../core/errors.ts';
import type { Archive } from '../archive.ts';
import { manifestOf } from '../archive/manifest.ts';
import { SegmentArchive } from '../archive/segmentArchive.ts';
import { number, text, type Database } from '../database.ts';
import { crcCodec } from '../pages/codec.ts';
import type { FileSystem } from '../pages/fileSystem.ts';
import { recordId, splitRecords, standsAlone, type Records } from '../records.ts';
import type { TierMoves } from '../tierMoves.ts';
import { addFoundLogs, type CoverageParts, type Members } from './coverage.ts';
import { isEmptied } from './emptied.ts';

/** Records of a member before compression. */
const MEMBER_BYTES = 256 * 1024;
const MEMBER_RECORDS = 256;
/** Keys in `meta`: the last segment that one snapshot has, and the last that was written to. */
const CUT = 'rescued_cut';
const LAST = 'rescued_last';
const NEWLINE = 10;

export interface RescuedCopiesParts {
  readonly database: Database & { flush(): void };
  readonly records: Records;
  readonly moves: TierMoves;
  readonly archive: Archive;
}

/** `database` knows which numbers were given; without it nothing may be written. */
export function rescuedArchive(
  disk: FileSystem,
  copiesFolder: string,
  database?: Database,
): Archive {
  return new SegmentArchive({
    disk,
    directory: path.join(copiesFolder, 'rescued'),
    codec: crcCodec,
    ...(database && { lastGiven: () => Math.max(noted(database, CUT), noted(database, LAST)) }),
  });
}

function noted(database: Database, key: string): number {
  return Number(database.get('SELECT value FROM meta WHERE key = ?', [key])?.['value'] ?? 0);
}

function note(database: Database, key: string, segment: number): void {
  database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [key, String(segment)]);
}

export class RescuedCopies {
  readonly #parts: RescuedCopiesParts;

  constructor(parts: RescuedCopiesParts) {
    this.#parts = parts;
  }

  /** Where segments that no snapshot has were taken away, what they held is due again. */
  checkFolder(): void {
    const { database, archive } = this.#parts;
    const last = noted(database, LAST);
    if (last <= noted(database, CUT) || archive.segments().includes(last)) return;
    database.transaction(() =>
      database.run('UPDATE log SET copied_count = 0 WHERE gone_at IS NOT NULL'),
    );
    database.flush();
  }

  /** Logs that have records in the database only, and no file any more; the newest first. */
  due(): number[] {
    return this.#parts.database
      .all(
        `SELECT num FROM log WHERE gone_at IS NOT NULL AND superseded = 0
           AND record_count > max(copied_count, cold_count) ORDER BY num DESC`,
      )
      .map((row) => number(row, 'num'));
  }

  /**
   * Copies what the database alone has of a log; durable when it resolves. Cut short, what was
   * written stays and is written once more.
   * @throws MultipathError `io`, `poisoned`; `corrupt-file`, `corrupt-block` for what cannot be read
   */
  copy(log: number, breathe: () => Promise<unknown>): Promise<void> {
    return this.#parts.moves.alone([log], async () => {
      const { database, archive } = this.#parts;
      const row = database.get(
        'SELECT id, record_count, max(copied_count, cold_count) AS first FROM log WHERE num = ?',
        [log],
      );
      if (!row) return;
      const end = number(row, 'record_count');
      const about = manifestOf(database, log);
      const told = { logId: text(row, 'id'), ...(about !== undefined && { about }) };
      for (let first = number(row, 'first'); first < end;) {
        const member = await this.#member(log, first, end);
        await archive.appendMember({ ...told, firstSeq: first, ...member });
        first += member.count;
        await breathe();
      }
      await archive.sync();
      database.transaction(() => {
        database.run('UPDATE log SET copied_count = ? WHERE num = ?', [end, log]);
        note(database, LAST, archive.segments().at(-1) ?? 0);
      });
      database.flush();
    });
  }

  /** A snapshot begins: what is copied from now on is not in it. Tell `covered` when it is whole. */
  async snapshotBegins(): Promise<number> {
    const { archive } = this.#parts;
    const last = archive.segments().at(-1);
    if (last === undefined) return 0;
    await archive.seal();
    return last;
  }

  /** Segments up to `cut` are in a snapshot; what was in one before is in two now, and goes. */
  covered(cut: number): void {
    if (cut === 0) return;
    const { database, archive } = this.#parts;
    const before = noted(database, CUT);
    database.transaction(() => note(database, CUT, cut));
    database.flush();
    for (const segment of archive.segments()) {
      if (segment <= Math.min(before, cut)) archive.removeSegment(segment);
    }
  }

  close(): void {
    this.#parts.archive.close();
  }

  /**
   * Members are cut at newlines when they are read: a record without one is the last of its own, one
   * with another within is alone.
   */
  async #member(
    log: number,
    first: number,
    end: number,
  ): Promise<{ count: number; bytes: Buffer }> {
    const wanted = Math.min(MEMBER_RECORDS, end - first);
    const seqs = Array.from({ length: wanted }, (_, nth) => first + nth);
    const found = await this.#parts.records.read(log, seqs);
    const taken: Uint8Array[] = [];
    let size = 0;
    for (const seq of seqs) {
      const record = found.get(seq) ?? new Uint8Array();
      const isAlone = standsAlone(record);
      if (taken.length > 0 && (isAlone || size + record.length > MEMBER_BYTES)) break;
      taken.push(record);
      size += record.length;
      if (isAlone || record.at(-1) !== NEWLINE) break;
    }
    return { count: taken.length, bytes: Buffer.concat(taken) };
  }
}

/**
 * Puts the copied records into a database that was made anew, where they are missing. Returns how
 * many there were.
 */
export async function putBackRescued(
  parts: Pick<CoverageParts, 'database' | 'archive' | 'accepts'>,
): Promise<number> {
  const { database, archive } = parts;
  const found = new Map<string, Members>();
  for (const segment of archive.segments()) {
    for (const member of (await archive.scanSegment(segment)).members) {
      const ofLog: Members = found.get(member.logId) ?? new Map<number, never>();
      // What was copied later is what the file had in the end.
      found.set(member.logId, ofLog.set(member.firstSeq, member));
    }
  }
  addFoundLogs(parts, found);
  let put = 0;
  for (const [id, members] of found) {
    const row = database.get('SELECT num FROM log WHERE id = ?', [id]);
    const log = row && number(row, 'num');
    if (log === undefined || isEmptied(database, log)) continue;
    for (const { firstSeq, count, locator } of members.values()) {
      const records = await archive
        .readMember(locator)
        .then((bytes) => splitRecords(bytes, count))
        .catch((error: unknown) => {
          if (!MultipathError.is(error)) throw error;
          return []; // damaged; the other copies stand without it
        });
      put += database.transaction(() => putRecords(database, log, firstSeq, records));
    }
  }
  database.flush();
  return put;
}

/** A line that was still being written when a snapshot was taken has more bytes in its later copy. */
function putRecords(
  database: Database,
  log: number,
  first: number,
  records: readonly Uint8Array[],
): number {
  let put = 0;
  for (const [nth, bytes] of records.entries()) {
    const id = recordId(log, first + nth);
    const known = database.get('SELECT length(bytes) AS size, blob FROM record WHERE id = ?', [id]);
    if (known && (known['blob'] !== null || Number(known['size']) >= bytes.length)) continue;
    database.run('INSERT OR REPLACE INTO record (id, bytes) VALUES (?, ?)', [id, bytes]);
    put++;
  }
  return put;
}
