/**
 * Which messages a branch has, and where their records are. A branch is a list of spans: parts of
 * its ancestors' own messages, then its own. A span that ends at a fork point also ends at the
 * fork point's record: what the agent added to that message later is not part of the fork.
 */
import { MultipathError } from '../core/errors.ts';
import type { OutlineEntry } from '../core/reader.ts';
import { number, numberOrNull, text, type Database, type Row } from './database.ts';
import { cut, lengthOf, upwards, type Chain, type Span } from './branchChains.ts';
import { LogOrigins, type OwnPlace } from './logOrigins.ts';
import { OutlineChunks, type Use } from './outlineChunks.ts';
import { CHUNK_ENTRIES, encodeOutline, joinOutlines, type OutlineChunk } from './outlineCodec.ts';
import { UnseenRows } from './unseenRows.ts';

/** A message, and the branch that has it as its own. */
export interface PlacedEntry {
  readonly log: number;
  readonly branch: number;
  readonly entry: OutlineEntry;
}

/** Where an anchored record stands: a branch, and the message's index in the whole branch. */
export interface Place {
  readonly log: number;
  readonly branch: number;
  readonly index: number;
}

/** Chunks looked through for the nearest message before a record that has none. */
const NEAR_CHUNKS = 64;

/** Chunks that are read: what is behind a branch's own messages is not there yet, or no more. */
const SEEN = `CROSS JOIN branch b ON b.log = o.log AND b.number = o.branch
  AND o.chunk * ${CHUNK_ENTRIES} < b.own_count`;

/** Updates in place: a replaced row would move to another page, and its index entry with it. */
const PUT_CHUNK = `
  INSERT INTO outline (log, branch, chunk, min_seq, max_seq, data) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET min_seq = excluded.min_seq, max_seq = excluded.max_seq,
    data = excluded.data`;

export class Outlines {
  readonly unseen: UnseenRows;
  readonly #database: Database;
  readonly #chunks: OutlineChunks;
  /** By log and branch. */
  readonly #chains = new Map<number, Map<number, Chain | undefined>>();
  readonly #origins: LogOrigins;
  readonly #revisions = new Map<number, number>();
  #rollbacks: number;

  constructor(database: Database) {
    this.#database = database;
    this.unseen = new UnseenRows(database);
    this.#chunks = new OutlineChunks(database);
    this.#rollbacks = database.rollbacks;
    this.#origins = new LogOrigins(database, (log, seq) => this.#findAnchor(log, seq));
  }

  /**
   * Replaces a branch's outline; only chunks that differ are written, and none that is not given.
   * Inside a transaction. Returns the first message, or an earlier one of its chunk, that is not what it
   * was; `undefined` where nothing differed.
   */
  write(
    log: number,
    branch: number,
    chunks: readonly (OutlineChunk | undefined)[],
  ): number | undefined {
    const seen = this.unseen.seenChunks(log, branch);
    let first = chunks.length === seen ? Infinity : Math.min(chunks.length, seen);
    chunks.forEach((given, chunk) => {
      if (!given || this.#has(log, branch, chunk, given)) return;
      first = Math.min(first, chunk);
      this.#put(log, branch, chunk, given);
    });
    if (this.unseen.drop(log, branch, chunks.length)) this.#noteChange(log);
    const last = this.#database.get(
      'SELECT count(*) AS n FROM outline WHERE log = ? AND branch = ? AND chunk < ?',
      [log, branch, chunks.length],
    );
    if (!last || number(last, 'n') !== chunks.length) {
      throw new Error(`The outline ${log}/${branch} was to be kept and is not there.`);
    }
    return first === Infinity ? undefined : first * CHUNK_ENTRIES;
  }

  /**
   * Writes those of a branch's chunks from `from` on that nobody sees yet. Returns those that are to
   * be written when all of it is: in the place of others, where what the store has is not right.
   */
  writeAhead(
    log: number,
    branch: number,
    from: number,
    chunks: readonly (OutlineChunk | undefined)[],
  ): (OutlineChunk | undefined)[] {
    const seen = this.unseen.seenChunks(log, branch);
    return chunks.map((given, nth) => {
      const chunk = from + nth;
      if (!given || this.#has(log, branch, chunk, given)) return undefined;
      if (chunk < seen) return given;
      this.#put(log, branch, chunk, given);
      return undefined;
    });
  }

  /** Those of a branch's chunks from `from` on that are not what the store has; else `undefined`. */
  differing(
    log: number,
    branch: number,
    from: number,
    chunks: readonly (OutlineChunk | undefined)[],
  ): (OutlineChunk | undefined)[] {
    return chunks.map((given, nth) =>
      given && this.#has(log, branch, from + nth, given) ? undefined : given,
    );
  }

  /** Takes away the outlines of branches from `first` on. Inside a transaction, once they are gone. */
  dropBranches(log: number, first: number): void {
    if (this.unseen.dropBranches(log, first)) this.#noteChange(log);
  }

  #has(log: number, branch: number, chunk: number, { data }: OutlineChunk): boolean {
    const old = this.#database.get(
      'SELECT data FROM outline WHERE log = ? AND branch = ? AND chunk = ?',
      [log, branch, chunk],
    );
    return old !== undefined && text(old, 'data') === data;
  }

  #put(log: number, branch: number, chunk: number, { minSeq, maxSeq, data }: OutlineChunk): void {
    this.#database.run(PUT_CHUNK, [log, branch, chunk, minSeq, maxSeq, data]);
  }

  /** Adds entries behind the `count` that a branch has. Inside a transaction. */
  append(log: number, branch: number, count: number, entries: readonly OutlineEntry[]): void {
    const room = roomBehind(count);
    this.extend(log, branch, count, entries.slice(0, room));
    encodeOutline(entries.slice(room)).forEach((added, index) => {
      this.#put(log, branch, (count + room) / CHUNK_ENTRIES + index, added);
    });
  }

  /**
   * Adds entries to the last chunk of a branch with `count` of them, which has room for them; what it
   * holds is not decoded for that. Inside a transaction.
   */
  extend(log: number, branch: number, count: number, entries: readonly OutlineEntry[]): void {
    const chunk = Math.floor(count / CHUNK_ENTRIES);
    const row = this.#database.get(
      'SELECT min_seq, max_seq, data FROM outline WHERE log = ? AND branch = ? AND chunk = ?',
      [log, branch, chunk],
    );
    for (const added of encodeOutline(entries)) {
      this.#put(log, branch, chunk, {
        minSeq: Math.min(row ? number(row, 'min_seq') : Infinity, added.minSeq),
        maxSeq: Math.max(row ? number(row, 'max_seq') : -1, added.maxSeq),
        data: row ? joinOutlines(text(row, 'data'), added.data) : added.data,
      });
    }
  }

  /** Forgets what is kept in memory of a log. Call after every change of its branches. */
  changed(log: number): void {
    this.#chunks.forget(log);
    // Only what was forked from it runs through it as well.
    if (this.#origins.changed(log)) this.#chains.clear();
    else this.#chains.delete(log);
    this.#noteChange(log);
  }

  /** Another number whenever an outline of the log may have changed. */
  changesOf(log: number): number {
    return this.#revisions.get(log) ?? 0;
  }

  #noteChange(log: number): void {
    this.#revisions.set(log, this.changesOf(log) + 1);
  }

  /**
   * Another text whenever a branch runs elsewhere, or any log that it runs through changes. A sum
   * would not do: a session whose file is rewritten moves to a log that changed as often.
   */
  revision(log: number, branch: number): string {
    return this.spans(log, branch)
      .map((span) => `${span.log}.${span.branch}.${this.changesOf(span.log)}`)
      .join(' ');
  }

  /** The spans of a branch, from the root of its family. */
  spans(log: number, branch: number): readonly Span[] {
    return [...upwards(this.#chain(log, branch))].map(({ span }) => span).reverse();
  }

  length(log: number, branch: number): number {
    return lengthOf(this.#chain(log, branch));
  }

  /** Messages before the log's own, which are in another log. */
  baseLength(log: number): number {
    const origin = this.#origins.of(log);
    if (origin) this.#chain(origin.log, origin.branch);
    return lengthOf(this.#base(log));
  }

  /** Messages [start, end) of the whole branch. */
  entries(log: number, branch: number, start: number, end: number, use?: Use): PlacedEntry[] {
    const spans: Chain[] = [];
    for (const at of upwards(this.#chain(log, branch))) {
      if (at.start < end) spans.push(at);
      if (at.start <= start) break;
    }
    return spans
      .reverse()
      .flatMap(({ start: offset, span }) =>
        this.#entriesIn(span, Math.max(0, start - offset), end - offset, use),
      );
  }

  /** The message that a record belongs to, in the branch that owns it. */
  locate(log: number, seq: number): Place | undefined {
    return this.#placed(this.#find(log, seq));
  }

  /**
   * As `locate`; where no message has the record any more (it was lost, or a later reader hides it),
   * the message that began last before it.
   */
  locateAnchor(log: number, seq: number): Place | undefined {
    return this.#placed(this.#findAnchor(log, seq));
  }

  #placed(place: OwnPlace | undefined): Place | undefined {
    if (!place) return undefined;
    const { log, branch, own } = place;
    return { log, branch, index: (this.#chain(log, branch)?.start ?? 0) + own };
  }

  #find(log: number, seq: number): OwnPlace | undefined {
    this.#forgetRolledBack();
    const rows = this.#database.all(
      `SELECT o.branch, o.chunk FROM outline o ${SEEN}
       WHERE o.log = ? AND o.min_seq <= ? AND o.max_seq >= ? ORDER BY o.branch, o.chunk`,
      [log, seq, seq],
    );
    for (const row of rows) {
      const branch = number(row, 'branch');
      const chunk = number(row, 'chunk');
      const at = this.#chunks
        .one(log, branch, chunk)
        .findIndex((entry) => entry.seqs.includes(seq));
      if (at !== -1) return { log, branch, own: chunk * CHUNK_ENTRIES + at };
    }
    return undefined;
  }

  #findAnchor(log: number, seq: number): OwnPlace | undefined {
    const place = this.#find(log, seq);
    if (place) return place;
    const chunks = this.#database.all(
      `SELECT o.branch, o.chunk FROM outline o ${SEEN} WHERE o.log = ? AND o.min_seq <= ?
       ORDER BY o.min_seq DESC LIMIT ${NEAR_CHUNKS}`,
      [log, seq],
    );
    let nearest = -1;
    for (const row of chunks) {
      for (const { seqs } of this.#chunks.one(log, number(row, 'branch'), number(row, 'chunk'))) {
        const first = seqs[0] ?? Infinity;
        if (first <= seq) nearest = Math.max(nearest, first);
      }
    }
    return nearest === -1 ? undefined : this.#find(log, nearest);
  }

  /** True when a branch runs through the message at `place`, its own or inherited. */
  passes(log: number, branch: number, place: Place): boolean {
    for (const { start, span } of upwards(this.#chain(log, branch))) {
      if (span.log === place.log && span.branch === place.branch) {
        return place.index < start + span.end;
      }
    }
    return false;
  }

  /** Up through the logs to one that is known, and down again: each is looked at once. */
  #chain(log: number, branch: number): Chain | undefined {
    this.#forgetRolledBack();
    const path: Pick<Place, 'log' | 'branch'>[] = [];
    const seen = new Set<number>();
    let at: Pick<Place, 'log' | 'branch'> | undefined = { log, branch };
    while (at && this.#chains.get(at.log)?.has(at.branch) !== true) {
      if (seen.has(at.log)) throw circle();
      seen.add(at.log);
      path.push(at);
      at = this.#origins.of(at.log);
    }
    for (const step of path.reverse()) this.#resolve(step.log, step.branch);
    return this.#chains.get(log)?.get(branch);
  }

  /**
   * What was found out of a parent counts for all that hang on it: a chain is walked once. What the
   * log was forked from is known before.
   */
  #resolve(log: number, branch: number): void {
    const known = this.#chainsOf(log);
    const rows = new Map<number, Row>();
    let chain: Chain | undefined;
    for (let at: number | undefined = branch; at !== undefined;) {
      if (rows.has(at)) throw circle();
      if (known.has(at)) {
        chain = known.get(at);
        break;
      }
      const row = this.#database.get(
        'SELECT parent_number, parent_length, own_count FROM branch WHERE log = ? AND number = ?',
        [log, at],
      );
      if (!row) break;
      rows.set(at, row);
      at = numberOrNull(row, 'parent_number');
    }
    if (rows.size === 0) known.set(branch, chain);
    const base = this.#base(log);
    for (const [number_, row] of [...rows].reverse()) {
      const hasParent = numberOrNull(row, 'parent_number') !== undefined;
      // What a branch takes over is counted within the log.
      const above = hasParent ? cut(chain, lengthOf(base) + number(row, 'parent_length')) : base;
      const span = { log, branch: number_, end: number(row, 'own_count') };
      chain = { above, start: lengthOf(above), span };
      known.set(number_, chain);
    }
  }

  #chainsOf(log: number): Map<number, Chain | undefined> {
    const known = this.#chains.get(log);
    if (known) return known;
    const made = new Map<number, Chain | undefined>();
    this.#chains.set(log, made);
    return made;
  }

  /** The prefix that a log has in another one: everything up to the fork point. */
  #base(log: number): Chain | undefined {
    const origin = this.#origins.of(log);
    const chain = origin && this.#chains.get(origin.log)?.get(origin.branch);
    return chain && cut(chain, chain.start + origin.own + 1, origin.cutSeq);
  }

  /** What was read within a transaction that was rolled back may never have been. */
  #forgetRolledBack(): void {
    if (this.#database.rollbacks === this.#rollbacks) return;
    this.#rollbacks = this.#database.rollbacks;
    this.#chunks.clear();
    this.#chains.clear();
    this.#origins.clear();
  }

  /** Messages [from, to) of a span. */
  #entriesIn(span: Span, from: number, to: number, use?: Use): PlacedEntry[] {
    const { log, branch, end, cutSeq } = span;
    const entries = this.#chunks.entries(log, branch, from, Math.min(to, end), use);
    const placed = entries.map((entry): PlacedEntry => ({ log, branch, entry }));
    const last = placed.at(-1);
    if (last && cutSeq !== undefined && to >= end) {
      const seqs = last.entry.seqs.filter((seq) => seq <= cutSeq);
      placed[placed.length - 1] = { log, branch, entry: { ...last.entry, seqs } };
    }
    return placed;
  }
}

/** How many entries fit into the last chunk of a branch. */
export function roomBehind(count: number): number {
  return (CHUNK_ENTRIES - (count % CHUNK_ENTRIES)) % CHUNK_ENTRIES;
}

function circle(): MultipathError {
  return new MultipathError('corrupt-file', 'The forks of this session run in a circle.');
}
