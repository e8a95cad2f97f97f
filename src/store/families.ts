/**
 * Links logs that are copies of one conversation: agents fork a session by copying its records
 * into a new file, with or without saying so. Rules in docs/store-format.md: an explicit pointer
 * decides; otherwise files that begin with the same message are one family, and the parent is the
 * one that went its own way first.
 */
import type { OutlineEntry } from '../core/reader.ts';
import type { Lineage } from './catalogue.ts';
import { number, text, textOrNull, type Database } from './database.ts';
import type { Outlines, Place, PlacedEntry } from './outlines.ts';
import { resumeOfLog } from './resumes.ts';
import { firstTime, Strands } from './strands.ts';
import { positionOf } from './transcripts.ts';

interface Member {
  readonly log: number;
  readonly nativeId: string;
  readonly forkedFrom?: string;
  readonly branches: readonly number[];
}

/** How far a log's live branch runs along a branch of another log. */
interface Overlap {
  readonly member: Member;
  readonly branch: number;
  /** Leading messages shared: counted in the child, and in the parent. */
  readonly inherited: number;
  readonly parentShared: number;
  /** When each side first said something of its own; `undefined` where it never did. */
  readonly childOwnAt?: number;
  readonly parentOwnAt?: number;
}

export class Families {
  readonly #database: Database;
  readonly #outlines: Outlines;
  readonly #strands: Strands;

  constructor(database: Database, outlines: Outlines) {
    this.#database = database;
    this.#outlines = outlines;
    this.#strands = new Strands(outlines);
  }

  /** Logs whose place may change when this one does, itself included. */
  relatives(log: number): number[] {
    const row = this.#database.get(
      'SELECT agent, native_id, root_lineage, forked_from FROM log WHERE num = ?',
      [log],
    );
    if (!row) return [];
    const rows = this.#database.all(
      // One index each: joined by OR, or found by `agent`, they would be all logs of the agent.
      `SELECT num FROM log WHERE +agent = ?1 AND superseded = 0 AND num IN (
         SELECT ?2
         UNION SELECT num FROM log WHERE root_lineage = ?3
         UNION SELECT num FROM log WHERE forked_from = ?4
         UNION SELECT num FROM log WHERE agent = ?1 AND native_id = ?5)`,
      [
        text(row, 'agent'),
        log,
        textOrNull(row, 'root_lineage') ?? '',
        text(row, 'native_id'),
        textOrNull(row, 'forked_from') ?? '',
      ],
    );
    return rows.map((found) => number(found, 'num'));
  }

  /** Where the log's live branch left another log, if it is a copy or goes on from there. */
  lineageOf(log: number): Lineage | undefined {
    const length = this.#outlines.baseLength(log);
    if (length > 0) return this.#baseLineage(log, length);
    const resumed = this.#resumedLineage(log);
    if (resumed) return resumed;
    const others = this.relatives(log).filter((relative) => relative !== log);
    const self = this.#member(log);
    if (others.length === 0 || !self) return undefined;
    let best: Overlap | undefined;
    for (const other of others) {
      const member = this.#member(other);
      if (!member) continue;
      for (const branch of member.branches) {
        const overlap = this.#overlap(log, member, branch);
        if (overlap.inherited === 0 || !isParent(self, overlap)) continue;
        if (!best || this.#isBetter(self, overlap, best)) best = overlap;
      }
    }
    return best && this.#lineage(best);
  }

  /** Of a log that copied nothing: its first `length` messages are another log's. */
  #baseLineage(log: number, length: number): Lineage | undefined {
    const [last] = this.#outlines.entries(log, 0, length - 1, length);
    const seq = last?.entry.seqs.at(-1);
    const owner =
      last && seq !== undefined
        ? ownerOf(this.#database, this.#outlines, last.log, seq)
        : undefined;
    if (!last || !owner || seq === undefined) return undefined;
    const resume = resumeOfLog(this.#database, log);
    const parentId = resume && this.#asked(resume.sessionId, owner.place);
    return lineageAt(last, seq, parentId ?? owner.sessionId, length, length);
  }

  /** Of a log whose beginning we wrote ourselves: what stands in those lines is the source's. */
  #resumedLineage(log: number): Lineage | undefined {
    const resume = resumeOfLog(this.#database, log);
    const source =
      resume && this.#database.get('SELECT num FROM log WHERE id = ?', [resume.forkLog]);
    if (!source) return undefined;
    const { forkSeq, messages, records } = resume;
    const owner = ownerOf(this.#database, this.#outlines, number(source, 'num'), forkSeq);
    if (!owner) return undefined;
    // The agent may have gone back behind what it was given.
    const given = this.#outlines.entries(log, 0, 0, messages);
    const fresh = given.findIndex(({ entry }) => (entry.seqs[0] ?? 0) >= records);
    const inherited = fresh === -1 ? given.length : fresh;
    const { place } = owner;
    const whole = place.index + 1;
    const parentShared = inherited === messages ? whole : Math.min(inherited, whole);
    if (inherited === 0 || parentShared === 0) return undefined;
    const [last] = this.#outlines.entries(place.log, place.branch, parentShared - 1, parentShared);
    const seq = parentShared === whole ? forkSeq : last?.entry.seqs.at(-1);
    if (!last || seq === undefined) return undefined;
    const parentId = this.#asked(resume.sessionId, place) ?? owner.sessionId;
    return lineageAt(last, seq, parentId, inherited, parentShared);
  }

  /** The session that was carried on, while it runs through the place where it was cut. */
  #asked(sessionId: string, place: Place): string | undefined {
    const at = positionOf(this.#database, sessionId);
    return at && this.#outlines.passes(at.log, at.branch, place) ? sessionId : undefined;
  }

  /** Where a branch left another one of its log. */
  withinLog(
    log: number,
    parent: { readonly branch: number; readonly length: number },
  ): Lineage | undefined {
    // The reader counts within the log; another one's messages may come before.
    const length = this.#outlines.baseLength(log) + parent.length;
    const [last] = this.#outlines.entries(log, parent.branch, length - 1, length);
    const seq = last?.entry.seqs.at(-1);
    if (!last || seq === undefined) {
      const row = this.#database.get('SELECT session_id FROM branch WHERE log = ? AND number = ?', [
        log,
        parent.branch,
      ]);
      // Rewound to before the first message: a sibling that shares nothing.
      return (
        row && {
          parentId: text(row, 'session_id'),
          forkLog: log,
          forkSeq: 0,
          inherited: 0,
          parentShared: 0,
        }
      );
    }
    const owner = this.#holder(last);
    return owner === undefined ? undefined : lineageAt(last, seq, owner, length, length);
  }

  /** The session that has a message as its own. */
  #holder({ log, branch }: PlacedEntry): string | undefined {
    const row = this.#database.get('SELECT session_id FROM branch WHERE log = ? AND number = ?', [
      log,
      branch,
    ]);
    return row && text(row, 'session_id');
  }

  #isBetter(self: Member, a: Overlap, b: Overlap): boolean {
    if (isNamed(self, a) !== isNamed(self, b)) return isNamed(self, a);
    if (a.inherited !== b.inherited) return a.inherited > b.inherited;
    const [at, bt] = [a.parentOwnAt ?? -Infinity, b.parentOwnAt ?? -Infinity];
    if (at !== bt || a.member.log === b.member.log) return at < bt;
    // A copy of the parent went the same way at the same time; the parent is who it was copied from.
    return isParent(b.member, this.#overlap(b.member.log, a.member, a.branch));
  }

  #member(log: number): Member | undefined {
    const row = this.#database.get('SELECT native_id, forked_from FROM log WHERE num = ?', [log]);
    if (!row) return undefined;
    const forkedFrom = textOrNull(row, 'forked_from');
    return {
      log,
      nativeId: text(row, 'native_id'),
      ...(forkedFrom !== undefined && { forkedFrom }),
      branches: this.#database
        .all('SELECT number FROM branch WHERE log = ? ORDER BY number', [log])
        .map((branch) => number(branch, 'number')),
    };
  }

  #overlap(log: number, member: Member, branch: number): Overlap {
    const [mine, theirs] = this.#strands.pair(log, 0, member.log, branch);
    let i = 0;
    let j = 0;
    while (i < mine.length && j < theirs.length) {
      const id = mine.lineageIds[i];
      if (id !== 0 && (id === theirs.lineageIds[j] || id === theirs.nativeIds[j])) {
        i++;
        j++;
      } else if (theirs.nativeIds[j] === 0) {
        j++; // records without an id are not copied into forks
      } else if (mine.nativeIds[i] === 0) {
        i++;
      } else break;
    }
    const childOwnAt = firstTime(mine, i);
    const parentOwnAt = firstTime(theirs, j);
    return {
      member,
      branch,
      inherited: i,
      parentShared: j,
      ...(childOwnAt !== undefined && { childOwnAt }),
      ...(parentOwnAt !== undefined && { parentOwnAt }),
    };
  }

  #lineage({ member, branch, inherited, parentShared }: Overlap): Lineage | undefined {
    const [last] = this.#outlines.entries(member.log, branch, parentShared - 1, parentShared);
    const seq = last?.entry.seqs.at(-1);
    if (!last || seq === undefined) return undefined;
    const owner = this.#holder(last);
    return owner === undefined ? undefined : lineageAt(last, seq, owner, inherited, parentShared);
  }
}

function lineageAt(
  { log, entry }: PlacedEntry,
  seq: number,
  parentId: string,
  inherited: number,
  parentShared: number,
): Lineage {
  return {
    parentId,
    forkLog: log,
    forkSeq: seq,
    ...(entry.nativeId !== undefined && { forkNativeId: entry.nativeId }),
    inherited,
    parentShared,
  };
}

/** The session that owns a record, and the place of the record's message. */
export function ownerOf(
  database: Database,
  outlines: Outlines,
  log: number,
  seq: number,
): { sessionId: string; place: Place } | undefined {
  const place = outlines.locateAnchor(log, seq);
  if (!place) return undefined;
  const row = database.get('SELECT session_id FROM branch WHERE log = ? AND number = ?', [
    place.log,
    place.branch,
  ]);
  return row && { sessionId: text(row, 'session_id'), place };
}

/** True when one is a copy of the other. */
export function sameMessage(a: OutlineEntry, b: OutlineEntry): boolean {
  if (a.lineageId === undefined) return false;
  return a.lineageId === b.lineageId || a.lineageId === b.nativeId;
}

/** True when the overlapping log is the older of the two. */
function isParent(self: Member, overlap: Overlap): boolean {
  const { member, childOwnAt, parentOwnAt } = overlap;
  if (isNamed(self, overlap)) return true;
  if (member.forkedFrom !== undefined && member.forkedFrom === self.nativeId) return false;
  if (parentOwnAt !== undefined && childOwnAt !== undefined && parentOwnAt !== childOwnAt) {
    return parentOwnAt < childOwnAt;
  }
  // One that says nothing of its own was carried on in the other.
  if (parentOwnAt === undefined && childOwnAt !== undefined) return true;
  if (parentOwnAt !== undefined && childOwnAt === undefined) return false;
  // Of two that are the same in everything, as in a copied folder, the first one read.
  if (member.nativeId === self.nativeId) return member.log < self.log;
  return member.nativeId < self.nativeId;
}

/** True when the log's own records name the overlapping one as what it was forked from. */
function isNamed(self: Member, { member }: Overlap): boolean {
  return self.forkedFrom !== undefined && self.forkedFrom === member.nativeId;
}
