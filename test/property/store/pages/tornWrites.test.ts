/** A few of each kind of damage; the long suite does more than a thousand. */
import { describe, expect, it } from 'vitest';
import { TORN_WRITES } from './tornWrites.ts';

const SEEDS = 8;

describe('after damage, exactly what was committed before it comes back', () => {
  it.each(TORN_WRITES)('%s', async (_what, trial) => {
    for (let seed = 0; seed < SEEDS; seed++) await trial(seed);
  });

  it('is tried on the log, the archive and blobs', () => {
    const places = new Set(TORN_WRITES.map(([what]) => what.split(':', 1)[0]));
    expect([...places]).toEqual(['redo log', 'archive', 'blob']);
  });
});
