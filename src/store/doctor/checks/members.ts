/** Archived records: each member that the catalogue names stands where it says, whole. */
import { messageOf, MultipathError } from '../../../core/errors.ts';
import { number, type Row, type SqlValue } from '../../database.ts';
import { manifestOf } from '../../archive/manifest.ts';
import { locatorOf, memberGroups, splitRecords } from '../../records.ts';
import { named, sessionsOn } from '../affected.ts';
import type { Check, CheckContext } from '../check.ts';
import { findRecords } from '../otherCopies.ts';

const MEMBERS = 256;

export const membersCheck: Check = {
  area: 'archive',
  title: 'Reading the archive',
  async run(context) {
    const { core, work, looked } = context;
    let [log, first] = [-1, -1];
    for (;;) {
      const rows = core.database.all(
        `SELECT log, first_seq, count, segment, position, length FROM member
         WHERE (log, first_seq) > (?, ?) ORDER BY log, first_seq LIMIT ?`,
        [log, first, MEMBERS],
      );
      if (rows.length === 0) return;
      for (const row of rows) {
        await work.breathe();
        [log, first] = [number(row, 'log'), number(row, 'first_seq')];
        looked(1, number(row, 'length'));
        const problem = await problemOf(context, row);
        if (problem !== undefined && stillStands(context, row))
          await damaged(context, row, problem);
      }
    }
  },
};

/** What is wrong with a member; `undefined` when nothing is. */
async function problemOf({ core }: CheckContext, row: Row): Promise<string | undefined> {
  try {
    splitRecords(await core.archive.readMember(locatorOf(row)), number(row, 'count'));
    return undefined;
  } catch (error) {
    if (MultipathError.is(error)) return messageOf(error);
    throw error;
  }
}

/** False when the member was moved or brought back while it was looked at. */
function stillStands({ core }: CheckContext, row: Row): boolean {
  const now = core.database.get(
    'SELECT segment, position FROM member WHERE log = ? AND first_seq = ?',
    [number(row, 'log'), number(row, 'first_seq')],
  );
  return now?.['segment'] === row['segment'] && now?.['position'] === row['position'];
}

async function damaged(context: CheckContext, row: Row, problem: string): Promise<void> {
  const { core, repair, find, unreadable } = context;
  const [log, first, count] = [number(row, 'log'), number(row, 'first_seq'), number(row, 'count')];
  const from = repair ? await replaceMember(context, row) : undefined;
  if (from === undefined) unreadable.add(log);
  const sessions = sessionsOn(core.database, log, first, first + count);
  find({
    area: 'archive',
    severity: 'damage',
    what: problem,
    where: `archive segment ${number(row, 'segment')}, byte ${number(row, 'position')}`,
    effect:
      from === undefined
        ? `These archived messages cannot be read: ${named(sessions)}.`
        : `These archived messages could not be read: ${named(sessions)}.`,
    remedy:
      from !== undefined
        ? `Written anew from ${from}.`
        : repair
          ? 'No other copy was found. Put the segment back from a backup, or the agent’s file to ' +
            'where it was, and run the store doctor again.'
          : 'The store doctor with repair looks for another copy.',
    repaired: from !== undefined,
    sessionIds: sessions.map(({ sessionId }) => sessionId),
  });
}

/**
 * Writes a member anew, as several where its records cannot be told apart in one, when all of its records are found elsewhere; says where that was. */
async function replaceMember(context: CheckContext, row: Row): Promise<string | undefined> {
  const { database, archive, records } = context.core;
  const [log, first, count] = [number(row, 'log'), number(row, 'first_seq'), number(row, 'count')];
  const seqs = Array.from({ length: count }, (_, nth) => first + nth);
  const found = await findRecords(context, log, seqs);
  if (found.records.size < count) return undefined;
  const about = manifestOf(database, log);
  const told = {
    logId: context.core.logs.idOf(log),
    ...(about !== undefined && { about }),
  };
  const written: SqlValue[][] = [];
  let firstSeq = first;
  for (const group of memberGroups(seqs.map((seq) => found.records.get(seq) ?? new Uint8Array()))) {
    const bytes = Buffer.concat(group);
    const to = await archive.appendMember({ ...told, firstSeq, count: group.length, bytes });
    const place = [to.segment, to.offset, to.length, bytes.length];
    written.push([log, firstSeq, group.length, ...place]);
    firstSeq += group.length;
  }
  await archive.sync();
  database.transaction(() => {
    database.run('DELETE FROM member WHERE log = ? AND first_seq = ?', [log, first]);
    for (const values of written) {
      database.run(
        `INSERT INTO member (log, first_seq, count, segment, position, length, raw_bytes)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        values,
      );
    }
  });
  database.flush();
  records.forget(log);
  return found.from.join(' and ');
}
