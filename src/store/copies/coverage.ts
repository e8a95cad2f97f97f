/**
 * Brings the catalogue's word on where records are into line with what is there: rows in the
 * database, members in the archive's segments.
 *
 * Invariant: afterwards a log's records [0, cold_count) are in members that tile that range, and the
 * others in rows; where some are nowhere, there is a gap behind which records still have their
 * numbers. No member is believed before its header was read from its segment.
 */
import type { Archive, ArchivedMember, Blobs } from '../archive.ts';
import { parseManifest, type LogManifest } from '../archive/manifest.ts';
import { number, text, type Database } from '../database.ts';
import { NATIVE_AGENT } from '../nativeLog.ts';
import { recordId, splitRecords } from '../records.ts';
import { isEmptied } from './emptied.ts';

export interface CoverageResult {
  /** Members that are in use. */
  readonly members: number;
  /** Logs that only the archive knew. */
  readonly foundLogs: number;
  /** Logs whose records changed. */
  readonly changed: ReadonlySet<number>;
}

export interface CoverageParts {
  readonly database: Database;
  readonly archive: Archive;
  readonly blobs: Blobs;
  /** Whether a log that only the archive knows belongs to the store; purged ones do not. */
  readonly accepts: (logId: string) => boolean;
  readonly now: () => number;
}

/** Of a log, by their first records. */
export type Members = Map<number, ArchivedMember>;

export async function coverLogs(parts: CoverageParts): Promise<CoverageResult> {
  const { database, archive } = parts;
  const found = new Map<string, Members>();
  for (const segment of archive.segments()) {
    const { members } = await archive.scanSegment(segment);
    for (const member of members) {
      const ofLog = found.get(member.logId) ?? new Map<number, ArchivedMember>();
      const other = ofLog.get(member.firstSeq);
      if (!other || other.count <= member.count) ofLog.set(member.firstSeq, member);
      found.set(member.logId, ofLog);
    }
  }
  const foundLogs = addFoundLogs(parts, found);
  const changed = new Set<number>();
  let members = 0;
  for (const row of database.all('SELECT num, id FROM log ORDER BY num')) {
    const log = number(row, 'num');
    if (isEmptied(database, log) || isRemoved(database, log)) continue;
    const result = await coverLog(
      parts,
      log,
      found.get(text(row, 'id')) ?? new Map<number, ArchivedMember>(),
    );
    members += result.members;
    if (result.changed) changed.add(log);
  }
  return { members, foundLogs, changed };
}

/** True for a log of our own whose session was removed for good. */
function isRemoved(database: Database, log: number): boolean {
  const row = database.get(
    `SELECT agent, EXISTS (SELECT 1 FROM native n WHERE n.log = log.num) AS used
     FROM log WHERE num = ?`,
    [log],
  );
  return row?.['agent'] === NATIVE_AGENT && row['used'] === 0;
}

/** Logs that only segments know, as their members describe them. */
export function addFoundLogs(
  { database, accepts }: Pick<CoverageParts, 'database' | 'accepts'>,
  found: ReadonlyMap<string, Members>,
): number {
  let added = 0;
  const own = new Map<string, LogManifest>();
  database.transaction(() => {
    for (const [id, members] of found) {
      if (database.get('SELECT 1 FROM log WHERE id = ?', [id]) || !accepts(id)) continue;
      const [manifest] = [...members.values()].flatMap(({ about }) => parseManifest(about) ?? []);
      if (!manifest) continue;
      const { agent, path = null, nativeId, generation, createdAt } = manifest;
      database.run(
        `INSERT INTO log (id, agent, path, native_id, generation, created_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
        [id, agent, path, nativeId, generation, createdAt],
      );
      added++;
      if (agent === NATIVE_AGENT) own.set(id, manifest);
    }
    // Once all logs are there that they may have been forked from.
    for (const [id, manifest] of own) addNative(database, id, manifest);
    // Of the generations of a file the last one is current.
    database.run(
      `UPDATE log SET superseded = 1 WHERE path IS NOT NULL AND generation <
         (SELECT max(o.generation) FROM log o WHERE o.path = log.path)`,
    );
  });
  database.flush();
  return added;
}

/** What a member says of one of our own sessions: less than its facts did, but enough to read it. */
function addNative(database: Database, logId: string, manifest: LogManifest): void {
  const { nativeId, createdAt, title = '', fork } = manifest;
  const base = fork && database.get('SELECT num FROM log WHERE id = ?', [fork.log]);
  database.run(
    `INSERT OR IGNORE INTO native (session_id, log, parent_id, fork_log, fork_seq, title, created_at)
     SELECT ?, num, ?, ?, ?, ?, ? FROM log WHERE id = ?`,
    [
      nativeId,
      base ? fork.parent : null,
      base ? number(base, 'num') : null,
      base ? fork.seq : null,
      title,
      createdAt,
      logId,
    ],
  );
}

async function coverLog(
  parts: CoverageParts,
  log: number,
  members: Members,
): Promise<{ readonly members: number; readonly changed: boolean }> {
  const { database, archive } = parts;
  const before = JSON.stringify(stateOf(database, log));
  const rows = rowsOf(database, log);
  const total = Math.max(rows.end, ...[...members.values()].map((one) => one.firstSeq + one.count));
  // Rows that are all there need no member, whatever is left of them in the archive.
  const allRows = rows.seqs.size === total;
  const tiles: ArchivedMember[] = [];
  let cold = 0;
  for (let next = members.get(cold); next && !allRows; next = members.get(cold)) {
    // Rows go for a member that has their records, and for no other.
    if (hasAny(rows.seqs, cold, cold + next.count) && !(await isWhole(archive, next))) break;
    tiles.push(next);
    cold += next.count;
  }
  // What lies behind a gap is brought back into rows, so that the archived part stays a prefix.
  const later = [...members.values()].filter(
    ({ firstSeq, count }) =>
      firstSeq >= cold && !allRows && !hasAll(rows.seqs, firstSeq, firstSeq + count),
  );
  const loose: { readonly first: number; readonly records: readonly Uint8Array[] }[] = [];
  for (const { firstSeq, count, locator } of later) {
    const records = archive.readMember(locator).then((bytes) => splitRecords(bytes, count));
    loose.push({ first: firstSeq, records: await records.catch(() => []) });
  }
  const known = new Map(
    database
      .all('SELECT first_seq, count, raw_bytes FROM member WHERE log = ?', [log])
      .map((row) => [
        `${number(row, 'first_seq')}+${number(row, 'count')}`,
        number(row, 'raw_bytes'),
      ]),
  );
  const sizes = new Map<number, number>();
  for (const { firstSeq, count, locator } of tiles) {
    const size = known.get(`${firstSeq}+${count}`);
    sizes.set(firstSeq, size ?? (await rawBytes(archive, locator)));
  }
  database.transaction(() => {
    database.run('DELETE FROM member WHERE log = ?', [log]);
    for (const { firstSeq, count, locator } of tiles) {
      database.run(
        `INSERT INTO member (log, first_seq, count, segment, position, length, raw_bytes)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [
          log,
          firstSeq,
          count,
          locator.segment,
          locator.offset,
          locator.length,
          sizes.get(firstSeq) ?? 0,
        ],
      );
    }
    for (const { first, records } of loose) {
      records.forEach((bytes, nth) => {
        database.run('INSERT OR IGNORE INTO record (id, bytes) VALUES (?, ?)', [
          recordId(log, first + nth),
          bytes,
        ]);
      });
    }
    database.run('DELETE FROM record WHERE id >= ? AND id < ?', [
      recordId(log, 0),
      recordId(log, cold),
    ]);
    database.run(
      'UPDATE log SET cold_count = ?, record_count = max(record_count, ?) WHERE num = ?',
      [cold, total, log],
    );
  });
  database.flush();
  return { members: tiles.length, changed: JSON.stringify(stateOf(database, log)) !== before };
}

function stateOf(database: Database, log: number): unknown {
  return database.get('SELECT record_count, terminated_count FROM log WHERE num = ?', [log]);
}

function rowsOf(
  database: Database,
  log: number,
): { readonly seqs: ReadonlySet<number>; readonly end: number } {
  const seqs = new Set<number>();
  const base = recordId(log, 0);
  let end = 0;
  const found = database.all('SELECT id FROM record WHERE id >= ? AND id < ?', [
    base,
    recordId(log + 1, 0),
  ]);
  for (const row of found) {
    const seq = number(row, 'id') - base;
    seqs.add(seq);
    end = seq + 1;
  }
  return { seqs, end };
}

function hasAll(seqs: ReadonlySet<number>, from: number, to: number): boolean {
  for (let seq = from; seq < to; seq++) if (!seqs.has(seq)) return false;
  return true;
}

function hasAny(seqs: ReadonlySet<number>, from: number, to: number): boolean {
  for (let seq = from; seq < to; seq++) if (seqs.has(seq)) return true;
  return false;
}

/** False for a member that cannot be read. */
async function isWhole(archive: Archive, { locator, count }: ArchivedMember): Promise<boolean> {
  const records = archive.readMember(locator).then((bytes) => splitRecords(bytes, count));
  return records.then(
    () => true,
    () => false,
  );
}

async function rawBytes(archive: Archive, locator: ArchivedMember['locator']): Promise<number> {
  // A member that cannot be inflated is found by the store doctor, with the messages it holds.
  const bytes = await archive.readMember(locator).catch(() => undefined);
  return bytes?.length ?? 0;
}
