/** What must hold of every derived log, whatever its file was. */
import { expect } from 'vitest';
import type { DerivedLog } from '../../../../src/core/reader.ts';

/** Checks it and returns the records that are in a message. */
export function checkShape(log: DerivedLog): Set<number> {
  const seen = new Set<number>();
  const lengths: number[] = [];
  const hasSidechains = log.branches.some(({ sidechain }) => sidechain);
  log.branches.forEach(({ parent, entries, sidechain }, index) => {
    if (parent) {
      expect(parent.branch).toBeLessThan(index);
      expect(parent.length).toBeLessThanOrEqual(lengths[parent.branch] ?? -1);
      expect(log.branches[parent.branch]?.sidechain === undefined).toBe(sidechain === undefined);
    } else expect(index === 0).toBe(sidechain === undefined);
    if (index > 0 || !hasSidechains) expect(entries.length).toBeGreaterThan(0);
    lengths.push((parent?.length ?? 0) + entries.length);
    for (const { seqs } of entries) {
      expect(seqs.length).toBeGreaterThan(0);
      expect([...seqs].sort((a, b) => a - b)).toEqual(seqs);
      for (const seq of seqs) {
        expect(seen.has(seq)).toBe(false);
        seen.add(seq);
      }
    }
  });
  expect(new Set(log.branches.map(({ key }) => key)).size).toBe(log.branches.length);
  return seen;
}
