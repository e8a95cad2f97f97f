/**
 * Moves logs between warm rows and archive members. Copy, make durable, switch the locator in one
 * transaction that also removes the old place: killed at any point, a record is in exactly one
 * place and nothing is lost. Members already written when a move is cut short stay; the next move
 * goes on behind them. A move stops between two steps of a few members when it is told to.
 */
import type { Archive } from './archive.ts';
import { manifestOf } from './archive/manifest.ts';
import { number, text, type Database } from './database.ts';
import { KeyedQueue } from './keyedQueue.ts';
import type { Ledger, MoveReason } from './migration/ledger.ts';
import { locatorOf, recordId, splitRecords, type Records, type StoredRecord } from './records.ts';

/** Records of a member before compression, in bytes: what a page of an archived session inflates. */
const MEMBER_BYTES = 256 * 1024;
const MEMBER_RECORDS = 512;
/** Moved in one step, in bytes: the disk is waited for once for all of it. */
const STEP_BYTES = 1024 * 1024;
const MOST_RETURNING = 8;

export interface MoveOptions extends MoveReason {
  /** The session it is for, where several are in one log. */
  readonly sessionId?: string;
  /** Ends the move between two steps. */
  readonly signal?: AbortSignal;
  /** Awaited between two steps: room for whatever else there is to do. */
  readonly breathe?: (bytes: number) => Promise<void>;
}

export interface MoveOutcome {
  readonly bytes: number;
  /** False when it was ended early; the rest is moved by the next move. */
  readonly complete: boolean;
}

interface NextMember {
  readonly log: number;
  readonly logId: string;
  readonly first: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

interface ReturningMember {
  readonly first: number;
  readonly records: readonly StoredRecord[];
  readonly bytes: number;
}

interface EnteredMember extends NextMember {
  /** Counts it in the ledger, inside the transaction that switches to it. */
  readonly enter: (bytes: number) => void;
}

export class TierMoves {
  readonly #database: Database;
  readonly #records: Records;
  readonly #archive: Archive;
  readonly #ledger: Ledger;
  readonly #queue = new KeyedQueue();
  readonly #stop = new AbortController();

  constructor(parts: {
    readonly database: Database;
    readonly records: Records;
    readonly archive: Archive;
    readonly ledger: Ledger;
  }) {
    this.#database = parts.database;
    this.#records = parts.records;
    this.#archive = parts.archive;
    this.#ledger = parts.ledger;
  }

  /** Writes all whole records of the log to the archive. */
  archive(log: number, options: MoveOptions): Promise<MoveOutcome> {
    return this.#move(log, 'cold', options, (count) => this.#archiveNext(log, count));
  }

  /**
   * Archives small logs together: the disk is waited for once for all of their members, not for
   * each. Returns the bytes that were moved.
   */
  archiveTogether(logs: readonly (MoveReason & { readonly log: number })[]): Promise<number> {
    const numbers = logs.map(({ log }) => log);
    return this.alone(numbers, async () => {
      const under = logs.map(({ log, rule, reason }) => ({
        log,
        enter: this.#ledger.begin(log, 'cold', { rule, reason }),
      }));
      let bytes = 0;
      while (!this.#stop.signal.aborted) {
        const members: EnteredMember[] = [];
        for (const { log, enter } of under) {
          const [member] = await this.#nextMembers(log, 1);
          if (member) members.push({ ...member, enter });
        }
        if (members.length === 0) break;
        await this.#store(members);
        bytes += members.reduce((sum, member) => sum + member.bytes.length, 0);
      }
      return bytes;
    });
  }

  /** Brings a log's archived records back into rows. */
  promote(log: number, options: MoveOptions): Promise<MoveOutcome> {
    return this.#move(log, 'warm', options, (count) => this.#promoteLast(log, count));
  }

  /** Runs work on some logs while none of their records is moved. */
  alone<T>(logs: readonly number[], work: () => Promise<T>): Promise<T> {
    // In the order of their numbers, so that no two can wait for each other.
    const [log, ...others] = [...new Set(logs)].sort((a, b) => a - b);
    if (log === undefined) return work();
    return this.#queue.run(String(log), () => this.alone(others, work));
  }

  /** Resolves when no move is under way. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Ends all moves at their next safe point; resolves when none is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#queue.idle();
  }

  #move(
    log: number,
    to: 'warm' | 'cold',
    { sessionId, signal, breathe, ...why }: MoveOptions,
    next: (count: (bytes: number) => void) => Promise<number>,
  ): Promise<MoveOutcome> {
    return this.#queue.run(String(log), async () => {
      const count = this.#ledger.begin(log, to, why, sessionId);
      let bytes = 0;
      for (;;) {
        if (this.#stop.signal.aborted || signal?.aborted) return { bytes, complete: false };
        const moved = await next(count);
        if (moved === 0) return { bytes, complete: true };
        bytes += moved;
        await breathe?.(moved);
      }
    });
  }

  /** Some members; returns their raw bytes, 0 when nothing whole is left. */
  async #archiveNext(log: number, enter: (bytes: number) => void): Promise<number> {
    const members = await this.#nextMembers(log, STEP_BYTES);
    if (members.length > 0) await this.#store(members.map((member) => ({ ...member, enter })));
    return members.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** What the next members of a log are to hold: one, and more until there are so many bytes. */
  async #nextMembers(log: number, most: number): Promise<NextMember[]> {
    const row = this.#database.get(
      'SELECT id, cold_count, terminated_count FROM log WHERE num = ?',
      [log],
    );
    if (!row) return [];
    const members: NextMember[] = [];
    let first = number(row, 'cold_count');
    for (let taken = 0; taken < most;) {
      const count = this.#memberSize(log, first, number(row, 'terminated_count'));
      if (count === 0) break;
      const seqs = Array.from({ length: count }, (_, i) => first + i);
      const records = await this.#records.read(log, seqs);
      const bytes = Buffer.concat(seqs.map((seq) => records.get(seq) ?? new Uint8Array()));
      members.push({ log, logId: text(row, 'id'), first, count, bytes });
      first += count;
      taken += Math.max(1, bytes.length);
    }
    return members;
  }

  /** Writes members, makes them durable with one sync, and switches to them with one flush. */
  async #store(members: readonly EnteredMember[]): Promise<void> {
    const locators = await Promise.all(
      members.map(({ log, logId, first, count, bytes }) => {
        const about = manifestOf(this.#database, log);
        return this.#archive.appendMember({
          logId,
          firstSeq: first,
          count,
          ...(about !== undefined && { about }),
          bytes,
        });
      }),
    );
    await this.#archive.sync();
    const blobs = members.flatMap(({ log, first, count }) => this.#blobsOf(log, first, count));
    this.#database.transaction(() => {
      for (const [index, { log, first, count, bytes, enter }] of members.entries()) {
        const locator = locators[index];
        if (!locator) throw new Error('a member was not written');
        this.#database.run(
          `INSERT INTO member (log, first_seq, count, segment, position, length, raw_bytes)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          [log, first, count, locator.segment, locator.offset, locator.length, bytes.length],
        );
        this.#database.run('DELETE FROM record WHERE id >= ? AND id < ?', [
          recordId(log, first),
          recordId(log, first + count),
        ]);
        this.#database.run('UPDATE log SET cold_count = ? WHERE num = ?', [first + count, log]);
        enter(bytes.length);
      }
    });
    this.#database.flush();
    this.#records.removeUnused(blobs);
  }

  /** How many records from `first` on fill a member, without reading their bytes. */
  #memberSize(log: number, first: number, end: number): number {
    const rows = this.#database.all(
      `SELECT length(bytes) AS size, blob, substr(bytes, -1) = x'0a' AS ends,
         instr(bytes, x'0a') BETWEEN 1 AND length(bytes) - 1 AS inner FROM record
       WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`,
      [recordId(log, first), recordId(log, end), MEMBER_RECORDS],
    );
    let bytes = 0;
    let count = 0;
    for (const row of rows) {
      // A blob is at least this large; it ends the member it is in.
      const size = row['blob'] === null ? number(row, 'size') : MEMBER_BYTES;
      // Members are cut at newlines when they are read: a record without one must be the last, and
      // one with another within, as documents have, is alone.
      const isAlone = row['blob'] === null && row['inner'] === 1;
      if (count > 0 && (isAlone || bytes + size > MEMBER_BYTES)) break;
      bytes += size;
      count++;
      if (isAlone || (row['blob'] === null && row['ends'] === 0)) break;
    }
    return count;
  }

  #blobsOf(log: number, first: number, count: number): string[] {
    return this.#database
      .all('SELECT blob FROM record WHERE id >= ? AND id < ? AND blob IS NOT NULL', [
        recordId(log, first),
        recordId(log, first + count),
      ])
      .map((row) => text(row, 'blob'));
  }

  /** The last members, so that the archived part stays a prefix of the log throughout. */
  async #promoteLast(log: number, enter: (bytes: number) => void): Promise<number> {
    const members = await this.#lastMembers(log);
    const lowest = members.at(-1);
    if (!lowest) return 0;
    this.#database.transaction(() => {
      for (const { first, records, bytes } of members) {
        this.#records.insert(log, first, records);
        enter(bytes);
      }
      this.#database.run('DELETE FROM member WHERE log = ? AND first_seq >= ?', [
        log,
        lowest.first,
      ]);
      this.#database.run('UPDATE log SET cold_count = ? WHERE num = ?', [lowest.first, log]);
    });
    this.#database.flush();
    this.#records.forget(log);
    return members.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The last member and those before it that fit into a step with it; the last one first. */
  async #lastMembers(log: number): Promise<ReturningMember[]> {
    const rows = this.#database.all(
      `SELECT first_seq, count, segment, position, length, raw_bytes FROM member
       WHERE log = ? ORDER BY first_seq DESC LIMIT ?`,
      [log, MOST_RETURNING],
    );
    const members: ReturningMember[] = [];
    let taken = 0;
    for (const row of rows) {
      const bytes = number(row, 'raw_bytes');
      taken += bytes;
      if (members.length > 0 && taken > STEP_BYTES) break;
      try {
        const member = await this.#archive.readMember(locatorOf(row));
        const records = splitRecords(member, number(row, 'count'));
        members.push({
          first: number(row, 'first_seq'),
          records: await this.#records.prepare(records),
          bytes,
        });
      } catch (error) {
        // Those behind a damaged one come back all the same; the next step tells of it.
        if (members.length === 0) throw error;
        break;
      }
    }
    return members;
  }
}
