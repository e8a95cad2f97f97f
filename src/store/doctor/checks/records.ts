/** Every log's records: all there, once, from the first to the last. */
import { messageOf, MultipathError } from '../../../core/errors.ts';
import { number, type Database, type Row } from '../../database.ts';
import { recordId } from '../../records.ts';
import { named, sessionsOn } from '../affected.ts';
import type { Check, CheckContext } from '../check.ts';
import { findRecords } from '../otherCopies.ts';

const LOGS = 256;

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
        // Only now: until others had their turn it may have grown, or been moved.
        const row = core.database.get(
          'SELECT num, record_count, cold_count FROM log WHERE num = ?',
          [after],
        );
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
  const missing = missingOf(context, log, number(row, 'record_count'), number(row, 'cold_count'));
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

/** Records that stand nowhere. */
function missingOf({ core }: CheckContext, log: number, count: number, cold: number): number[] {
  const { database } = core;
  const missing: number[] = [];
  const lack = (from: number, to: number): void => {
    for (let seq = from; seq < to; seq++) missing.push(seq);
  };
  let next = 0;
  for (const member of database.all(
    'SELECT first_seq, count FROM member WHERE log = ? AND first_seq < ? ORDER BY first_seq',
    [log, cold],
  )) {
    lack(next, number(member, 'first_seq'));
    next = number(member, 'first_seq') + number(member, 'count');
  }
  lack(next, cold);
  const [from, to] = [recordId(log, cold), recordId(log, count)];
  const rows = database.get('SELECT count(*) AS n FROM record WHERE id >= ? AND id < ?', [
    from,
    to,
  ]);
  if (rows && number(rows, 'n') === count - cold) return missing;
  let expected = from;
  for (const row of database.all('SELECT id FROM record WHERE id >= ? AND id < ? ORDER BY id', [
    from,
    to,
  ])) {
    const id = number(row, 'id');
    lack(expected - recordId(log, 0), id - recordId(log, 0));
    expected = id + 1;
  }
  lack(expected - recordId(log, 0), count);
  return missing;
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
