/** All that is derived in a store, to be held against what is derived anew from its records. */
import { expect } from 'vitest';
import type { OwnPrice } from '../../../../src/core/storage.ts';
import { deriveLog } from '../../../../src/server/deriveLog.ts';
import { openStoreOver } from '../../../../src/server/openLocalStore.ts';
import { rebuildDerived } from '../../../../src/store/doctor/rebuild.ts';
import type { StoreCore } from '../../../../src/store/storeCore.ts';

/** Derived tables and the order that makes their rows comparable. */
export const DERIVED = {
  branch: 'log, number',
  outline: 'log, branch, chunk',
  session: 'id',
  project: 'key',
  problem: 'log, line, message',
  merge: 'id',
  merged_message: 'log, seq, origin',
};

export function dumpDerived({ database }: StoreCore): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(DERIVED).map(([table, order]) => [
      table,
      database.all(`SELECT * FROM ${table} ORDER BY ${order}`),
    ]),
  );
}

/** Opens a closed store and checks every derived row, column and index of it. */
export async function expectDerivedAnew(
  storePath: string,
  prices?: readonly OwnPrice[],
): Promise<void> {
  const core = await openStoreOver({
    storePath,
    hotBytes: 1_000_000,
    readOnly: false,
    ...(prices && { prices }),
  });
  try {
    // Indexes hold what their tables hold.
    expect(core.database.integrityProblems()).toEqual([]);
    expect(countsOfLogs(core, 'kept')).toEqual(countsOfLogs(core, 'counted'));
    const before = dumpDerived(core);
    await rebuildDerived(core, { derive: deriveLog });
    expect(dumpDerived(core)).toEqual(before);
  } finally {
    core.access.dispose();
    core.database.close();
    core.archive.close();
  }
}

/** How many records each log has, and how many of them are archived: as kept, and as counted. */
function countsOfLogs({ database }: StoreCore, how: 'kept' | 'counted'): unknown {
  return database.all(
    how === 'kept'
      ? 'SELECT num, record_count AS records, cold_count AS cold FROM log ORDER BY num'
      : `SELECT num, cold + (SELECT count(*) FROM record r WHERE r.log = num) AS records, cold
         FROM (SELECT l.num AS num,
           (SELECT coalesce(sum(m.count), 0) FROM member m WHERE m.log = l.num) AS cold FROM log l)
         ORDER BY num`,
  );
}
