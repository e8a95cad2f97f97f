/**
 * Which messages a branch has, and where their records are. A branch is a list of spans: parts of
 * its ancestors' own messages, then its own. A span that ends at a fork point also ends at the
 * fork point's record: what the agent added to that message later is not part of the fork.
 */
import { LRUCache } from 'lru-cache';
import { MultipathError } from '../core/errors.ts';
import type { OutlineEntry } from '../core/reader.ts';
import { BranchLinks, type LogOrigin, type OwnPlace } from './branchLinks.ts';
import { number, text, type Database } from './database.ts';
import {
  CHUNK_ENTRIES,
  decodeOutline,
  encodeOutline,
  joinOutlines,
  type OutlineChunk,
} from './outlineCodec.ts';

/** Messages [0, end) of a branch's own part; `cutSeq` bounds the records of the last one. */
export interface Span {
  readonly log: number;
  readonly branch: number;
  readonly end: number;
  readonly cutSeq?: number;
}

export interface PlacedEntry {
  readonly log: number;
  readonly entry: OutlineEntry;
}

type Step = Pick<Place, 'log' | 'branch'>;

/** Where an anchored record stands: a branch, and the message's index in the whole branch. */
export interface Place {
  readonly log: number;
  readonly branch: number;
  readonly index: number;
}

/** Spans kept of all branches together: a chain of thousands has as many in each. */
const KEPT_SPANS = 2_000_000;
/** Chunks looked through for the nearest message before a record that has none. */
const NEAR_CHUNKS = 64;

/** Updates in place: a replaced row would move to another page, and its index entry with it. */
const PUT_CHUNK = `
  INSERT INTO outline (log, branch, chunk, min_seq, max_seq, data) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET min_seq = excluded.min_seq, max_seq = excluded.max_seq,
    data = excluded.data`;

export class Outlines {
  readonly #database: Database;
  readonly #chunks = new LRUCache<string, readonly OutlineEntry[]>({ max: 1024 });
  readonly #spans = new LRUCache<string, readonly Span[]>({
    maxSize: KEPT_SPANS,
    sizeCalculation: (spans) => spans.length + 1,
  });
  readonly #links: BranchLinks;
  readonly #revisions = new Map<number, number>();

  #rollbacks = 0;

  constructor(database: Database) {
    this.#database = database;
    this.#links = new BranchLinks(database, (log, seq) => this.#findAnchor(log, seq));
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
    const row = this.#database.get(
      'SELECT count(*) AS n FROM outline WHERE log = ? AND branch = ?',
      [log, branch],
    );
    const count = row ? number(row, 'n') : 0;
    let first = count > chunks.length ? chunks.length : Infinity;
    chunks.forEach((given, chunk) => {
      if (!given) {
        if (chunk >= count)
          throw new Error(`There is no outline ${log}/${branch}/${chunk} to keep.`);
        return;
      }
      const { minSeq, maxSeq, data } = given;
      const key = [log, branch, chunk];
      const old = this.#database.get(
        'SELECT data FROM outline WHERE log = ? AND branch = ? AND chunk = ?',
        key,
      );
      if (old && text(old, 'data') === data) return;
      first = Math.min(first, chunk);
      this.#database.run(PUT_CHUNK, [...key, minSeq, maxSeq, data]);
    });
    if (count > chunks.length) {
      this.#database.run('DELETE FROM outline WHERE log = ? AND branch = ? AND chunk >= ?', [
        log,
        branch,
        chunks.length,
      ]);
    }
    return first === Infinity ? undefined : first * CHUNK_ENTRIES;
  }

  /** Adds entries behind the `count` that a branch has. Inside a transaction. */
  append(log: number, branch: number, count: number, entries: readonly OutlineEntry[]): void {
    const kept = count % CHUNK_ENTRIES;
    const firstChunk = Math.floor(count / CHUNK_ENTRIES);
    const fitting = kept === 0 ? 0 : CHUNK_ENTRIES - kept;
    if (kept > 0) this.#extend(log, branch, firstChunk, entries.slice(0, fitting));
    encodeOutline(entries.slice(fitting)).forEach(({ minSeq, maxSeq, data }, index) => {
      const chunk = firstChunk + index + (kept > 0 ? 1 : 0);
      this.#database.run(PUT_CHUNK, [log, branch, chunk, minSeq, maxSeq, data]);
    });
  }

  /** Adds entries to a chunk that has room for them; what it holds is not decoded for that. */
  #extend(log: number, branch: number, chunk: number, entries: readonly OutlineEntry[]): void {
    const row = this.#database.get(
      'SELECT min_seq, max_seq, data FROM outline WHERE log = ? AND branch = ? AND chunk = ?',
      [log, branch, chunk],
    );
    for (const added of encodeOutline(entries)) {
      const minSeq = Math.min(row ? number(row, 'min_seq') : Infinity, added.minSeq);
      const maxSeq = Math.max(row ? number(row, 'max_seq') : -1, added.maxSeq);
      const data = row ? joinOutlines(text(row, 'data'), added.data) : added.data;
      this.#database.run(PUT_CHUNK, [log, branch, chunk, minSeq, maxSeq, data]);
    }
  }

  /** Forgets what is kept in memory of a log. Call after every change of its branches. */
  changed(log: number): void {
    for (const key of this.#chunks.keys()) {
      if (key.startsWith(`${log}:`)) this.#chunks.delete(key);
    }
    const branches = this.#links.changed(log);
    if (branches) for (const branch of branches) this.#spans.delete(keyOf({ log, branch }));
    else this.#spans.clear();
    this.#revisions.set(log, (this.#revisions.get(log) ?? 0) + 1);
  }

  /**
   * Another text whenever a branch runs elsewhere, or any log that it runs through changes. A sum
   * would not do: a session whose file is rewritten moves to a log that changed as often.
   */
  revision(log: number, branch: number): string {
    return this.spans(log, branch)
      .map((span) => `${span.log}.${span.branch}.${this.#revisions.get(span.log) ?? 0}`)
      .join(' ');
  }

  /** The spans of a branch, from the root of its family. */
  spans(log: number, branch: number): readonly Span[] {
    this.#forgetRolledBack();
    const key = keyOf({ log, branch });
    const known = this.#spans.get(key);
    if (known) return known;
    const spans = this.#resolve(log, branch);
    this.#spans.set(key, spans);
    return spans;
  }

  length(log: number, branch: number): number {
    return lengthOf(this.spans(log, branch));
  }

  /** Messages before the log's own, which are in another log. */
  baseLength(log: number): number {
    this.#forgetRolledBack();
    const origin = this.#links.origin(log);
    if (!origin) return 0;
    const prefix = new Prefix(this.spans(origin.log, origin.branch));
    prefix.cutAt(origin);
    return lengthOf(prefix.spans);
  }

  /** Messages [start, end) of the whole branch. */
  entries(log: number, branch: number, start: number, end: number): PlacedEntry[] {
    const placed: PlacedEntry[] = [];
    let offset = 0;
    for (const span of this.spans(log, branch)) {
      const from = Math.max(0, start - offset);
      const to = Math.min(span.end, end - offset);
      for (let index = from; index < to; index++) {
        const entry = this.#entry(span, index);
        if (entry) placed.push({ log: span.log, entry });
      }
      offset += span.end;
      if (offset >= end) break;
    }
    return placed;
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
    const before = this.spans(log, branch).slice(0, -1);
    return { log, branch, index: lengthOf(before) + own };
  }

  #find(log: number, seq: number): OwnPlace | undefined {
    this.#forgetRolledBack();
    const rows = this.#database.all(
      `SELECT branch, chunk FROM outline
       WHERE log = ? AND min_seq <= ? AND max_seq >= ? ORDER BY branch, chunk`,
      [log, seq, seq],
    );
    for (const row of rows) {
      const branch = number(row, 'branch');
      const chunk = number(row, 'chunk');
      const at = this.#chunk(log, branch, chunk).findIndex((entry) => entry.seqs.includes(seq));
      if (at !== -1) return { log, branch, own: chunk * CHUNK_ENTRIES + at };
    }
    return undefined;
  }

  #findAnchor(log: number, seq: number): OwnPlace | undefined {
    const place = this.#find(log, seq);
    if (place) return place;
    const chunks = this.#database.all(
      `SELECT branch, chunk FROM outline WHERE log = ? AND min_seq <= ?
       ORDER BY min_seq DESC LIMIT ${NEAR_CHUNKS}`,
      [log, seq],
    );
    let nearest = -1;
    for (const row of chunks) {
      for (const { seqs } of this.#chunk(log, number(row, 'branch'), number(row, 'chunk'))) {
        const first = seqs[0] ?? Infinity;
        if (first <= seq) nearest = Math.max(nearest, first);
      }
    }
    return nearest === -1 ? undefined : this.#find(log, nearest);
  }

  /** True when a branch runs through the message at `place`, its own or inherited. */
  passes(log: number, branch: number, place: Place): boolean {
    let offset = 0;
    for (const span of this.spans(log, branch)) {
      if (span.log === place.log && span.branch === place.branch) {
        return place.index < offset + span.end;
      }
      offset += span.end;
    }
    return false;
  }

  /**
   * Up to the root, or to a branch whose spans are known, and down again: a chain is walked once, and
   * each of its branches adds one span.
   */
  #resolve(log: number, branch: number): readonly Span[] {
    const path: Step[] = [];
    const seen = new Set<string>();
    let above: Step | undefined = { log, branch };
    let known: readonly Span[] | undefined;
    while (above) {
      const key = keyOf(above);
      known = this.#spans.get(key);
      if (known) break;
      if (seen.has(key)) {
        throw new MultipathError('corrupt-file', 'The forks of this session run in a circle.');
      }
      seen.add(key);
      path.push(above);
      above = this.#above(above);
    }
    const prefix = new Prefix(known ?? []);
    for (const step of path.toReversed()) {
      const link = this.#links.branch(step.log, step.branch);
      if (above && link) {
        if (link.parent) prefix.cutWithin(step.log, link.parent.length);
        else prefix.cutAt(this.#links.origin(step.log));
      }
      if (link) prefix.add({ log: step.log, branch: step.branch, end: link.ownCount });
      above = step;
    }
    return prefix.spans;
  }

  /** The branch that one leaves: of its own log, or of the one that was forked. */
  #above({ log, branch }: Step): Step | undefined {
    const link = this.#links.branch(log, branch);
    if (!link) return undefined;
    return link.parent ? { log, branch: link.parent.branch } : this.#links.origin(log);
  }

  /** What was read within a transaction that was rolled back may never have been. */
  #forgetRolledBack(): void {
    if (this.#database.rollbacks === this.#rollbacks) return;
    this.#rollbacks = this.#database.rollbacks;
    this.#chunks.clear();
    this.#spans.clear();
    this.#links.clear();
  }

  #entry(span: Span, index: number): OutlineEntry | undefined {
    const chunk = this.#chunk(span.log, span.branch, Math.floor(index / CHUNK_ENTRIES));
    const entry = chunk[index % CHUNK_ENTRIES];
    const { cutSeq } = span;
    if (!entry || cutSeq === undefined || index !== span.end - 1) return entry;
    return { ...entry, seqs: entry.seqs.filter((seq) => seq <= cutSeq) };
  }

  #chunk(log: number, branch: number, chunk: number): readonly OutlineEntry[] {
    const key = `${log}:${branch}:${chunk}`;
    const known = this.#chunks.get(key);
    if (known) return known;
    const row = this.#database.get(
      'SELECT data FROM outline WHERE log = ? AND branch = ? AND chunk = ?',
      [log, branch, chunk],
    );
    const entries = row ? decodeOutline(text(row, 'data')) : [];
    this.#chunks.set(key, entries);
    return entries;
  }
}

function keyOf({ log, branch }: Step): string {
  return `${log}:${branch}`;
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + span.end, 0);
}

/** The spans of a branch while they are put together, cut where the next one leaves. */
class Prefix {
  readonly #spans: Span[];
  #total: number;

  constructor(spans: readonly Span[]) {
    this.#spans = [...spans];
    this.#total = lengthOf(spans);
  }

  get spans(): readonly Span[] {
    return this.#spans;
  }

  add(span: Span): void {
    this.#spans.push(span);
    this.#total += span.end;
  }

  /** Leaves a message of the last branch's own part. Without one nothing is left of what came before. */
  cutAt(origin: LogOrigin | undefined): void {
    const last = this.#pop();
    if (!last || !origin) {
      this.#spans.length = 0;
      this.#total = 0;
      return;
    }
    const { log, branch } = last;
    const end = Math.min(last.end, origin.end);
    if (end > 0) this.add({ log, branch, end, cutSeq: origin.cutSeq });
  }

  /** Leaves a branch of the same log after so many messages of the log. */
  cutWithin(log: number, length: number): void {
    let most = length;
    // What the log has in other ones is not counted.
    for (const span of this.#spans) if (span.log !== log) most += span.end;
    while (this.#total > most || this.#spans.at(-1)?.end === 0) {
      const last = this.#pop();
      if (!last) return;
      const left = most - this.#total;
      // One that is cut short ends where its last message does, not at a record.
      if (left > 0 && last.end > 0) {
        this.add({ log: last.log, branch: last.branch, end: left });
        return;
      }
    }
  }

  #pop(): Span | undefined {
    const last = this.#spans.pop();
    this.#total -= last?.end ?? 0;
    return last;
  }
}
