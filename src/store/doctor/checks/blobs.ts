/** Blobs: each that a record names is there and whole; none is there in vain. */
import { messageOf, MultipathError } from '../../../core/errors.ts';
import { number, text, type Row } from '../../database.ts';
import { named, sessionsOn } from '../affected.ts';
import type { Check, CheckContext } from '../check.ts';
import { findRecords } from '../otherCopies.ts';

export const blobsCheck: Check = {
  area: 'blobs',
  title: 'Reading large records kept in files of their own',
  async run(context) {
    const { core, work, looked } = context;
    const present = new Map(core.blobs.list().map(({ name, bytes }) => [name, bytes]));
    const rows = core.database.all('SELECT id, log, seq, blob FROM record WHERE blob IS NOT NULL');
    const used = new Set<string>();
    for (const row of rows) {
      await work.breathe();
      const blob = text(row, 'blob');
      used.add(blob);
      looked(1, present.get(blob) ?? 0);
      const problem = await problemOf(context, blob);
      if (problem !== undefined && stillStands(context, row)) await damaged(context, row, problem);
    }
    orphaned(
      context,
      [...present].filter(([name]) => !used.has(name)),
    );
  },
};

async function problemOf({ core }: CheckContext, blob: string): Promise<string | undefined> {
  try {
    await core.blobs.get(blob);
    return undefined;
  } catch (error) {
    if (MultipathError.is(error)) return messageOf(error);
    throw error;
  }
}

function stillStands({ core }: CheckContext, row: Row): boolean {
  const now = core.database.get('SELECT blob FROM record WHERE id = ?', [number(row, 'id')]);
  return now?.['blob'] === row['blob'];
}

async function damaged(context: CheckContext, row: Row, problem: string): Promise<void> {
  const { core, repair, find, unreadable } = context;
  const [log, seq, blob] = [number(row, 'log'), number(row, 'seq'), text(row, 'blob')];
  const found = repair ? await findRecords(context, log, [seq]) : undefined;
  const bytes = found?.records.get(seq);
  // Kept under the hash of what was found: only the very same record takes the old one's place.
  const repaired = bytes !== undefined && (await core.blobs.put(bytes)) === blob;
  if (!repaired) unreadable.add(log);
  const sessions = sessionsOn(core.database, log, seq, seq + 1);
  find({
    area: 'blobs',
    severity: 'damage',
    what: problem,
    where: `blobs/${blob.slice(0, 2)}/${blob}.gz`,
    effect: `A large record ${repaired ? 'could' : 'can'} not be read: ${named(sessions)}.`,
    remedy: repaired
      ? `Written anew from ${found?.from.join(' and ') ?? ''}.`
      : repair
        ? 'No other copy was found. Put the file back from a backup, or the agent’s file to where ' +
          'it was, and run the store doctor again.'
        : 'The store doctor with repair looks for another copy.',
    repaired,
    sessionIds: sessions.map(({ sessionId }) => sessionId),
  });
}

function orphaned(
  { core, repair, find }: CheckContext,
  orphans: readonly (readonly [name: string, bytes: number])[],
): void {
  if (orphans.length === 0) return;
  const bytes = orphans.reduce((sum, [, size]) => sum + size, 0);
  if (repair) core.records.removeUnused(orphans.map(([name]) => name));
  find({
    area: 'blobs',
    severity: 'note',
    what: `${orphans.length} large records in files of their own belong to no session any more.`,
    where: 'blobs',
    effect: `They take ${Math.ceil(bytes / 1024)} KB.`,
    remedy: repair ? 'They were removed.' : 'The store doctor with repair removes them.',
    repaired: repair,
  });
}
