/**
 * Gives back what the archive holds in vain: members that were brought back, purged or copied. A
 * segment that is mostly garbage is written anew: its live members are copied to the end of the
 * archive, made durable, switched to in one transaction, and only then is the file removed.
 *
 * Invariant: killed at any point, each member is where the catalogue says. Segments that a move may
 * still write to, or has written to without saying so yet, are left alone.
 */
import { MultipathError } from '../../core/errors.ts';
import type { Archive, MemberLocator } from '../archive.ts';
import { number, type Database, type Row } from '../database.ts';
import type { Work } from '../work.ts';
import { locatorOf } from '../records.ts';
import { manifestOf } from './manifest.ts';

/** Share of garbage from which a segment is written anew. */
const GARBAGE_SHARE = 0.5;
/** Bytes copied between two switches. */
const BATCH_BYTES = 4 * 1024 * 1024;

interface SegmentUse {
  readonly segment: number;
  /** Bytes of the file, and of the members in it that the catalogue refers to. */
  readonly size: number;
  readonly live: number;
}

export interface CompactionParts {
  readonly database: Database;
  readonly archive: Archive;
  /** Resolves when no move between the tiers is under way. */
  readonly movesIdle: () => Promise<void>;
}

interface Copied {
  readonly row: Row;
  readonly to: MemberLocator;
}

function segmentUses(database: Database, archive: Archive): SegmentUse[] {
  const rows = database.all('SELECT segment, sum(length) AS live FROM member GROUP BY segment');
  const live = new Map(rows.map((row) => [number(row, 'segment'), number(row, 'live')]));
  return archive.segments().map((segment) => ({
    segment,
    size: archive.segmentSize(segment),
    live: live.get(segment) ?? 0,
  }));
}

/** Segments worth writing anew. */
function wastefulSegments(uses: readonly SegmentUse[]): SegmentUse[] {
  return uses.filter(({ size, live }) => size - live > size * GARBAGE_SHARE);
}

/**
 * Writes wasteful segments anew. A segment with a damaged member stays, for the store doctor.
 * @throws MultipathError `cancelled`; `io`, `poisoned` when the disk refuses
 */
export async function compactSegments(
  parts: CompactionParts,
  work: Work,
): Promise<{ readonly freedBytes: number }> {
  const { database, archive, movesIdle } = parts;
  if (wastefulSegments(segmentUses(database, archive)).length === 0) return { freedBytes: 0 };
  const first = await archive.seal();
  // Moves that began before may have members in the segments before it, unknown to the catalogue.
  await movesIdle();
  const before = archiveBytes(archive);
  const wasteful = wastefulSegments(segmentUses(database, archive)).filter(
    ({ segment }) => segment < first,
  );
  for (const [index, { segment }] of wasteful.entries()) {
    work.report(index, wasteful.length, `Writing archive segment ${segment} anew`);
    try {
      await emptySegment(parts, segment, work);
    } catch (error) {
      if (MultipathError.is(error, 'corrupt-block')) continue;
      throw error;
    }
    if (!isReferredTo(database, segment)) archive.removeSegment(segment);
  }
  return { freedBytes: Math.max(0, before - archiveBytes(archive)) };
}

async function emptySegment(
  { database, archive }: CompactionParts,
  segment: number,
  work: Work,
): Promise<void> {
  const rows = database.all(
    `SELECT log, first_seq, segment, position, length FROM member WHERE segment = ?
     ORDER BY log, first_seq`,
    [segment],
  );
  let copied: Copied[] = [];
  let bytes = 0;
  for (const row of rows) {
    await work.breathe();
    const about = manifestOf(database, number(row, 'log'));
    copied.push({ row, to: await archive.copyMember(locatorOf(row), about) });
    bytes += number(row, 'length');
    if (bytes < BATCH_BYTES) continue;
    await switchTo(database, archive, copied);
    copied = [];
    bytes = 0;
  }
  await switchTo(database, archive, copied);
}

async function switchTo(
  database: Database,
  archive: Archive,
  copied: readonly Copied[],
): Promise<void> {
  if (copied.length === 0) return;
  await archive.sync();
  database.transaction(() => {
    for (const { row, to } of copied) {
      // One that was brought back meanwhile has no row any more, or another place.
      database.run(
        `UPDATE member SET segment = ?, position = ?, length = ?
         WHERE log = ? AND first_seq = ? AND segment = ? AND position = ?`,
        [
          to.segment,
          to.offset,
          to.length,
          number(row, 'log'),
          number(row, 'first_seq'),
          number(row, 'segment'),
          number(row, 'position'),
        ],
      );
    }
  });
  database.flush();
}

function isReferredTo(database: Database, segment: number): boolean {
  return database.get('SELECT 1 FROM member WHERE segment = ? LIMIT 1', [segment]) !== undefined;
}

function archiveBytes(archive: Archive): number {
  return archive.segments().reduce((sum, segment) => sum + archive.segmentSize(segment), 0);
}
