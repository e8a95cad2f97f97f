/** Archived records: each member that the catalogue names stands where it says, whole. */
import { MultipathError } from '../../../core/errors.ts';
import { number } from '../../database.ts';
import { locatorOf, splitRecords } from '../../records.ts';
import { named, sessionsOn } from '../affected.ts';
import type { Check } from '../check.ts';

const MEMBERS = 256;

export const membersCheck: Check = {
  area: 'archive',
  title: 'Reading the archive',
  async run({ core, work, find, looked }) {
    const { database, archive } = core;
    let [log, first] = [-1, -1];
    for (;;) {
      const rows = database.all(
        `SELECT log, first_seq, count, segment, position, length FROM member
         WHERE (log, first_seq) > (?, ?) ORDER BY log, first_seq LIMIT ?`,
        [log, first, MEMBERS],
      );
      if (rows.length === 0) return;
      for (const row of rows) {
        await work.breathe();
        [log, first] = [number(row, 'log'), number(row, 'first_seq')];
        const count = number(row, 'count');
        looked(1, number(row, 'length'));
        const problem = await archive.readMember(locatorOf(row)).then(
          (bytes) => {
            const found = splitRecords(bytes).length;
            return found === count ? undefined : `It holds ${found} records instead of ${count}.`;
          },
          (error: unknown) => {
            if (MultipathError.is(error)) return error.message;
            throw error;
          },
        );
        if (problem === undefined) continue;
        const sessions = sessionsOn(database, log, first, first + count);
        find({
          area: 'archive',
          severity: 'damage',
          what: problem,
          where: `archive segment ${number(row, 'segment')}, byte ${number(row, 'position')}`,
          effect: `Archived messages cannot be read: ${named(sessions)}.`,
          remedy: 'Put the segment back from a backup, or import the session again.',
          repaired: false,
          sessionIds: sessions.map(({ sessionId }) => sessionId),
        });
      }
    }
  },
};
