/** Every log's records: all there, once, from the first to the last. */
import { messageOf, MultipathError } from '../../../core/errors.ts';
import { number, type Database, type Row } from '../../database.ts';
import { recordId } from '../../records.ts';
import { named, sessionsOn } from '../affected.ts';
import type { Check, CheckContext } from '../check.ts';
import { findRecords } from '../otherCopies.ts';

const LOGS = 256;
/** Records counted at a time: some milliseconds of work. */
const SLICE_RECORDS = 2_048;

export const recordsCheck: Check = {
  area: 'records',
  title: 'Counting the records of every log',
  async run(context) {
    const { core, work, looked } = context;
    for (let after = -1; ;) {
      const rows = core.database.all('SELECT num FROM log WHERE num > ? ORDER BY num LIMIT ?', [
        after,
        LOGS,
      ]);
      if (rows.length === 0) return;
      for (const { num } of rows) {
        await work.breathe();
        after = Number(num);
        const row = core.database.get('SELECT num, record_count FROM log WHERE num = ?', [after]);
        if (!row) continue;
        looked(number(row, 'record_count'));
        try {
          await checkLog(context, row);
        } catch (error) {
          if (!MultipathError.is(error, 'corrupt-block')) throw error;
          unreadablePage(context, row, messageOf(error));
        }
      }
    }
  },
};

async function checkLog(context: CheckContext, row: Row): Promise<void> {
  const { core, repair, find, unreadable } = context;
  const log = number(row, 'num');
  const missing = await missingOf(context, log);
  if (missing.length === 0) return;
  const found = repair ? await findRecords(context, log, missing) : undefined;
  if (found) await putBack(context, log, found.records);
  const lost = missing.filter((seq) => !found?.records.has(seq));
  if (lost.length > 0) unreadable.add(log);
  const [first = 0, last = 0] = [missing[0], missing.at(-1)];
  const sessions = sessionsOn(core.database, log, first, last + 1);
  const from = found?.from.join(' and ') ?? '';
  find({
    area: 'records',
    severity: 'damage',
    what: `${missing.length} of ${number(row, 'record_count')} records of a log are missing.`,
    where: `records ${first} to ${last} of log ${core.logs.idOf(log)}`,
    effect: `These messages ${lost.length > 0 ? 'cannot' : 'could not'} be read: ${named(sessions)}.`,
    remedy:
      lost.length === 0
        ? `Put back from ${from}.`
        : repair
          ? `${missing.length - lost.length} were put back; no other copy was found of the rest. Put ` +
            'the agent’s file back to where it was, and run the store doctor again.'
          : 'The store doctor with repair looks for another copy.',
    repaired: lost.length === 0,
    sessionIds: sessions.map(({ sessionId }) => sessionId),
  });
}

/** Records that stand nowhere, looked for some at a time: rows of a large log are many pages. */
async function missingOf({ core, work }: CheckContext, log: number): Promise<number[]> {
  const { database } = core;
  const missing: number[] = [];
  for (let next = 0; ;) {
    // Asked each time: it may have grown since, or its records have another place.
    const row = database.get('SELECT record_count, cold_count FROM log WHERE num = ?', [log]);
    const count = row ? number(row, 'record_count') : 0;
    const cold = row ? number(row, 'cold_count') : 0;
    if (next >= count) return missing;
    const end = next < cold ? cold : Math.min(next + SLICE_RECORDS, count);
    const find = next < cold ? notInMembers : notInRows;
    for (const seq of find(database, log, next, end)) missing.push(seq);
    next = end;
    await work.breathe();
  }
}

/** Of records [from, to), which are archived. */
function notInMembers(database: Database, log: number, from: number, to: number): number[] {
  const missing: number[] = [];
  let next = from;
  for (const member of database.all(
    `SELECT first_seq, count FROM member WHERE log = ? AND first_seq < ? AND first_seq + count > ?
     ORDER BY first_seq`,
    [log, to, from],
  )) {
    missing.push(...range(next, number(member, 'first_seq')));
    next = number(member, 'first_seq') + number(member, 'count');
  }
  return [...missing, ...range(next, to)];
}

/** Of records [from, to), which are not. */
function notInRows(database: Database, log: number, from: number, to: number): number[] {
  const ids = [recordId(log, from), recordId(log, to)];
  const rows = database.get('SELECT count(*) AS n FROM record WHERE id >= ? AND id < ?', ids);
  if (rows && number(rows, 'n') === to - from) return [];
  const missing: number[] = [];
  let next = from;
  for (const row of database.all(
    'SELECT id FROM record WHERE id >= ? AND id < ? ORDER BY id',
    ids,
  )) {
    const seq = number(row, 'id') - recordId(log, 0);
    missing.push(...range(next, seq));
    next = seq + 1;
  }
  return [...missing, ...range(next, to)];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, nth) => from + nth);
}

/**
 * In rows; what belongs into the archived part is made a member of its own. What stands somewhere by
 * now is left alone.
 */
async function putBack(
  { core }: CheckContext,
  log: number,
  found: ReadonlyMap<number, Uint8Array>,
): Promise<void> {
  const { database, records, archive } = core;
  for (const [seq, bytes] of found) {
    if (!isArchived(database, log, seq)) {
      const prepared = await records.prepare([bytes]);
      if (stands(database, log, seq)) continue;
      database.transaction(() => records.insert(log, seq, prepared));
      continue;
    }
    const header = { logId: core.logs.idOf(log), firstSeq: seq, count: 1, bytes };
    const at = await archive.appendMember(header);
    await archive.sync();
    if (stands(database, log, seq)) continue;
    database.transaction(() =>
      database.run(
        `INSERT INTO member (log, first_seq, count, segment, position, length, raw_bytes)
         VALUES (?, ?, 1, ?, ?, ?, ?)`,
        [log, seq, at.segment, at.offset, at.length, bytes.length],
      ),
    );
  }
  database.flush();
  records.forget(log);
}

function isArchived(database: Database, log: number, seq: number): boolean {
  const row = database.get('SELECT cold_count FROM log WHERE num = ?', [log]);
  return row !== undefined && seq < number(row, 'cold_count');
}

/** True for a record that is in a row, or in a member. */
function stands(database: Database, log: number, seq: number): boolean {
  const row = database.get(
    `SELECT 1 FROM record WHERE id = ?1
     UNION ALL SELECT 1 FROM member WHERE log = ?2 AND first_seq <= ?3 AND first_seq + count > ?3`,
    [recordId(log, seq), log, seq],
  );
  return row !== undefined;
}

function unreadablePage({ core, find, unreadable }: CheckContext, row: Row, why: string): void {
  const log = number(row, 'num');
  unreadable.add(log);
  const sessions = core.catalogue.sharingLog(log);
  find({
    area: 'records',
    severity: 'damage',
    what: why,
    where: `log ${core.logs.idOf(log)}`,
    effect: `Messages of ${sessions.length} sessions stand on a damaged page of the database.`,
    remedy: 'The store doctor with repair makes the database anew from its copies.',
    repaired: false,
    sessionIds: sessions,
  });
}
