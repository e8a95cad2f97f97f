/**
 * Merges of many thousands of messages without holding up the thread: their records, the chunks of
 * the outline and where they came from are written first, some at a time, where nobody sees them:
 * behind the records that the log counts, or in a log that no session has yet. The transaction that
 * makes them part of the session then has little to write.
 *
 * Invariants: what a reader of the store sees changes in that transaction alone, in which the
 * request's outcome is stored, too. It relies on what was written ahead only while the session is
 * the one that it was written for, unchanged; else that is done anew. What a process leaves behind
 * that ends in between is swept by the next one.
 */
import type { Merged, MergeResult } from '../core/merge.ts';
import { newId } from '../core/ids.ts';
import type { Catalogue } from './catalogue.ts';
import { number, type Database } from './database.ts';
import { FlushedSlices } from './flushedSlices.ts';
import type { StagedOutlines } from './ingest/stagedOutlines.ts';
import { KeyedQueue } from './keyedQueue.ts';
import { addMergedMessages } from './mergeRows.ts';
import type { MergedCopy, Merges, PreparedMerge } from './merges.ts';
import { CHUNK_ENTRIES, encodeOutline } from './outlineCodec.ts';
import { roomBehind, type Outlines } from './outlines.ts';
import type { Records } from './records.ts';
import type { NewPlace, SessionEdits } from './sessionEdits.ts';

/** Messages written in one go, and ids of where they came from: some milliseconds of work. */
const STAGED = 8 * CHUNK_ENTRIES;
const STAGED_ORIGINS = 1_024;
/** Times that it is begun anew because the session changed under way; then it is one transaction. */
const ATTEMPTS = 3;

/** Where the messages of a merge are written ahead. */
interface Staging {
  readonly log: number;
  readonly firstSeq: number;
  /** Own messages that are there before. */
  readonly ownCount: number;
  readonly missing: readonly MergedCopy[];
  /** Of a session that is made for them. */
  readonly place?: NewPlace;
  /** False once anything changed that it rests on. */
  readonly isStill: () => boolean;
}

interface StagedMergesParts {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly outlines: Outlines;
  readonly records: Records;
  readonly edits: SessionEdits;
  readonly merges: Merges;
  readonly staged: StagedOutlines;
}

export class StagedMerges {
  readonly #parts: StagedMergesParts;
  readonly #queue = new KeyedQueue();

  constructor(parts: StagedMergesParts) {
    this.#parts = parts;
  }

  /**
   * Adds the messages of a merge. `commit` runs what it is given in a transaction, before it first
   * waits for anything.
   */
  apply(
    merge: PreparedMerge,
    commit: (work: () => MergeResult) => Promise<MergeResult>,
  ): Promise<MergeResult> {
    const { merges } = this.#parts;
    if (isSmall(merge.copies)) return commit(() => merges.apply(merge));
    const session = merges.into(merge.targetId) ?? merge.targetId;
    return this.#queue.run(session, () => this.#applyStaged(merge, commit));
  }

  async #applyStaged(
    merge: PreparedMerge,
    commit: (work: () => MergeResult) => Promise<MergeResult>,
  ): Promise<MergeResult> {
    const { merges, staged } = this.#parts;
    // One for all attempts: a log that is there stays.
    let place: NewPlace | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const staging = this.#begin(merge, () => (place ??= this.#newPlace()));
      if (!staging || staged.isBusy(staging.log)) break;
      const result = await staged.writeAhead(staging.log, async () => {
        await this.#write(staging);
        return staging.isStill() ? commit(() => merges.apply(merge, staging)) : undefined;
      });
      if (result) return result;
    }
    return commit(() => merges.apply(merge, place && { place }));
  }

  /** `undefined` where little is to be written. */
  #begin(merge: PreparedMerge, newPlace: () => NewPlace): Staging | undefined {
    const { database, catalogue, outlines, merges } = this.#parts;
    const { targetId } = merge;
    const missing = merges.missing(merge);
    const known = merges.into(targetId);
    const position = catalogue.position(known ?? targetId);
    if (isSmall(missing) || !position) return undefined;
    const revision = outlines.revision(position.log, position.branch);
    const place = known === undefined ? newPlace() : undefined;
    const log = place?.log ?? position.log;
    const row = database.get(
      `SELECT l.record_count, coalesce(b.own_count, 0) AS own_count FROM log l
       LEFT JOIN branch b ON b.log = l.num AND b.number = 0 WHERE l.num = ?`,
      [log],
    );
    const changes = outlines.changesOf(log);
    return {
      log,
      firstSeq: row ? number(row, 'record_count') : 0,
      ownCount: row ? number(row, 'own_count') : 0,
      missing,
      ...(place && { place }),
      isStill: () =>
        outlines.changesOf(log) === changes &&
        merges.into(targetId) === known &&
        outlines.revision(position.log, position.branch) === revision,
    };
  }

  #newPlace(): NewPlace {
    const { database, edits } = this.#parts;
    const sessionId = newId();
    return { sessionId, log: database.transaction(() => edits.addLog(sessionId)) };
  }

  async #write({ log, firstSeq, ownCount, missing, isStill }: Staging): Promise<void> {
    const { database, outlines, records } = this.#parts;
    const slices = new FlushedSlices(database);
    // The chunk that the session has begun is seen, and is filled in the end.
    const room = roomBehind(ownCount);
    for (let from = 0; from < missing.length && isStill();) {
      const end = from < room ? room : from + STAGED;
      const some = missing.slice(from, end);
      const seq = firstSeq + from;
      database.transaction(() => {
        outlines.unseen.note(log);
        outlines.unseen.clearRecords(log, seq, some.length);
        records.insert(
          log,
          seq,
          some.map(({ encoded: { bytes } }) => ({ bytes })),
        );
        if (from < room) return;
        const chunks = encodeOutline(some.map(({ encoded }, nth) => encoded.entryAt(seq + nth)));
        outlines.writeAhead(log, 0, (ownCount + from) / CHUNK_ENTRIES, chunks);
      });
      from = end;
      await slices.next();
    }
    for (const some of inParts(missing, firstSeq)) {
      if (!isStill()) return;
      database.transaction(() => addMergedMessages(database, log, some));
      await slices.next();
    }
  }
}

/** Not worth more than one transaction. */
function isSmall(copies: readonly MergedCopy[]): boolean {
  if (copies.length > STAGED) return false;
  return copies.reduce((sum, { merged }) => sum + merged.origins.length, 0) <= STAGED_ORIGINS;
}

interface Part {
  readonly seq: number;
  readonly merged: Merged;
}

/** Messages and where they came from, some at a time: a summary came from all that it sums up. */
function* inParts(copies: readonly MergedCopy[], firstSeq: number): Generator<readonly Part[]> {
  let part: Part[] = [];
  let room = STAGED_ORIGINS;
  for (const [nth, { merged }] of copies.entries()) {
    for (let from = 0; from < merged.origins.length;) {
      const origins = merged.origins.slice(from, from + room);
      part.push({ seq: firstSeq + nth, merged: { ...merged, origins } });
      from += origins.length;
      room -= origins.length;
      if (room > 0) continue;
      yield part;
      part = [];
      room = STAGED_ORIGINS;
    }
  }
  if (part.length > 0) yield part;
}
