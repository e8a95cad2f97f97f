/** The second copies: the facts log agrees with the database, and each snapshot can be read. */
import path from 'node:path';
import { messageOf, MultipathError } from '../../../core/errors.ts';
import { listSnapshots, readSnapshot } from '../../copies/snapshots.ts';
import { nodeFileSystem } from '../../pages/fileSystem.ts';
import { copiesFolder } from '../../storeFiles.ts';
import type { Check } from '../check.ts';

const DAY_MS = 24 * 3_600_000;
/** A snapshot is taken a day after the last one, when a window is open. */
const LATE_MS = 3 * DAY_MS;

export const factsCheck: Check = {
  area: 'facts',
  title: 'Comparing the log of your own sessions with the database',
  run: async ({ core, repair, find, looked }) => {
    if (repair) await core.facts.flush();
    const { lines, bytes, damaged, missing, surplus } = await core.facts.inspect();
    looked(lines, bytes);
    if (damaged + surplus === 0 && (missing === 0 || !repair)) {
      if (missing > 0) {
        find({
          area: 'facts',
          severity: 'note',
          what: `${missing} changes are not in the log of your own sessions yet.`,
          effect: 'None, as long as the database is whole.',
          remedy: 'They are written within a second or two, or by the store doctor with repair.',
          repaired: false,
        });
      }
      return;
    }
    if (repair) await core.facts.rewrite(damaged + surplus > 0);
    find({
      area: 'facts',
      severity: damaged > 0 ? 'damage' : 'fault',
      what:
        damaged > 0
          ? `${damaged} lines of the log of your own sessions are damaged.`
          : 'The log of your own sessions does not agree with the database.',
      where: 'copies/facts.log',
      effect: 'None now; if the database were lost, what these lines said would be missing.',
      remedy: repair
        ? 'Written anew from the database; the old one is kept beside it.'
        : 'The store doctor with repair writes it anew from the database.',
      repaired: repair,
    });
  },
};

export const snapshotsCheck: Check = {
  area: 'copies',
  title: 'Reading the snapshots of the database',
  run: async ({ folder, repair, work, find, looked, now, takeSnapshot }) => {
    const copies = copiesFolder(folder);
    const bad: string[] = [];
    let newest = 0;
    for (const { file, at } of listSnapshots(nodeFileSystem, copies)) {
      try {
        let bytes = 0;
        for await (const run of readSnapshot(nodeFileSystem, file)) {
          bytes += run.bytes.length;
          await work.breathe();
        }
        looked(1, bytes);
        newest = Math.max(newest, at);
      } catch (error) {
        if (!MultipathError.is(error) || work.signal.aborted) throw error;
        bad.push(file);
        find({
          area: 'copies',
          severity: 'damage',
          what: `A snapshot of the database is damaged (${messageOf(error)}).`,
          where: `copies/${path.basename(file)}`,
          effect: 'None now; if the database were lost, an older copy would have to do.',
          remedy: repair
            ? 'Another one was taken in its place.'
            : 'The store doctor with repair takes another one.',
          repaired: repair,
        });
      }
    }
    const late = now() - newest > LATE_MS;
    if (repair && (bad.length > 0 || late)) {
      await takeSnapshot();
      for (const file of bad) nodeFileSystem.remove(file);
    }
    if (bad.length > 0 || !late) return;
    find({
      area: 'copies',
      severity: 'note',
      what:
        newest === 0 ? 'There is no snapshot of the database yet.' : 'The last snapshot is old.',
      effect: 'If the database were lost, more would have to be read from the agents’ files again.',
      remedy: repair ? 'One was taken.' : 'One is taken every day while a window is open.',
      repaired: repair,
    });
  },
};
