/** The store doctor while others work on what it looks at. */
import { describe, expect, it } from 'vitest';
import type { DoctorFinding } from '../../../../src/core/storage.ts';
import { recordsCheck } from '../../../../src/store/doctor/checks/records.ts';
import type { CheckContext } from '../../../../src/store/doctor/check.ts';
import type { StoreCore } from '../../../../src/store/storeCore.ts';
import { turns } from '../support/claudeHome.ts';
import { imported, StoreFolder } from '../support/openStore.ts';
import { withCore } from './support/damage.ts';

const ID = '11111111-1111-4111-8111-111111111111';
const WHY = { rule: 'asked', reason: 'test' };

/** Counts records with repair while `meanwhile` is done right before a log is looked at. */
async function found(core: StoreCore, meanwhile: () => Promise<unknown>): Promise<string[]> {
  const findings: DoctorFinding[] = [];
  const context: CheckContext = {
    core,
    repair: true,
    folder: '/nowhere',
    now: Date.now,
    work: {
      signal: new AbortController().signal,
      report: () => undefined,
      breathe: () => meanwhile().then(() => undefined),
    },
    find: (finding) => findings.push(finding),
    looked: () => undefined,
    unreadable: new Set(),
    derive: () => Promise.resolve(undefined),
    readFile: () => {
      throw new Error('there is no file');
    },
    takeSnapshot: () => Promise.resolve(),
  };
  await recordsCheck.run(context);
  return findings.map(({ what }) => what);
}

describe('the records of a log', () => {
  it('are not missed while they are archived, or come back', async () => {
    const home = new StoreFolder();
    home.claude.write(ID, turns('a', 30));
    await imported(home);
    await withCore(home, async (core) => {
      const [log = 0] = [core.logs.ofFile(home.claude.file(ID))?.log];
      expect(await found(core, () => core.moves.archive(log, WHY))).toEqual([]);
      expect(core.catalogue.isCold(log)).toBe(true);
      expect(await found(core, () => core.moves.promote(log, WHY))).toEqual([]);
      expect(core.catalogue.isCold(log)).toBe(false);
    });
  });
});
