/** Blobs: each that a record names is there and whole; none is there in vain. */
import { MultipathError } from '../../../core/errors.ts';
import { number, text } from '../../database.ts';
import { named, sessionsOn } from '../affected.ts';
import type { Check } from '../check.ts';

export const blobsCheck: Check = {
  area: 'blobs',
  title: 'Reading large records kept in files of their own',
  async run({ core, repair, work, find, looked }) {
    const { database, blobs, records } = core;
    const present = new Map(blobs.list().map(({ name, bytes }) => [name, bytes]));
    const rows = database.all('SELECT log, seq, blob FROM record WHERE blob IS NOT NULL');
    const used = new Set<string>();
    for (const row of rows) {
      await work.breathe();
      const blob = text(row, 'blob');
      used.add(blob);
      looked(1, present.get(blob) ?? 0);
      const problem = await blobs.get(blob).then(
        () => undefined,
        (error: unknown) => {
          if (MultipathError.is(error)) return error.message;
          throw error;
        },
      );
      if (problem === undefined) continue;
      const seq = number(row, 'seq');
      const sessions = sessionsOn(database, number(row, 'log'), seq, seq + 1);
      find({
        area: 'blobs',
        severity: 'damage',
        what: problem,
        where: `blobs/${blob.slice(0, 2)}/${blob}.gz`,
        effect: `A large record cannot be read: ${named(sessions)}.`,
        remedy: 'Put the file back from a backup, or import the session again.',
        repaired: false,
        sessionIds: sessions.map(({ sessionId }) => sessionId),
      });
    }
    const orphans = [...present].filter(([name]) => !used.has(name));
    if (orphans.length === 0) return;
    const bytes = orphans.reduce((sum, [, size]) => sum + size, 0);
    if (repair) records.removeUnused(orphans.map(([name]) => name));
    find({
      area: 'blobs',
      severity: 'note',
      what: `${orphans.length} large records in files of their own belong to no session any more.`,
      where: 'blobs',
      effect: `They take ${Math.ceil(bytes / 1024)} KB.`,
      remedy: repair ? 'They were removed.' : 'The store doctor with repair removes them.',
      repaired: repair,
    });
  },
};
