/**
 * The store doctor: runs a table of checks and gathers what they find. A check that fails is a
 * finding itself, and the next one goes on. Cancelled, it reports what it had found until then.
 */
import { messageOf, MultipathError } from '../../core/errors.ts';
import type { DoctorArea, DoctorFinding, DoctorReport } from '../../core/storage.ts';
import type { StoreCore } from '../storeCore.ts';
import type { Work } from '../work.ts';
import type { Check, DoctorSurroundings } from './check.ts';

export interface DoctorRun extends DoctorSurroundings {
  readonly core: StoreCore;
  readonly checks: readonly Check[];
  readonly repair: boolean;
  readonly work: Work;
}

/** @throws MultipathError `poisoned`: the store must be opened again; asked again, it goes on */
export async function examine(run: DoctorRun): Promise<DoctorReport> {
  const { checks, repair, work, now } = run;
  const unreadable = new Set<number>();
  const startedAt = now();
  const findings: DoctorFinding[] = [];
  const checked = new Map<DoctorArea, { items: number; bytes: number }>();
  const find = (finding: DoctorFinding): void => void findings.push(finding);
  let cancelled = false;
  for (const [index, check] of checks.entries()) {
    const sum = checked.get(check.area) ?? { items: 0, bytes: 0 };
    checked.set(check.area, sum);
    const looked = (items: number, bytes = 0): void => {
      sum.items += items;
      sum.bytes += bytes;
    };
    const inner: Work = {
      ...work,
      report: (_done, _total, message) => work.report(index, checks.length, message),
    };
    work.report(index, checks.length, check.title);
    try {
      await work.breathe();
      await check.run({ ...run, work: inner, find, looked, unreadable });
    } catch (error) {
      if (MultipathError.is(error, 'poisoned')) throw error;
      if (work.signal.aborted) {
        cancelled = true;
        break;
      }
      find({
        area: check.area,
        severity: 'damage',
        what: `${check.title}: this could not be looked at to the end (${messageOf(error)}).`,
        effect: 'What lies behind it was not examined.',
        remedy: 'Mend what else is found, then run the store doctor again.',
        repaired: false,
      });
    }
  }
  return {
    startedAt,
    endedAt: now(),
    repair,
    cancelled,
    checked: [...checked].map(([area, sums]) => ({ area, ...sums })),
    findings,
  };
}
